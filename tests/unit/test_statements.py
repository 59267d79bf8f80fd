"""Statements: the bank's own words, a line a fact; what was said once is never changed."""

from datetime import date

import pytest

from events import streams
from events.control import CommandRefused
from events.statements import (
    LineKind,
    OpenStatement,
    RecordOpeningBalance,
    RecordStatementLine,
    StatementLineClassified,
    StatementLineRecorded,
)
from events.values import Command
from tests.given_when_then import Scene, kinds, only

MONTH = streams.account("icbc-1234", "2022-08")
OPEN = OpenStatement(bank_account="icbc-1234", month="2022-08", opening_balance=-5)
BALANCE = RecordOpeningBalance(
    bank_account="icbc-1234",
    fund="employment_subsidy",
    district="211202",
    amount=100,
    document="期初",
)


def line(kind: LineKind = "other", fund: str = "", amount: int = -150_000) -> RecordStatementLine:
    """Tell a line of the statement."""
    return RecordStatementLine(
        bank_account="icbc-1234",
        line="20220801-0001",
        booked_on=date(2022, 8, 1),
        amount=amount,
        reference="B220831000300001",
        purpose="补贴",
        kind=kind,
        fund=fund,
        district="211202" if fund else "",
    )


@pytest.mark.parametrize("command", [OPEN, BALANCE, line()])
def test_what_the_bank_says_is_kept_and_its_repeat_changes_nothing(command: Command) -> None:
    scene = Scene()
    asked = scene.asked(MONTH, command)
    assert len(scene.ledger.ask([asked])) == 1
    assert scene.ledger.ask([asked]) == []
    assert scene.when(MONTH, command) == []


@pytest.mark.parametrize(
    ("first", "other", "code"),
    [
        (OPEN, OPEN.model_copy(update={"opening_balance": 5}), "OPENING_DIFFERS"),
        (BALANCE, BALANCE.model_copy(update={"amount": 1}), "OPENING_DIFFERS"),
        (line(), line(amount=-1), "LINE_DIFFERS"),
        (line("fee", "employment_subsidy"), line("fee", amount=-1), "LINE_DIFFERS"),
    ],
)
def test_other_words_about_the_same_thing_are_refused(
    first: Command, other: Command, code: str
) -> None:
    scene = Scene()
    scene.when(MONTH, first)
    assert only(scene.when(MONTH, other), CommandRefused).code == code


def test_another_fund_has_a_balance_of_its_own() -> None:
    scene = Scene()
    scene.when(MONTH, BALANCE)
    other = BALANCE.model_copy(update={"fund": "skills_special_account"})
    assert kinds(scene.when(MONTH, other)) == ["OpeningBalance"]


@pytest.mark.parametrize("kind", ["funds_received", "interest", "fee"])
def test_a_line_that_says_what_it_is_is_classified(kind: LineKind) -> None:
    facts = Scene().when(MONTH, line(kind, "employment_subsidy"))
    assert only(facts, StatementLineRecorded).line == "20220801-0001"
    assert only(facts, StatementLineClassified).kind == kind


@pytest.mark.parametrize("kind", ["payment", "refund", "other"])
def test_any_other_line_waits_for_its_match(kind: LineKind) -> None:
    assert kinds(Scene().when(MONTH, line(kind))) == ["StatementLineRecorded"]


def test_a_classified_line_must_name_its_fund() -> None:
    assert only(Scene().when(MONTH, line("interest")), CommandRefused).code == "NO_FUND"


@pytest.mark.parametrize(
    ("fund", "district"), [("", "211202"), ("employment_subsidy", ""), ("", "")]
)
def test_a_line_that_says_what_it_is_must_say_whose_money_it_is(fund: str, district: str) -> None:
    said = line("fee", "employment_subsidy").model_copy(update={"fund": fund, "district": district})
    refused = only(Scene().when(MONTH, said), CommandRefused)
    assert (refused.code, refused.about) == ("NO_FUND", "20220801-0001")
