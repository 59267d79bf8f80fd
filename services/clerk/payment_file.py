"""Payment file: the list that a bank pays from, as its profile wants it written.

In:   a batch's lines, the accounts they are paid into, a profile
Out:  the file's name and bytes
Holds: a function of batch, accounts and profile alone: written twice, it is the same file; every
       line of the batch is in it once, and nothing else.
"""

import csv
import io
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Literal, NamedTuple

import yaml
from pydantic import Field

from events.batches import BatchLine
from events.inbound.identity import Account
from events.invariants import BrokenInvariant
from events.values import Document
from services.batches.state import digest_of

FieldName = Literal["no", "payer", "instruction", "holder", "number", "bank", "amount", "purpose"]


class FileColumn(Document):
    """One column: its heading, and what stands in it."""

    heading: str
    field: FieldName


class FileProfile(Document):
    """How one bank wants a payment file."""

    profile: str
    title: str
    encoding: str
    delimiter: str = ","
    purpose: str
    columns: tuple[FileColumn, ...] = Field(min_length=1)


class Batch(NamedTuple):
    """A released batch as it has to be paid."""

    batch: str
    bank_account: str
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


@cache
def file_profile() -> FileProfile:
    """Read the profile that is shipped."""
    text = (files("services.clerk") / "payment_file.yaml").read_text(encoding="utf-8")
    return FileProfile.model_validate(yaml.safe_load(text))


def payment_file(
    batch: Batch, accounts: Mapping[str, Account], profile: FileProfile
) -> PaymentFile:
    """Write the file of a batch.

    Raises: AccountUnknown; BrokenInvariant when the lines are not the list that was released
    """
    found = (digest_of(batch.lines), len(batch.lines), sum(line.amount for line in batch.lines))
    if found != (batch.digest, batch.payments, batch.total):
        raise BrokenInvariant(f"batch {batch.batch}: its lines are not the list that was released")
    if unknown := [line.line_no for line in batch.lines if line.account not in accounts]:
        raise AccountUnknown(f"batch {batch.batch}: no account for lines {unknown[:10]}")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=profile.delimiter, lineterminator="\r\n")
    writer.writerow([column.heading for column in profile.columns])
    for line in batch.lines:
        cells = _cells(batch, line, accounts[line.account], profile)
        writer.writerow([cells[column.field] for column in profile.columns])
    name = f"{batch.batch}.csv"
    return PaymentFile(name, text.getvalue().encode(profile.encoding))


def _cells(batch: Batch, line: BatchLine, account: Account, profile: FileProfile) -> dict[str, str]:
    return {
        "payer": batch.bank_account,
        "no": str(line.line_no),
        "instruction": line.instruction,
        "holder": account.holder,
        "number": account.number,
        "bank": account.bank,
        "amount": f"{line.amount // 100}.{line.amount % 100:02d}",
        "purpose": profile.purpose,
    }
