"""Golden cases: the rules decide as an official has written down, and nothing is left unseen."""

from pathlib import Path

import pytest

from policies.authoring.coverage import coverage
from policies.authoring.golden import Result, load_for, run_goldens

HERE = Path(__file__).parent
POLICIES = load_for(HERE)
RESULTS = list(run_goldens(HERE, POLICIES))


@pytest.mark.parametrize(
    "result", RESULTS, ids=lambda result: f"{result.file.stem}:{result.line}:{result.case.name}"
)
def test_the_rules_decide_as_written(result: Result) -> None:
    assert not result.wrong, f"{result.file}:{result.line}: {result.wrong}"


def test_every_node_is_seen_true_and_false_and_every_boundary_from_both_sides() -> None:
    missed = coverage(POLICIES[None], RESULTS).missed
    assert not missed, "\n".join(map(str, missed))


def test_every_version_has_cases() -> None:
    seen = coverage(POLICIES[None], RESULTS).sights
    assert len(seen) == len(list(POLICIES[None]))
    assert all(count > 5 for count in seen.values())
