"""Files of applications for tests: as CSV and as a workbook, with made-up people."""

from collections.abc import Mapping, Sequence

from tests.prior_use_files import as_csv, as_xlsx, somebody

HEADINGS = (
    "申请编号",
    "补贴项目",
    "申请日期",
    "受益人证件号码",
    "受益人姓名",
    "开户银行",
    "银行账号",
    "证书职业（工种）",
    "证书等级",
    "证书编号",
    "取得证书日期",
    "失业保险累计缴费月数",
    "就业失业状态",
)


def application_row(number: int = 1, **changes: object) -> dict[str, object]:
    """One application for the skill-upgrade subsidy, by heading; changed or extended by heading."""
    who = somebody(number)
    cells: dict[str, object] = {
        "申请编号": f"2022-{number:04d}",
        "补贴项目": "技能提升补贴",
        "申请日期": "2022-08-12",
        "受益人证件号码": who["id"],
        "受益人姓名": who["name"],
        "开户银行": "中国工商银行铁岭银州支行",
        "银行账号": f"6222020000000000{number:03d}",
        "证书职业（工种）": "电工",
        "证书等级": "四级",
        "证书编号": f"S{number}",
        "取得证书日期": "2022-03-15",
        "失业保险累计缴费月数": "26",
        "就业失业状态": "在职@2019-03-01/2022-01-31、领取失业保险金期间@2022-02-01/",
    }
    return cells | changes


def table(rows: Sequence[Mapping[str, object]]) -> tuple[list[str], list[list[object]]]:
    """The headings of all rows, and the cells below them."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return headings, [[row.get(heading, "") for heading in headings] for row in rows]


def csv_file(*rows: Mapping[str, object]) -> bytes:
    """The rows as a CSV file."""
    headings, cells = table(rows)
    return as_csv([[str(cell) for cell in row] for row in cells], headings)


def xlsx_file(*rows: Mapping[str, object]) -> bytes:
    """The rows as a workbook."""
    headings, cells = table(rows)
    return as_xlsx(cells, headings)
