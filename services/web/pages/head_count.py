"""head_count: who entered a count in a year: every participation, or each person once."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from policies.cities import City
from policies.duties.counts import counts
from projections.queries import keyset, targets
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.city_in_view import city_in_view, targets_of, year_shown, years_of
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.fields import one_of
from services.web.request.parameters import Size, Text, Year
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()


@router.get("/head-count")
async def listed(
    visit: Arrived,
    count: Text = "in_work_training",
    year: Year = None,
    area: Text = "",
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """List who entered a count in a year: every participation, or each person once."""
    one_of("area", area.strip().lstrip("="), visit.cities.served)
    rule = counts().of(count)
    if rule is None:
        raise PageRefused(NOT_FOUND)
    city = city_in_view(visit)
    years = years_of(visit, city)
    shown = year_shown(visit, years, year)
    wanted = targets.CountFilter(rule.id, shown, rule.persons, area.strip())
    at = read_page(after, before, size)
    found = await targets.by_district(visit.db, visit.scope, wanted)
    entries = ListPage(
        visit,
        partial(targets.page, visit.db, visit.scope, wanted),
        lambda row: keyset.Mark(row.counted_on, row.application),
        lambda rows: _entries(visit, rows),
        sum(found.values()),
    )
    if csv:
        return entries.csv()
    if xlsx:
        return await entries.xlsx()
    labels = {target.id: target.label for target in targets_of(city).of_year(shown)}
    options = {one.id: labels.get(one.id) or one.label for one in counts().counts}
    return visit.page(
        "head_count.html",
        translate("计入名单 {n}", n=figures.count(sum(found.values()))),
        table=await entries.shown(at),
        rule=rule,
        label=options[rule.id] or rule.id,
        options={name: label for name, label in options.items() if label},
        year=shown,
        years=years,
        area=area,
        areas=_areas(city, shown, area.strip()),
        count=sum(found.values()),
    )


def _areas(city: City | None, year: int, asked: str) -> dict[str, str]:
    """The areas that the list may be narrowed to, and the one that it is."""
    areas: dict[str, str] = {}
    if city is not None:
        table = targets_of(city).table(year)
        names = {row.district: row.name for row in table.rows} if table else {}
        areas = names or {city.code: city.name, **city.about.districts}
    if asked.startswith("="):
        areas[asked] = translate("未分区划")
    elif asked:
        areas.setdefault(asked, region_name(asked))
    return areas


def _entries(
    visit: Visit, rows: list[targets.CountedApplication]
) -> PageTable[targets.CountedApplication]:
    policies = visit.sources.policies

    def application(row: targets.CountedApplication) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    columns: list[PageColumn[targets.CountedApplication]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(_("计入日"), lambda r: r.counted_on, ColumnKind.DAY),
        PageColumn(_("核准日"), lambda r: r.granted_on, ColumnKind.DAY),
    ]
    return PageTable(
        "head-count", _("计入名单"), columns, rows, empty=_("这一年没有计入这项指标的申请。")
    )
