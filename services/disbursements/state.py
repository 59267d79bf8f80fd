"""Payments of one payee, as they stand."""

from dataclasses import dataclass, field
from typing import Literal

from events.disbursements import Money

State = Literal["ordered", "batched", "sent", "settled", "returned", "cancelled"]


@dataclass(slots=True)
class Payment:
    """One disbursement: its last attempt, and which batch and instruction carry it."""

    money: Money
    account: str
    state: State = "ordered"
    attempt: int = 0
    batch: str = ""
    instruction: str = ""
    bank_account: str = ""
    bank_reference: str = ""
    was_settled: bool = False
    given_up_by: tuple[str, ...] = ()


@dataclass(slots=True)
class Payments:
    """The disbursements of one payee, by id."""

    by_id: dict[str, Payment] = field(default_factory=dict)
