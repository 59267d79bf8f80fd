"""Clawbacks: what upstream hears of money that is asked back: ordered, offset, recovered, written off."""

from events import clawbacks
from events.contract.outbound import Outcome
from events.values import Fact
from policies.engine.registry import Policies
from services.outcomes.outcome_fields import FieldsByFact, OutcomeFields

_CLAWBACK_OUTCOMES: dict[type[Fact], Outcome] = {
    clawbacks.ClawbackOrdered: "clawback_ordered",
    clawbacks.ClawbackOffset: "clawback_offset",
    clawbacks.ClawbackRecovered: "clawback_recovered",
    clawbacks.ClawbackWrittenOff: "clawback_written_off",
}


def _clawback(
    fact: clawbacks.ClawbackOrdered
    | clawbacks.ClawbackOffset
    | clawbacks.ClawbackRecovered
    | clawbacks.ClawbackWrittenOff,
    _: Policies,
) -> OutcomeFields:
    return {
        "application": fact.application,
        "outcome": _CLAWBACK_OUTCOMES[type(fact)],
        "programme": fact.money.programme,
        "amount_fen": fact.money.amount,
        "code": fact.cause.upper() if isinstance(fact, clawbacks.ClawbackOrdered) else "",
    }


CLAWBACKS: FieldsByFact = dict.fromkeys(_CLAWBACK_OUTCOMES, _clawback)
