"""welfare posts: the quarterly real-name report of public-welfare posts: held, new, vacated, by district."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import posts
from services.runtime.masking import Masked
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.fields import one_of
from services.web.request.parameters import Quarter, Text, Year
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import POSTS, state_of

router = APIRouter()

GROUPS: dict[str, tuple[str, Callable[[posts.PostRow], bool]]] = {
    name: (words, posts.GROUPS[name])
    for name, words in {
        "held": _("实有"),
        "new": _("新安置"),
        "vacated": _("腾退"),
        "again": _("再次安置"),
        "filed": _("再次安置已备案"),
    }.items()
}
"""What the report counts, and who belongs to it."""


class District(NamedTuple):
    """One district's row of the report."""

    code: str
    counts: Mapping[str, int]


def _report(found: list[posts.PostRow]) -> list[District]:
    codes = sorted({post.district for post in found})
    return [
        District(
            code,
            {
                name: sum(post.district == code and picks(post) for post in found)
                for name, (_words, picks) in GROUPS.items()
            },
        )
        for code in codes
    ]


def _report_table(
    visit: Visit, quarter: posts.Quarter, rows: list[District]
) -> PageTable[District]:
    def column(name: str, words: str) -> PageColumn[District]:
        return PageColumn(
            words,
            lambda row: row.counts[name],
            ColumnKind.COUNT,
            lambda row: visit.link(
                "/posts", year=quarter.year, quarter=quarter.number, group=name, area=row.code
            ),
        )

    columns: list[PageColumn[District]] = [
        PageColumn(_("区划"), lambda r: region_name(r.code)),
        *(column(name, words) for name, (words, _picks) in GROUPS.items()),
    ]
    totals: dict[str, object] = {
        words: sum(row.counts[name] for row in rows) for name, (words, _picks) in GROUPS.items()
    }
    return PageTable(
        "posts", _("公益性岗位季报"), columns, rows, totals if rows else {},
        _("这一季度没有核准的城镇公益性岗位。"),
    )  # fmt: skip


def _list_table(
    visit: Visit, rows: list[posts.PostRow], names: Mapping[str, Masked]
) -> PageTable[posts.PostRow]:
    def name(token: str) -> str | None:
        known = names.get(token)
        return known.name if known else None

    def application(row: posts.PostRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    columns: list[PageColumn[posts.PostRow]] = [
        PageColumn(_("姓名"), lambda r: name(r.beneficiary)),
        PageColumn(_("变动"), lambda r: state_of(POSTS, r.movement), ColumnKind.STATE),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(_("用人单位"), lambda r: name(r.employer)),
        PageColumn(_("第几次安置"), lambda r: r.placement, ColumnKind.COUNT),
        PageColumn(_("安置方案备案"), _filed),
        PageColumn(_("季内月数"), lambda r: r.months, ColumnKind.COUNT, wide_only=True),
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
    ]
    return PageTable("post-list", _("公益性岗位实名名单"), columns, rows)


def _filed(row: posts.PostRow) -> str | None:
    if row.placement < 2:
        return None
    return translate("已备案") if row.plan_filed else translate("未备案")


@router.get("/posts")
async def report(
    visit: Arrived,
    year: Year = None,
    quarter: Quarter = None,
    group: Text = "",
    area: Text = "",
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """Report the posts of a quarter, and list everybody by name as screens may show it."""
    years = await posts.years(visit.db)
    on = visit.scope.as_of
    shown = posts.Quarter(
        year or (on.year if on.year in years or not years else years[0]),
        quarter or (on.month + 2) // 3,
    )
    one_of("group", group, GROUPS)
    one_of("area", area, visit.cities.served)
    found = await posts.of_quarter(visit.db, visit.scope, shown)
    listed = [
        post
        for post in found
        if (not group or GROUPS[group][1](post)) and (not area or post.district == area)
    ]
    names = await visit.names(
        token for post in listed for token in (post.beneficiary, post.employer)
    )
    totals = _report_table(visit, shown, _report(found))
    people = _list_table(visit, listed, names)
    for asked, answer in ((csv, visit.csv), (xlsx, visit.xlsx)):
        if asked:
            return answer(people) if asked == people.name else answer(totals)
    return visit.page(
        "posts.html",
        translate("公益性岗位季报 {year} 年 {quarter} 季度", year=shown.year, quarter=shown.number),
        report=totals,
        people=people,
        quarter=shown,
        years=years or [shown.year],
        movements={name: words for name, (words, _picks) in GROUPS.items()},
        chosen=group,
        area=area,
        count=figures.count(len(listed)),
    )
