"""Applications: what was claimed, by whom, for what, and how the claim changed."""

from datetime import date

from events.values import ApplicationKey, Arrival, Command, Fact, StatedFacts, Token, Value


class Stated(Value):
    """What an application states, canonical and without identities."""

    programme: str
    region: str
    applied_on: date
    channel: str
    payee: Token
    account: Token
    facts: StatedFacts
    phone: str = ""  # token of the applicant's, empty where none was stated


class DecideApplication(Command):
    """Answer one claim line under the notices."""

    application: ApplicationKey
    digest: str
    stated: Stated
    arrived: Arrival


class CorrectApplication(Command):
    """Replace what an application states, until it is granted."""

    application: ApplicationKey
    replaces: str
    digest: str
    stated: Stated
    arrived: Arrival


class WithdrawApplication(Command):
    """Take a claim back before it is paid; one that has not arrived yet is remembered."""

    application: ApplicationKey
    reason: str


class ReportConflict(Command):
    """An application's id came again with other content or for another person."""

    application: ApplicationKey
    digest: str
    other_person: bool
    arrived: Arrival


class AnswerWithdrawal(Command):
    """The payee's books say whether all that was ordered for a claim could still be given up."""

    application: ApplicationKey
    reason: str
    given_up: bool


class ApplicationFiled(Fact):
    """A claim line is on the books, as it was stated."""

    application: ApplicationKey
    digest: str
    stated: Stated
    arrived: Arrival


class ApplicationCorrected(Fact):
    """What a claim states was replaced; the decision that follows rests on the new text.

    `before_filing` when the claim itself had not arrived yet: the correction then waits for it.
    """

    application: ApplicationKey
    replaces: str
    digest: str
    stated: Stated
    arrived: Arrival
    before_filing: bool = False


class WithdrawalAsked(Fact):
    """A claim is to be taken back for which payments are ordered: they are to be given up first."""

    application: ApplicationKey
    reason: str
    payee: Token


class ApplicationWithdrawn(Fact):
    """The claim was taken back; `before_filing` when the claim itself had not arrived yet."""

    application: ApplicationKey
    reason: str
    before_filing: bool = False


class ApplicationConflicted(Fact):
    """The same id came with other content; the first one stands."""

    application: ApplicationKey
    digest: str
    stands: str
    other_person: bool
    arrived: Arrival


ApplicationCommand = (
    DecideApplication | CorrectApplication | WithdrawApplication | ReportConflict | AnswerWithdrawal
)
ApplicationFact = (
    ApplicationFiled
    | ApplicationCorrected
    | ApplicationWithdrawn
    | ApplicationConflicted
    | WithdrawalAsked
)
