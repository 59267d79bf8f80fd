"""Matching by hand: two people, both sides equal to the fen, nothing twice; undone with a reason."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.contract.inbound.fields import MAX_FEN
from events.control import CommandRefused
from events.envelope import Recorded
from events.manual_matches import (
    MakeManualMatch,
    ManualMatchMade,
    ManualMatchUndone,
    MatchedLine,
    MatchedMovement,
    UndoManualMatch,
)
from events.proposals import JudgeAct
from events.values import Command
from projections.definition.located_fact import LocatedFact
from projections.definition.table import Upsert
from projections.read_models import manual_matches
from services.deciders.matching.decider import decide, evolve
from services.deciders.matching.state import MatchingState, members
from tests.given_when_then import Scene, kinds, only
from tests.unit.test_two_people import by, proposes

ACCOUNT = "icbc-1234"
STREAM = streams.matching(ACCOUNT)


def movement(no: int, amount: int) -> MatchedMovement:
    return MatchedMovement(movement=f"f3caeca4-19c6-5438-97c0-{no:012d}", amount=amount)


def line(no: int, amount: int, month: str = "2022-08") -> MatchedLine:
    return MatchedLine(month=month, line=f"L{no}", amount=amount)


def makes(
    *members: MatchedMovement | MatchedLine, reason: str = "回单已核", account: str = ACCOUNT
) -> MakeManualMatch:
    return MakeManualMatch(
        bank_account=account,
        movements=tuple(one for one in members if isinstance(one, MatchedMovement)),
        lines=tuple(one for one in members if isinstance(one, MatchedLine)),
        reason=reason,
    )


def undoes(number: int = 1, reason: str = "回单属另一笔") -> UndoManualMatch:
    return UndoManualMatch(bank_account=ACCOUNT, number=number, reason=reason)


PAIR = makes(movement(1, -100), line(1, -100))
SPLIT = makes(movement(2, -150), line(2, -100), line(3, -50))


def done(scene: Scene, act: Command) -> list[Recorded]:
    """Let one propose and another confirm; what the confirmation led to."""
    proposal = f"p-{len(scene.ledger.facts)}"
    asked = by(scene, STREAM, proposes(act, proposal), "staff:li")
    if kinds(asked) != ["ActProposed"]:
        return asked
    judged = JudgeAct(proposal=proposal, checker="wang", verdict="confirm")
    return by(scene, STREAM, judged, "staff:wang")


def code(facts: list[Recorded]) -> str:
    return only(facts, CommandRefused).code


def test_two_people_match_undo_and_match_again_under_a_new_number() -> None:
    scene = Scene()
    assert only(done(scene, PAIR), ManualMatchMade).number == 1
    assert only(done(scene, SPLIT), ManualMatchMade).number == 2
    undone = only(done(scene, undoes()), ManualMatchUndone)
    assert (undone.movements, undone.lines) == (PAIR.movements, PAIR.lines), "it says what it was"
    assert only(done(scene, PAIR), ManualMatchMade).number == 3


def test_what_stands_so_and_what_is_undone_change_nothing() -> None:
    scene = Scene()
    done(scene, SPLIT)
    other_order = SPLIT.model_copy(update={"lines": SPLIT.lines[::-1]})
    assert done(scene, SPLIT) == done(scene, other_order) == []
    done(scene, undoes())
    assert done(scene, undoes()) == []


REFUSED: dict[str, tuple[Command, str]] = {
    "another account": (makes(*PAIR.movements, *PAIR.lines, account="ccb-5678"), "MATCH_OTHER_ACCOUNT"),
    "no line": (makes(movement(9, 0)), "MATCH_ONE_SIDED"),
    "no movement": (makes(line(8, 5), line(9, -5)), "MATCH_ONE_SIDED"),
    "a movement twice": (makes(movement(9, 5), movement(9, 5), line(9, 10)), "MATCH_NAMED_TWICE"),
    "a line twice": (makes(movement(9, 10), line(9, 5), line(9, 5)), "MATCH_NAMED_TWICE"),
    "a line twice, of two amounts": (makes(movement(9, 10), line(9, 4), line(9, 6)), "MATCH_NAMED_TWICE"),
    "an amount past the bound": (makes(movement(9, MAX_FEN + 1), line(9, MAX_FEN + 1)), "AMOUNT_TOO_LARGE"),
    "a fen apart": (makes(movement(9, 100), line(9, 101)), "MATCH_UNEQUAL"),
    "the other direction": (makes(movement(9, 100), line(9, -100)), "MATCH_UNEQUAL"),
    "a movement that is matched": (makes(movement(1, -100), line(9, -100)), "MATCH_TAKEN"),
    "a line that is matched": (makes(movement(9, -100), line(1, -100)), "MATCH_TAKEN"),
    "both, with one more": (makes(movement(1, -100), line(1, -100), line(9, 0)), "MATCH_TAKEN"),
    "no reason": (makes(movement(9, 1), line(9, 1), reason=" "), "BLANK_REASON"),
    "a person": (makes(movement(9, 1), line(9, 1), reason="11010519491231002X"), "IDENTITY_IN_REASON"),
    "undo of nothing": (undoes(2), "MATCH_UNKNOWN"),
    "undo without a reason": (undoes(reason=""), "BLANK_REASON"),
    "undo that names a person": (undoes(reason="11010519491231002X"), "IDENTITY_IN_REASON"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(case: str) -> None:
    act, expected = REFUSED[case]
    scene = Scene()
    done(scene, PAIR)
    assert code(by(scene, STREAM, proposes(act), "staff:li")) == expected


def test_it_is_refused_in_the_documented_order() -> None:
    scene = Scene()
    done(scene, PAIR)
    person = "11010519491231002X"
    worst = makes(movement(1, MAX_FEN + 1), movement(1, 5), reason=person, account="ccb-5678")
    steps = [
        (worst, "MATCH_OTHER_ACCOUNT"),
        (makes(*worst.movements, reason=person), "MATCH_ONE_SIDED"),
        (makes(*worst.movements, line(1, 5), reason=person), "MATCH_NAMED_TWICE"),
        (makes(worst.movements[0], line(1, 5), reason=person), "AMOUNT_TOO_LARGE"),
        (makes(movement(1, 4), line(1, 5), reason=person), "MATCH_UNEQUAL"),
        (makes(movement(1, 5), line(1, 5), reason=person), "MATCH_TAKEN"),
        (makes(movement(9, 5), line(9, 5), reason=person), "IDENTITY_IN_REASON"),
    ]
    for act, expected in steps:
        assert code(by(scene, STREAM, proposes(act), "staff:li")) == expected


def test_months_tell_lines_of_one_name_apart() -> None:
    scene = Scene()
    done(scene, PAIR)
    other_month = makes(movement(9, 7), line(1, 7, "2022-09"))
    assert only(done(scene, other_month), ManualMatchMade).number == 2


def test_of_two_proposals_for_one_line_the_second_confirmed_is_refused() -> None:
    scene = Scene()
    other = makes(movement(9, -100), line(1, -100))
    by(scene, STREAM, proposes(PAIR, "p-1"), "staff:li")
    by(scene, STREAM, proposes(other, "p-2"), "staff:li")
    for proposal, expected in (("p-1", "ManualMatchMade"), ("p-2", "CommandRefused")):
        judged = JudgeAct(proposal=proposal, checker="wang", verdict="confirm")
        assert kinds(by(scene, STREAM, judged, "staff:wang"))[-1] == expected


members_drawn = st.lists(
    st.one_of(
        st.builds(movement, st.integers(0, 3), st.integers(-2, 2)),
        st.builds(line, st.integers(0, 3), st.integers(-2, 2)),
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None)
@given(st.lists(st.one_of(members_drawn, st.integers(1, 4)), max_size=12))
def test_whatever_is_asked_what_stands_is_equal_and_nothing_stands_twice(drawn: list[Any]) -> None:
    state, asked = MatchingState(), Scene().asked(STREAM, PAIR)
    for one in drawn:
        act = undoes(one) if isinstance(one, int) else makes(*one)
        for fact in decide(state, act, asked):
            if isinstance(fact, ManualMatchMade | ManualMatchUndone):
                evolve(state, fact)
        named = [name for match in state.stands.values() for name in members(match)]
        assert len(named) == len(set(named)) == len(state.taken)
        for match in state.stands.values():
            ours, theirs = (sum(x.amount for x in side) for side in (match.movements, match.lines))
            assert ours == theirs
            assert match.movements
            assert match.lines


def test_the_tables_keep_every_member_and_who_undid_what() -> None:
    scene = Scene()
    made, undone = done(scene, SPLIT), done(scene, undoes())
    rows = [row for fact in made + undone for row in changes(fact)]
    matches = [row for row in rows if row.table is manual_matches.MANUAL_MATCHES]
    assert [row.key for row in matches] == [(ACCOUNT, 1)] * 2
    assert matches[0].values["amount_fen"] == -150
    assert matches[0].values["made_seq"] == made[0].seq + 1 == 3, "the confirmation goes before"
    assert matches[1].values["undone_reason"] == "回单属另一笔"
    kept = [row for row in rows if row.table is manual_matches.MANUAL_MATCH_MEMBERS]
    assert [row.key[2] for row in kept[:3]] == [
        SPLIT.movements[0].movement,
        "2022-08/L2",
        "2022-08/L3",
    ]
    assert [row.key for row in kept[:3]] == [row.key for row in kept[3:]]
    assert all(set(row.values) == {"undone_on"} for row in kept[3:])


def changes(fact: Recorded) -> list[Upsert]:
    """The rows that one fact becomes."""
    found = list(manual_matches.changes(LocatedFact(fact, 0, fact.seq, "")))
    assert all(isinstance(row, Upsert) for row in found)
    return [row for row in found if isinstance(row, Upsert)]
