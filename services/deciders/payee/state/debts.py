"""Debts of one payee, as they stand."""

from dataclasses import dataclass, field

from events import clawbacks
from events.disbursements import Money


@dataclass(slots=True)
class Debt:
    """One clawback: in whose books, how much of it is still owed, which advance it takes back, of which
    payments it takes something back, and who of the staff has entered receipts or asked to give it up."""

    application: str
    cause: clawbacks.Cause
    basis: clawbacks.Basis
    money: Money
    left: int
    floor: int
    advance: str = ""
    payments: tuple[str, ...] = ()
    received_by: tuple[str, ...] = ()
    given_up_by: tuple[str, ...] = ()

    def is_advance_of(self, application: str) -> bool:
        """Tell whether it takes back the advance of a claim."""
        return bool(self.advance) and self.application == application


@dataclass(slots=True)
class Debts:
    """The clawbacks of one payee by id, oldest first, and what waits for a second person."""

    by_id: dict[str, Debt] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    receipts: set[str] = field(default_factory=set)
    proposals: dict[str, clawbacks.ClawbackProposed] = field(default_factory=dict)
    write_offs: dict[str, clawbacks.WriteOffProposed] = field(default_factory=dict)
    stopped: dict[str, clawbacks.PaymentsStopped] = field(default_factory=dict)
    objected: frozenset[str] = frozenset()
    """Debts that somebody objects to: nothing is kept for them."""

    def open(self, fund: str, district: str) -> list[tuple[str, Debt]]:
        """List what may be kept for one fund in one district, oldest first: no fund pays another's."""
        return [
            (name, debt)
            for name, debt in self.by_id.items()
            if debt.left
            and debt.money.fund == fund
            and debt.money.district == district
            and name not in self.objected
        ]

    def objected_advance_of(self, application: str) -> bool:
        """Tell whether an advance of a claim is owed back and somebody objects to that."""
        owed = (self.by_id[name] for name in self.objected)
        return any(debt.left and debt.is_advance_of(application) for debt in owed)
