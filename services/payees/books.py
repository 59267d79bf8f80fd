"""Everything on a payee's history that one decision may look at."""

from typing import NamedTuple

from services.advances.state import Advances
from services.clawbacks.state import Debts
from services.disbursements.state import Payments
from services.payees.state import Payee


class PayeeBooks(NamedTuple):
    """One payee's payments, accounts and credit, debts, advances; to read, never to change."""

    payments: Payments
    payee: Payee
    debts: Debts
    advances: Advances
