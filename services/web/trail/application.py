"""application: the way of one application, downwards in time, each line with its facts.

In:   the facts about an application, its entries, what the bank's statements say
Out:  stages: 报文 条款 限额 预算 决定 支付 银行 分录
Holds: every fact that was found stands under exactly one stage
"""

from dataclasses import dataclass
from typing import NamedTuple

from events import streams
from events.approvals import ApprovalDenied, ApprovalProposed, ApprovalReferred
from events.values import PolicyRef
from projections.queries import application_detail as one
from projections.queries import rule_texts
from projections.queries.after_payment import AfterPayment, after
from projections.queries.journal import JournalEntryRow
from projections.queries.reconciliation import BankLine
from projections.queries.recorded_facts import FactRow
from services.spreadsheets.page_table import PageTable
from services.web.request.visit import Visit
from services.web.trail.entries import EntryPosting, entries_table
from services.web.trail.fact_lines import line_of, stage_of
from services.web.trail.line import FactLine
from services.wording import programmes
from services.wording.cited_figures import cited_figures
from services.wording.clauses import TrailClause, clauses
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.reasons import failing, reason

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
    lines: list[FactLine]
    facts: list[FactRow]


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
    figures: list[str]
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


async def _figures(visit: Visit, found: one.ApplicationFound, reference: PolicyRef) -> list[str]:
    """The figures that a decision went by, from the text that the ledger keeps under its hash."""
    kept = await rule_texts.texts(visit.db, [reference.bundle_hash])
    text = kept.get(reference.bundle_hash)
    if text is None or found.applied_on is None:
        return []
    return cited_figures(text, found.applied_on, visit.sources.policies.written.declared)


async def stages(
    visit: Visit,
    found: one.ApplicationFound,
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
    shown_clauses = clauses(policy, decision.trail) if decision else []
    line = _last_line(facts)
    grouped: dict[str, list[FactRow]] = {}
    for fact in facts:
        grouped.setdefault(stage_of(fact), []).append(fact)
    link = None
    if reference is not None:
        version = f"{reference.jurisdiction}-{reference.version}"
        link = visit.link(f"/policies/{reference.programme}/{version}")
    followed = await after(visit.db, visit.scope, [found.application])
    return ApplicationTrail(
        [
            TrailStage(code, name, [line_of(visit, fact) for fact in grouped[code]], grouped[code])
            for code, name in STAGES.items()
            if code in grouped
        ],
        decision,
        shown_clauses,
        _verdict(decision, shown_clauses),
        link if policy else None,
        f"{policy.text.cite.replace('#', ' ')}" if policy else "",
        sorted({clause.assume for clause in shown_clauses if clause.assume}),
        await _figures(visit, found, reference) if reference else [],
        await one.budget(visit.db, line, found.application) if line else None,
        followed.lines,
        followed,
        entries_table(visit, entries),
        sum(p.amount_fen for e in entries for p in e.postings if p.amount_fen > 0),
        -sum(p.amount_fen for e in entries for p in e.postings if p.amount_fen < 0),
    )


_DECISIONS = {"ApprovalProposed", "ApprovalDenied", "ApprovalReferred"}


def _verdict(decision: Decision | None, shown_clauses: list[TrailClause]) -> str:
    match decision:
        case ApprovalDenied():
            why = failing(decision.code, shown_clauses, decision.failing)
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
