"""A report is issued once, under the number of what it says, when its period is over."""

from datetime import date

import pytest
from msgspec import ValidationError

from events import streams
from events.codec import Unwritable, encode_command
from events.control import CommandRefused
from events.envelope import Asked, Recorded
from events.reports import IssueReport, WithdrawReport, number_of
from events.values import Command
from tests.given_when_then import Scene, kinds, only
from tests.handmade_ledgers import START

FILES = {"pdf": "e" * 64, "xlsx": "f" * 64}
AUGUST = {"area": "211200", "fund": "unemployment-insurance", "month": "2022-08"}


def issue(
    vector: str = "0:12",
    through: date = date(2022, 8, 31),
    files: dict[str, str] = FILES,
    digest: str = "d" * 64,
) -> IssueReport:
    return IssueReport(
        number=number_of("fund-month", 1, AUGUST, vector, "a" * 64, digest),
        kind="fund-month",
        form=1,
        region="211200",
        parameters=AUGUST,
        through=through,
        vector=vector,
        rules="a" * 64,
        digest=digest,
        files=files,
        maker="li-jing",
    )


NUMBER = issue().number
WITHDRAW = WithdrawReport(number=NUMBER, checker="wang-fang", reason="区划选错")
SEPTEMBER = date(2022, 9, 1)


def played(*commands: Command, on: date = SEPTEMBER) -> list[Recorded]:
    """What the last of these commands led to, asked on a day after the month."""
    scene, last = Scene(), list[Recorded]()
    scene.on = on
    for command in commands:
        last = scene.when(streams.report(NUMBER), command)
    return last


def refused(*commands: Command, on: date = SEPTEMBER) -> str:
    return only(played(*commands, on=on), CommandRefused).code


def test_a_report_is_issued_once_and_taken_back_by_another() -> None:
    assert kinds(played(issue())) == ["ReportIssued"]
    assert kinds(played(issue(), issue())) == []
    assert kinds(played(issue(), WITHDRAW)) == ["ReportWithdrawn"]
    assert kinds(played(issue(), WITHDRAW, WITHDRAW)) == []


def test_who_issued_it_cannot_take_it_back() -> None:
    own = WITHDRAW.model_copy(update={"checker": "Li-Jing"})
    assert refused(issue(), own) == "SAME_PERSON"
    assert kinds(played(issue(), own, WITHDRAW)) == ["ReportWithdrawn"]


def test_what_was_taken_back_is_not_issued_again() -> None:
    assert refused(issue(), WITHDRAW, issue()) == "TAKEN_BACK"


def test_nothing_is_taken_back_that_was_not_issued() -> None:
    assert refused(WITHDRAW) == "NOT_ISSUED"


@pytest.mark.parametrize("other", [issue(vector="0:13"), issue(digest="c" * 64)])
def test_a_report_has_the_number_of_what_it_says_and_no_other(other: IssueReport) -> None:
    assert refused(other.model_copy(update={"number": NUMBER})) == "NOT_ITS_NUMBER"
    # its own number, but the history of another report
    assert refused(other) == "NOT_ITS_NUMBER"


def test_a_report_without_a_file_is_none() -> None:
    assert refused(issue(files={})) == "NO_FILE"


def test_a_month_is_reported_when_it_is_over() -> None:
    assert refused(issue(), on=date(2022, 8, 31)) == "NOT_OVER"
    assert kinds(played(issue(), on=SEPTEMBER)) == ["ReportIssued"]


def test_the_number_does_not_depend_on_the_order_of_what_was_asked() -> None:
    turned = dict(reversed(AUGUST.items()))
    assert number_of("fund-month", 1, turned, "0:12", "a" * 64, "d" * 64) == NUMBER


@pytest.mark.parametrize(
    "wrong", [{"vector": "0:12;"}, {"digest": "d"}, {"number": "R-1"}, {"files": {"pdf": "e"}}]
)
def test_what_is_no_digest_number_or_vector_is_not_written(wrong: dict[str, object]) -> None:
    asked = Asked(
        "7d9f7c3a-94b9-5a3f-8a41-0f6f6f2f4c11",
        streams.report(NUMBER),
        START,
        SEPTEMBER,
        "staff:li-jing",
        issue().model_copy(update=wrong),
    )
    with pytest.raises((Unwritable, ValidationError)):
        encode_command(asked)
