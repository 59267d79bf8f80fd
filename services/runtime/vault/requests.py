"""Requests: what intake asks of the vault for one message, and what the vault answers.

Holds: everything a batch of messages wants is answered in one transaction, in the messages' order.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from events.contract.inbound.identity import Account, Party


class RegisterApplication(NamedTuple):
    """An application line arrives: tokens for its people, and its place in the register."""

    application: str
    digest: str
    beneficiary: Party
    payee: Party
    account: Account
    phone: str = ""


class RegisterCorrection(NamedTuple):
    """A correction: tokens for its people; it takes no place in the register."""

    application: str
    beneficiary: Party
    payee: Party
    account: Account
    phone: str = ""


class RegisterWithdrawal(NamedTuple):
    """A withdrawal: kept in the register until its application comes; `note` is JSON."""

    application: str
    note: str


class FindApplication(NamedTuple):
    """Whose an application is; `note` (JSON) is kept under `key` until it comes, if it has not."""

    application: str
    key: str
    note: str


class RegisterParty(NamedTuple):
    """A person or unit by itself."""

    party: Party


class RegisterAccount(NamedTuple):
    """A payee with another account."""

    payee: Party
    account: Account


VaultRequest = (
    RegisterApplication
    | RegisterCorrection
    | RegisterWithdrawal
    | FindApplication
    | RegisterParty
    | RegisterAccount
)


class VaultAnswer(NamedTuple):
    """The answer: who the people are, and whose the application was first.

    `registered_token` and `registered_digest` are the register's, empty while no application has
    filled it; `is_new` tells that this message did. `earlier_withdrawal` is the note of a withdrawal
    that came before, `earlier_messages` are the notes of what else did. `name_differs` tells that
    the person's id was first stated with another name than this message's; `is_waiting` that this
    message is kept now.
    """

    token: str = ""
    payee_token: str = ""
    account_token: str = ""
    phone_token: str = ""
    is_new: bool = False
    registered_token: str = ""
    registered_digest: str = ""
    earlier_withdrawal: str = ""
    name_differs: bool = False
    earlier_messages: tuple[str, ...] = ()
    is_waiting: bool = False


class IdentityRegister(Protocol):
    """Whoever can answer: the vault, or its likeness in memory."""

    async def answer(self, requests: Sequence[VaultRequest]) -> list[VaultAnswer]:
        """Answer each, all or none."""
        ...

    async def unregister(self, applications: Sequence[str]) -> None:
        """Empty the places of applications that were filed a moment ago and cannot be decided."""
        ...
