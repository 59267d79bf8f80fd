"""returned payments: correct the account of what came back, ask the bank what it has not said; two people."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.canonical import names_somebody, person_name
from events.contract.inbound.identity import Account, account_number
from events.disbursements import AskOutcome, ResolveDispute
from events.payees import JudgeAccount, ProposeAccount
from projections.queries import returns
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, propose, send
from services.web.parts.paging import part
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import DocumentTyped, Field, Note
from services.web.request.visit import Arrived, Visit
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import DISPUTES, state_of

router = APIRouter()


def returned_table(
    visit: Visit, rows: list[returns.ReturnedPayment]
) -> PageTable[returns.ReturnedPayment]:
    """What came back, as a table."""

    def form(row: returns.ReturnedPayment) -> str:
        return visit.link(f"/tasks/returns/{segment(row.disbursement)}")

    columns: list[PageColumn[returns.ReturnedPayment]] = [
        PageColumn(_("支付号"), lambda r: r.disbursement, ColumnKind.ID, form),
        PageColumn(_("退回日"), lambda r: r.returned_on, ColumnKind.DAY),
        PageColumn(_("退回码"), lambda r: r.return_code or None, ColumnKind.ID),
        PageColumn(_("退回原因"), lambda r: r.return_reason or None),
        PageColumn(_("第几次"), lambda r: r.attempt, ColumnKind.COUNT),
        PageColumn(_("基金"), lambda r: FUND_NAMES.get(r.fund, r.fund), wide_only=True),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, form),
    ]
    totals: dict[str, object] = {_("金额（元）"): sum(r.amount_fen for r in rows)}
    return PageTable("returns", _("退回待更正账户"), columns, rows, totals, _("没有退回的款项。"))


def unknown_table(
    visit: Visit, rows: list[returns.UnansweredInstruction]
) -> PageTable[returns.UnansweredInstruction]:
    """The list to ask the bank with."""

    def application(row: returns.UnansweredInstruction) -> str:
        return visit.link(f"/applications/{segment(row.application)}") + "#payment"

    def batch(row: returns.UnansweredInstruction) -> str:
        return visit.link(f"/batches/{segment(row.batch)}")

    columns: list[PageColumn[returns.UnansweredInstruction]] = [
        PageColumn(_("指令"), lambda r: r.instruction, ColumnKind.ID, application),
        PageColumn(_("批次"), lambda r: r.batch, ColumnKind.ID, batch),
        PageColumn(_("付款账户"), lambda r: r.bank_account, ColumnKind.ID),
        PageColumn(_("发送日"), lambda r: r.sent_on, ColumnKind.DAY),
        PageColumn(
            _("未回盘天数"), lambda r: (visit.scope.as_of - r.sent_on).days, ColumnKind.COUNT
        ),
        PageColumn(_("上次查询"), lambda r: r.asked_on, ColumnKind.DAY),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, application),
    ]
    totals: dict[str, object] = {_("金额（元）"): sum(r.amount_fen for r in rows)}
    empty = _("没有结果不明的指令：已发送的都已回盘。")
    return PageTable("unknown-outcomes", _("结果不明，待向银行查询"), columns, rows, totals, empty)


@router.get("/tasks/returns")
async def returned(visit: Arrived, csv: str | None = None) -> Response:
    """List what came back, and the corrected accounts that wait for a second person."""
    shown = returned_table(visit, await returns.returned(visit.db, visit.scope))
    if csv:
        return visit.csv(shown)
    waiting = await returns.proposals(visit.db, visit.scope)
    accounts = await visit.sources.accounts(
        [p.account for p in waiting] + [p.replaces for p in waiting]
    )
    return visit.page(
        "returns.html",
        translate("退回待更正"),
        table=part(visit, shown, lambda r: r.disbursement),
        waiting=[(p, accounts.get(p.replaces), accounts.get(p.account)) for p in waiting],
        names=await visit.names(p.payee for p in waiting),
        maker=name_of,
        act=Act.new,
        segment=segment,
    )


@router.get("/tasks/returns/{disbursement}")
async def correct_form(visit: Arrived, disbursement: str) -> Response:
    """Enter a corrected account for one payment."""
    found = await returns.returned(visit.db, visit.scope, disbursement)
    if not found:
        raise PageRefused(NOT_FOUND)
    payment = found[0]
    accounts = await visit.sources.accounts([payment.account])
    return visit.page(
        "return_correct.html",
        translate("更正收款账户"),
        payment=payment,
        present=accounts.get(payment.account),
        name=(await visit.names([payment.payee])).get(payment.payee),
        act=Act.new(),
        segment=segment,
    )


@router.post("/tasks/returns/{disbursement}")
async def correct(
    visit: Arrived,
    disbursement: str,
    command: Field,
    bank: Field,
    number: Field,
    holder: Field,
    document: DocumentTyped,
    reason: Field,
) -> Response:
    """Propose the account; the number goes into the vault, and only its token further."""
    back = f"/tasks/returns/{segment(disbursement)}"
    found = await returns.returned(visit.db, visit.scope, disbursement)
    canonical = account_number(number)
    if not found or visit.sources.keep_account is None:
        raise PageRefused(NOT_FOUND)
    if canonical is None:
        raise NotUnderstood("number", translate("须为 8 至 32 位数字"), number)
    for field, name in (("bank", bank), ("holder", holder)):
        if not names_somebody(name):
            raise NotUnderstood(field, translate("至少两个字"), name)
    if visit.scope.historical or not visit.actor.id:
        return visit.page("not_allowed.html", translate("不能办理"), back=visit.link(back))
    account = Account(person_name(bank), canonical, person_name(holder))
    token = await visit.sources.keep_account(found[0].payee, account)
    body = ProposeAccount(
        proposal=command,
        application=found[0].application,
        account=token,
        document=document.strip(),
        reason=reason.strip(),
        maker=visit.actor.id,
    )
    return await send(visit, Act(command, streams.payee(found[0].payee), body), "/tasks/returns")


@router.post("/tasks/accounts/{payee}/{proposal}")
async def judge(
    visit: Arrived,
    payee: str,
    proposal: str,
    command: Field,
    verdict: Annotated[Literal["confirm", "reject"], Form()],
    reason: Note = "",
) -> Response:
    """Take a proposed account, or turn it down."""
    if proposal not in {one.proposal for one in await returns.proposals(visit.db, visit.scope)}:
        raise PageRefused(NOT_FOUND)
    body = JudgeAccount(
        proposal=proposal, checker=visit.actor.id, verdict=verdict, reason=reason.strip()
    )
    return await send(visit, Act(command, streams.payee(payee), body), "/tasks/returns")


@router.get("/tasks/unknown")
async def unknown(visit: Arrived, csv: str | None = None) -> Response:
    """List what the bank has not answered, and what it has answered twice."""
    shown = unknown_table(visit, await returns.unanswered(visit.db, visit.scope))
    if csv:
        return visit.csv(shown)
    open_ones = await returns.disputes(visit.db, visit.scope)
    return visit.page(
        "unknown.html",
        translate("结果不明"),
        table=part(visit, shown, lambda r: r.instruction),
        disputes=[(d, state_of(DISPUTES, d.said)) for d in open_ones],
        act=Act.new,
        segment=segment,
    )


@router.post("/tasks/unknown")
async def ask(
    visit: Arrived, command: Field, payee: Field, disbursement: Field, instruction: Field
) -> Response:
    """Note that the bank was asked; nothing is sent again."""
    if not await returns.sent(visit.db, payee, disbursement, instruction):
        raise NotUnderstood("instruction", translate("没有发送过"), instruction)
    body = AskOutcome(disbursement=disbursement, instruction=instruction, by=visit.actor.id)
    return await send(visit, Act(command, streams.payee(payee), body), "/tasks/unknown")


@router.post("/tasks/disputes")
async def resolve(
    visit: Arrived,
    command: Field,
    payee: Field,
    disbursement: Field,
    instruction: Field,
    verdict: Annotated[Literal["paid", "not_paid"], Form()],
    document: DocumentTyped,
) -> Response:
    """Propose what somebody has found out; another person confirms it."""
    known = await returns.disputes(visit.db, visit.scope)
    if (payee, disbursement, instruction) not in {
        (d.payee, d.disbursement, d.instruction) for d in known
    }:
        raise NotUnderstood("instruction", translate("没有待查明的矛盾"), instruction)
    body = ResolveDispute(
        disbursement=disbursement,
        instruction=instruction,
        verdict=verdict,
        document=document.strip(),
        by=visit.actor.id,
    )
    return await propose(visit, Act(command, streams.payee(payee), body), "/tasks/unknown")
