"""progress: how far the year's targets are, for a city and by its districts.

In:    the city's targets, the counts of a year at a position
Out:   two sheets
Holds: targets overlap, so nothing is summed
"""

from collections.abc import Awaitable, Callable, Mapping

from policies.cities import City
from policies.duties.counts import counts
from policies.reference_data.targets import Targets
from services.reports.content import Cell, ReportColumn, ReportSheet
from services.spreadsheets.page_table import ColumnKind
from services.wording import figures
from services.wording.languages import marked as _

Counted = Callable[[str], Awaitable[Mapping[str, int]]]
"""How much entered a count, by district."""

_TARGETS = (
    ReportColumn(_("指标"), words=True),
    ReportColumn(_("指标代码"), ColumnKind.ID),
    ReportColumn(_("单位"), words=True),
    ReportColumn(_("目标"), ColumnKind.COUNT),
    ReportColumn(_("已完成"), ColumnKind.COUNT),
    ReportColumn(_("完成率")),
    ReportColumn(_("依据"), words=True),
)
_DISTRICTS = (
    ReportColumn(_("区划"), words=True),
    ReportColumn(_("区划代码"), ColumnKind.ID),
    ReportColumn(_("职业技能培训目标（人次）"), ColumnKind.COUNT),
    ReportColumn(_("已完成（人次）"), ColumnKind.COUNT),
    ReportColumn(_("新增高技能人才目标（人）"), ColumnKind.COUNT),
    ReportColumn(_("已完成（人）"), ColumnKind.COUNT),
)
_NOTE = _(
    "各项指标有重叠，不能相加。人数按人一年计一次，人次按件计。台账没有统计口径的指标，已完成一栏空着。"
)


async def progress(city: City | None, year: int, counted: Counted) -> list[ReportSheet]:
    """The targets of a year beside what was reached; without a city, the counts alone."""
    targets = (city and city.targets) or Targets()
    counted_here = {one.id for one in (*counts().counts, *counts().vouchers)}
    rows: list[tuple[Cell, ...]] = []
    for target in targets.of_year(year):
        found = await counted(target.id) if target.id in counted_here else None
        done = None if found is None else sum(found.values())
        share = figures.share(done, target.value) if done is not None else None
        cite = target.cite.replace("#", " ")
        rows.append((target.label, target.id, target.unit, target.value, done, share, cite))
    listed = {target.id for target in targets.of_year(year)}
    for rule in counts().counts:
        if rule.label and rule.id not in listed:
            done = sum((await counted(rule.id)).values())
            rows.append((rule.label, rule.id, rule.unit, None, done, None, ""))
    sheets = [ReportSheet(_("年度目标"), _TARGETS, tuple(rows), note=_NOTE)]
    if table := targets.table(year):
        trained, skilled = await counted("trained"), await counted("high_skilled")
        code = city.code if city else ""

        def done_in(district: str, found: Mapping[str, int]) -> int:
            return sum(found.values()) if district == code else found.get(district, 0)

        lines = tuple(
            (
                row.name,
                row.district,
                row.trained,
                done_in(row.district, trained),
                row.high_skilled,
                done_in(row.district, skilled),
            )
            for row in table.rows
        )
        sheets.append(ReportSheet(_("分区划"), _DISTRICTS, lines))
    return sheets
