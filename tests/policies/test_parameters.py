"""Every parameter that a card names has an effect: it is turned, and some case comes out otherwise."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from events.approvals import ServiceLeftEarly
from events.instalments import EndPlan
from events.status import RecordStatus
from events.values import Command, FactValue
from policies.authoring.golden import Prepared, load_for, prepared
from policies.engine.nodes import figures_used
from policies.engine.registry import Policies
from policies.engine.versions import ROOT
from policies.reference_data.standards import FigureRow, Standards, Value
from policies.vocabulary.files import parsed
from tests.example_cities import policies_with
from tests.given_when_then import DISTRICT, ZHANG, Scene, applies, policies, pre_checks

CASES = Path(__file__).parent
IN_DUTIES = {"talent_housing.clawback", "stops.resumption", "disclosure.period"}
"""Parameters that no version asks for but a duty, or a public list: each has its own test."""


def declared() -> list[str]:
    """Every parameter that a city may set."""
    return sorted(parsed(ROOT / "parameters" / "declared.yaml").data)


def asked() -> dict[str, set[str]]:
    """By parameter, the programmes whose versions ask for it."""
    found: dict[str, set[str]] = {}
    for policy in policies():
        for name in figures_used(policy.text):
            found.setdefault(name, set()).add(policy.text.policy)
    return found


@cache
def law() -> dict[str | None, Policies]:
    return load_for(CASES)


@cache
def cases() -> tuple[Prepared, ...]:
    return tuple(prepared(CASES))


def turned(standards: Standards, name: str) -> Iterator[Standards]:
    """The figures with one of them turned, wherever it is stated, also to its unlikely ends."""
    kind = standards.declared[name].type
    values: dict[str, list[Value]] = {
        "count": [0, 1, 999],
        "yuan": [1, 9_999_999],
        "period": ["1D", "1200M"],
        "month": ["1990-01", "2090-01"],
        "fraction": ["1/997", "996/997"],
        "list": [["没有这一类"]],
        "table": [{"五级": 1, "四级": 1, "三级": 1, "二级": 1, "一级": 1, "专项职业能力": 1}],
    }
    for value in values.get(kind, []):
        row = FigureRow.model_validate(
            {"from": date(1990, 1, 1), "value": value, "source": "turned"}
        )
        places = ("210000", "211200", "210400")
        stated = {**standards.stated, **{(name, place): (row,) for place in places}}
        yield Standards(standards.declared, stated)


def outcome(case: Prepared, law_then: Policies) -> object:
    said = law_then.evaluate(case.claim, case.past)
    return said[1:] if said.policy is not None else said


def versions(name: str) -> set[str]:
    """The golden files of the versions that ask for a parameter."""
    return {
        f"{policy.text.policy}/{policy.text.jurisdiction}-{policy.text.version}"
        for policy in policies()
        if name in figures_used(policy.text)
    }


def has_effect(name: str) -> bool:
    wanted = versions(name)
    for directory, shipped in law().items():
        mine = [
            (one, outcome(one, shipped))
            for one in cases()
            if one.parameters == directory
            and f"{one.file.parent.name}/{one.file.stem.removesuffix('-set')}" in wanted
        ]
        if not mine:
            continue
        for standards in turned(shipped.standards, name):
            other = Policies(tuple(shipped), standards)
            if any(outcome(one, other) != before for one, before in mine):
                return True
    return False


@pytest.mark.parametrize("name", [name for name in declared() if name not in IN_DUTIES])
def test_a_parameter_that_is_turned_changes_an_outcome(name: str) -> None:
    assert asked().get(name), f"{name} is declared and no version asks for it"
    assert has_effect(name), f"{name} can be turned without any effect"


HOUSED: dict[str, FactValue] = {
    "graduate.kind": "高校毕业生",
    "diploma.level": "硕士",
    "diploma.dated_on": "2022-06-30",
    "diploma.double_first_class": False,
    "person.born_on": "1995-03-07",
    "talent.route": "新引进或新录用",
    "talent.employer": ["企业"],
    "hire.began_on": "2022-08-01",
    "service.promised_months": 60,
    "home.commercial": True,
    "home.region": DISTRICT,
}
LEFT = RecordStatus(status="left", since=date(2023, 8, 1), source="police")
ENDED = EndPlan(
    application="district:a",
    ended_on=date(2023, 8, 1),
    because="left",
    document="离职-1",
    source="employer",
)


def due_back(tmp_path: Path, manner: str, command: Command) -> list[ServiceLeftEarly]:
    folder = tmp_path / "talent_housing"
    folder.mkdir()
    row = f"- {{from: 2022-07-21, value: {manner}, source: 市政府}}\n"
    (folder / "211200.yaml").write_text(f"clawback:\n{row}", "utf-8")
    scene = Scene("2022-09-01", policies_with(tmp_path))
    scene.budget(1_000_000, f"budget/fund/talent_development/{DISTRICT}/2022")
    claim = applies("a", HOUSED, programme="talent-housing", applied_on="2022-09-01")
    scene.when(ZHANG, claim)
    scene.when(ZHANG, pre_checks("a"))
    facts = scene.when(ZHANG, command)
    return [one.body for one in facts if isinstance(one.body, ServiceLeftEarly)]


@pytest.mark.parametrize("command", [LEFT, ENDED], ids=["status", "plan"])
@pytest.mark.parametrize(
    ("manner", "due"),
    [("按未服务天数追回", 100_000_00 * 1461), ("全额追回", 100_000_00 * 1826), ("不追回", None)],
)
def test_the_city_says_what_is_due_back_of_a_home_whoever_tells_that_somebody_left(
    tmp_path: Path, manner: str, due: int | None, command: Command
) -> None:
    found = due_back(tmp_path, manner, command)
    if due is None:
        assert found == []
        return
    (one,) = found
    assert (one.unserved, one.manner) == (round(due / 1826), manner)
    assert one.document == "铁市就组发〔2022〕1号 十六"


def test_a_service_that_was_left_is_asked_back_once(tmp_path: Path) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    assert len(due_back(folder, "全额追回", LEFT)) == 1
    scene = Scene("2022-09-01")
    scene.budget(1_000_000, f"budget/fund/talent_development/{DISTRICT}/2022")
    scene.when(ZHANG, applies("a", HOUSED, programme="talent-housing", applied_on="2022-09-01"))
    scene.when(ZHANG, pre_checks("a"))
    first = [*scene.when(ZHANG, LEFT), *scene.when(ZHANG, ENDED)]
    assert len([one for one in first if isinstance(one.body, ServiceLeftEarly)]) == 1
