"""Households: who lives together, for what hangs on the whole household.

Holds: a household that lost its category because one member found a job does not get it back by
       itself: a new recognition is a new household.
"""

from datetime import date

from events.status import StatusKind
from events.values import ApplicationKey, Command, Fact, StreamName


class JoinHousehold(Command):
    """A person belongs to the household from a day on."""

    member: StreamName
    since: date
    source: str


class LeaveHousehold(Command):
    """A person has moved out, died or married away."""

    member: StreamName
    since: date
    source: str


class ReportMember(Command):
    """A member's circumstances have changed."""

    member: StreamName
    status: StatusKind
    since: date


class NoteHousehold(Command):
    """The person's household, so that it hears of a job."""

    household: StreamName
    joined: bool
    since: date


class LoseCategory(Command):
    """The household has lost its category: what rests on it is checked again."""

    household: StreamName
    since: date


class MemberJoined(Fact):
    """A person belongs to the household."""

    member: StreamName
    since: date
    source: str


class MemberLeft(Fact):
    """A person belongs to the household no more."""

    member: StreamName
    since: date
    source: str


class HouseholdChanged(Fact):
    """A member has a job: the whole household is out, and `members` are checked again."""

    member: StreamName
    since: date
    members: tuple[StreamName, ...]


class HouseholdNoted(Fact):
    """The person belongs to this household, or no more."""

    household: StreamName
    joined: bool
    since: date


class HouseholdInformed(Fact):
    """The household is told of the person's job."""

    household: StreamName
    status: StatusKind
    since: date


class CategoryLost(Fact):
    """The household is out; `kept` are approvals that stand under another category."""

    household: StreamName
    category: str
    since: date
    kept: tuple[ApplicationKey, ...]
    stopped: tuple[ApplicationKey, ...]


HouseholdCommand = JoinHousehold | LeaveHousehold | ReportMember | NoteHousehold | LoseCategory
HouseholdFact = (
    MemberJoined | MemberLeft | HouseholdChanged | HouseholdNoted | HouseholdInformed | CategoryLost
)
