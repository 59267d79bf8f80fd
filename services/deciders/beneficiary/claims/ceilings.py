"""Take the shared ceilings of a programme before its funds, in the policy's order."""

import re
from collections.abc import Sequence
from typing import Literal

from events import streams
from events.approvals import ApprovalProposed, CeilingStated
from events.values import BudgetClaim, Fact, LineTaken, MonthPaid, PlannedInstalment
from policies.vocabulary.outcomes import LIFETIME, CeilingUse
from services.deciders.beneficiary.state.approvals import Proposal


def under_ceilings(proposed: ApprovalProposed, uses: Sequence[CeilingUse]) -> list[Fact]:
    """Let a proposal claim its ceilings first; what the clause sets is stated before.

    Holds: ceilings come in one fixed order and before every fund, so no two claims can each hold
           what the other waits for
    """
    stated: list[Fact] = []
    claims: list[BudgetClaim] = []
    for use in uses:
        line = _line(proposed, use)
        stated.append(
            CeilingStated(
                application=proposed.application,
                line=line,
                limit=use.limit,
                document=proposed.policy.content_hash[:16],
            )
        )
        shared: Literal["whole", "part"] = "whole" if use.whole else "part"
        claims.append(BudgetClaim(amount=use.take, lines=(line,), shared=shared))
    if not claims:
        return [proposed]
    return [*stated, proposed.model_copy(update={"claims": (*claims, *proposed.claims)})]


def _line(proposed: ApprovalProposed, use: CeilingUse) -> str:
    """One line for all who share it: of the whole programme, or of one agency, say."""
    scope = f".{_PLAIN.sub('-', use.scope)}" if use.scope else ""
    policy = proposed.policy
    year = 0 if use.period == LIFETIME else int(use.period)
    name = f"{policy.programme}.{use.id}{scope}"
    return streams.ceiling_line(name, policy.jurisdiction, year)


_PLAIN = re.compile(r"[^A-Za-z0-9_.-]")


def ceiling_of(line: str) -> str:
    """The id that a ceiling has in its policy: ``programme.id.scope``, or what a city calls it."""
    name = streams.line_parts(line)[1].split(".")
    return name[1] if len(name) > 1 else name[0]


def within(
    proposal: Proposal, taken: Sequence[LineTaken], ahead: Sequence[BudgetClaim] = ()
) -> Proposal:
    """What is left of a proposal after its ceilings, for this year and those ahead: the last
    instalments give way first."""
    funds = [item.amount for item in taken if streams.line_parts(item.line)[0] == "fund"]
    left = total = sum(funds) + sum(claim.amount for claim in ahead)
    if total >= proposal.amount:
        return proposal
    parts: list[PlannedInstalment] = []
    for part in proposal.instalments:
        amount = min(part.amount, left)
        left -= amount
        if amount:
            parts.append(part.model_copy(update={"amount": amount, "months": _of(part, amount)}))
    return proposal._replace(amount=total, instalments=tuple(parts))


def _of(part: PlannedInstalment, amount: int) -> tuple[MonthPaid, ...]:
    """The months of a part, as far as what is left of it reaches."""
    months: list[MonthPaid] = []
    for one in part.months:
        fen = min(one.amount, amount)
        amount -= fen
        if fen:
            months.append(one.model_copy(update={"amount": fen}))
    return tuple(months)
