"""Decide who belongs to a household, and whether it is out."""

from typing import assert_never

from events import households
from events.envelope import Asked, Recorded, follow_up
from events.values import Fact
from services.deciders.household.state import HouseholdState
from services.deciders.stream import Decider, FollowUps, members_of

OwnCommand = households.JoinHousehold | households.LeaveHousehold | households.ReportMember
OwnFact = households.MemberJoined | households.MemberLeft | households.HouseholdChanged


def decide(household: HouseholdState, command: OwnCommand) -> list[Fact]:
    """Answer one word about the household.

    Holds: a repeat changes nothing; whoever joins a household that is out is told so
    """
    match command:
        case households.JoinHousehold():
            if household.members.get(command.member) == command.since:
                return []
            joined = households.MemberJoined(
                member=command.member, since=command.since, source=command.source
            )
            if household.out_since is None or command.member in household.informed:
                return [joined]
            return [joined, _changed(household, household.by, (command.member,))]
        case households.LeaveHousehold():
            if household.left.get(command.member) == command.since:
                return []
            return [
                households.MemberLeft(
                    member=command.member, since=command.since, source=command.source
                )
            ]
        case households.ReportMember():
            return _report(household, command)
        case _:
            assert_never(command)


def _report(household: HouseholdState, command: households.ReportMember) -> list[Fact]:
    """One member's job, while living there, takes everybody out."""
    left = household.left.get(command.member)
    away = left is not None and left <= command.since
    if command.status != "employed" or away or household.out_since is not None:
        return []
    members = tuple(member for member in household.members if member not in household.informed)
    return [
        households.HouseholdChanged(member=command.member, since=command.since, members=members)
    ]


def _changed(
    household: HouseholdState, by: str, members: tuple[str, ...]
) -> households.HouseholdChanged:
    assert household.out_since is not None
    return households.HouseholdChanged(member=by, since=household.out_since, members=members)


def evolve(household: HouseholdState, fact: OwnFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case households.MemberJoined():
            household.members[fact.member] = fact.since
            household.left.pop(fact.member, None)
        case households.MemberLeft():
            household.members.pop(fact.member, None)
            household.left[fact.member] = fact.since
        case households.HouseholdChanged():
            household.out_since, household.by = fact.since, fact.member
            household.informed |= set(fact.members)
        case _:
            assert_never(fact)


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Let members know their household, and all of them hear when it is out."""
    name = recorded.stream
    match recorded.body:
        case households.MemberJoined() | households.MemberLeft() as fact:
            joined = isinstance(fact, households.MemberJoined)
            note = households.NoteHousehold(household=name, joined=joined, since=fact.since)
            return [follow_up(recorded, 0, fact.member, note)]
        case households.HouseholdChanged() as fact:
            lost = households.LoseCategory(household=name, since=fact.since)
            return [
                follow_up(recorded, number, member, lost)
                for number, member in enumerate(fact.members)
            ]
        case _:
            return []


FOLLOW_UPS: dict[type[Fact], FollowUps] = dict.fromkeys(
    (households.MemberJoined, households.MemberLeft, households.HouseholdChanged), follow_ups
)

DECIDER = Decider[HouseholdState, OwnCommand, OwnFact](
    kind="household",
    initial=HouseholdState,
    decide=lambda household, command, asked, policies: decide(household, command),
    evolve=lambda household, fact, recorded: evolve(household, fact),
    commands=members_of(OwnCommand),
    facts=members_of(OwnFact),
    follow_ups=FOLLOW_UPS,
)
