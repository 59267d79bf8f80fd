"""Backtest: what changed rules would have decided on past applications.

In:    past decisions with their counters, the changed policies
Out:   each decision that would have been another; a summary by programme and outcome
Holds: each decision is judged by itself, on what was really used before it; the same ledger and
       the same files give the same report.
Source: docs/how-to/policy-tools.md
"""

from collections.abc import Iterable
from datetime import date
from itertools import starmap
from typing import Literal, NamedTuple

from events.approvals import ApprovalDenied, ApprovalProposed, ApprovalReferred
from events.values import ClauseSeen
from policies.engine import trace
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import Deny, Grant, Outcome, Refer, TrailLine
from services.deciders.beneficiary.claims.admissibility import assess
from services.tools.backtest.recorded_decisions import PastDecision

OutcomeWord = Literal["核准", "不予核准", "转人工"]
OUTCOME_WORDS: tuple[OutcomeWord, ...] = ("核准", "不予核准", "转人工")


class DecisionSummary(NamedTuple):
    """An answer as people read it; `clauses` are those that refuse or must be judged."""

    kind: OutcomeWord
    amount_fen: int | None
    about: tuple[str, ...]
    version: str
    clauses: tuple[str, ...]


class ChangedDecision(NamedTuple):
    """One past decision beside what the changed rules say."""

    application: str
    programme: str
    region: str
    applied_on: date
    was: DecisionSummary
    now: DecisionSummary

    @property
    def difference_fen(self) -> int:
        """What more or less would have been granted."""
        return (self.now.amount_fen or 0) - (self.was.amount_fen or 0)


class ChangedGroup(NamedTuple):
    """Decisions of one programme that went one way and would go another."""

    programme: str
    was: OutcomeWord
    now: OutcomeWord
    cases: int
    was_fen: int
    now_fen: int


class BacktestReport(NamedTuple):
    """How many decisions were looked at, and which would be others."""

    looked_at: int
    changed: tuple[ChangedDecision, ...]

    @property
    def groups(self) -> list[ChangedGroup]:
        """The changed decisions by programme and by what became of them."""
        found: dict[tuple[str, OutcomeWord, OutcomeWord], list[ChangedDecision]] = {}
        for one in self.changed:
            found.setdefault((one.programme, one.was.kind, one.now.kind), []).append(one)
        return [
            ChangedGroup(
                *key,
                len(members),
                sum(one.was.amount_fen or 0 for one in members),
                sum(one.now.amount_fen or 0 for one in members),
            )
            for key, members in sorted(found.items(), key=_in_order)
        ]


def _in_order(
    item: tuple[tuple[str, OutcomeWord, OutcomeWord], list[ChangedDecision]],
) -> tuple[str, int, int]:
    (programme, was, now), _ = item
    return programme, OUTCOME_WORDS.index(was), OUTCOME_WORDS.index(now)


class BacktestJudge:
    """Puts past decisions, one by one, to the changed rules.

    Holds: a figure that the running ledger had stated counts for whoever it counted for, unless the
           changed rules state that figure of that place themselves
    """

    def __init__(self, shipped: Policies, changed: Policies) -> None:
        self._shipped, self._changed = shipped, changed
        before = shipped.written.stated
        self._figures_of_its_own = frozenset(
            key for key, rows in changed.written.stated.items() if rows != before.get(key)
        )
        self._looked_at = 0
        self._found: list[ChangedDecision] = []

    def look(self, past: PastDecision) -> None:
        """Decide one claim again; what `past` knows is read now and never later."""
        self._looked_at += 1
        figures = (
            one
            for one in past.figures
            if (one.name, one.jurisdiction) not in self._figures_of_its_own
        )
        changed = self._changed.with_figures(figures)
        outcome = assess(changed, past.before, past.stated, past.record)
        if _same(past, outcome):
            return
        claim = past.stated
        self._found.append(
            ChangedDecision(
                past.fact.application,
                claim.programme,
                claim.region,
                claim.applied_on,
                _was(past, self._shipped),
                _now(outcome, self._changed),
            )
        )

    def report(self) -> BacktestReport:
        """What was found, in an order that does not depend on how the ledger was read."""
        order = sorted(
            self._found, key=lambda one: (one.programme, one.applied_on, one.application)
        )
        return BacktestReport(self._looked_at, tuple(order))


def _same(past: PastDecision, outcome: Outcome) -> bool:
    """Whether the changed rules answer alike: outcome, money, months, and every failing clause."""
    match past.fact, outcome:
        case ApprovalProposed() as fact, Grant():
            planned = [part.amount for part in fact.instalments]
            return [part.amount_fen for part in outcome.plan] == planned
        case ApprovalDenied() as fact, Deny():
            return (fact.code, tuple(fact.failing)) == (outcome.code, outcome.failing)
        case ApprovalReferred() as fact, Refer():
            return (fact.code, fact.text) == (outcome.code, outcome.text)
        case _:
            return False


def _was(past: PastDecision, policies: Policies) -> DecisionSummary:
    fact = past.fact
    version = f"{fact.policy.jurisdiction}-{fact.policy.version}" if fact.policy else ""
    hashed = fact.policy.content_hash if fact.policy else None
    match fact:
        case ApprovalProposed():
            return DecisionSummary("核准", fact.amount, (), version, ())
        case ApprovalDenied():
            about = tuple(fact.failing)
            lines = _lines(policies, hashed, fact.trail, about)
            return DecisionSummary("不予核准", 0, about, version, lines or (fact.text,))
        case ApprovalReferred():
            return DecisionSummary("转人工", None, (), version, (fact.text,))


def _now(outcome: Outcome, policies: Policies) -> DecisionSummary:
    ref = outcome.policy
    version = f"{ref.jurisdiction}-{ref.version}" if ref else ""
    hashed = ref.content_hash if ref else None
    match outcome:
        case Grant():
            return DecisionSummary("核准", outcome.amount_fen, (), version, ())
        case Deny():
            lines = _lines(policies, hashed, outcome.trail, outcome.failing)
            return DecisionSummary(
                "不予核准", 0, outcome.failing, version, lines or (outcome.text,)
            )
        case Refer():
            lines = _lines(policies, hashed, outcome.trail, outcome.about)
            return DecisionSummary("转人工", None, outcome.about, version, (outcome.text, *lines))


def _lines(
    policies: Policies,
    content_hash: str | None,
    trail: Iterable[ClauseSeen],
    about: tuple[str, ...],
) -> tuple[str, ...]:
    """The clauses that decided, with their quotes; none where this version is not at hand."""
    known = {policy.content_hash: policy for policy in policies}
    policy = known.get(content_hash or "")
    if policy is None:
        return ()
    return tuple(
        trace.render_line(policy.nodes[seen.id]._replace(depth=0), seen)
        for seen in starmap(TrailLine, trail)
        if seen.id in about and seen.id in policy.nodes
    )
