"""Take the shared ceilings of a programme before its funds, in the table's order."""

from events import streams
from events.approvals import ApprovalProposed, CeilingStated
from events.values import BudgetClaim, Fact
from policies.duties.ceilings import CeilingLine, Ceilings


def under_ceilings(judged: Fact, ceilings: Ceilings) -> list[Fact]:
    """Let a proposal claim its ceilings first; a ceiling that a clause sets is stated before.

    Holds: ceilings come in one fixed order and before every fund, so no two claims can each hold
           what the other waits for
    """
    if not isinstance(judged, ApprovalProposed):
        return [judged]
    amounts: dict[CeilingLine, int] = {}
    for claim in judged.claims:
        year = streams.line_parts(claim.lines[0])[3]
        for ceiling in ceilings.lines(judged.policy.programme, judged.region, judged.payee, year):
            amounts[ceiling] = amounts.get(ceiling, 0) + claim.amount
    if not amounts:
        return [judged]
    stated: list[Fact] = [
        CeilingStated(
            application=judged.application,
            line=ceiling.line,
            limit=ceiling.limit,
            document=ceiling.document,
        )
        for ceiling in amounts
        if ceiling.limit is not None
    ]
    first = tuple(
        BudgetClaim(amount=amount, lines=(ceiling.line,)) for ceiling, amount in amounts.items()
    )
    return [*stated, judged.model_copy(update={"claims": (*first, *judged.claims)})]
