"""Looks: what is masked is shown behind a fact; the decider refuses another's name, session, no purpose."""

from datetime import timedelta
from typing import Any

import pytest

from events import looks, streams
from events.authority import EVERY, Authority, RoleGrant
from events.control import CommandRefused
from events.envelope import Asked
from events.ids import by_staff
from events.values import Command
from policies.access import access
from services.streams import authority
from services.streams.houses import new_stream
from tests.given_when_then import Scene, policies

LOOK = looks.RevealDetail(
    user="li-jing", detail="number", token="p000000001", party="p000000001",
    application="district-211202.hrss:A001", region="211202", purpose="核实身份",
    address="10.0.0.7", session="S-0f6f6f2f",
)  # fmt: skip
FILE = looks.ExportUnmasked(
    user="li-jing", region="211202", applications=("district-211202.hrss:A001",),
    parties=("p000000001",), purpose="信访答复", address="10.0.0.7", session="S-0f6f6f2f",
)  # fmt: skip
FINANCE = RoleGrant("finance", ("211202",), (EVERY,))


def asked(
    body: Command,
    *grants: RoleGrant,
    by: str = "li-jing",
    stream: str = "",
    session: str = "S-0f6f6f2f",
    code_before: timedelta | None = None,
) -> Asked:
    """Ask as somebody who has signed in."""
    plain = Scene().asked(stream or streams.looks("li-jing"), body)
    at = None if code_before is None else plain.sent_at - code_before
    return plain._replace(by=by_staff(by), authority=Authority(session, grants or (FINANCE,), at))


def answer(one: Asked) -> Any:
    """The one fact of an answer, roles and house together, as the desk would give it."""
    scene = Scene()
    (recorded,) = scene.ledger.ask([one])
    return recorded.body


def test_a_look_is_a_fact_that_says_who_whom_why_and_from_where_and_nothing_of_what_was_seen() -> (
    None
):
    fact = answer(asked(LOOK))
    assert fact == looks.DetailRevealed(by="staff:li-jing", **dict(LOOK))


def test_the_same_look_sent_twice_is_one_and_asked_again_another() -> None:
    scene, one = Scene(), asked(LOOK)
    assert len(scene.ledger.ask([one])) == 1
    assert scene.ledger.ask([one]) == []
    assert (
        len(scene.ledger.ask([asked(LOOK)._replace(id="7d9f7c3a-94b9-5a3f-8a41-0f6f6f2f4c11")]))
        == 1
    )


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (asked(LOOK, stream="looks/wang-fang"), "WRONG_STREAM"),
        (asked(LOOK, by="wang-fang"), "NOT_YOURSELF"),
        (asked(LOOK, session="S-another"), "NOT_YOURSELF"),
        (asked(LOOK.model_copy(update={"purpose": " "})), "NO_REASON"),
        (asked(LOOK.model_copy(update={"purpose": "查11010519491231002X"})), "IDENTITY_IN_REASON"),
        (asked(FILE.model_copy(update={"applications": ()}), code_before=timedelta()), "EMPTY"),
        (
            asked(
                FILE.model_copy(
                    update={"applications": FILE.applications * (looks.MOST_EXPORTED + 1)}
                ),
                code_before=timedelta(),
            ),
            "TOO_MANY_EXPORTED",
        ),
        (asked(LOOK, RoleGrant("administrator", ("211202",))), "NOT_YOUR_ROLE"),
        (asked(LOOK, RoleGrant("finance", ("211203",))), "NOT_YOUR_DISTRICT"),
        (asked(FILE), "CODE_NEEDED"),
        (asked(FILE, code_before=timedelta(minutes=6)), "CODE_NEEDED"),
        (asked(FILE, RoleGrant("operator", ("211202",)), code_before=timedelta()), "NOT_YOUR_ROLE"),
    ],
)
def test_what_is_refused(one: Asked, code: str) -> None:
    refused = authority.refusal(new_stream(one.stream), one, policies().cities)
    found = refused or answer(one)
    assert isinstance(found, CommandRefused), found
    assert found.code == code


def test_a_file_is_let_out_behind_a_code_and_numbered_by_its_command() -> None:
    one = asked(FILE, code_before=timedelta(minutes=1))
    fact = answer(one)
    assert isinstance(fact, looks.UnmaskedExported)
    assert (fact.number, fact.parties) == (looks.export_number(one.id), FILE.parties)


def test_who_may_see_no_personal_data_may_ask_for_none() -> None:
    table = access()
    for name, role in table.roles.items():
        if not role.personal:
            assert not {"reveal", "export"} & set(role.permissions), name
