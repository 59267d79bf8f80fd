"""Duties: every rule on stops, plans and budgets stands on words of a notice or on `assume`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME
from policies.authoring.quotes import occurs
from policies.duties import ROOT, shipped
from policies.engine.facts_used import facts_used
from policies.engine.nodes import amounts
from policies.engine.registry import Policies
from policies.vocabulary import Monthly, Per
from policies.vocabulary.places import FUNDS

_NOTICES = ROOT.parent / "notices"


def clauses() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in _NOTICES.glob("*.yaml"):
        notice = yaml.safe_load(path.read_text("utf-8"))
        found |= {f"{notice['number']}#{one['id']}": one["text"] for one in notice["clauses"]}
    return found


def cited(node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if "quote" in node:
            yield node["cite"], node["quote"]
        if "other" in node:
            yield node["cite"], node["other"]
        for value in node.values():
            yield from cited(value)
    elif isinstance(node, list):
        for value in node:
            yield from cited(value)


def assumed(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("assume"), str):
            yield node["assume"]
        for value in node.values():
            yield from assumed(value)
    elif isinstance(node, list):
        for value in node:
            yield from assumed(value)


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_quote_stands_in_its_clause_and_every_convention_is_signed_off(path: Path) -> None:
    data, texts = yaml.safe_load(path.read_text("utf-8")), clauses()
    quotes = list(cited(data))
    assert quotes
    for cite, quote in quotes:
        assert occurs(quote, texts[cite]), f"{cite}: {quote}"
    conventions = {one["id"] for one in data.get("assume", [])}
    assert set(assumed({**data, "assume": None})) <= conventions


def test_what_lapses_at_year_end_is_a_fund_that_there_is() -> None:
    rules = shipped().budgets
    assert set(rules.year_end.lapse_of) <= set(FUNDS.values())
    assert rules.at_year_end("county_budget") == "lapse"
    assert rules.at_year_end("employment_subsidy") == "carry"


def test_every_programme_whose_amount_goes_by_months_says_for_which_and_when_they_are_due() -> None:
    table = shipped().months
    by_months: set[str] = set()
    for policy in Policies.load():
        text, name = policy.text, policy.text.policy
        lists = {fact for fact in facts_used(text) if BY_NAME[fact].type is FactType.MONTHS}
        counted = {
            one.count
            for one in amounts(text.amount)
            if isinstance(one, Per) and BY_NAME[one.count].unit in ("个月", "天")
        }
        monthly = any(isinstance(one, Monthly) for one in amounts(text.amount))
        if (lists or counted) and not monthly:
            by_months.add(name)
            rule = table.of(name)
            assert rule is not None, name
            known = set(facts_used(text))
            told = {rule[field] for field in ("listed", "start", "count", "until", "running")}
            assert told - {None} <= known, f"{policy.name}: {told}"
    assert by_months == {name for rule in table.months for name in rule.programmes}
    assert len(by_months) == 15
