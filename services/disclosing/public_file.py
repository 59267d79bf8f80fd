"""Public file: what a list or a statement says to the public, as canonical JSON.

Holds: the same content gives the same bytes, so its SHA-256 names it; what is read back is what was
       written, or a ValueError
"""

from datetime import date
from typing import Literal

import msgspec

from events.values import Fen

FORMAT = "benefit-ledger public file 1"


class PublicGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a list: a masked name and number, and what is to be paid."""

    no: int
    name: str
    number: str
    amount: Fen


class PublicUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one benefit, or several that are too small alone, brought how many."""

    programmes: tuple[str, ...]
    title: str
    persons: int
    payments: int
    amount: Fen


class PublicFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One issue as the public reads it.

    Units: fen; both days are included
    Shape: `about` is what the benefit or the fund is called; `recovered` is None where fewer than
           five paid back; `allocated` is of the year of the last day
    """

    format: Literal["benefit-ledger public file 1"] = "benefit-ledger public file 1"
    number: str
    issue: int
    kind: Literal["grants", "fund_use"]
    region: str
    place: str
    about: str
    since: date
    until: date
    total: Fen
    persons: int
    grants: tuple[PublicGrant, ...] = ()
    uses: tuple[PublicUse, ...] = ()
    allocated: Fen = 0
    recovered: Fen | None = None
    office: str = ""
    phone: str = ""


def written(file: PublicFile) -> bytes:
    """Write it: two files that say the same have the same bytes."""
    return msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n"


def read(content: bytes) -> PublicFile:
    """Read one back.

    Raises: ValueError where it is none
    """
    return msgspec.json.decode(content, type=PublicFile)
