"""treasury lines: a treasury's figures as the second person reads them, row by row."""

from events.treasury import StateTreasuryFigures
from services.wording import figures
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import translate


def lines_of(asked: StateTreasuryFigures) -> list[tuple[str, str]]:
    """What is stated, then every row."""
    about = [
        (translate("城市"), region_name(asked.city)),
        (translate("月份"), asked.month),
        (translate("文书"), asked.document),
        (translate("更正的文书"), asked.corrects),
        (translate("原因"), asked.why),
        (translate("文件摘要"), asked.evidence[:12]),
    ]
    rows = [
        (
            f"{FUND_NAMES.get(row.fund, row.fund)} · {region_name(row.district)}",
            translate(
                "拨款 {a} · 支出 {b} · 余额 {c} 元",
                a=figures.yuan(row.appropriated),
                b=figures.yuan(row.paid),
                c=figures.yuan(row.balance),
            ),
        )
        for row in asked.rows
    ]
    return [one for one in about if one[1]] + rows
