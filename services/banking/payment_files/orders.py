"""Orders: what a bank is asked to pay, with nothing of how its file is written."""

from datetime import date
from typing import NamedTuple


class OrderedPayment(NamedTuple):
    """One payment; the amount is in fen."""

    no: int
    instruction: str
    holder: str
    number: str
    bank: str
    amount: int


class Payer(NamedTuple):
    """Who pays: the city's name, the account's own number, and its bank's number (联行号) if known."""

    name: str
    number: str
    agent: str = ""


class PaymentOrder(NamedTuple):
    """A whole batch, ordered on one legal day from one account."""

    batch: str
    payer: Payer
    ordered_on: date
    payments: tuple[OrderedPayment, ...]

    @property
    def total(self) -> int:
        """Fen that leave the account."""
        return sum(payment.amount for payment in self.payments)
