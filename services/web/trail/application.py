"""application: the way of one application, downwards in time, each line with its facts.

In:   the facts about an application, its entries, what the bank's statements say
Out:  stages: 报文 条款 限额 预算 决定 支付 银行 分录
Holds: every fact that was found stands under exactly one stage
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from events import streams
from events.approvals import ApprovalDenied, ApprovalProposed, ApprovalReferred
from projections.definition.chart_of_accounts import BY_CODE
from projections.queries import application as one
from projections.queries.journal import JournalEntryRow, PostingRow
from projections.queries.proved import AfterPayment, after
from projections.queries.reconciliation import BankLine
from projections.queries.recorded_facts import FactRow
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.visit import Visit
from services.web.trail.fact_lines import TrailLine, stage_of, told
from services.wording import programmes
from services.wording.clauses import TrailClause, clauses
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.reasons import failing, reason
from services.wording.states import (
    AFTER_PAYMENT,
    APPLICATIONS,
    DISBURSEMENTS,
    State,
    state_of,
)

STAGES = {
    "message": _("报文"),
    "clauses": _("条款"),
    "budget": _("预算"),
    "decision": _("决定"),
    "payment": _("支付"),
    "bank": _("银行"),
    "other": _("其他"),
}
Decision = ApprovalProposed | ApprovalDenied | ApprovalReferred


class TrailStage(NamedTuple):
    """One stage: its lines, and the facts they tell."""

    code: str
    name: str
    lines: list[TrailLine]
    facts: list[FactRow]


class EntryPosting(NamedTuple):
    """One posting of an entry, as a row of the table of entries."""

    entry: JournalEntryRow
    posting: PostingRow


@dataclass(frozen=True, slots=True)
class ApplicationTrail:
    """The whole way."""

    stages: list[TrailStage]
    decision: Decision | None
    clauses: list[TrailClause]
    verdict: str
    policy_link: str | None
    policy_title: str
    assumptions: list[str]
    budget: one.ApplicationBudgetLine | None
    bank_lines: tuple[BankLine, ...]
    after: AfterPayment
    postings: PageTable[EntryPosting]
    debit_fen: int
    credit_fen: int

    def stage(self, code: str) -> TrailStage | None:
        """One stage, where anything happened in it."""
        return next((stage for stage in self.stages if stage.code == code), None)

    @property
    def conditions(self) -> list[TrailClause]:
        """The clauses that are no caps."""
        return [clause for clause in self.clauses if clause.section not in ("caps", "amount")]

    @property
    def caps(self) -> list[TrailClause]:
        """The clauses that limit how often."""
        return [clause for clause in self.clauses if clause.section == "caps"]

    @property
    def amounts(self) -> list[TrailClause]:
        """The clauses that set the amount."""
        return [clause for clause in self.clauses if clause.section == "amount"]


class TrailSummary(NamedTuple):
    """What the head of the page says at first sight."""

    state: State
    amount_fen: int | None
    filed_at: datetime | None


async def stages(
    visit: Visit,
    standing: one.ApplicationStanding,
    facts: list[FactRow],
    entries: list[JournalEntryRow],
) -> ApplicationTrail:
    """Tell the way of an application."""
    decided = [f for f in facts if f.type in _DECISIONS]
    decision = decided[-1].body if decided else None
    assert decision is None or isinstance(decision, Decision)
    reference = decision.policy if decision else None
    policy = (
        programmes.version(visit.sources.policies, reference.content_hash) if reference else None
    )
    told_clauses = clauses(policy, decision.trail) if decision else []
    line = _last_line(facts)
    grouped: dict[str, list[FactRow]] = {}
    for fact in facts:
        grouped.setdefault(stage_of(fact), []).append(fact)
    link = None
    if reference is not None:
        version = f"{reference.jurisdiction}-{reference.version}"
        link = visit.link(f"/policies/{reference.programme}/{version}")
    followed = await after(visit.db, visit.scope, [standing.application])
    return ApplicationTrail(
        [
            TrailStage(code, name, [told(visit, fact) for fact in grouped[code]], grouped[code])
            for code, name in STAGES.items()
            if code in grouped
        ],
        decision,
        told_clauses,
        _verdict(decision, told_clauses),
        link if policy else None,
        f"{policy.text.cite.replace('#', ' ')}" if policy else "",
        sorted({clause.assume for clause in told_clauses if clause.assume}),
        await one.budget(visit.db, line, standing.application) if line else None,
        followed.lines,
        followed,
        entries_table(visit, entries),
        sum(p.amount_fen for e in entries for p in e.postings if p.amount_fen > 0),
        -sum(p.amount_fen for e in entries for p in e.postings if p.amount_fen < 0),
    )


_DECISIONS = {"ApprovalProposed", "ApprovalDenied", "ApprovalReferred"}


def _verdict(decision: Decision | None, told_clauses: list[TrailClause]) -> str:
    match decision:
        case ApprovalDenied():
            why = failing(decision.code, told_clauses, decision.failing)
            return translate("不予核准。{why}", why=why)
        case ApprovalReferred():
            return translate(
                "系统不作判断，转人工：{why}", why=decision.text or reason(decision.code)
            )
        case _:
            return ""


def _last_line(facts: list[FactRow]) -> str | None:
    lines = [fact.stream for fact in facts if streams.kind(fact.stream) == "budget"]
    return lines[-1] if lines else None


def summary(standing: one.ApplicationStanding, way: ApplicationTrail) -> TrailSummary:
    """The state that people mean: the payment's where there is one, else the decision's."""
    state = state_of(APPLICATIONS, standing.state)
    payment = way.stage("payment")
    bank = way.stage("bank")
    moved = [f.type for stage in (payment, bank) if stage for f in stage.facts]
    for kind in reversed(moved):
        if kind in _PAYMENT_STATES and standing.state == "granted":
            state = _PAYMENT_STATES[kind]
            if kind == "DisbursementSettled":
                state = _settled(standing, way, bank)
            break
    message = way.stage("message")
    return TrailSummary(
        state,
        way.decision.amount if isinstance(way.decision, ApprovalProposed) else None,
        message.facts[0].recorded_at if message else None,
    )


def _settled(
    standing: one.ApplicationStanding, way: ApplicationTrail, bank: TrailStage | None
) -> State:
    """Told by the bank, proved by its statement, or taken back: green is for all proved alone."""
    settled = [f.body for f in (bank.facts if bank else []) if f.type == "DisbursementSettled"]
    named = {getattr(body, "instruction", "") for body in settled}
    said = {way.after.state(standing.application, "settled", name) for name in named}
    return state_of(AFTER_PAYMENT, said.pop() if len(said) == 1 else "settled")


_PAYMENT_STATES = {
    "InstalmentStopped": State(_("已停发"), "grey"),
    "DisbursementOrdered": DISBURSEMENTS["ordered"],
    "DisbursementBatched": DISBURSEMENTS["batched"],
    "DisbursementUnbatched": DISBURSEMENTS["ordered"],
    "DisbursementSent": DISBURSEMENTS["sent"],
    "DisbursementSettled": DISBURSEMENTS["settled"],
    "DisbursementReturned": DISBURSEMENTS["returned"],
    "DisbursementCancelled": DISBURSEMENTS["cancelled"],
}


def booked(entries: list[JournalEntryRow]) -> list[EntryPosting]:
    """Entries as rows, one a posting."""
    return [EntryPosting(entry, posting) for entry in entries for posting in entry.postings]


def entries_table(
    visit: Visit, entries: list[JournalEntryRow], name: str = "entries", whole: int | None = None
) -> PageTable[EntryPosting]:
    """Entries with one row a posting: 借 and 贷 in two columns; `whole` where there are further."""

    def to_entry(row: EntryPosting) -> str:
        return visit.link(f"/journal/{row.entry.number}")

    def to_account(row: EntryPosting) -> str:
        return visit.link("/journal", code=row.posting.code, sub=row.posting.sub)

    columns: list[PageColumn[EntryPosting]] = [
        PageColumn(_("凭证"), lambda r: r.entry.number, ColumnKind.ID, to_entry),
        PageColumn(_("账务日"), lambda r: r.entry.value_on, ColumnKind.DAY),
        PageColumn(_("摘要"), lambda r: translate(KINDS.get(r.entry.kind, r.entry.kind))),
        PageColumn(_("科目"), lambda r: account_name(r.posting.code), ColumnKind.TEXT, to_account),
        PageColumn(_("明细"), lambda r: r.posting.sub or None, wide_only=True),
        PageColumn(
            _("基金"),
            lambda r: FUND_NAMES.get(r.posting.fund, r.posting.fund) or None,
            wide_only=True,
        ),
        PageColumn(
            _("借方（元）"),
            lambda r: max(r.posting.amount_fen, 0) or None,
            ColumnKind.AMOUNT,
            to_entry,
        ),
        PageColumn(
            _("贷方（元）"),
            lambda r: max(-r.posting.amount_fen, 0) or None,
            ColumnKind.AMOUNT,
            to_entry,
        ),
    ]
    rows = booked(entries)
    totals: dict[str, object] = {
        _("借方（元）"): whole
        if whole is not None
        else sum(max(r.posting.amount_fen, 0) for r in rows),
        _("贷方（元）"): whole
        if whole is not None
        else sum(max(-r.posting.amount_fen, 0) for r in rows),
    }
    return PageTable(name, _("分录"), columns, rows, totals, _("还没有分录：没有发生资金变动。"))


KINDS = {
    "opening": _("期初余额"),
    "funds_received": _("拨款到账"),
    "interest": _("利息"),
    "fee": _("手续费"),
    "ordered": _("确认应付"),
    "sent": _("发送银行"),
    "settled": _("银行已付"),
    "returned": _("银行退回"),
    "returned_late": _("付后退票"),
    "cancelled": _("撤销应付"),
    "advance_settled": _("抵减预拨"),
    "clawback": _("确认追回"),
    "offset": _("抵扣应付"),
    "recovered": _("收回现金"),
    "written_off": _("核销追回款"),
}


def account_name(code: str) -> str:
    """An account with its Chinese name."""
    known = BY_CODE.get(code)
    return f"{code} {known.name}" if known else code
