"""The state of who is paid and owes: payments, accounts and credit, debts, advances."""

from typing import get_args

from events.advances import AdvanceOpened, AdvanceSettled
from events.clawbacks import ClawbackOffset, ClawbackOrdered
from events.days import legal_day
from events.disbursements import DisbursementCancelled
from events.envelope import Asked, Recorded
from events.payees import AccountChanged
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.payee.accounts import decider as payees
from services.deciders.payee.advances import decider as advances
from services.deciders.payee.clawbacks import decider as clawbacks
from services.deciders.payee.disbursements import decider as disbursements
from services.deciders.payee.state.account import Payee
from services.deciders.payee.state.advances import Advances
from services.deciders.payee.state.books import PayeeBooks
from services.deciders.payee.state.debts import Debts
from services.deciders.payee.state.payments import Payments
from services.deciders.stream import Stream, unfit

_PAYMENT_COMMANDS = get_args(disbursements.DisbursementCommand)
_PAYEE_COMMANDS = get_args(payees.PayeeCommand)
_DEBT_COMMANDS = get_args(clawbacks.ClawbackCommand)
_ADVANCE_COMMANDS = get_args(advances.AdvanceCommand)
_PAYMENT_FACTS = (
    *get_args(disbursements.DisbursementFact),
    AccountChanged,
    ClawbackOffset,
    ClawbackOrdered,
    AdvanceSettled,
)
_PAYEE_FACTS = get_args(payees.PayeeFact)
_DEBT_FACTS = get_args(clawbacks.ClawbackFact)
_ADVANCE_FACTS = (AdvanceOpened, AdvanceSettled, ClawbackOrdered, DisbursementCancelled)

_NOTHING_KNOWN = Payee()
_NO_DEBTS = Debts()
_NO_ADVANCES = Advances()


class PayeeStream(Stream):
    """One payee's history. What few payees ever have is a shared empty one until then."""

    __slots__ = ("advances", "debts", "payee", "payments")
    kind = "payee"

    def __init__(self) -> None:
        super().__init__()
        self.payments = Payments()
        self.payee = _NOTHING_KNOWN
        self.debts = _NO_DEBTS
        self.advances = _NO_ADVANCES

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Let the noun that the command is about answer it."""
        body = asked.body
        books = PayeeBooks(self.payments, self.payee, self.debts, self.advances)
        if isinstance(body, _PAYMENT_COMMANDS):
            return disbursements.decide(books, body)
        if isinstance(body, _PAYEE_COMMANDS):
            return payees.decide(books, body)
        if isinstance(body, _DEBT_COMMANDS):
            return clawbacks.decide(books, body, legal_day(asked.sent_at))
        if isinstance(body, _ADVANCE_COMMANDS):
            return advances.decide(books, body, asked.effective_on)
        raise unfit(self, body)

    def evolve(self, recorded: Recorded) -> None:
        """Let every noun that the fact changes fold it."""
        body = recorded.body
        folded = False
        if isinstance(body, _PAYMENT_FACTS):
            disbursements.evolve(self.payments, body)
            folded = True
        if isinstance(body, _PAYEE_FACTS):
            if self.payee is _NOTHING_KNOWN:
                self.payee = Payee()
            payees.evolve(self.payee, body)
            folded = True
        if isinstance(body, _DEBT_FACTS):
            if self.debts is _NO_DEBTS:
                self.debts = Debts()
            clawbacks.evolve(self.debts, body)
            folded = True
        if isinstance(body, _ADVANCE_FACTS):
            if isinstance(body, AdvanceOpened) and self.advances is _NO_ADVANCES:
                self.advances = Advances()
            advances.evolve(self.advances, body)
            folded = True
        if not folded:
            raise unfit(self, body)
