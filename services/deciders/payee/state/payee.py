"""One payee, as the whole history stands: everything that one decision may look at."""

from dataclasses import dataclass, field

from services.deciders.payee.state.accounts import AccountsAndCredit
from services.deciders.payee.state.advances import PaidAdvances
from services.deciders.payee.state.debts import Debts
from services.deciders.payee.state.objections import Objections
from services.deciders.payee.state.payments import Payment, Payments

_NOTHING_KNOWN = AccountsAndCredit()
_NO_DEBTS = Debts()
_NO_ADVANCES = PaidAdvances()
_NO_OBJECTIONS = Objections()


@dataclass(slots=True)
class PayeeState:
    """One payee's payments, accounts and credit, debts, advances, objections.

    What few payees ever have is a shared empty one until then.
    """

    payments: Payments = field(default_factory=Payments)
    accounts: AccountsAndCredit = field(default_factory=lambda: _NOTHING_KNOWN)
    debts: Debts = field(default_factory=lambda: _NO_DEBTS)
    advances: PaidAdvances = field(default_factory=lambda: _NO_ADVANCES)
    objections: Objections = field(default_factory=lambda: _NO_OBJECTIONS)

    def own_accounts(self) -> AccountsAndCredit:
        """Take the accounts and credit to fold into, one of its own."""
        if self.accounts is _NOTHING_KNOWN:
            self.accounts = AccountsAndCredit()
        return self.accounts

    def own_debts(self) -> Debts:
        """Take the debts to fold into, of its own."""
        if self.debts is _NO_DEBTS:
            self.debts = Debts()
        return self.debts

    def own_advances(self) -> PaidAdvances:
        """Take the advances to fold into, of its own."""
        if self.advances is _NO_ADVANCES:
            self.advances = PaidAdvances()
        return self.advances

    def own_objections(self) -> Objections:
        """Take the objections to fold into, of its own."""
        if self.objections is _NO_OBJECTIONS:
            self.objections = Objections()
        return self.objections

    def must_wait(self, application: str) -> bool:
        """Tell whether somebody objects to the payments of an application, or to taking back an
        advance of it: no claim is paid in full beside an advance that is still owed."""
        return self.objections.to_payment_of(application) or self.debts.objected_advance_of(
            application
        )

    def judged_by(self, payment: Payment) -> tuple[str, ...]:
        """Name the people who have judged what a payment pays, or an objection to its application."""
        found_out = self.objections.judges_of(payment.application)
        return payment.judged_by + tuple(one for one in found_out if one not in payment.judged_by)
