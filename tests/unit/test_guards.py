"""Guards: an amount past the bound, a fund, a district or a year that there is not, by every act."""

from typing import Any, get_args

import orjson
import pytest
from msgspec.structs import fields

from events import CATALOGUE, COMMANDS
from events.codec import command_of
from events.contract.inbound.fields import MAX_FEN
from events.control import CommandRefused
from events.envelope import Asked, Position
from events.hands import HANDS, NOBODY_ALONE
from events.values import Fen, SignedFen
from services.streams import StreamStore
from tests.flow_diagram import GOLDEN
from tests.given_when_then import kinds, only, policies
from tests.unit.test_two_people import proposes

AMOUNTS = [
    ("AdjustBudget", "by"),
    ("AllocateBudget", "amount"),
    ("ConfirmAdjustment", "by"),
    ("GrantAdvance", "planned"),
    ("HoldStatement", "came_in"),
    ("HoldStatement", "closing"),
    ("HoldStatement", "opening"),
    ("HoldStatement", "went_out"),
    ("ClassifyStatementLine", "amount"),
    ("ReverseClassification", "amount"),
    ("OpenStatement", "opening_balance"),
    ("OrderClawback", "amount"),
    ("OrderClawback", "floor"),
    ("ProposeAdjustment", "by"),
    ("ProposeClawback", "amount"),
    ("ProposeClawback", "floor"),
    ("ProposeWriteOff", "amount"),
    ("RecordBankResult", "amount"),
    ("RecordOpeningBalance", "amount"),
    ("RecordPriorUse", "amount"),
    ("RecordRecovery", "amount"),
    ("RecordStatementLine", "amount"),
    ("RecordStatementLine", "balance_after"),
    ("ReviewApplication", "amount"),
]
"""Every amount that somebody states."""

NO_AMOUNT = {
    ("HoldImport", "total"),  # counted from the rows of a file that two people look at
    ("RecordEvidence", "measure"),  # days, or fen that only a share of can be paid of a known plan
    ("PrepareDisclosure", "total"),  # compared with its lines; of a statement two people look at it
    ("ReleaseBatch", "total"),  # compared with the batch as it was prepared
}
"""Figures in fen that are compared with what is on record, whatever they are."""

SIGNED = {"by", "opening_balance", "balance_after", "opening", "closing"}

OF_LINES = (
    "AdjustBudget",
    "AllocateBudget",
    "CloseLine",
    "ConfirmAdjustment",
    "ProposeAdjustment",
)
"""Commands that a budget line answers and somebody sends."""


def states_fen(kind: Any) -> bool:
    """Tell whether a field holds an amount."""
    return any(one in (Fen, SignedFen) for one in (kind, *get_args(kind)))


def golden(name: str, **changed: object) -> Asked:
    """The golden command of a type, as somebody outside sends it: an act of two by both."""
    asked = command_of(
        orjson.loads((GOLDEN / f"{name}.v{CATALOGUE[name].version}.json").read_bytes())
    )
    act = asked.body.model_copy(update=changed)
    if name in NOBODY_ALONE:
        act = proposes(act, maker="hrss:li", checker="hrss:wang")
    return asked._replace(by="intake", body=act)


def refusal(asked: Asked) -> tuple[str, str, str]:
    """The command that a new ledger refuses, why, and what is told of it."""
    decision = StreamStore(policies()).decide(asked, Position(0, 0, 0))
    assert kinds(decision.facts) == ["CommandRefused"]
    refused = only(decision.facts, CommandRefused)
    return refused.command, refused.code, refused.text


def codes(asked: Asked) -> set[str]:
    """The codes of whatever refusals a new ledger answers with."""
    facts = StreamStore(policies()).decide(asked, Position(0, 0, 0)).facts
    assert "CommandSetAside" not in kinds(facts)
    return {fact.body.code for fact in facts if isinstance(fact.body, CommandRefused)}


def test_no_amount_that_somebody_states_is_forgotten() -> None:
    stated = {
        (name, field.name)
        for name, command in COMMANDS.items()
        if HANDS[name].takes != "rule"
        for field in fields(command)
        if states_fen(field.type)
    }
    assert stated == {*AMOUNTS, *NO_AMOUNT}


@pytest.mark.parametrize(("name", "field"), AMOUNTS)
def test_an_amount_past_the_bound_is_refused_and_the_bound_itself_is_not(
    name: str, field: str
) -> None:
    signs = (1, -1) if field in SIGNED or name == "RecordStatementLine" else (1,)
    for sign in signs:
        past = refusal(golden(name, **{field: sign * (MAX_FEN + 1)}))
        assert past == (name, "AMOUNT_TOO_LARGE", "")
        assert "AMOUNT_TOO_LARGE" not in codes(golden(name, **{field: sign * MAX_FEN}))


@pytest.mark.parametrize("name", OF_LINES)
@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("fund/gold/211202/2022", "UNKNOWN_FUND", "gold"),
        ("fund//211202/2022", "UNKNOWN_FUND", ""),
        ("purse/unemployment_insurance/211202/2022", "UNKNOWN_FUND", "unemployment_insurance"),
        ("fund/unemployment_insurance/211202", "UNKNOWN_FUND", None),
        ("fund/unemployment_insurance/211202/year", "UNKNOWN_FUND", None),
        ("fund/unemployment_insurance/999999/2022", "UNKNOWN_DISTRICT", "999999"),
        ("fund/unemployment_insurance//2022", "UNKNOWN_DISTRICT", ""),
        ("fund/unemployment_insurance/210100/2022", "UNKNOWN_DISTRICT", "210100"),
        ("ceiling/no-such-office/999999/2022", "UNKNOWN_DISTRICT", "999999"),
        ("fund/unemployment_insurance/211202/1999", "WRONG_YEAR", "1999"),
        ("fund/unemployment_insurance/211202/2101", "WRONG_YEAR", "2101"),
        ("fund/unemployment_insurance/211202/0", "WRONG_YEAR", "0"),
        ("fund/unemployment_insurance/211202/02022", "WRONG_YEAR", "02022"),
        ("ceiling/quota/211202/1999", "WRONG_YEAR", "1999"),
        # the first that matches is told
        ("fund/gold/999999/1999", "UNKNOWN_FUND", "gold"),
        ("fund/unemployment_insurance/999999/1999", "UNKNOWN_DISTRICT", "999999"),
    ],
)
def test_a_line_of_a_fund_district_or_year_that_there_is_not_is_refused(
    name: str, line: str, code: str, told: str | None
) -> None:
    stream = f"budget/{line}"
    asked = golden(name)._replace(stream=stream)
    assert refusal(asked) == (name, code, stream if told is None else told)


@pytest.mark.parametrize("name", OF_LINES)
@pytest.mark.parametrize(
    "line",
    [
        "fund/unemployment_insurance/211202/2000",
        "fund/unemployment_insurance/211202/2100",
        "ceiling/quota/211202/0",
    ],
)
def test_a_line_at_the_bounds_is_not_refused_for_its_name(name: str, line: str) -> None:
    found = codes(golden(name)._replace(stream=f"budget/{line}"))
    assert not found & {"UNKNOWN_FUND", "UNKNOWN_DISTRICT", "WRONG_YEAR"}
