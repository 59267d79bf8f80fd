"""Decide who may sign in and in which roles; what a page refused is noted."""

from collections.abc import Iterable
from typing import assert_never

from events import streams, users
from events.authority import EVERY, RoleGrant
from events.envelope import Asked, Recorded
from events.ids import by_staff, is_staff
from events.people import same_person
from events.sign_in import RequireSignIn
from events.values import Fact
from policies.access import access
from policies.cities import Cities
from policies.vocabulary.places import FUNDS, lies_in
from services.deciders.every_partition import ask_every_partition
from services.deciders.refusal import refuse, refuse_first
from services.deciders.stream import Decider, members_of
from services.deciders.user.state import UserOfStaff

_MOST_GRANTS = 40


def decide(
    state: UserOfStaff, command: users.UserCommand, asked: Asked, cities: Cities
) -> list[Fact]:
    """Answer one request about a user.

    Refuses: WRONG_STREAM, NOT_YOURSELF, UNKNOWN_USER, NOT_YOUR_OWN_RIGHTS, then as each step (first match wins)
    """
    if asked.stream != streams.user(command.user):
        return refuse(command, "WRONG_STREAM", command.user)
    inner = getattr(command, "by", "")
    if inner and is_staff(asked.by) and not same_person(inner, asked.by):
        return refuse(command, "NOT_YOURSELF", command.user)
    if isinstance(command, users.AddUser):
        return _add(state, command, cities)
    if state.state == "none":
        return refuse(command, "UNKNOWN_USER", command.user)
    if isinstance(command, users.NoteRefusedVisit):
        if asked.by != by_staff(command.user):
            return refuse(command, "NOT_YOURSELF", command.user)
        return [users.VisitRefused(region=state.region, **dict(command))]
    if same_person(command.user, command.by):
        return refuse(command, "NOT_YOUR_OWN_RIGHTS", command.user)
    match command:
        case users.GrantRoles():
            return _grant(state, command, cities)
        case users.SuspendUser():
            known = state.state == "suspended"
            return [] if known else [users.UserSuspended(region=state.region, **dict(command))]
        case users.ReinstateUser():
            known = state.state == "active"
            return [] if known else [users.UserReinstated(region=state.region, **dict(command))]
        case users.ResetCredential():
            return [users.CredentialReset(region=state.region, **dict(command))]
        case _:
            assert_never(command)


def _add(state: UserOfStaff, command: users.AddUser, cities: Cities) -> list[Fact]:
    """Refuses: NOT_YOUR_OWN_RIGHTS, USER_EXISTS, UNKNOWN_DISTRICT, then as the grants; a repeat
    changes nothing
    """
    if state.state != "none":
        same = (state.region, state.grants) == (command.region, command.grants)
        return [] if same else refuse(command, "USER_EXISTS", command.user)
    if refused := refuse_first(
        command,
        command.user,
        (same_person(command.user, command.by), "NOT_YOUR_OWN_RIGHTS", ""),
        (command.region not in cities.served, "UNKNOWN_DISTRICT", command.region),
    ):
        return refused
    if wrong := wrong_with(command.grants, command.region, cities):
        return refuse(command, wrong[0], command.user, wrong[1])
    return [users.UserAdded(**dict(command), partitions=0)]


def _grant(state: UserOfStaff, command: users.GrantRoles, cities: Cities) -> list[Fact]:
    """Refuses: as the grants; the roles that somebody has already change nothing"""
    if command.grants == state.grants:
        return []
    if wrong := wrong_with(command.grants, state.region, cities):
        return refuse(command, wrong[0], command.user, wrong[1])
    return [users.RolesGranted(region=state.region, **dict(command))]


def wrong_with(
    grants: tuple[RoleGrant, ...], region: str, cities: Cities
) -> tuple[str, str] | None:
    """Say with a code what is wrong with the roles of somebody who works for a region.

    Refuses: NO_ROLE, TOO_MANY_ROLES, UNKNOWN_ROLE, UNKNOWN_DISTRICT, DISTRICT_OUTSIDE, UNKNOWN_FUND,
             INCOMPATIBLE_ROLES (first match wins)
    """
    table, every = access(), list(_districts(grants))
    funds = {fund for one in grants for fund in one.funds} - {EVERY}
    empty = any(not one.districts or not one.funds for one in grants)
    unknown = next((one.role for one in grants if one.role not in table.roles), "")
    stranger = next((d for d in every if d != EVERY and d not in cities.served), "")
    outside = next((d for d in every if not _inside(d, region, cities)), "")
    clash = next(iter(table.clashes(grants)), None)
    reasons = (
        (not grants or empty, "NO_ROLE", ""),
        (len(grants) > _MOST_GRANTS, "TOO_MANY_ROLES", str(len(grants))),
        (bool(unknown), "UNKNOWN_ROLE", unknown),
        (bool(stranger), "UNKNOWN_DISTRICT", stranger),
        (bool(outside), "DISTRICT_OUTSIDE", outside),
        (bool(wrong := sorted(funds - set(FUNDS.values()))), "UNKNOWN_FUND", "".join(wrong[:1])),
        (clash is not None, "INCOMPATIBLE_ROLES", clash.why if clash else ""),
    )
    return next(((code, text) for holds, code, text in reasons if holds), None)


def _districts(grants: Iterable[RoleGrant]) -> Iterable[str]:
    return (district for one in grants for district in one.districts)


def _inside(district: str, region: str, cities: Cities) -> bool:
    """Whether somebody who works for a region may have a district: it lies in the region; all of
    them only where everything lies in it."""
    if district == EVERY:
        return all(lies_in(city.code, region) for city in cities)
    return lies_in(district, region)


def evolve(state: UserOfStaff, fact: users.UserFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case users.UserAdded():
            state.state, state.region, state.grants = "active", fact.region, fact.grants
        case users.RolesGranted():
            state.grants = fact.grants
        case users.UserSuspended():
            state.state = "suspended"
        case users.UserReinstated():
            state.state = "active"
        case users.CredentialReset() | users.VisitRefused():
            pass
        case _:
            assert_never(fact)


def _required_everywhere(recorded: Recorded) -> list[Asked]:
    """Where there is a user, people sign in: each partition must know of it."""
    fact = recorded.body
    assert isinstance(fact, users.UserAdded)
    return ask_every_partition(recorded, fact.partitions, RequireSignIn(user=fact.user))


DECIDER = Decider[UserOfStaff, users.UserCommand, users.UserFact](
    kind="user",
    initial=UserOfStaff,
    decide=lambda state, command, asked, policies: decide(state, command, asked, policies.cities),
    evolve=lambda state, fact, recorded: evolve(state, fact),
    commands=members_of(users.UserCommand),
    facts=members_of(users.UserFact),
    follow_ups={users.UserAdded: _required_everywhere},
    for_every_partition=(users.UserAdded,),
)
