"""Authority: who has signed in does what the roles allow, by whatever way the command comes."""

from datetime import timedelta
from itertools import product
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from events import CATALOGUE, streams
from events.authority import EVERY, Authority, RoleGrant
from events.budgets import ProposeAdjustment
from events.codec import command_of, encode_command, packet, read_packet
from events.control import CommandRefused
from events.envelope import Asked
from events.hands import HANDS, NOBODY_ALONE
from events.ids import by_staff
from events.periods import RejectPeriod, ReopenPeriod
from events.proposals import ActProposed, JudgeAct, ProposeAct
from events.proposing import proposed
from events.senders import MAY_SEND, not_allowed
from events.users import AddUser, SuspendUser
from events.values import Command
from policies.access import Access, access
from services.streams import authority
from services.streams.houses import new_stream
from services.streams.what_it_is_about import region_of
from tests.given_when_then import DISTRICT, FUND, LINE_2022, Scene, kinds, only, policies

GOLDEN = Path(__file__).parents[1] / "golden"
ROLES = list(access().roles)
OTHER_FUND, OTHER_DISTRICT = "talent_development", "211204"
ADJUSTS = ProposeAdjustment(document="调-1", by=100, reason="追加", maker="wang-fang")
REOPENS = ReopenPeriod(
    fund=FUND, district=DISTRICT, month="2022-08", document="函-1", reason="更正"
)


def asked(
    command: Command, stream: str, *grants: RoleGrant, code_before: timedelta | None = None
) -> Asked:
    """Ask as somebody who has signed in."""
    plain = Scene().asked(stream, command)
    at = None if code_before is None else plain.sent_at - code_before
    return plain._replace(by=by_staff("wang-fang"), authority=Authority("S-1a2b3c4d", grants, at))


def code(one: Asked) -> str:
    """The code with which the roles refuse it; empty where they do not."""
    refused = authority.refusal(new_stream(one.stream), one, policies().cities)
    return refused.code if refused else ""


def newest(act: str) -> Path:
    """The file with an example of an act, of its latest version."""
    return max(GOLDEN.glob(f"{act}.v*.json"), key=lambda path: int(path.stem.rpartition("v")[2]))


def written(act: str) -> Command:
    """An example of an act, as it is kept for every type."""
    return command_of(orjson.loads(newest(act).read_bytes())).body


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_the_acts_of_its_duties_and_no_other(role: str) -> None:
    """Through the whole table, for every act: only what the table allows passes."""
    table = access()
    allowed = {
        act
        for permission in table.roles[role].permissions
        for act in table.permissions[permission].acts
    }
    for act in table.permission_of:
        command = written(act)
        body = proposed(command, "P-1", "wang-fang") if act in NOBODY_ALONE else command
        one = asked(body, "report/R-000000000000", RoleGrant(role), code_before=timedelta())
        assert code(one) == ("" if act in allowed else "NOT_YOUR_ROLE"), act


def test_every_act_of_the_staff_has_its_duty() -> None:
    table = access()
    by_people = {name for name, hands in HANDS.items() if "工作人员" in hands.who} & NOBODY_ALONE
    from_pages = MAY_SEND["web"].commands - {"ProposeAct", "NoteRefusedVisit"}
    assert from_pages | by_people <= set(table.permission_of)
    assert set(table.permission_of) <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("districts", "funds", "why"),
    [
        ((EVERY,), (EVERY,), ""),
        ((DISTRICT,), (FUND,), ""),
        (("211200",), (FUND,), ""),
        ((OTHER_DISTRICT,), (FUND,), "NOT_YOUR_DISTRICT"),
        ((DISTRICT,), (OTHER_FUND,), "NOT_YOUR_FUND"),
        ((OTHER_DISTRICT,), (OTHER_FUND,), "NOT_YOUR_DISTRICT"),
    ],
)
def test_a_role_holds_in_its_districts_and_for_its_funds(
    districts: tuple[str, ...], funds: tuple[str, ...], why: str
) -> None:
    assert code(asked(ADJUSTS, LINE_2022, RoleGrant("finance", districts, funds))) == why


def test_one_grant_must_cover_both_the_district_and_the_fund() -> None:
    crossed = (
        RoleGrant("finance", (DISTRICT,), (OTHER_FUND,)),
        RoleGrant("finance", (OTHER_DISTRICT,), (FUND,)),
    )
    assert code(asked(ADJUSTS, LINE_2022, *crossed)) == "NOT_YOUR_FUND"
    assert code(asked(ADJUSTS, LINE_2022, RoleGrant("auditor"), *crossed)) == "NOT_YOUR_FUND"
    assert code(asked(ADJUSTS, LINE_2022)) == "NOT_YOUR_ROLE"


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (None, "CODE_NEEDED"),
        (timedelta(), ""),
        (timedelta(minutes=5), ""),
        (timedelta(minutes=5, seconds=1), "CODE_NEEDED"),
        (timedelta(seconds=-1), "CODE_NEEDED"),
    ],
)
def test_a_fresh_one_time_code_is_needed(before: timedelta | None, why: str) -> None:
    reject = RejectPeriod(
        fund=FUND, district=DISTRICT, month="2022-08", checker="wang-fang", reason="数不对"
    )
    stream = streams.period(FUND, DISTRICT)
    assert code(asked(reject, stream, RoleGrant("checker"), code_before=before)) == why
    propose = proposed(REOPENS, "P-1", "wang-fang")
    assert code(asked(propose, stream, RoleGrant("finance"), code_before=before)) == why


