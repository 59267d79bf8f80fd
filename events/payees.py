"""Payees: which account they are paid into, whether they have cheated, how far they are trusted."""

from typing import Literal

from events.clawbacks import ConfirmOrReject
from events.values import ApplicationKey, Command, Fact, Token

Grade = Literal["A", "B", "C", "D"]
"""Credit: A high, B ordinary (where everybody begins), C low, D after fraud."""

FIRST_GRADE: Grade = "B"
FRAUD_GRADE: Grade = "D"
BROKEN_GRADE: Grade = "C"
"""Credit after a promise that was not kept, without deceit."""


class ChangeAccount(Command):
    """Upstream corrects the account of an application's payee."""

    application: ApplicationKey
    account: Token
    document: str
    reason: str
    source: str


class ProposeAccount(Command):
    """Somebody of the staff has a corrected account; a second person must agree."""

    proposal: str
    application: ApplicationKey
    account: Token
    document: str
    reason: str
    maker: str


class JudgeAccount(Command):
    """A second person takes a proposed account, or turns it down."""

    proposal: str
    checker: str
    verdict: ConfirmOrReject
    reason: str = ""


class MarkFraud(Command):
    """The person or unit has obtained money by deceit, says this document."""

    document: str
    reason: str
    source: str


class NoteMark(Command):
    """Tell a person or unit's own claims of the mark that its payee's history has."""

    document: str
    reason: str


class GradeCredit(Command):
    """Set how far the payee is trusted."""

    grade: Grade
    document: str
    reason: str
    by: str


class AccountProposed(Fact):
    """A corrected account waits for a second person."""

    proposal: str
    application: ApplicationKey
    account: Token
    replaces: str
    document: str
    reason: str
    maker: str


class AccountRejected(Fact):
    """A second person did not take the account."""

    proposal: str
    application: ApplicationKey
    checker: str
    reason: str


class AccountChanged(Fact):
    """From now on the payee is paid into this account; `retried` payments go out once more."""

    application: ApplicationKey
    account: Token
    replaces: str
    version: int
    moved: tuple[str, ...]
    retried: tuple[str, ...]
    document: str
    reason: str
    source: str
    checker: str = ""


class FraudMarked(Fact):
    """The payee is marked; the mark stays with the person or unit."""

    document: str
    reason: str
    source: str


class MarkNoted(Fact):
    """Whatever this person or unit claims from now on is looked at by a person first."""

    document: str
    reason: str


class CreditGraded(Fact):
    """How far the payee is trusted from now on."""

    grade: Grade
    before: Grade
    document: str
    reason: str
    source: str


PayeeCommand = ChangeAccount | ProposeAccount | JudgeAccount | MarkFraud | NoteMark | GradeCredit
PayeeFact = (
    AccountProposed | AccountRejected | AccountChanged | FraudMarked | MarkNoted | CreditGraded
)
