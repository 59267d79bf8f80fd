"""Counts against targets: participations and persons, each target by its own rule, none added."""

from datetime import date
from typing import Any

import pytest

from events import streams
from events.applications import ApplicationCorrected, ApplicationFiled, ApplicationWithdrawn
from events.approvals import ApprovalRevoked
from events.values import FactValue
from policies.duties.counts import counts
from policies.reference_data.targets import Targets
from projections.engine.folding import Folded
from tests.example_cities import cities
from tests.handmade_ledgers import History, filed, granted

PERSON = "person-1"
TARGETS = cities().by_code["211200"].targets or Targets()
COURSE: dict[str, FactValue] = {
    "course.began_on": "2022-08-20",
    "training.group": ["退役军人", "返乡农民工"],
    "certificate.code": "6-31-01-03",
    "certificate.level": "四级",
    "certificate.issued_on": "2022-11-01",
}


def enters(
    programme: str, facts: dict[str, FactValue], applied_on: str = "2023-01-05"
) -> dict[str, int]:
    found = counts().entered(programme, date.fromisoformat(applied_on), facts)
    return {one.id: one.on.year for one in found}


def test_every_target_is_counted_or_it_is_said_why_not() -> None:
    table = counts()
    counted = {one.id for one in table.counts} | {one.id for one in table.vouchers}
    silent = {one.id for one in table.uncounted}
    wanted = {target.id for target in TARGETS.yearly}
    assert not counted & silent
    assert wanted <= counted | silent
    assert {one.id for one in table.counts if one.label} == counted - wanted, "others have a name"


def test_a_count_has_the_unit_of_its_target() -> None:
    for target in TARGETS.of_year(2022):
        rule = counts().of(target.id)
        if rule is not None and target.unit in ("人次", "人"):
            assert rule.unit == target.unit, target.id


def test_one_course_enters_every_count_that_it_belongs_to_in_the_year_of_its_first_day() -> None:
    assert enters("free-training", COURSE) == {
        "trained": 2022,
        "urgent_occupations": 2022,
        "migrant_workers": 2022,
        "veterans": 2022,
    }


def test_high_skilled_begins_at_level_three_and_goes_by_the_certificates_day() -> None:
    late = {**COURSE, "certificate.level": "三级", "certificate.issued_on": "2023-01-02"}
    assert enters("free-training", late)["high_skilled"] == 2023
    assert "high_skilled" not in enters("free-training", COURSE)
    assert enters("skill-upgrade", {"certificate.level": "二级"}, "2022-12-31") == {
        "high_skilled": 2022
    }, "no day of the certificate: the day of the application"


def test_in_work_training_goes_by_its_first_month() -> None:
    months: dict[str, FactValue] = {"in_work.months": ["2022-01", "2021-12"]}
    assert enters("in-work-training-hire", months)["in_work_training"] == 2021


def test_what_is_no_training_enters_nothing() -> None:
    assert enters("talent-living", COURSE) == {}


@pytest.mark.parametrize("code", ["", "0-00-00-00"])
def test_an_occupation_outside_the_catalogue_is_not_urgent(code: str) -> None:
    other = {**COURSE, "certificate.code": code, "certificate.occupation": "不在目录"}
    assert "urgent_occupations" not in enters("free-training", other)


def claim(
    key: str, facts: dict[str, FactValue], programme: str = "free-training"
) -> ApplicationFiled:
    body = filed(key, PERSON)
    stated = body.stated.model_copy(update={"programme": programme, "facts": facts})
    return body.model_copy(update={"stated": stated})


def entries(*bodies: Any, table: str = "participations") -> dict[str, dict[str, Any]]:
    """The rows of one person's history, by the count they enter."""
    history = History()
    history.add(streams.beneficiary(PERSON), *bodies)
    folded = Folded()
    folded.add(history.located())
    return {key[1]: row for key, row in folded.states[table].items()}


def grant(key: str) -> Any:
    body = granted(key, PERSON)
    policy = body.policy.model_copy(update={"programme": "free-training"})
    return body.model_copy(update={"policy": policy})


def test_an_entry_counts_from_the_grant_on() -> None:
    waiting = entries(claim("d:1", COURSE))
    assert set(waiting) == {"trained", "urgent_occupations", "migrant_workers", "veterans"}
    assert not any(row.get("granted_on") for row in waiting.values())
    done = entries(claim("d:1", COURSE), grant("d:1"))
    assert all(row["granted_on"] and row["stands"] for row in done.values())
    assert done["trained"]["year"] == 2022


def test_persons_and_participations_stand_apart() -> None:
    third = {**COURSE, "certificate.level": "三级"}
    assert set(entries(claim("d:1", third), table="head_count")) == {"high_skilled"}
    assert "high_skilled" not in entries(claim("d:1", third))


def test_a_correction_enters_anew_and_what_it_no_longer_states_stands_no_more() -> None:
    first = claim("d:1", COURSE)
    said = first.stated.model_copy(update={"facts": {**COURSE, "training.group": ["退役军人"]}})
    corrected = ApplicationCorrected(
        application="d:1", replaces="d", digest="e", stated=said, arrived=first.arrived
    )
    rows = entries(first, corrected, grant("d:1"))
    assert {name for name, row in rows.items() if row["stands"]} == {
        "trained",
        "urgent_occupations",
        "veterans",
    }


def test_what_is_withdrawn_or_revoked_counts_no_more() -> None:
    revoked = ApprovalRevoked(
        application="d:1",
        attempt=1,
        cause="administrative_error",
        gives_back_slots=True,
        payee=PERSON,
        unpaid=(),
        instalments=(),
        document="文",
        reason="错",
        by="staff",
    )
    for end in (revoked, ApplicationWithdrawn(application="d:1", reason="放弃")):
        rows = entries(claim("d:1", COURSE), grant("d:1"), end)
        assert all(row["ended_on"] for row in rows.values())
