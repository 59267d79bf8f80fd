"""vouchers: training vouchers by state, each with the days of its steps."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import keyset, vouchers
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.filters import between, chips, if_set, listed, quoted
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.fields import each_of, one_of
from services.web.request.parameters import Since, Size, Text, Texts, Until
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import VOUCHERS, state_of

router = APIRouter()

STEPS = {
    "issued": _("发放日"),
    "claimed": _("领用日"),
    "verified": _("验证日"),
    "used": _("应用日"),
    "expired": _("失效日"),
}


def table(visit: Visit, rows: list[vouchers.VoucherRow]) -> PageTable[vouchers.VoucherRow]:
    """The list as a table."""
    policies = visit.sources.policies

    def application(row: vouchers.VoucherRow) -> str | None:
        return row.application and visit.link(f"/applications/{segment(row.application)}")

    def applied(row: vouchers.VoucherRow) -> str | None:
        return row.programme and programmes.short(policies, row.programme)

    def whole_way(row: vouchers.VoucherRow) -> str:
        return visit.link(f"/vouchers/{segment(row.voucher)}")

    columns: list[PageColumn[vouchers.VoucherRow]] = [
        PageColumn(_("券号"), lambda r: r.voucher, ColumnKind.ID, whole_way),
        PageColumn(_("状态"), lambda r: state_of(VOUCHERS, r.state), ColumnKind.STATE),
        PageColumn(_("区划"), lambda r: region_name(r.district) or None),
        PageColumn(_("发放日"), lambda r: r.issued_on, ColumnKind.DAY),
        PageColumn(_("有效期至"), lambda r: r.valid_until, ColumnKind.DAY),
        PageColumn(_("领用日"), lambda r: r.claimed_on, ColumnKind.DAY, wide_only=True),
        PageColumn(_("验证日"), lambda r: r.verified_on, ColumnKind.DAY, wide_only=True),
        PageColumn(_("应用日"), lambda r: r.used_on, ColumnKind.DAY),
        PageColumn(_("用于"), applied, href=application),
        PageColumn(_("班次"), lambda r: r.course, ColumnKind.ID, wide_only=True),
        PageColumn(_("待前步（步）"), lambda r: r.waits, ColumnKind.COUNT, wide_only=True),
    ]
    return PageTable(
        "vouchers", _("职业培训券"), columns, rows,
        empty=_("没有符合条件的培训券。上游系统发放培训券后，这里逐张列出。"),
    )  # fmt: skip


@router.get("/vouchers")
async def search(
    visit: Arrived,
    state: Texts = [],  # noqa: B006 -- FastAPI copies it
    by: Text = "issued",
    since: Since = None,
    until: Until = None,
    area: Text = "",
    q: Text = "",
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """List vouchers."""
    wanted = vouchers.VoucherFilter(
        each_of("state", listed(state), VOUCHERS),
        one_of("by", by or "issued", vouchers.DAYS),
        since,
        until,
        one_of("area", area.strip(), visit.cities.served),
        q.strip(),
    )
    at = read_page(after, before, size)
    counted = await vouchers.by_state(visit.db, visit.scope, wanted)
    count = sum(n for name, n in counted.items() if not wanted.states or name in wanted.states)
    found = ListPage(
        visit,
        partial(vouchers.page, visit.db, visit.scope, wanted),
        lambda row: keyset.Mark(row.listed_on, row.voucher),
        lambda rows: table(visit, rows),
        count,
    )
    if (file := await found.exported(csv, xlsx)) is not None:
        return file
    first = {"after": None, "before": None}
    return visit.page(
        "vouchers.html",
        translate("培训券 {n} 张", n=figures.count(count)),
        table=await found.shown(at),
        count=count,
        wanted=wanted,
        states=VOUCHERS,
        steps=STEPS,
        by_state=[
            (words, counted[name], visit.here(state=name, **first))
            for name, words in VOUCHERS.items()
            if counted.get(name)
        ],
        chips=chips(
            visit,
            state={code: translate(state_of(VOUCHERS, code).word) for code in wanted.states},
            area=if_set(area, region_name(area)),
            **between(since, until, f"{translate(STEPS[wanted.by])} "),
            q=quoted(q),
        ),
    )
