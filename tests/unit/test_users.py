"""Users: an administrator says who may sign in and in which roles; the decider keeps them apart."""

import pytest

from events import streams, users
from events.authority import EVERY, RoleGrant
from events.control import CommandRefused
from events.ids import by_staff
from events.values import Command, Fact
from policies.access import access
from tests.given_when_then import Scene, kinds, only

WANG = streams.user("wang-fang")
CITY, DISTRICT, ELSEWHERE = "211200", "211202", "210402"
FINANCE = RoleGrant("finance", (DISTRICT,), ("employment_subsidy",))
CHECKER = RoleGrant("checker", (DISTRICT,), (EVERY,))


def adds(grants: tuple[RoleGrant, ...] = (FINANCE,), region: str = CITY) -> users.AddUser:
    return users.AddUser(user="wang-fang", region=region, grants=grants, by="he-jun")


def grants(*some: RoleGrant, by: str = "he-jun") -> users.GrantRoles:
    return users.GrantRoles(user="wang-fang", grants=some, reason="转岗", by=by)


def answers(*commands: Command) -> list[Fact]:
    """What the last of these commands led to."""
    scene = Scene()
    led_to = [scene.when(WANG, command) for command in commands][-1]
    return [one.body for one in led_to if one.stream == WANG]


def code(*commands: Command) -> str:
    """With which code the last of these commands was refused."""
    (refused,) = answers(*commands)
    assert isinstance(refused, CommandRefused), refused
    return refused.code


def test_a_user_is_added_once_and_given_other_roles() -> None:
    scene = Scene()
    assert kinds(scene.when(WANG, adds())) == ["UserAdded", "SignInRequired"]
    assert scene.when(WANG, adds()) == [], "the same again changes nothing"
    changed = only(scene.when(WANG, grants(CHECKER)), users.RolesGranted)
    assert (changed.region, changed.grants) == (CITY, (CHECKER,))
    assert scene.when(WANG, grants(CHECKER)) == []
    assert code(adds(), adds((CHECKER,))) == "USER_EXISTS"


def test_a_user_is_suspended_and_reinstated() -> None:
    scene = Scene()
    stop = users.SuspendUser(user="wang-fang", reason="离职", by="he-jun")
    back = users.ReinstateUser(user="wang-fang", reason="返岗", by="he-jun")
    scene.when(WANG, adds())
    assert scene.when(WANG, back) == []
    assert kinds(scene.when(WANG, stop)) == ["UserSuspended"]
    assert scene.when(WANG, stop) == []
    assert kinds(scene.when(WANG, back)) == ["UserReinstated"]
    lost = users.ResetCredential(
        user="wang-fang", credential="code", reason="手机遗失", by="he-jun"
    )
    assert kinds(scene.when(WANG, lost)) == ["CredentialReset"]


@pytest.mark.parametrize(
    ("some", "why"),
    [
        ((), "NO_ROLE"),
        ((RoleGrant("finance", ()),), "NO_ROLE"),
        ((RoleGrant("finance", (DISTRICT,), ()),), "NO_ROLE"),
        ((FINANCE,) * 41, "TOO_MANY_ROLES"),
        ((RoleGrant("king", (DISTRICT,)),), "UNKNOWN_ROLE"),
        ((RoleGrant("finance", ("999999",)),), "UNKNOWN_DISTRICT"),
        ((RoleGrant("finance", (ELSEWHERE,)),), "DISTRICT_OUTSIDE"),
        ((RoleGrant("finance"),), "DISTRICT_OUTSIDE"),
        ((RoleGrant("finance", (DISTRICT,), ("gold",)),), "UNKNOWN_FUND"),
        ((FINANCE, CHECKER), "INCOMPATIBLE_ROLES"),
        ((FINANCE, RoleGrant("checker", (CITY,))), "INCOMPATIBLE_ROLES"),
    ],
)
def test_roles_that_nobody_may_have_are_refused(some: tuple[RoleGrant, ...], why: str) -> None:
    assert code(adds(some)) == why
    assert code(adds(), grants(*some)) == why


def test_roles_that_exclude_each_other_may_be_had_in_two_districts() -> None:
    apart = FINANCE, RoleGrant("checker", ("211204",))
    (added,) = answers(adds(apart))
    assert isinstance(added, users.UserAdded)
    other_fund = RoleGrant("checker", (DISTRICT,), ("talent_development",))
    assert isinstance(answers(adds((FINANCE, other_fund)))[0], users.UserAdded)


def test_everything_is_for_whoever_works_for_the_province() -> None:
    (added,) = answers(adds((RoleGrant("auditor"),), region="210000"))
    assert isinstance(added, users.UserAdded)


def test_nobody_changes_their_own_rights() -> None:
    own = grants(RoleGrant("checker", (DISTRICT,)), by="Wang-Fang")
    assert code(adds(), own) == "NOT_YOUR_OWN_RIGHTS"
    alone = users.AddUser(user="wang-fang", region=CITY, grants=(FINANCE,), by="wang-fang")
    assert code(alone) == "NOT_YOUR_OWN_RIGHTS"


def test_who_is_not_there_cannot_be_changed() -> None:
    assert code(grants(FINANCE)) == "UNKNOWN_USER"
    assert code(adds(region="999999")) == "UNKNOWN_DISTRICT"
    scene = Scene()
    (refused,) = scene.when(streams.user("li-jing"), adds())
    assert isinstance(refused.body, CommandRefused)
    assert refused.body.code == "WRONG_STREAM"


def test_a_refused_page_is_noted_for_whoever_asked_for_it() -> None:
    scene = Scene()
    scene.when(WANG, adds())
    note = users.NoteRefusedVisit(
        user="wang-fang", route="/audit", code="E-ROLE", session="S-1a2b3c4d"
    )
    own = scene.asked(WANG, note)._replace(by=by_staff("wang-fang"))
    assert kinds(scene.ledger.ask([own])) == ["VisitRefused"]
    other = scene.asked(WANG, note)._replace(by=by_staff("li-jing"))
    assert only(scene.ledger.ask([other]), CommandRefused).code == "NOT_YOURSELF"


def test_each_role_alone_may_be_granted() -> None:
    for role in access().roles:
        assert isinstance(answers(adds((RoleGrant(role, (DISTRICT,)),)))[0], users.UserAdded)
