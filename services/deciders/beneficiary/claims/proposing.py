"""Propose what a claim is granted: its plan, the slots that it takes, the budget lines that it asks."""

from datetime import date

from events.applications import Stated
from events.approvals import ApprovalProposed
from events.values import CapSlot, Fact, MonthPaid, PlannedInstalment
from policies.vocabulary.outcomes import AT_GRANT, Grant
from services.deciders.beneficiary.claims.ceilings import under_ceilings
from services.deciders.beneficiary.instalments.budget_lines import budget_claims
from services.deciders.beneficiary.state.caps import Caps


def propose(
    caps: Caps,
    application: str,
    attempt: int,
    stated: Stated,
    on: date,
    grant: Grant,
    *,
    reviewer: str | None = None,
) -> list[Fact]:
    """Propose what a claim is granted: its plan, the next free slots, the lines that are asked."""
    policy = grant.policy
    wanted = tuple(
        CapSlot(
            family=policy.family,
            cap=slot.cap,
            period=slot.period,
            key=slot.key,
            months=slot.months,
        )
        for slot in grant.slots
    )
    instalments = tuple(
        PlannedInstalment(
            no=part.no,
            amount=part.amount_fen,
            due_on=_due_on(part.due),
            months=tuple(MonthPaid(month=month, amount=fen) for month, fen in part.months),
        )
        for part in grant.plan
    )
    proposed = ApprovalProposed(
        application=application,
        attempt=attempt,
        policy=policy,
        amount=grant.amount_fen,
        instalments=instalments,
        slots=caps.numbered(wanted),
        claims=budget_claims(instalments, grant.funds, stated.region, on),
        payee=stated.payee,
        account=stated.account,
        region=stated.region,
        trail=grant.trail,
        reviewer=reviewer,
    )
    return under_ceilings(proposed, grant.ceilings)


def _due_on(due: str) -> date | None:
    """Read a due day; what is due at the grant has no day of its own yet."""
    return None if due == AT_GRANT else date.fromisoformat(due)
