"""Standards: figures are read as their type says, dated, per place, and never guessed."""

from fractions import Fraction
from pathlib import Path

import pytest

from policies.engine.versions import ROOT
from policies.reference_data.figure_reading import load_standards
from policies.reference_data.standards import NOT_STATED, Standards
from policies.vocabulary.files import FileProblem

SHIPPED = load_standards(ROOT / "parameters")


def on(name: str, region: str, day: str, standards: Standards = SHIPPED) -> object:
    return standards.figure(name, region).on(day)


def overriding(tmp_path: Path, group: str, text: str, place: str = "211200") -> Standards:
    """The shipped figures with one file of a city's own before them."""
    file = tmp_path / group / f"{place}.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return load_standards(ROOT / "parameters", tmp_path)


@pytest.mark.parametrize(
    ("name", "region", "day", "value"),
    [
        ("local.min_wage", "211202", "2021-12-31", 148_000),
        ("local.min_wage", "211202", "2020-12-31", None),
        ("local.min_wage", "211202", "2022-01-01", None),
        ("local.min_wage", "210402", "2021-06-01", None),
        ("local.dibao_rural", "211224", "2021-06-01", 571_200),
        ("local.dibao_urban", "211224", "2021-06-01", 67_100),
        ("in_work.sectors", "210402", "2021-06-01", None),
        ("flexible_si.rate_2021", "211202", "2021-07-20", None),
        ("flexible_si.rate_2021", "211202", "2021-07-21", Fraction(2, 3)),
        ("flexible_si.rate", "210402", "2021-08-01", None),
        ("startup_grant.uplift", "211202", "2022-07-21", Fraction(3, 10)),
        ("leader_si.extended_months", "211202", "2021-07-21", 24),
        ("hr_agency.per_person", "211202", "2020-04-02", 20_000),
        ("hr_agency.per_person", "210402", "2020-04-02", 20_000),
        ("in_work.max_months", "211202", "2021-12-01", 999),
        ("in_work.max_months", "210402", "2021-12-01", None),
        ("talent_housing.clawback", "211202", "2022-07-21", "按未服务天数追回"),
    ],
)
def test_a_figure_holds_in_its_place_and_time(
    name: str, region: str, day: str, value: object
) -> None:
    assert on(name, region, day) == value


def test_a_list_names_what_it_holds() -> None:
    sectors = on("in_work.sectors", "211202", "2021-12-31")
    assert sectors == ("外贸", "住宿餐饮", "文化旅游", "交通运输", "批发零售")


def test_what_is_the_same_as_another_figure_follows_it(tmp_path: Path) -> None:
    assert on("village_post.monthly", "211202", "2022-08-01") is None
    rows = "min_wage:\n- {from: 2022-08-01, to: 2022-12-31, value: 1700, source: 市政府}\n"
    city = overriding(tmp_path, "local", rows)
    assert on("village_post.monthly", "211202", "2022-07-31", city) is None
    assert on("village_post.monthly", "211202", "2022-08-01", city) == 170_000
    assert on("village_post.monthly", "211202", "2023-01-01", city) is None
    assert on("village_post.monthly", "210402", "2022-08-01", city) is None
    names = ("village_post.monthly",)
    assert SHIPPED.digest(names, "211202") != city.digest(names, "211202")
    assert SHIPPED.digest(names, "210402") == city.digest(names, "210402")


def test_every_shipped_default_says_that_no_document_states_it() -> None:
    defaults = {
        name
        for (name, _), rows in SHIPPED.stated.items()
        for row in rows
        if row.source == NOT_STATED
    }
    assert defaults == {
        "skill_upgrade.employee_rates",
        "skill_upgrade.employee_window",
        "skill_upgrade.caps_2021",
        "flexible_si.rate_2021",
        "startup_grant.uplift",
        "leader_si.extended_months",
        "hr_agency.per_person",
        "village_post.monthly",
        "talent_housing.clawback",
        "stops.resumption",
        "in_work.sectors",
        "in_work.max_months",
    }


@pytest.mark.parametrize(
    ("group", "text", "says"),
    [
        (
            "startup_grant",
            "uplift:\n- {from: 2022-07-21, value: 30, source: x}\n",
            "不是 fraction 类型",
        ),
        ("startup_grant", "uplift:\n- {from: 2022-07-21, value: 三成, source: x}\n", "三成"),
        ("in_work", "sectors:\n- {from: 2021-01-01, value: 外贸, source: x}\n", "不是 list 类型"),
        (
            "talent_housing",
            "clawback:\n- {from: 2022-07-21, value: 看情况, source: x}\n",
            "不是 word 类型",
        ),
        (
            "village_post",
            "monthly:\n- {from: 2022-07-21, same_as: in_work.sectors, source: x}\n",
            "没有声明为 yuan 类型",
        ),
        (
            "village_post",
            "monthly:\n- {from: 2022-07-21, same_as: local.min_wage, value: 1, source: x}\n",
            "二者只能有一个",
        ),
        ("local", "min_wage:\n- {from: 2022-01-01, value: 1700}\n", "须有 cite 和 quote"),
        (
            "local",
            "minwage:\n- {from: 2022-01-01, value: 1700, source: x}\n",
            "没有在 declared.yaml 声明",
        ),
    ],
)
def test_a_row_that_does_not_fit_is_refused(
    tmp_path: Path, group: str, text: str, says: str
) -> None:
    with pytest.raises(FileProblem, match=says):
        overriding(tmp_path, group, text)
