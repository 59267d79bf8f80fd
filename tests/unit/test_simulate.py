"""Simulate: scenarios lead to the facts that the notices ask for, and to the same ones every time."""

from pathlib import Path

import orjson
import pytest

from policies.authoring.quotes import clause_text, load_notices, occurs
from policies.engine.versions import ROOT
from services.tools.simulation.simulate import simulate
from tests.duty_scenarios import DUTIES
from tests.example_cities import policies_with
from tests.scenario_folders import (
    CITY,
    NAMES,
    about,
    balances_expected,
    by_time,
    digest,
    expected,
    messages,
    outline,
    rehearsed,
)

POLICIES = policies_with(CITY)
NOTICES = load_notices(ROOT / "notices")


def played(name: str) -> list[str]:
    return list(simulate(messages(name), POLICIES))


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_leads_to_the_facts_that_the_notices_ask_for(name: str) -> None:
    assert [outline(orjson.loads(line)) for line in played(name)] == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_played_twice_is_the_same_to_the_byte(name: str) -> None:
    assert played(name) == played(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_ends_with_the_balances_that_were_worked_out(name: str) -> None:
    assert rehearsed(messages(name), POLICIES).balances == balances_expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_says_which_duty_it_shows_and_quotes_the_clause(name: str) -> None:
    told = about(name)
    assert told["title"]
    assert set(told["duties"]) <= set(DUTIES)
    text = clause_text(NOTICES, told["cite"])
    assert text is not None, told["cite"]
    assert occurs(told["quote"], text)


def test_every_duty_is_shown_by_a_scenario() -> None:
    assert {duty for name in NAMES for duty in about(name)["duties"]} == set(DUTIES)


def test_every_folder_holds_a_whole_scenario() -> None:
    folders = (Path(__file__).parents[1] / "scenarios").iterdir()
    assert sorted(folder.name for folder in folders) == list(NAMES)


def test_every_journal_entry_is_balanced() -> None:
    entries = [
        orjson.loads(line)["entry"] for name in NAMES for line in played(name) if '"entry"' in line
    ]
    assert entries
    for entry in entries:
        assert sum(posting["amount_fen"] for posting in entry["postings"]) == 0


def test_scenarios_in_one_ledger_lead_to_what_they_lead_to_alone() -> None:
    together = simulate(by_time(NAMES), POLICIES)
    alone = [orjson.loads(line) for name in NAMES for line in played(name)]
    assert digest(map(orjson.loads, together)) == digest(alone)


def test_the_digest_sees_another_amount() -> None:
    facts = [orjson.loads(line) for line in played(NAMES[0])]
    before = digest(facts)
    granted = next(fact for fact in facts if fact["type"] == "ApprovalGranted")
    granted["body"]["amount"] += 1
    assert digest(facts) != before


def test_what_is_no_message_is_refused_with_its_code_and_the_next_line_is_taken() -> None:
    good = messages("caps-of-a-year")[0]
    lines = [b"{", b"[]", b'"text"', b"", b'{"type": 7, "time": 9}', good]
    told = [orjson.loads(line) for line in simulate(lines, POLICIES)]
    assert [one["type"] for one in told] == ["MessageRefused"] * 4 + ["BudgetAllocated"]
    assert all(one["problems"] for one in told[:-1])
