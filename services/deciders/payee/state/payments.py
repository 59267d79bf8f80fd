"""Payments of one payee, as they stand."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from events.disbursements import DisbursementDisputed, Money

State = Literal["ordered", "batched", "sent", "settled", "returned", "cancelled", "netted"]
AttemptState = Literal["batched", "unbatched", "sent", "settled", "returned", "double"]


@dataclass(slots=True)
class Attempt:
    """One instruction to the bank, and the references under which the bank said to have paid it.

    `double` is one that paid what had been paid already.
    """

    no: int
    batch: str
    instruction: str
    bank_account: str
    amount: int
    state: AttemptState = "batched"
    references: tuple[str, ...] = ()


@dataclass(slots=True)
class Payment:
    """One disbursement: what is (still) to be paid, into which account, and every attempt at it.

    `netted` is what was kept of it, for debts and advances; `clawed` what is due back of it;
    `recalled` says why it must not be made any more, though a batch has it; `disputes` are all that
    the bank has told and that was doubted: instruction, reference, outcome, fen; `judged_by` are the
    people who had judged its application when it was ordered.
    """

    money: Money
    account: str
    application: str
    kind: Literal["benefit", "advance"] = "benefit"
    state: State = "ordered"
    last: Attempt | None = None
    earlier: tuple[Attempt, ...] = ()
    netted: int = 0
    clawed: int = 0
    recalled: str = ""
    disputed: str = ""
    dispute: DisbursementDisputed | None = None
    paid_on: date | None = None
    disputes: tuple[tuple[str, str, str, int], ...] = ()
    judged_by: tuple[str, ...] = ()

    def attempt(self, instruction: str) -> Attempt | None:
        """Find the attempt with an instruction."""
        if self.last is not None and self.last.instruction == instruction:
            return self.last
        return next((a for a in self.earlier if a.instruction == instruction), None)

    def was_asked_by(self, batch: str) -> bool:
        """Tell whether a batch has or had this payment."""
        if self.last is None:
            return False
        return self.last.batch == batch or any(a.batch == batch for a in self.earlier)

    @property
    def waits(self) -> bool:
        """Whether it is to be paid and no batch has it: what is owed can be kept back from it."""
        return self.state in ("ordered", "returned") and not self.disputed

    @property
    def enjoyed_amount(self) -> int:
        """Fen that it has brought the payee and that are not due back yet."""
        paid = self.money.amount if self.state == "settled" else 0
        return paid + self.netted - self.clawed


TAKEN_BACK = "申请已撤回"
"""Why a payment is given up whose claim was taken back."""


@dataclass(slots=True)
class Payments:
    """The disbursements of one payee, by id."""

    by_id: dict[str, Payment] = field(default_factory=dict)
    given_up: frozenset[str] = frozenset()
    """Applications that were taken back: nothing is paid for them any more."""

    def of(self, application: str) -> list[tuple[str, Payment]]:
        """List an application's payments, in the order in which they were ordered."""
        return [item for item in self.by_id.items() if item[1].application == application]
