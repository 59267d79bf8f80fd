"""Bank tells: how the invented bank says by message what became of a payment."""

from datetime import date
from typing import Any, NamedTuple

from services.demo.bank.files import PaymentResult
from services.demo.cast.messages import Events, Published


class PaymentOutcome(NamedTuple):
    """What becomes of one payment; `late`: it is paid, and comes back afterwards."""

    result: PaymentResult
    late: bool = False


def data_of(result: PaymentResult, today: date) -> dict[str, Any]:
    """State an outcome as the bank's channel does."""
    stated = {
        "instruction": result.payment.instruction,
        "amount_fen": result.payment.amount,
        "value_on": today.isoformat(),
        "bank_reference": result.reference,
    }
    return stated | ({"code": result.code, "reason": result.reason} if result.code else {})


def messages_of(outcome: PaymentOutcome, today: date, source: str) -> list[Published]:
    """Tell an outcome as the bank's channel `source`; one key an instruction: a return must not overtake its payment."""
    data = data_of(outcome.result, today)
    if outcome.result.code:
        return [_event(source, "payment.returned", data)]
    back = {
        "code": "R09",
        "reason": "入账后退汇",
        "bank_reference": f"{outcome.result.reference}T",
    }
    late = [_event(source, "payment.returned", data | back)] if outcome.late else []
    return [settled(data, source), *late]


def settled(data: dict[str, Any], source: str) -> Published:
    """Say that a payment arrived."""
    return _event(source, "payment.settled", data)


def _event(source: str, kind: str, data: dict[str, Any]) -> Published:
    instruction = data["instruction"]
    events = Events(f"bank-{instruction}-{kind.rpartition('.')[2]}")
    return events.event(source, kind, data)._replace(key=instruction.encode())
