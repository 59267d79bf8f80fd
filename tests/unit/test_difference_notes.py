"""What people say of a difference: one note after another, none over another, none that closes it."""

from datetime import date

from events import streams
from events.control import CommandRefused
from events.differences import (
    AssignDifference,
    DifferenceExplained,
    ExplainDifference,
    ProposedEntry,
    ProposeDifferenceEntry,
    SeenDifference,
    number_of,
)
from events.envelope import Recorded
from events.values import Command
from projections.definition.located_fact import LocatedFact
from projections.definition.table import Upsert
from projections.queries.difference_notes import DifferenceNote, summary
from projections.queries.differences import BankDifference
from projections.read_models import difference_notes
from tests.given_when_then import Scene, kinds, only

SEEN = SeenDifference(
    account="icbc-1234",
    movement="",
    month="2022-08",
    line="L7",
    kind="unknown_at_bank",
    amount=150_000,
    since=date(2022, 8, 15),
)


def assigns(after: int = 0, owner: str = "wang-qiang", reason: str = "经办") -> AssignDifference:
    return AssignDifference(
        number=SEEN.number, seen=SEEN, after=after, owner=owner, reason=reason, operator="zhao-min"
    )


def explains(after: int = 0, reason: str = "财政拨款，通知书未到") -> ExplainDifference:
    return ExplainDifference(
        number=SEEN.number,
        seen=SEEN,
        after=after,
        reason=reason,
        evidence="ab" * 32,
        expected_on=date(2022, 8, 20),
        operator="wang-qiang",
    )


def proposes(
    after: int = 0, entry: ProposedEntry = "funds_received", fund: str = "", district: str = ""
) -> ProposeDifferenceEntry:
    return ProposeDifferenceEntry(
        number=SEEN.number,
        seen=SEEN,
        after=after,
        entry=entry,
        fund=fund,
        district=district,
        reason="依拨款通知",
        operator="wang-qiang",
    )


def told(*commands: Command, stream: str = "") -> list[Recorded]:
    """What the last of these commands led to."""
    scene, last = Scene(), list[Recorded]()
    for command in commands:
        last = scene.when(stream or streams.difference("icbc-1234", SEEN.number), command)
    return last


def refused(*commands: Command, stream: str = "") -> str:
    return only(told(*commands, stream=stream), CommandRefused).code


def test_notes_follow_one_another_and_a_repeat_adds_none() -> None:
    entry = proposes(2, fund="unemployment_insurance", district="211202")
    assert kinds(told(assigns())) == ["DifferenceAssigned"]
    assert kinds(told(assigns(), explains(1))) == ["DifferenceExplained"]
    assert kinds(told(assigns(), explains(1), entry)) == ["DifferenceEntryProposed"]
    assert told(assigns(), explains(1), explains(1)) == []
    assert told(assigns(), explains(1), assigns()) == [], "what was written first is there"


def test_nobody_writes_over_a_note_that_they_have_not_seen() -> None:
    assert refused(assigns(), explains(0)) == "DIFFERENCE_NOTED_SINCE"
    assert refused(explains(1)) == "DIFFERENCE_NOTED_SINCE"


def test_a_note_is_refused_in_the_documented_order() -> None:
    other = explains().model_copy(update={"number": "D-000000000000"})
    stream = streams.difference("ccb-5678", SEEN.number)
    assert refused(other) == "DIFFERENCE_WRONG"
    assert refused(explains(), stream=stream) == "DIFFERENCE_WRONG"
    assert refused(explains(reason=" ")) == "BLANK_REASON"
    assert refused(assigns(owner=" ")) == "NOBODY_NAMED"
    assert refused(explains(reason="11010519491231002X 的款")) == "IDENTITY_IN_REASON"
    assert refused(proposes()) == "NO_FUND"
    assert kinds(told(proposes(entry="bank_result"))) == ["DifferenceEntryProposed"]


def test_a_number_stays_while_the_kind_changes_and_tells_months_apart() -> None:
    late = SEEN.model_copy(update={"kind": "late", "amount": 1})
    assert late.number == SEEN.number
    assert number_of("a", "", "2022-08", "L7") != number_of("a", "", "2022-09", "L7")
    assert number_of("a", "f-1", "2022-08", "") == number_of("a", "f-1", "", "")
    row = BankDifference(
        "icbc-1234", "unknown_at_bank", None, None, None, "L7", date(2022, 8, 15), 150_000,
        150_000, date(2022, 8, 15), 0, None, None,
    )  # fmt: skip
    assert row.number == SEEN.number


def test_the_table_keeps_every_note_and_the_last_of_each_kind_holds() -> None:
    scene = Scene()
    stream = streams.difference("icbc-1234", SEEN.number)
    said: list[Recorded] = []
    for command in (
        assigns(),
        explains(1),
        proposes(2, "bank_result"),
        explains(3, "银行重复入账"),
    ):
        said += scene.when(stream, command)
    notes = [noted(fact) for fact in said]
    assert [note.what for note in notes] == ["assigned", "explained", "entry", "explained"]
    assert [note.note for note in notes] == [1, 2, 3, 4]
    now = summary(notes)
    assert (now.owner, now.explanation, now.entry) == ("wang-qiang", "银行重复入账", "bank_result")
    assert summary(notes[:2]).explanation == only(said[1:2], DifferenceExplained).reason


def noted(fact: Recorded) -> DifferenceNote:
    """The row that one fact becomes."""
    (row,) = difference_notes.changes(LocatedFact(fact, 0, fact.seq, ""))
    assert isinstance(row, Upsert)
    names = difference_notes.DIFFERENCE_NOTES.key
    return DifferenceNote(**dict(zip(names, row.key, strict=True)), **row.values)
