"""Instalments: the parts of a payment plan, checked again before each is paid."""

from typing import Literal

from events.values import ApplicationKey, Command, Fact, Fen, StreamName, Token

StopReason = Literal["employed", "deceased", "retired", "left"]


class PreCheckInstalment(Command):
    """An instalment has fallen due: check the person's status again before it is paid."""

    application: ApplicationKey
    no: int


class InstalmentDue(Fact):
    """The instalment may be paid now."""

    application: ApplicationKey
    no: int
    disbursement: str
    amount: Fen
    line: StreamName
    programme: str
    region: str
    payee: Token
    account: Token


class InstalmentStopped(Fact):
    """The instalment is not paid: the status that stops it is named."""

    application: ApplicationKey
    no: int
    attempt: int
    amount: Fen
    line: StreamName
    reason: StopReason
