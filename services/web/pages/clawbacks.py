"""clawbacks: what is due back: the list, one debt with every step, and the notice to the debtor."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from policies.cities import BankAccount
from policies.duties import shipped
from projections.queries import clawbacks, credit, objections
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act
from services.web.parts.filters import listed
from services.web.parts.paging import part
from services.web.request.actors import name_of
from services.web.request.fields import each_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived, Visit
from services.wording import programmes
from services.wording.act_names import CAUSES
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import CLAWBACKS, OBJECTIONS, state_of

router = APIRouter()

STATED = ("proposed", "rejected", "open", "closed")
MOVES = {"recovered": _("收回"), "offset": _("抵扣"), "written_off": _("核销")}


def _cites(cause: str) -> str:
    """The clauses that a notice to the debtor names beside the decision's own document."""
    return shipped().clawbacks.cites(cause)


def path_of(payee: str, clawback: str) -> str:
    """The address of a debt."""
    return f"/clawbacks/{segment(payee)}/{segment(clawback)}"


def table(visit: Visit, rows: list[clawbacks.ClawbackRow]) -> PageTable[clawbacks.ClawbackRow]:
    """Debts as a table."""

    def page_of(row: clawbacks.ClawbackRow) -> str:
        return visit.link(path_of(row.payee, row.clawback))

    def application(row: clawbacks.ClawbackRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    columns: list[PageColumn[clawbacks.ClawbackRow]] = [
        PageColumn(_("追回编号"), lambda r: r.clawback, ColumnKind.ID, page_of),
        PageColumn(_("状态"), lambda r: state_of(CLAWBACKS, r.shown_state), ColumnKind.STATE),
        PageColumn(_("事由"), lambda r: translate(CAUSES.get(r.cause, r.cause))),
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("决定日"), lambda r: r.ordered_on or r.proposed_on, ColumnKind.DAY),
        PageColumn(_("应追回（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, page_of),
        PageColumn(_("收回（元）"), lambda r: r.recovered_fen, ColumnKind.AMOUNT, page_of),
        PageColumn(_("抵扣（元）"), lambda r: r.offset_fen, ColumnKind.AMOUNT, page_of),
        PageColumn(
            _("核销（元）"), lambda r: r.written_off_fen, ColumnKind.AMOUNT, page_of, wide_only=True
        ),
        PageColumn(_("尚欠（元）"), lambda r: r.left_fen, ColumnKind.AMOUNT, page_of),
    ]
    totals: dict[str, object] = {
        _("应追回（元）"): sum(r.amount_fen or 0 for r in rows),
        _("收回（元）"): sum(r.recovered_fen for r in rows),
        _("抵扣（元）"): sum(r.offset_fen for r in rows),
        _("核销（元）"): sum(r.written_off_fen for r in rows),
        _("尚欠（元）"): sum(r.left_fen or 0 for r in rows),
    }
    return PageTable("clawbacks", _("追回"), columns, rows, totals, _("没有追回事项。"))


def moves_table(
    visit: Visit, name: str, rows: list[clawbacks.ClawbackMoveRow]
) -> PageTable[clawbacks.ClawbackMoveRow]:
    """How a debt has grown smaller, each step with its entry."""

    def entry(row: clawbacks.ClawbackMoveRow) -> str:
        return visit.link(f"/journal/{row.entry}")

    columns: list[PageColumn[clawbacks.ClawbackMoveRow]] = [
        PageColumn(_("日期"), lambda r: r.moved_on, ColumnKind.DAY),
        PageColumn(_("方式"), lambda r: translate(MOVES[r.kind])),
        PageColumn(_("依据"), lambda r: r.reference, ColumnKind.ID),
        PageColumn(_("凭证"), lambda r: r.entry, ColumnKind.ID, entry),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, entry),
        PageColumn(_("尚欠（元）"), lambda r: r.left_fen, ColumnKind.AMOUNT),
    ]
    totals: dict[str, object] = {_("金额（元）"): sum(r.amount_fen for r in rows)}
    return PageTable(
        name, _("收回、抵扣、核销"), columns, rows, totals, _("还没有收回、抵扣或核销。")
    )


@router.get("/clawbacks")
async def overview(
    visit: Arrived,
    state: Annotated[list[str], Query()] = [],  # noqa: B006 -- FastAPI copies it
    csv: str | None = None,
) -> Response:
    """List debts."""
    wanted = each_of("state", listed(state), STATED)
    shown = table(visit, await clawbacks.listed(visit.db, visit.scope, wanted))
    if csv:
        return visit.csv(shown)
    return visit.page(
        "clawbacks.html",
        translate("追回"),
        table=part(visit, shown, lambda r: f"{r.payee}/{r.clawback}"),
        wanted=wanted,
    )


def own_accounts(visit: Visit, debt: clawbacks.ClawbackRow) -> list[BankAccount]:
    """The accounts that cash for a debt may go into: those of its own fund and district."""
    fund, district = debt.fund or "", debt.district or ""
    return [one for one in visit.cities.accounts.values() if one.serves(fund, district)]


@router.get("/clawbacks/{payee}/{clawback}")
async def detail(visit: Arrived, payee: str, clawback: str, csv: str | None = None) -> Response:
    """Read a debt; every step leads to its entry."""
    found = await clawbacks.one(visit.db, payee, clawback)
    if found is None:
        raise PageRefused(NOT_FOUND)
    shown = moves_table(visit, "clawback-moves", await clawbacks.moves(visit.db, payee, clawback))
    if csv:
        return visit.csv(shown)
    policies = visit.sources.policies
    return visit.page(
        "clawback.html",
        translate("追回 {clawback}", clawback=clawback),
        debt=found,
        state=state_of(CLAWBACKS, found.shown_state),
        cause=CAUSES.get(found.cause, found.cause),
        own=path_of(payee, clawback),
        table=shown,
        objected=[
            (held, state_of(OBJECTIONS, held.state))
            for held in await objections.holding(visit.db, found.application, visit.scope.as_of)
            if held.clawback == clawback
        ],
        entry=await clawbacks.order_entry(visit.db, payee, clawback),
        name=(await visit.names([payee])).get(payee),
        credit=await credit.of(visit.db, visit.scope, payee),
        label=programmes.label,
        segment=segment,
        programme=programmes.short(policies, found.programme) if found.programme else None,
        fund=FUND_NAMES.get(found.fund or "", found.fund),
        district=region_name(found.district) or None,
        accounts=own_accounts(visit, found),
        name_of=name_of,
        act=Act.new,
    )


@router.get("/clawbacks/{payee}/{clawback}/notice")
async def notice(visit: Arrived, payee: str, clawback: str) -> Response:
    """Write the notice to the debtor, on one page to be printed."""
    found = await clawbacks.one(visit.db, payee, clawback)
    if found is None or found.amount_fen is None:
        raise PageRefused(NOT_FOUND)
    policies = visit.sources.policies
    return visit.page(
        "clawback_notice.html",
        translate("追回通知书 {clawback}", clawback=clawback),
        debt=found,
        cause=CAUSES.get(found.cause, found.cause),
        own=path_of(payee, clawback),
        name=(await visit.names([payee])).get(payee),
        programme=programmes.short(policies, found.programme) if found.programme else "",
        fund=FUND_NAMES.get(found.fund or "", found.fund),
        cites="；".join(filter(None, (found.document, _cites(found.cause)))) or found.source,
        accounts=own_accounts(visit, found),
    )
