"""targets: what the notices want reached in a year, how far it is, and by which rules."""

from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from policies.cities import City
from policies.duties.counts import TargetCount, VoucherCount, counts
from policies.reference_data.targets import DistrictTarget, Target
from projections.queries import targets
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.city_in_view import city_in_view, targets_of, year_shown, years_of
from services.web.parts.target_bars import MARK, Bullet, width
from services.web.request.parameters import Year
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

BY_DISTRICT = {"trained": _("职业技能培训"), "high_skilled": _("新增高技能人才")}


class Progress(NamedTuple):
    """One target, or one district's part of it; `done` is None where the ledger cannot know."""

    id: str
    label: str
    unit: str
    target: int | None
    done: int | None
    cite: str
    why: str
    href: str | None

    @property
    def share(self) -> str | None:
        """How much of the target is reached."""
        if self.done is None or not self.target:
            return None
        return figures.share(self.done, self.target)

    def bullet(self) -> Bullet | None:
        """The bar, where there is something to compare."""
        if self.done is None or self.target is None or self.href is None:
            return None
        words = f"{figures.count(self.done)} / {figures.count(self.target)} {self.unit}"
        return Bullet(self.label, width(self.done, self.target), words, self.share or "", self.href)


def table(name: str, caption: str, rows: list[Progress]) -> PageTable[Progress]:
    """Progress as a table; without a total, because targets overlap."""
    columns: list[PageColumn[Progress]] = [
        PageColumn(_("指标"), lambda r: r.label),
        PageColumn(_("单位"), lambda r: r.unit),
        PageColumn(_("目标"), lambda r: r.target, ColumnKind.COUNT),
        PageColumn(_("已完成"), lambda r: r.done, ColumnKind.COUNT, lambda r: r.href),
        PageColumn(_("完成率"), lambda r: r.share),
        PageColumn(_("依据"), lambda r: r.cite.replace("#", " ")),
        PageColumn(_("不在本台账的原因"), lambda r: r.why or None, wide_only=True),
    ]
    return PageTable(name, caption, columns, rows, empty=_("这一年没有登记指标。"))


