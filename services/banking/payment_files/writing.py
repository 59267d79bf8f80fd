"""Writing: a released batch as the file that its bank pays from, written as that bank wants it.

In:   a batch's lines, the accounts they are paid into, who pays, the layout of the bank's files
Out:  the file's name and bytes
Holds: a function of batch, accounts, payer and layout alone: written twice, it is the same file; every
       line of the batch is in it once, and nothing else.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from events.batches import BatchLine
from events.contract.inbound.identity import Account
from events.invariants import BrokenInvariant
from services.banking.banks.layouts import PaymentFileLayout
from services.banking.payment_files.orders import OrderedPayment, Payer, PaymentOrder
from services.banking.payment_files.pain001 import write_pain001
from services.banking.payment_files.sheets import write_csv, write_xlsx
from services.deciders.batch.state import digest_of

_WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "pain.001.001.09": write_pain001}


class BatchToPay(NamedTuple):
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

    def __init__(self, batch: str, lines: list[int]) -> None:
        super().__init__(f"batch {batch}: no account for lines {lines[:10]}")
        self.lines = lines


def write_payment_file(
    batch: BatchToPay, accounts: Mapping[str, Account], payer: Payer, layout: PaymentFileLayout
) -> PaymentFile:
    """Write the file of a batch.

    Raises: AccountUnknown; BrokenInvariant when the lines are not the list that was released
    """
    found = (digest_of(batch.lines), len(batch.lines), sum(line.amount for line in batch.lines))
    if found != (batch.digest, batch.payments, batch.total):
        raise BrokenInvariant(f"batch {batch.batch}: its lines are not the list that was released")
    if unknown := [line.line_no for line in batch.lines if line.account not in accounts]:
        raise AccountUnknown(batch.batch, unknown)
    payments = tuple(_payment(line, accounts[line.account]) for line in batch.lines)
    order = PaymentOrder(batch.batch, payer, batch.released_on, payments)
    return PaymentFile(f"{batch.batch}.{layout.suffix}", _WRITERS[layout.form](order, layout))


def _payment(line: BatchLine, account: Account) -> OrderedPayment:
    return OrderedPayment(
        line.line_no,
        line.instruction,
        account.holder,
        account.number,
        account.bank,
        line.amount,
    )