def test_whoever_confirms_what_asks_for_a_code_gives_one_too() -> None:
    scene = Scene()
    stream = streams.period(FUND, DISTRICT)
    kept = new_stream(stream)
    proposal = scene.asked(
        stream,
        proposed(REOPENS, "P-1", "li-jing"),
    )
    assert isinstance(proposal.body, ProposeAct)
    kept.proposals = {
        "P-1": ActProposed(
            proposal="P-1",
            act=proposal.body.act,
            version=proposal.body.version,
            body=proposal.body.body,
            application="",
            maker="li-jing",
        )
    }
    judge = JudgeAct(proposal="P-1", checker="wang-fang", verdict="confirm")
    for before, why in ((None, "CODE_NEEDED"), (timedelta(), "")):
        one = asked(judge, stream, RoleGrant("checker"), code_before=before)
        refused = authority.refusal(kept, one, policies().cities)
        assert (refused.code if refused else "") == why


def test_what_goes_beyond_the_roles_is_on_record_and_changes_nothing() -> None:
    scene = Scene().budget(10_000)
    before = scene.ledger.facts[-1].seq
    refused = only(
        scene.ledger.ask([asked(ADJUSTS, LINE_2022, RoleGrant("auditor"))]), CommandRefused
    )
    assert (refused.code, refused.command) == ("NOT_YOUR_ROLE", "ProposeAdjustment")
    assert scene.ledger.facts[-1].seq == before + 1


def test_only_a_person_who_has_signed_in_brings_an_authority() -> None:
    plain = Scene().asked(LINE_2022, ADJUSTS)._replace(by=by_staff("wang-fang"))
    signed = plain._replace(authority=Authority("S-1", (RoleGrant("finance"),)))
    assert not_allowed("web", signed) == ""
    for producer, by in (("clerk", "clerk"), ("desk", "desk"), ("operator", "desk")):
        assert not_allowed(producer, signed._replace(by=by))


BY_ITS_HISTORY = {
    "applications", "batch", "beneficiary", "disclosure", "import", "payee", "report", "statement",
    "user",
}  # fmt: skip
"""Streams whose state tells the region of what an act is about, where the act itself does not."""
OF_NO_REGION = {"letter", "sample"}
"""A message that could not be read names none; a sample is drawn of what its plan says."""


def test_the_region_of_every_act_is_told_by_the_act_its_stream_or_its_history() -> None:
    untold = set()
    for act in access().permission_of:
        record = orjson.loads(newest(act).read_bytes())
        stream = new_stream(record["stream"])
        if not region_of(stream, record["stream"], command_of(record).body, policies().cities):
            untold.add(streams.kind(record["stream"]))
    assert untold == BY_ITS_HISTORY | OF_NO_REGION


def test_an_administrator_changes_users_of_the_own_district_alone() -> None:
    stream = streams.user("li-jing")
    scene = Scene()
    scene.when(
        stream,
        AddUser(
            user="li-jing",
            region=OTHER_DISTRICT,
            grants=(RoleGrant("finance", (OTHER_DISTRICT,)),),
            by="he-jun",
        ),
    )
    suspend = SuspendUser(user="li-jing", reason="离职", by="wang-fang")
    for district, answer in ((DISTRICT, "CommandRefused"), (OTHER_DISTRICT, "UserSuspended")):
        one = asked(suspend, stream, RoleGrant("administrator", (district,)))
        assert kinds(scene.ledger.ask([one._replace(id=str(uuid4()))])) == [answer]


def test_without_an_authority_it_is_an_operators() -> None:
    assert code(Scene().asked(LINE_2022, ADJUSTS)) == ""


@pytest.mark.parametrize("confirmed", [None, timedelta()])
def test_an_authority_travels_in_the_command_and_only_there(confirmed: timedelta | None) -> None:
    one = asked(ADJUSTS, LINE_2022, RoleGrant("finance", (DISTRICT,)), code_before=confirmed)
    raw = encode_command(one)
    assert read_packet(packet([raw])) == [one]
    assert command_of(orjson.loads(raw)) == one
    assert b"authority" not in encode_command(one._replace(authority=None))


BROKEN = [
    {"pairs": [{"permissions": ["judge", "publish"], "where": ["role"], "why": "x"}]},
    {"code_again": ["sleep"]},
    {
        "permissions": {
            "judge": {"name": "审核", "acts": ["A"]},
            "publish": {"name": "公示", "acts": ["A"]},
        }
    },
    {"areas": {}},
]


@pytest.mark.parametrize("change", BROKEN)
def test_a_table_that_contradicts_itself_is_not_read(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"不相容|没有这|两项职责"):
        Access.model_validate(access().model_dump() | change)


def test_every_pair_is_met_by_two_roles_or_inside_a_case() -> None:
    """A pair that no grants could ever join would prove nothing."""
    table = access()
    for pair in table.pairs:
        if "role" not in pair.where:
            continue
        first, second = pair.permissions
        some = [role for role, one in table.roles.items() if first in one.permissions]
        others = [role for role, one in table.roles.items() if second in one.permissions]
        assert all(table.clashes([RoleGrant(a), RoleGrant(b)]) for a, b in product(some, others)), (
            pair
        )
        assert some, pair
        assert others, pair
