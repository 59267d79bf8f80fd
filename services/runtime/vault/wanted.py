"""Wanted: what intake asks of the vault for one message, and what the vault answers.

Holds: everything a batch of messages wants is answered in one transaction, in the messages' order.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from events.contract.inbound.identity import Account, Party


class Files(NamedTuple):
    """An application line arrives: tokens for its people, and its place in the register."""

    application: str
    digest: str
    beneficiary: Party
    payee: Party
    account: Account


class Corrects(NamedTuple):
    """A correction: tokens for its people; it takes no place in the register."""

    application: str
    beneficiary: Party
    payee: Party
    account: Account


class Withdraws(NamedTuple):
    """A withdrawal: kept in the register until its application comes; `note` is JSON."""

    application: str
    note: str


class Finds(NamedTuple):
    """Whose an application is; `note` (JSON) is kept under `key` until it comes, if it has not."""

    application: str
    key: str
    note: str


class Meets(NamedTuple):
    """A person or unit by itself."""

    party: Party


class Pays(NamedTuple):
    """A payee with another account."""

    payee: Party
    account: Account


Wanted = Files | Corrects | Withdraws | Finds | Meets | Pays


class Admitted(NamedTuple):
    """The answer: who the people are, and whose the application was first.

    `first_token` and `first_digest` are the register's, empty while no application has filled it;
    `first` tells that this message did; `withdrawal` is the note of a withdrawal that came before;
    `other_name` tells that the person's id was first stated with another name than this message's;
    `waiting` are the notes of what else came before, `waits` tells that this message is kept now.
    """

    token: str = ""
    payee_token: str = ""
    account_token: str = ""
    first: bool = False
    first_token: str = ""
    first_digest: str = ""
    withdrawal: str = ""
    other_name: bool = False
    waiting: tuple[str, ...] = ()
    waits: bool = False


class Register(Protocol):
    """Whoever can admit: the vault, or its likeness in memory."""

    async def admit(self, wanted: Sequence[Wanted]) -> list[Admitted]:
        """Answer each, all or none."""
        ...

    async def forget(self, applications: Sequence[str]) -> None:
        """Empty the places of applications that were filed a moment ago and cannot be decided."""
        ...
