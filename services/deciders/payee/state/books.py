"""Everything on a payee's history that one decision may look at."""

from typing import NamedTuple

from services.deciders.payee.state.account import Payee
from services.deciders.payee.state.advances import Advances
from services.deciders.payee.state.debts import Debts
from services.deciders.payee.state.payments import Payments


class PayeeBooks(NamedTuple):
    """One payee's payments, accounts and credit, debts, advances; to read, never to change."""

    payments: Payments
    payee: Payee
    debts: Debts
    advances: Advances
