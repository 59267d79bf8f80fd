"""Bank tells: how the invented bank says by message what became of a payment."""

from datetime import date
from typing import Any, NamedTuple

from services.demo.bank.files import Told
from services.demo.cast.messages import Events, Published

_SOURCE = "bank.tieling"


class Outcome(NamedTuple):
    """What becomes of one payment; `late`: it is paid, and comes back afterwards."""

    told: Told
    late: bool = False


def data_of(told: Told, today: date) -> dict[str, Any]:
    """State an outcome as the bank's channel does."""
    stated = {
        "instruction": told.payment.instruction,
        "amount_fen": told.payment.amount,
        "value_on": today.isoformat(),
        "bank_reference": told.reference,
    }
    return stated | ({"code": told.code, "reason": told.reason} if told.code else {})


def messages_of(outcome: Outcome, today: date) -> list[Published]:
    """Tell an outcome; one key an instruction: a return must not overtake its payment."""
    data = data_of(outcome.told, today)
    if outcome.told.code:
        return [_event("payment.returned", data)]
    back = {
        "code": "R09",
        "reason": "入账后退汇",
        "bank_reference": f"{outcome.told.reference}T",
    }
    late = [_event("payment.returned", data | back)] if outcome.late else []
    return [settled(data), *late]


def settled(data: dict[str, Any]) -> Published:
    return _event("payment.settled", data)


def _event(kind: str, data: dict[str, Any]) -> Published:
    instruction = data["instruction"]
    events = Events(f"bank-{instruction}-{kind.rpartition('.')[2]}")
    return events.event(_SOURCE, kind, data)._replace(key=instruction.encode())
