"""Instalments: the parts of a payment plan, checked again before each is paid."""

from datetime import date
from typing import Literal

from events.status import StatusKind
from events.values import ApplicationKey, Command, Fact, Fen, MonthPaid, StreamName, Token

Because = Literal["excluded", "household", "ended", "nothing_due", "unfunded"]
StopReason = StatusKind | Because
"""A status (`receiving` is that of another benefit), a payment of an excluding programme, the
household's change, the plan's early end, evidence that less or nothing is due, or a year that closed
before it had money for the instalment."""

EvidenceKind = Literal["contributions", "days_served"]
Ending = Literal["stable_job", "left"]
Resumption = Literal["resume", "stay"]


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


class JudgeResumption(Command):
    """A person says of a stopped plan that it goes on from a day, or stays stopped."""

    application: ApplicationKey
    verdict: Resumption
    since: date
    by: str
    document: str
    reason: str


class EvidenceRecorded(Fact):
    """What a month's payment rests on is known; a later word replaces an earlier one.

    `month` is empty where the fact was written before parts named their months: the part has one.
    """

    application: ApplicationKey
    no: int
    kind: EvidenceKind
    measure: Fen
    document: str
    source: str
    month: str


class InstalmentWaits(Fact):
    """The instalment has fallen due, and what `month` of it rests on is not known yet."""

    application: ApplicationKey
    no: int
    needs: EvidenceKind
    month: str


class InstalmentReduced(Fact):
    """The evidence gives less for `month` than was planned: what is not due goes back to its line.

    `planned` and `amount` are that month's; `still_planned` is what the plan still wants of the line.
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
    month: str


class InstalmentCut(Fact):
    """What stops a plan leaves `days` of `month` due, each a 30th: the rest goes back to its line.

    `convention` is the assumption of the table of stops by which the month of a change is counted.
    """

    application: ApplicationKey
    no: int
    attempt: int
    month: str
    planned: Fen
    amount: Fen
    days: int
    line: StreamName
    reason: StopReason
    since: date
    rule: str
    convention: str
    still_planned: Fen


class PlanEnded(Fact):
    """A term ended early; `whole` counts it as served to its end, by the clause of `rule`.

    `at_once` are the parts that a whole term makes due on the day it ended.
    """

    application: ApplicationKey
    ended_on: date
    because: Ending
    whole: bool
    left: int
    months: int
    document: str
    source: str
    rule: str
    at_once: tuple[int, ...]


class InstalmentDue(Fact):
    """The instalment may be paid now; `months` are what it pays for, as far as they are due.

    `amount` is what is due before advances and debts are set off; `judged_by` are the people who have
    judged the application, none where rules alone did.
    """

    application: ApplicationKey
    no: int
    disbursement: str
    amount: Fen
    line: StreamName
    programme: str
    region: str
    payee: Token
    account: Token
    months: tuple[MonthPaid, ...]
    judged_by: tuple[str, ...] = ()


class InstalmentStopped(Fact):
    """The instalment is not paid: what stops it is named, and the rule that says so.

    `still_planned` is what the plan still wants of the line; `committed` is False where that line has
    not set its money aside yet, so that it has nothing to give back.
    """

    application: ApplicationKey
    no: int
    attempt: int
    amount: Fen
    line: StreamName
    reason: StopReason
    rule: str
    still_planned: Fen
    committed: bool = True


class OverpaymentFound(Fact):
    """Something told late leaves less due of an instalment than was paid.

    `amount` is what this word makes undue beside what was found before, `months` the same by month,
    `finding` counts the words that found something; `convention` is the assumption by which a month
    of change is counted. `whole` tells that nothing of it is due now, so that it need not leave.
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
    months: tuple[MonthPaid, ...]
    convention: str
    finding: int


class ResumptionRaised(Fact):
    """A status that stopped a plan is over since a day: a person may let the plan go on."""

    application: ApplicationKey
    stopped_by: StopReason
    stopped_since: date
    status: StatusKind
    since: date


class PlanResumed(Fact):
    """A person let a stopped plan go on, for its months from a day on."""

    application: ApplicationKey
    since: date
    by: str
    document: str
    reason: str


class PlanKeptStopped(Fact):
    """A person looked at a stopped plan, and it stays stopped."""

    application: ApplicationKey
    by: str
    document: str
    reason: str


InstalmentCommand = PreCheckInstalment | RecordEvidence | EndPlan | JudgeResumption
InstalmentFact = (
    EvidenceRecorded
    | InstalmentWaits
    | InstalmentReduced
    | InstalmentCut
    | PlanEnded
    | InstalmentDue
    | InstalmentStopped
    | OverpaymentFound
    | ResumptionRaised
    | PlanResumed
    | PlanKeptStopped
)
