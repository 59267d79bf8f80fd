"""batches: prepare a payment file, check it, release it or send it back; two people, always."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from events import streams
from events.batches import PrepareBatch, RejectBatch, ReleaseBatch, WantedLine
from policies.cities import BankAccount
from projections.queries import batches, files_not_written, payment_filter, payments
from projections.queries.after_payment import after
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, batch_number, send
from services.web.pages.due_payments import by_account
from services.web.parts.filters import listed
from services.web.parts.paging import part
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood, each_of
from services.web.request.parameters import Since, Until
from services.web.request.paying_account import obstacle_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_amounts import typed_yuan
from services.web.request.typed_fields import Field, MaybeDay
from services.web.request.visit import Arrived, Visit
from services.wording import figures, unwritten_files
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.refusals import left_out
from services.wording.states import BATCHES, LINES, state_of

router = APIRouter()

MOST_LINES = 2000
STORED = (
    "requested", "prepared", "released", "rejected", "sending", "sent", "closed",
)  # fmt: skip
"""The states that a list can be asked for; the others tell how a closed batch has ended."""


def table(visit: Visit, rows: list[batches.BatchRow]) -> PageTable[batches.BatchRow]:
    """Batches as a table."""

    def page_of(row: batches.BatchRow) -> str:
        return visit.link(f"/batches/{segment(row.batch)}")

    columns: list[PageColumn[batches.BatchRow]] = [
        PageColumn(_("批次"), lambda r: r.batch, ColumnKind.ID, page_of),
        PageColumn(_("状态"), lambda r: state_of(BATCHES, r.shown_state), ColumnKind.STATE),
        PageColumn(_("基金"), lambda r: FUND_NAMES.get(r.fund, r.fund)),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(_("付款账户"), lambda r: r.bank_account, ColumnKind.ID, wide_only=True),
        PageColumn(_("制单"), lambda r: name_of(r.maker)),
        PageColumn(_("放行"), lambda r: name_of(r.checker), wide_only=True),
        PageColumn(_("制单日"), lambda r: r.requested_on, ColumnKind.DAY),
        PageColumn(_("笔数"), lambda r: r.payments, ColumnKind.COUNT, page_of),
        PageColumn(_("金额（元）"), lambda r: r.total_fen, ColumnKind.AMOUNT, page_of),
        PageColumn(_("到账（元）"), lambda r: r.settled_fen, ColumnKind.AMOUNT, page_of),
        PageColumn(
            _("退回（元）"), lambda r: r.returned_fen, ColumnKind.AMOUNT, page_of, wide_only=True
        ),
    ]
    totals: dict[str, object] = {
        _("笔数"): sum(r.payments or 0 for r in rows),
        _("金额（元）"): sum(r.total_fen or 0 for r in rows),
        _("到账（元）"): sum(r.settled_fen for r in rows),
        _("退回（元）"): sum(r.returned_fen for r in rows),
    }
    return PageTable("batches", _("批次"), columns, rows, totals, _("没有符合条件的批次。"))


def lines_table(
    visit: Visit, rows: list[batches.BatchLineRow], name: str
) -> PageTable[batches.BatchLineRow]:
    """A batch's payments as a table."""

    def application(row: batches.BatchLineRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}") + "#payment"

    columns: list[PageColumn[batches.BatchLineRow]] = [
        PageColumn(_("行"), lambda r: r.line_no, ColumnKind.COUNT),
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("指令"), lambda r: r.instruction or None, ColumnKind.ID),
        PageColumn(_("状态"), lambda r: state_of(LINES, r.state), ColumnKind.STATE),
        PageColumn(_("原因"), _why),
        PageColumn(_("银行日"), lambda r: r.value_on, ColumnKind.DAY),
        PageColumn(_("回单号"), lambda r: r.bank_reference or None, ColumnKind.ID, wide_only=True),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, application),
    ]
    totals: dict[str, object] = {_("金额（元）"): sum(r.amount_fen or 0 for r in rows)}
    return PageTable(name, _("批次明细"), columns, rows, totals, _("名单正在形成，请稍后刷新。"))


def _why(row: batches.BatchLineRow) -> str | None:
    """Why the batch went on without a payment, or the bank sent it back."""
    if row.state == "refused" and row.code:
        return left_out(row.code)
    return row.reason or row.code or None


@router.get("/batches")
async def overview(
    visit: Arrived,
    state: Annotated[list[str], Query()] = [],  # noqa: B006 -- FastAPI copies it
    csv: str | None = None,
) -> Response:
    """List batches."""
    wanted = each_of("state", listed(state), STORED)
    shown = table(visit, await batches.listed(visit.db, visit.scope, wanted))
    if csv:
        return visit.csv(shown)
    return visit.page(
        "batches.html",
        translate("批次 {n} 批", n=figures.count(len(shown.rows))),
        table=part(visit, shown, lambda r: r.batch),
        states={code: state for code, state in BATCHES.items() if code in STORED},
        wanted=wanted,
        due=by_account(visit, await payments.due(visit.db, visit.scope)),
    )


