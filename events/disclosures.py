"""Disclosures: what the public is shown: who is to be paid, and how a fund was used.

Holds: a fact names applications and amounts; masked names stand in the file of its digest alone,
       which the vault keeps
Source: docs/adr/0047-lists-are-published-and-objected-to.md
"""

from datetime import date
from typing import Literal

from events.values import ApplicationKey, Command, Fact, Fen, Value

Kind = Literal["grants", "fund_use"]
"""A list of grants that are to be paid, or a statement of how a fund was used."""


class ListedGrant(Value):
    """One line of a public list."""

    application: ApplicationKey
    amount: Fen


class PrepareDisclosure(Command):
    """A maker lays before another person what the public is to be shown.

    Shape: `programme` and `lines` of a list of grants, `fund` of a statement; `persons` are those
           behind each figure that is shown; `file_digest` is the SHA-256 of what is shown
    Units: `since` and `until` are both included
    """

    number: str
    kind: Kind
    region: str
    programme: str = ""
    fund: str = ""
    since: date
    until: date
    lines: tuple[ListedGrant, ...] = ()
    persons: tuple[int, ...]
    total: Fen
    file_digest: str
    maker: str


class PublishDisclosure(Command):
    """A second person lets the public see exactly what has this digest."""

    number: str
    digest: str
    checker: str


class RejectDisclosure(Command):
    """A second person sends it back to its maker, with a reason."""

    number: str
    checker: str
    reason: str


class TakeDownDisclosure(Command):
    """What is shown must not be seen any more; one person is enough."""

    number: str
    document: str
    reason: str
    by: str


class DisclosurePrepared(Fact):
    """An issue waits for a second person; `digest` is over all that it says."""

    number: str
    issue: int
    kind: Kind
    region: str
    programme: str
    fund: str
    since: date
    until: date
    lines: tuple[ListedGrant, ...]
    persons: tuple[int, ...]
    total: Fen
    file_digest: str
    digest: str
    maker: str


class DisclosurePublished(Fact):
    """The public sees it from `from_on` to `to_on`, both included; no last day is until the next."""

    number: str
    issue: int
    kind: Kind
    region: str
    file_digest: str
    digest: str
    from_on: date
    to_on: date | None
    maker: str
    checker: str


class DisclosureRejected(Fact):
    """A second person sent an issue back; what was shown before is shown on."""

    number: str
    issue: int
    checker: str
    reason: str


class DisclosureTakenDown(Fact):
    """The public sees it no more."""

    number: str
    issue: int
    document: str
    reason: str
    by: str


DisclosureCommand = PrepareDisclosure | PublishDisclosure | RejectDisclosure | TakeDownDisclosure
DisclosureFact = DisclosurePrepared | DisclosurePublished | DisclosureRejected | DisclosureTakenDown
