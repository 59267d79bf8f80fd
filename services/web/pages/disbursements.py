"""disbursements: payments by state, fund and day; each leads to its application."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import keyset, payment_filter, payment_totals, payments
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.filters import between, chips, if_set, listed, quoted
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.fields import each_of
from services.web.request.parameters import Since, Size, Text, Texts, Until
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import AFTER_PAYMENT, DISBURSEMENTS, state_of

router = APIRouter()


def table(
    visit: Visit, rows: list[payments.PaymentRow], amount_fen: int
) -> PageTable[payments.PaymentRow]:
    """The list as a table."""
    policies = visit.sources.policies

    def application(row: payments.PaymentRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}") + "#payment"

    def batch(row: payments.PaymentRow) -> str | None:
        return visit.link(f"/batches/{segment(row.batch)}") if row.batch else None

    columns: list[PageColumn[payments.PaymentRow]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("期"), lambda r: r.instalment, ColumnKind.COUNT),
        PageColumn(_("状态"), lambda r: state_of(AFTER_PAYMENT, r.state), ColumnKind.STATE),
        PageColumn(
            _("补贴项目"), lambda r: programmes.short(policies, r.programme), wide_only=True
        ),
        PageColumn(_("基金"), lambda r: FUND_NAMES.get(r.fund, r.fund)),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(_("应付日"), lambda r: r.ordered_on, ColumnKind.DAY),
        PageColumn(_("批次"), lambda r: r.batch or None, ColumnKind.ID, batch),
        PageColumn(_("到账日"), lambda r: r.settled_on, ColumnKind.DAY),
        PageColumn(_("退回原因"), lambda r: r.return_reason or None, wide_only=True),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, application),
    ]
    return PageTable(
        "disbursements",
        _("支付"),
        columns,
        rows,
        {_("金额（元）"): amount_fen},
        _("没有符合条件的支付。"),
    )


@router.get("/disbursements")
async def search(
    visit: Arrived,
    state: Texts = [],  # noqa: B006 -- FastAPI copies it
    programme: Texts = [],  # noqa: B006
    since: Since = None,
    until: Until = None,
    batch: Text = "",
    account: Text = "",
    q: Text = "",
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
) -> Response:
    """Search payments."""
    names = programmes.titles(visit.sources.policies)
    wanted = payment_filter.PaymentFilter(
        each_of("state", listed(state), DISBURSEMENTS),
        each_of("programme", listed(programme), names),
        since,
        until,
        batch,
        account,
        q.strip(),
    )
    at = read_page(after, before, size)
    count, amount = await payment_totals.total(visit.db, visit.scope, wanted)
    found = ListPage(
        visit,
        partial(payments.page, visit.db, visit.scope, wanted),
        lambda row: keyset.Mark(row.ordered_on, row.disbursement),
        lambda rows: table(visit, rows, amount),
        count,
    )
    if csv:
        return found.csv()
    return visit.page(
        "disbursements.html",
        translate("支付 {n} 笔", n=figures.count(count)),
        table=await found.shown(at),
        count=count,
        amount=amount,
        wanted=wanted,
        states=DISBURSEMENTS,
        programmes=names,
        chips=chips(
            visit,
            state={code: translate(state_of(DISBURSEMENTS, code).word) for code in wanted.states},
            programme={name: names.get(name, name) for name in wanted.programmes},
            **between(since, until),
            batch=if_set(batch),
            account=if_set(account),
            q=quoted(q),
        ),
    )