@router.get("/targets")
async def overview(
    visit: Arrived, year: Year = None, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Show the targets of a year, for the city in view and by district."""
    city = city_in_view(visit)
    years = years_of(visit, city)
    shown = year_shown(visit, years, year)
    area = city.code if city and city.code in visit.cities.served else visit.scope.district or ""
    whole = [await _of_city(visit, target, area) for target in targets_of(city).of_year(shown)]
    tables = {"targets": table("targets", _("年度目标"), whole)}
    districts = {}
    for count, name in BY_DISTRICT.items():
        rows = await _by_district(visit, count, shown, city) if city else []
        if rows:
            districts[count] = name, rows
            tables[f"targets-{count}"] = table(f"targets-{count}", name, rows)
    heads = [await _head_count(visit, rule, shown, area) for rule in counts().counts if rule.label]
    tables["head-counts"] = table("head-counts", _("实名制人数"), heads)
    if csv in tables:
        return visit.csv(tables[csv])
    if xlsx in tables:
        return visit.xlsx(tables[xlsx])
    return visit.page(
        "targets.html",
        translate("年度目标 {year}", year=shown),
        year=shown,
        years=years,
        city=city,
        others=[one for one in visit.cities if one.targets is not None and one is not city],
        tables=tables,
        bullets=[bullet for row in whole if (bullet := row.bullet())],
        districts={
            count: (name, [bullet for row in rows if (bullet := row.bullet())])
            for count, (name, rows) in districts.items()
        },
        mark=MARK,
        rules=_rules(visit, shown, city),
    )


async def _of_city(visit: Visit, target: Target, area: str) -> Progress:
    rules = counts()
    why = next((one.why for one in rules.uncounted if one.id == target.id), "")
    done, href = None, None
    if not why and not _is_counted(target.id):
        why = translate("本台账没有这项指标的统计口径")
    if not why:
        found, href = await _counted(visit, target.id, target.year, area)
        done = sum(found.values())
    return Progress(
        target.id, target.label, target.unit, target.value, done, target.cite, why, href
    )


def _is_counted(name: str) -> bool:
    return counts().of(name) is not None or any(one.id == name for one in counts().vouchers)


async def _counted(visit: Visit, name: str, year: int, area: str) -> tuple[targets.ByDistrict, str]:
    """What was counted in the city, and the list that shows it."""
    rule = counts().of(name)
    if rule is not None:
        wanted = targets.CountFilter(rule.id, year, rule.persons, area)
        found = await targets.by_district(visit.db, visit.scope, wanted)
        return found, _list(visit, name, year, area)
    voucher = next(one for one in counts().vouchers if one.id == name)
    found = await targets.vouchers(visit.db, visit.scope, voucher.step, year, area)
    return found, visit.link("/vouchers", **_voucher_query(voucher, year, area))


def _voucher_query(rule: VoucherCount, year: int, area: str) -> dict[str, object]:
    return {"by": rule.step, "from": f"{year}-01-01", "to": f"{year}-12-31", "area": area}


async def _by_district(visit: Visit, count: str, year: int, city: City) -> list[Progress]:
    """The rows of the notice's table, and one for what was counted anywhere else in the city."""
    wanted = targets_of(city).table(year)
    if wanted is None:
        return []
    found, href = await _counted(visit, count, year, city.code)
    rule = counts().of(count)
    assert rule is not None
    unit = rule.unit

    def progress(row: DistrictTarget) -> Progress:
        whole = row.district == city.code
        done = sum(found.values()) if whole else found.get(row.district, 0)
        link = href if whole else _list(visit, count, year, row.district)
        goal = row.trained if count == "trained" else row.high_skilled
        return Progress(row.district, row.name, unit, goal, done, wanted.cite, "", link)

    def elsewhere(district: str, number: int) -> Progress:
        whole = district == city.code
        name = translate("未分区划") if whole else region_name(district)
        link = _list(visit, count, year, f"={district}" if whole else district)
        return Progress(district, name, unit, None, number, wanted.cite, "", link)

    rows = [progress(row) for row in wanted.rows]
    listed = {row.district for row in wanted.rows} - {city.code}
    rows += [
        elsewhere(*found_in) for found_in in sorted(found.items()) if found_in[0] not in listed
    ]
    return [row for row in rows if visit.scope.holds(row.id)]


async def _head_count(visit: Visit, rule: TargetCount, year: int, area: str) -> Progress:
    """A count that no target asks for."""
    wanted = targets.CountFilter(rule.id, year, rule.persons, area)
    found = await targets.by_district(visit.db, visit.scope, wanted)
    href = _list(visit, rule.id, year, area)
    return Progress(
        rule.id, rule.label, rule.unit, None, sum(found.values()), rule.cite or "", "", href
    )


def _list(visit: Visit, count: str, year: int, area: str) -> str:
    return visit.link("/head-count", count=count, year=year, area=area)


class TargetRule(NamedTuple):
    """How one count is made, in words."""

    label: str
    unit: str
    programmes: str
    cite: str
    quote: str
    note: str


def _rules(visit: Visit, year: int, city: City | None) -> list[TargetRule]:
    notes = {one.id: one.note for one in counts().assume}
    law = visit.sources.policies
    labels = {target.id: target.label for target in targets_of(city).of_year(year)}
    rules = [
        TargetRule(
            labels.get(one.id) or one.label,
            one.unit,
            "、".join(programmes.short(law, name) for name in one.programmes),
            (one.cite or "").replace("#", " "),
            one.quote or "",
            notes.get(one.assume or "", ""),
        )
        for one in counts().counts
        if one.id in labels or one.label
    ]
    rules += [
        TargetRule(
            labels[one.id],
            "张",
            translate("职业培训券"),
            (one.cite or "").replace("#", " "),
            one.quote or "",
            "",
        )
        for one in counts().vouchers
        if one.id in labels
    ]
    return rules
