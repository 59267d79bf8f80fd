"""Payment file: the list that a bank pays from, as its bank wants it written.

In:   a batch's lines, the accounts they are paid into, the layout of the bank
Out:  the file's name and bytes
Holds: a function of batch, accounts and layout alone: written twice, it is the same file; every
       line of the batch is in it once, and nothing else.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from events.batches import BatchLine
from events.contract.inbound.identity import Account
from events.invariants import BrokenInvariant
from policies.bank_accounts import bank_accounts
from services.banking.layouts import BankLayout, bank_layouts
from services.banking.payment_files.orders import Payment, PaymentOrder
from services.banking.payment_files.pain001 import write_pain001
from services.banking.payment_files.sheets import write_csv, write_xlsx
from services.deciders.batch.state import digest_of

_WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "pain.001.001.09": write_pain001}


class Batch(NamedTuple):
    """A released batch as it has to be paid."""

    batch: str
    bank_account: str
    released_on: date
    digest: str
    payments: int
    total: int
    lines: tuple[BatchLine, ...]


class PaymentFile(NamedTuple):
    """A whole file."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return sha256(self.content).hexdigest()


class AccountUnknown(Exception):
    """An account of the batch is not in the vault (any more); the file is not written."""


class LayoutUnknown(Exception):
    """The account that pays is not among the city's accounts, so nobody knows its bank's layout."""


def layout_of(bank_account: str) -> BankLayout:
    """Find the layout in which an account's bank wants its files.

    Raises: LayoutUnknown
    """
    account = bank_accounts().get(bank_account)
    if account is None or account.layout not in bank_layouts():
        raise LayoutUnknown(f"no layout for payments from {bank_account}")
    return bank_layouts()[account.layout]


def payment_file(batch: Batch, accounts: Mapping[str, Account], layout: BankLayout) -> PaymentFile:
    """Write the file of a batch.

    Raises: AccountUnknown; BrokenInvariant when the lines are not the list that was released
    """
    found = (digest_of(batch.lines), len(batch.lines), sum(line.amount for line in batch.lines))
    if found != (batch.digest, batch.payments, batch.total):
        raise BrokenInvariant(f"batch {batch.batch}: its lines are not the list that was released")
    if unknown := [line.line_no for line in batch.lines if line.account not in accounts]:
        raise AccountUnknown(f"batch {batch.batch}: no account for lines {unknown[:10]}")
    payments = tuple(_payment(line, accounts[line.account]) for line in batch.lines)
    order = PaymentOrder(batch.batch, batch.bank_account, batch.released_on, payments)
    return PaymentFile(f"{batch.batch}.{layout.suffix}", _WRITERS[layout.form](order, layout))


def _payment(line: BatchLine, account: Account) -> Payment:
    return Payment(
        line.line_no,
        line.instruction,
        account.holder,
        account.number,
        account.bank,
        line.amount,
    )