@router.get("/batches/new")
async def prepare_form(
    visit: Arrived, of: str = "", since: Since = None, until: Until = None
) -> Response:
    """Choose what to pay; with an account chosen, confirm what is paid from it."""
    wanted = payment_filter.WAITING._replace(since=since, until=until)
    due = by_account(visit, await payments.due(visit.db, visit.scope, wanted))
    chosen = next((d for d in due if d.account and d.account.alias == of), None)
    account = chosen.account if chosen else None
    lines, act = [], Act.of_today()
    if account:
        lines = await _lines(visit, account, since, until)
    return visit.page(
        "batch_new.html",
        translate("制批"),
        due=due,
        chosen=chosen,
        account=account,
        obstacle=await obstacle_of(visit, account),
        count=len(lines),
        total=sum(line.amount_fen for line in lines),
        left_out=chosen.number - len(lines) if chosen else 0,
        since=since,
        until=until,
        act=act,
        batch=batch_number(act),
    )


@router.post("/batches")
async def prepare(
    visit: Arrived,
    command: Field,
    account: Field,
    count: Annotated[int, Form()],
    total: Annotated[int, Form()],
    since: MaybeDay = None,
    until: MaybeDay = None,
) -> Response:
    """Ask for a batch of exactly what was confirmed; its number is the form's own."""
    batch = batch_number(command)
    paying = visit.cities.accounts.get(account)
    if paying is None:
        raise PageRefused(NOT_FOUND)
    lines = await _lines(visit, paying, since, until)
    asked_before = await batches.one(visit.db, visit.scope, batch)
    changed = (len(lines), sum(line.amount_fen for line in lines)) != (count, total)
    if changed and asked_before is None:
        return visit.page("stale.html", translate("名单已变化"), back=visit.link("/batches/new"))
    body = PrepareBatch(
        batch=batch,
        bank_account=paying.alias,
        fund=paying.fund,
        district=paying.district,
        maker=visit.actor.id,
        lines=tuple(
            WantedLine(
                payee=streams.payee(line.payee),
                disbursement=line.disbursement,
                amount=line.amount_fen,
            )
            for line in lines
        ),
    )
    act = Act(command, streams.batch(batch), body)
    return await send(visit, act, f"/batches/{segment(batch)}")


async def _lines(
    visit: Visit, account: BankAccount, since: date | None, until: date | None
) -> list[payments.DuePayment]:
    """What a batch from an account would hold: of its districts those that are in scope."""
    districts = tuple(filter(visit.scope.holds, account.districts))
    return await payments.due_lines(visit.db, account.fund, districts, MOST_LINES, since, until)


@router.get("/batches/{batch}")
async def detail(visit: Arrived, batch: str, csv: str | None = None) -> Response:
    """Read a batch; whoever did not make it may release it or send it back."""
    found = await batches.one(visit.db, visit.scope, batch)
    if found is None:
        raise PageRefused(NOT_FOUND)
    lines = await batches.lines(visit.db, batch)
    followed = await after(
        visit.db, visit.scope, (x.application for x in lines if x.state == "settled")
    )
    by_line = {
        line.instruction for line in followed.lines if line.proves and line.instruction is not None
    }
    lines = [
        line._replace(state="proved")
        if line.state == "settled" and line.instruction in by_line
        else line
        for line in lines
    ]
    proved = found.shown_state == "closed" and "settled" not in {line.state for line in lines}
    shown = lines_table(visit, lines, f"batch-{batch}")
    if csv:
        return visit.csv(shown)
    account = visit.cities.accounts.get(found.bank_account)
    stopped = await files_not_written.of_batch(visit.db, batch)
    leaves = found.state in ("prepared", "released")
    return visit.page(
        "batch.html",
        translate("批次 {batch}", batch=batch),
        batch=found,
        state=state_of(BATCHES, "proved" if proved else found.shown_state),
        table=shown,
        account=account,
        obstacle=await obstacle_of(visit, account) if leaves else "",
        stopped=unwritten_files.in_words(stopped.code, stopped.detail) if stopped else None,
        fund=FUND_NAMES.get(found.fund, found.fund),
        district=region_name(found.district),
        shared=await batches.same_account(visit.db, batch),
        release=Act.new(),
        reject=Act.new(),
        maker=name_of(found.maker),
        checker=name_of(found.checker),
    )


@router.post("/batches/{batch}/release")
async def release(
    visit: Arrived, batch: str, command: Field, digest: Field, total: Field
) -> Response:
    """Ask for the release of exactly the list with this digest; the ledger keeps people apart."""
    stated = typed_yuan("total", total)
    found = await batches.one(visit.db, visit.scope, batch)
    if found is None:
        raise PageRefused(NOT_FOUND)
    if stated != found.total_fen:
        raise NotUnderstood("total", translate("与名单不符，没有放行。请核对名单后重新录入"), total)
    body = ReleaseBatch(batch=batch, checker=visit.actor.id, digest=digest, total=stated)
    return await send(visit, Act(command, streams.batch(batch), body), f"/batches/{segment(batch)}")


@router.post("/batches/{batch}/reject")
async def reject(visit: Arrived, batch: str, command: Field, reason: Field) -> Response:
    """Ask for a batch to go back to its maker."""
    body = RejectBatch(batch=batch, checker=visit.actor.id, reason=reason.strip())
    return await send(visit, Act(command, streams.batch(batch), body), f"/batches/{segment(batch)}")
