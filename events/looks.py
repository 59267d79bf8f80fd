"""Looks: who of the staff saw personal data unmasked, whose, what for, and from where.

Out:   RevealDetail, ExportUnmasked; DetailRevealed, UnmaskedExported
Holds: a look is on record before anything is shown; no fact holds what was shown, only tokens; each
       person of the staff has one history of looks
Source: docs/adr/0065-a-look-is-a-fact-before-it-is-shown.md
"""

from hashlib import sha256
from typing import Annotated, Literal

from msgspec import Meta

from events.users import UserId
from events.values import ApplicationKey, Command, Fact, Token

Detail = Literal["name", "number", "account", "phone"]
"""What is shown in full: a name, the number of a document, a bank account, a phone."""

MOST_EXPORTED = 500
"""Applications in one unmasked file."""

Address = Annotated[str, Meta(max_length=64)]
"""From which address of the network somebody looks."""

Session = Annotated[str, Meta(max_length=40)]
"""The public number of the session; empty where nobody signs in."""


def export_number(command: str) -> str:
    """Name an unmasked file after the command that asked for it: ``PX-`` and 12 digits of SHA-256."""
    return f"PX-{sha256(command.encode()).hexdigest()[:12]}"


class RevealDetail(Command):
    """Somebody asks to see one detail of a person or unit in full, on the page of an application.

    Shape: `party` is the token of whose it is; `token` names what is shown: the party's own, or that
    of its account or phone
    """

    user: UserId
    detail: Detail
    token: Token
    party: Token
    application: ApplicationKey
    region: str
    purpose: str
    address: Address
    session: Session


class ExportUnmasked(Command):
    """Somebody asks for a file with names and numbers in full, of these applications of one region."""

    user: UserId
    region: str
    applications: tuple[ApplicationKey, ...]
    parties: tuple[Token, ...]
    purpose: str
    address: Address
    session: Session


class DetailRevealed(Fact):
    """A detail may be shown to this person, in this session, for a minute from now on."""

    user: UserId
    detail: Detail
    token: Token
    party: Token
    application: ApplicationKey
    region: str
    purpose: str
    address: Address
    session: Session
    by: str


class UnmaskedExported(Fact):
    """A file with names and numbers in full may be written for this person, in this session."""

    number: str
    user: UserId
    region: str
    applications: tuple[ApplicationKey, ...]
    parties: tuple[Token, ...]
    purpose: str
    address: Address
    session: Session
    by: str


LookCommand = RevealDetail | ExportUnmasked
LookFact = DetailRevealed | UnmaskedExported
