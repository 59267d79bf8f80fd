"""A bank's file of an account: held by one, taken by another, proved day by day, taken back by two."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest

from events import streams
from events.control import CommandRefused
from events.envelope import Asked, Recorded
from events.statement_files import (
    HoldStatement,
    RejectStatement,
    ReleaseStatement,
    ReverseStatement,
    StatementPartAnswered,
    StatementReversed,
    StatementTaken,
)
from events.statements import (
    LineClassificationReversed,
    LineKind,
    OpenStatement,
    RecordStatementLine,
    StatementDaysDeclined,
    StatementDaysRecorded,
    StatementReversalDeclined,
)
from projections.read_models.journal import entry
from services.banking.statements import importing
from services.banking.statements.statement import Statement, StatementLine
from services.deciders.bank_month.state import BankMonthState
from tests.example_cities import cities
from tests.given_when_then import Scene, kinds, only
from tests.statement_files import takes

ACCOUNT = cities().accounts["icbc-1234"]
NOW = datetime(2022, 10, 8, 1, tzinfo=UTC)


class L(NamedTuple):
    """A line of a file: day, fen, words, kind."""

    day: str
    amount: int
    words: str = ""
    kind: LineKind = "other"


def file(first: str, last: str, opening: int, *lines: L, name: str = "流水.csv") -> Statement:
    """A file that was read without a problem."""
    balance, read = opening, list[StatementLine]()
    for no, line in enumerate(lines, start=2):
        balance += line.amount
        read.append(
            StatementLine(
                file_line=no,
                booked_on=date.fromisoformat(line.day),
                amount=line.amount,
                reference=f"W{no}",
                purpose=line.words,
                balance_after=balance,
                kind=line.kind,
            )
        )
    return Statement(
        file=name,
        digest="f" * 64,
        bank_account=ACCOUNT.alias,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        opening_balance=opening,
        lines=tuple(read),
        problems=(),
    )


def taken(scene: Scene, statement: Statement, attempt: int = 1) -> list[Recorded]:
    """Let a file be on record."""
    return scene.ledger.ask(takes(statement, ACCOUNT, NOW, attempt))


def month(scene: Scene, name: str) -> BankMonthState:
    """What is on record of a month."""
    state = scene.ledger.store.state(streams.account(ACCOUNT.alias, name))
    assert isinstance(state, BankMonthState)
    return state


def on_record(scene: Scene, name: str = "2022-08") -> list[str]:
    """The names of the lines on record."""
    return [line.line for _, day in sorted(month(scene, name).days.items()) for line in day.lines]


def refused(facts: Iterable[Recorded]) -> str:
    """The code of the one refusal."""
    return only(facts, CommandRefused).code


AUGUST = file(
    "2022-08-01",
    "2022-08-31",
    1_000,
    L("2022-08-15", 100_000, "财政拨款", "funds_received"),
    L("2022-08-16", -150),
    L("2022-08-16", -150),
    L("2022-08-31", -5, "手续费", "fee"),
)
FILE = streams.statement_file(importing.hold(AUGUST, ACCOUNT, "li-jing").number)


def by(scene: Scene, who: str, body: object, stream: str = FILE) -> list[Recorded]:
    """Ask as somebody of the staff."""
    return scene.ledger.ask([scene.asked(stream, body)._replace(by=who, sent_at=NOW)])  # type: ignore[arg-type]


def test_a_file_counts_once_another_person_has_taken_exactly_it() -> None:
    scene = Scene()
    held = importing.hold(AUGUST, ACCOUNT, "li-jing")
    take = ReleaseStatement(number=held.number, checker="wang-fang", digest=held.digest)
    assert refused(by(scene, "staff:wang-fang", take)) == "NOT_HELD"
    assert kinds(by(scene, "staff:li-jing", held)) == ["StatementHeld"]
    assert by(scene, "staff:li-jing", held) == []
    own = take.model_copy(update={"checker": "li-jing"})
    assert refused(by(scene, "staff:li-jing", own)) == "SAME_PERSON"
    other = take.model_copy(update={"digest": "0" * 64})
    assert refused(by(scene, "staff:wang-fang", other)) == "STALE"
    back = RejectStatement(number=held.number, checker="wang-fang", reason="缺页")
    assert kinds(by(scene, "staff:wang-fang", back)) == ["StatementRejected"]
    assert kinds(by(scene, "staff:li-jing", held)) == ["StatementHeld"]
    assert kinds(by(scene, "staff:wang-fang", take)) == ["StatementReleased"]
    assert by(scene, "staff:wang-fang", take) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"bank_account": "nobody-0000"}, "WRONG_ACCOUNT"),
        ({"last": date(2022, 10, 9)}, "DAY_AHEAD"),
        ({"first": date(2022, 9, 1)}, "ENDS_BEFORE_IT_BEGINS"),
        ({"first": date(2021, 8, 30)}, "PERIOD_TOO_LONG"),
        ({"closing": 0}, "SUMS_DIFFER"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_whoever_hands_it_in(
    change: dict[str, object], code: str
) -> None:
    held = importing.hold(AUGUST, ACCOUNT, "li-jing").model_copy(update=change)
    assert refused(by(Scene(), "operator", held)) == code


def test_what_it_says_is_on_record_and_classified_and_the_file_hears_of_it() -> None:
    scene = Scene()
    facts = taken(scene, AUGUST)
    assert on_record(scene) == [
        "20220815.in.100000.1", "20220816.out.150.1", "20220816.out.150.2", "20220831.out.5.1",
    ]  # fmt: skip
    assert only(facts, StatementTaken).attempt == 1
    booked = [made for one in facts if (made := entry(one))]
    assert [(made.kind, made.postings[0].amount) for made in booked] == [
        ("funds_received", 100_000), ("fee", -5),
    ]  # fmt: skip
    words = {day: known.words for day, known in month(scene, "2022-08").days.items()}
    assert len(words) == 31, "a day without lines is proved too"
    assert words[date(2022, 8, 16)][-1][1:] == (1, 101_000, 100_700)


def test_the_same_file_changes_nothing_and_one_in_other_words_adds_nothing() -> None:
    scene = Scene()
    taken(scene, AUGUST)
    assert [k for k in kinds(taken(scene, AUGUST)) if k != "CommandRefused"] == []
    lines = [L(str(line.booked_on), line.amount, "别的话") for line in AUGUST.lines]
    other = file("2022-08-01", "2022-08-31", 1_000, *lines, name="经Excel另存.csv")
    facts = taken(scene, other)
    assert not any(day.lines for day in only(facts, StatementDaysRecorded).days)
    only(facts, StatementTaken)
    assert len(on_record(scene)) == 4


def test_a_late_line_between_the_others_is_the_only_one_that_is_added() -> None:
    scene = Scene()
    taken(scene, AUGUST)
    lines = [L(str(line.booked_on), line.amount, line.purpose, line.kind) for line in AUGUST.lines]
    later = file("2022-08-01", "2022-08-31", 1_000, lines[0], L("2022-08-15", -7), *lines[1:])
    facts = taken(scene, later)
    added = [
        line.line
        for one in facts
        if isinstance(one.body, StatementDaysRecorded)
        for day in one.body.days
        for line in day.lines
    ]
    assert added == ["20220815.out.7.1"]
    assert month(scene, "2022-08").word_on(date(2022, 8, 31))[3] == 100_688  # type: ignore[index]


def test_a_second_half_may_come_before_the_first() -> None:
    scene = Scene()
    second = file("2022-08-16", "2022-08-31", 101_000, L("2022-08-16", -150), L("2022-08-31", -5))
    only(taken(scene, second), StatementTaken)
    first = file("2022-08-01", "2022-08-15", 1_000, L("2022-08-15", 100_000))
    only(taken(scene, first), StatementTaken)
    assert len(on_record(scene)) == 3


@pytest.mark.parametrize(
    ("statement", "code", "about"),
    [
        # the bank now says less than it did: one of the two files is wrong
        (file("2022-08-16", "2022-08-16", 101_000, L("2022-08-16", -150)), "LINE_MISSING",
         "20220816.out.150.2"),
        (file("2022-08-16", "2022-08-16", 101_000, L("2022-08-16", -151), L("2022-08-16", -149)),
         "LINE_MISSING", "20220816.out.150.1"),
        # another opening: it does not follow the day before, which this file does not cover
        (file("2022-08-17", "2022-08-31", 100_000, L("2022-08-31", -5)), "BALANCE_BREAKS",
         "2022-08-17"),
        # another closing: the day after, which this file does not cover, would not follow
        (file("2022-08-15", "2022-08-15", 1_000, L("2022-08-15", 100_000), L("2022-08-15", 1)),
         "BALANCE_BREAKS", "2022-08-16"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_the_record_is_declined_whole_and_says_where(
    statement: Statement, code: str, about: str
) -> None:
    scene = Scene()
    taken(scene, AUGUST)
    before = on_record(scene)
    facts = taken(scene, statement)
    declined = only(facts, StatementDaysDeclined)
    assert (declined.code, declined.about) == (code, about)
    answered = only(facts, StatementPartAnswered)
    assert (answered.verdict, answered.code, answered.about) == ("declined", code, about)
    assert on_record(scene) == before


def test_lines_that_came_as_messages_are_the_same_lines() -> None:
    scene = Scene()
    stream = streams.account(ACCOUNT.alias, "2022-08")
    scene.when(
        stream, OpenStatement(bank_account=ACCOUNT.alias, month="2022-08", opening_balance=1_000)
    )
    message = RecordStatementLine(
        bank_account=ACCOUNT.alias,
        line="bank-77",
        booked_on=date(2022, 8, 16),
        amount=-150,
        reference="R",
        purpose="",
    )
    scene.when(stream, message)
    only(taken(scene, AUGUST), StatementTaken)
    assert on_record(scene) == [
        "20220815.in.100000.1", "bank-77", "20220816.out.150.2", "20220831.out.5.1",
    ]  # fmt: skip
    off = file("2022-08-01", "2022-08-02", 999)
    assert only(taken(scene, off), StatementDaysDeclined).code == "OPENING_DIFFERS"


def reverses(scene: Scene, statement: Statement, reason: str = "导错账户") -> list[Recorded]:
    """Take a file back, as two people do."""
    number = importing.hold(statement, ACCOUNT, "li-jing").number
    return scene.when(
        streams.statement_file(number), ReverseStatement(number=number, reason=reason)
    )


def test_a_wrong_file_is_taken_back_with_its_entries_and_a_right_one_takes_its_place() -> None:
    scene = Scene()
    wrong = file("2022-08-01", "2022-09-10", 0, L("2022-08-15", 77, "利息", "interest"))
    taken(scene, wrong)
    facts = reverses(scene, wrong)
    only(facts, StatementReversed)
    assert on_record(scene) == on_record(scene, "2022-09") == []
    back = next(one for one in facts if isinstance(one.body, LineClassificationReversed))
    made = entry(back)
    assert made is not None
    assert (made.value_on, made.postings[0].amount) == (date(2022, 8, 15), -77)
    only(taken(scene, AUGUST), StatementTaken)
    again = taken(scene, file("2022-08-15", "2022-08-15", 0))
    only(again, StatementDaysDeclined)


def test_the_later_of_two_files_that_speak_of_a_day_goes_first() -> None:
    scene = Scene()
    taken(scene, AUGUST)
    more = [L(str(one.booked_on), one.amount, one.purpose, one.kind) for one in AUGUST.lines[:3]]
    later = file("2022-08-15", "2022-08-16", 1_000, *more)
    taken(scene, later)
    number = importing.hold(later, ACCOUNT, "li-jing").number
    declined = only(reverses(scene, AUGUST), StatementReversalDeclined)
    assert (declined.code, declined.about) == ("LATER_FILE", number)
    only(reverses(scene, later), StatementReversed)
    only(reverses(scene, AUGUST), StatementReversed)
    assert on_record(scene) == []


def test_nothing_is_taken_back_that_was_never_taken() -> None:
    assert refused(reverses(Scene(), AUGUST)) == "NOT_TAKEN"


def test_a_file_taken_back_and_taken_again_has_new_names_for_its_lines() -> None:
    scene = Scene()
    taken(scene, AUGUST)
    reverses(scene, AUGUST)
    assert only(taken(scene, AUGUST, attempt=2), StatementTaken).attempt == 2
    assert on_record(scene)[0] == "20220815.in.100000.2"


def test_a_day_too_long_for_one_command_is_recorded_in_pieces() -> None:
    scene = Scene()
    many = [L("2022-08-15", -1 - no % 3, "代发" * 40) for no in range(4_000)]
    statement = file("2022-08-14", "2022-08-16", 10**6, *many)
    parts = importing.to_record(statement, ACCOUNT).parts
    assert len(parts) > 2
    facts = taken(scene, statement)
    only(facts, StatementTaken)
    assert len(on_record(scene)) == 4_000
    assert on_record(scene) == list(dict.fromkeys(on_record(scene)))
    lengths = [len(a.body.model_dump_json().encode()) for a in asked_of(statement)]
    assert max(lengths) < 600_000, "far below what a record may hold"


def asked_of(statement: Statement) -> list[Asked]:
    """The parts of a file as commands."""
    return [
        one
        for one in takes(statement, ACCOUNT, NOW)
        if not isinstance(one.body, HoldStatement | ReleaseStatement)
    ]


def test_one_that_was_taken_and_cannot_be_recorded_may_still_go_back() -> None:
    scene = Scene()
    held = importing.hold(AUGUST, ACCOUNT, "li-jing")
    by(scene, "staff:li-jing", held)
    take = ReleaseStatement(number=held.number, checker="wang-fang", digest=held.digest)
    by(scene, "staff:wang-fang", take)
    own = RejectStatement(number=held.number, checker="li-jing", reason="文件打不开")
    assert refused(by(scene, "staff:li-jing", own)) == "SAME_PERSON"
    back = own.model_copy(update={"checker": "wang-fang"})
    assert kinds(by(scene, "staff:wang-fang", back)) == ["StatementRejected"]
    # the clerk was at it all the same: what is recorded is what counts
    facts = scene.ledger.ask(asked_of(AUGUST))
    only(facts, StatementTaken)
    assert refused(by(scene, "staff:wang-fang", back)) == "NOT_HELD"


@pytest.mark.parametrize("who", ["staff:li-jing", "operator", "intake"])
def test_nobody_records_days_but_by_the_rule(who: str) -> None:
    body = asked_of(AUGUST)[0]
    facts = Scene().ledger.ask([body._replace(by=who)])
    assert refused(facts) == "BY_RULE_ALONE"


def test_a_part_that_is_asked_twice_is_recorded_once() -> None:
    scene = Scene()
    asked = takes(AUGUST, ACCOUNT, NOW)
    scene.ledger.ask([*asked, *asked[2:]])
    assert len(on_record(scene)) == 4
    day = month(scene, "2022-08").days[date(2022, 8, 16)]
    assert len(day.words) == 1
    assert (date(2022, 8, 31) - date(2022, 8, 1)) == timedelta(days=30)
