"""Instalments: the parts of a payment plan, checked again before each is paid."""

from datetime import date
from typing import Literal

from events.status import StatusKind
from events.values import ApplicationKey, Command, Fact, Fen, StreamName, Token

Because = Literal["excluded", "household", "ended", "nothing_due"]
StopReason = StatusKind | Because
"""A status (`receiving` is that of another benefit), a payment of an excluding programme, the
household's change, the plan's early end, or evidence that nothing is due."""

EvidenceKind = Literal["contributions", "days_served"]
Ending = Literal["stable_job", "left"]


class PreCheckInstalment(Command):
    """An instalment has fallen due: check the person's status again before it is paid."""

    application: ApplicationKey
    no: int


class RecordEvidence(Command):
    """What was contributed for a month (fen), or how many days of it were served."""

    application: ApplicationKey
    month: str
    kind: EvidenceKind
    measure: Fen
    document: str
    source: str


class EndPlan(Command):
    """An internship or term ended early, for a stable job or otherwise."""

    application: ApplicationKey
    ended_on: date
    because: Ending
    document: str
    source: str


class EvidenceRecorded(Fact):
    """What a month's payment rests on is known; a later word replaces an earlier one."""

    application: ApplicationKey
    no: int
    kind: EvidenceKind
    measure: Fen
    document: str
    source: str


class InstalmentWaits(Fact):
    """The instalment has fallen due, and what it rests on is not known yet."""

    application: ApplicationKey
    no: int
    needs: EvidenceKind


class InstalmentReduced(Fact):
    """The evidence gives less than was planned: what is not due goes back to its line.

    `still_planned` is what the plan still wants of that line.
    """

    application: ApplicationKey
    no: int
    attempt: int
    planned: Fen
    amount: Fen
    line: StreamName
    kind: EvidenceKind
    measure: Fen
    rule: str
    still_planned: Fen


class PlanEnded(Fact):
    """A term ended early; `whole` counts it as served to its end, by the clause of `rule`."""

    application: ApplicationKey
    ended_on: date
    because: Ending
    whole: bool
    left: int
    months: int
    document: str
    source: str
    rule: str


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
    """The instalment is not paid: what stops it is named, and the rule that says so.

    `still_planned` is what the plan still wants of the line.
    """

    application: ApplicationKey
    no: int
    attempt: int
    amount: Fen
    line: StreamName
    reason: StopReason
    rule: str
    still_planned: Fen


class OverpaymentFound(Fact):
    """A status that was told late would have stopped an instalment that was paid.

    `whole` tells that nothing of it was due, so that it need not leave at all.
    """

    application: ApplicationKey
    no: int
    disbursement: str
    amount: Fen
    payee: Token
    reason: StopReason
    since: date
    rule: str
    whole: bool
