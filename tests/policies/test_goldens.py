"""Golden cases: the rules decide as an official has written down, and nothing is left unseen.

Holds: one test a file of cases names every case of it that is decided otherwise; one worker decides
       them all, once
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from policies.authoring.coverage import coverage
from policies.authoring.golden import Result, load_for, run_goldens
from policies.engine.registry import Policies

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*/*.yaml"))


@cache
def loaded() -> Mapping[str | None, Policies]:
    return load_for(HERE)


@cache
def results() -> Sequence[Result]:
    return list(run_goldens(HERE, loaded()))


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-2:]))
def test_the_rules_decide_as_written(file: Path) -> None:
    of_file = [result for result in results() if result.file == file]
    assert of_file, "no case of this file was decided"
    wrong = [f"{one.file}:{one.line}: {one.case.name}: {one.wrong}" for one in of_file if one.wrong]
    assert not wrong, "\n".join(wrong)


def test_no_case_is_in_a_file_that_is_not_looked_at() -> None:
    assert {result.file for result in results()} == set(FILES)


def test_every_node_is_seen_true_and_false_and_every_boundary_from_both_sides() -> None:
    missed = coverage(loaded()[None], results()).missed
    assert not missed, "\n".join(map(str, missed))


def test_every_version_has_cases() -> None:
    policies = loaded()[None]
    seen = coverage(policies, results()).sights
    assert len(seen) == len(list(policies))
    assert all(count > 5 for count in seen.values())
