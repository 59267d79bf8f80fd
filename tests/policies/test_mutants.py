"""Mutants: small changes of the policy files are noticed; a seeded few here, all in `make mutants`."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from policies.authoring.mutation_testing import (
    BY_CASE,
    BY_CHECK,
    BY_SCHEMA,
    MutationTesting,
    equivalents,
)
from policies.authoring.mutations import mutants
from policies.engine.versions import ROOT
from services.tools.authoring.mutants import CODE, excuses, run
from services.tools.authoring.mutants import ROOT as REPOSITORY

HERE = Path(__file__).parent
TESTING = MutationTesting(ROOT, HERE)
EACH = 12
"""Mutants drawn from every file: by its name, so that the same are drawn everywhere."""


@pytest.mark.parametrize("path", TESTING.files, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_few_changes_of_every_file_are_noticed(path: Path) -> None:
    every = TESTING.mutants(path)
    drawn = random.Random(str(path.relative_to(ROOT))).sample(every, min(EACH, len(every)))
    survivors = [one for one in (TESTING.result_of(path, mutant) for mutant in drawn) if not one.by]
    listed = equivalents(HERE)
    left = [one for one in survivors if not any(excuses(note, one) for note in listed)]
    assert not left, "\n".join(map(str, left))


def test_every_kind_of_change_is_made() -> None:
    path = ROOT / "programmes/skill-upgrade/211200-2022-01-01.yaml"
    made = {(mutant.place, mutant.change) for mutant in TESTING.mutants(path)}
    assert made >= {
        ("caps/per_year/max", "3 → 4"),
        ("caps/per_year/max", "3 → 2"),
        ("when/who/claimant/obtained/to", "2022-12-31 → 2023-01-01"),
        ("when/who/claimant/in_time/max", "12M → 13M"),
        ("when/who/employee/insured/op", ">= → >"),
        ("when/who/claimant/drawing", "去掉 drawing"),
        ("when/who/claimant/drawing/in/0", "去掉 领取失业保险金期间"),
        ("when/who/claimant/drawing/as_of", "去掉 as_of"),
        ("when/who/kind", "any → all"),
        ("when/who/claimant/in_time/start", "start 与 end 对换"),
        ("amount/cases/0/then/rows/五级", "去掉 五级"),
        ("amount/cases/0/then/rows/五级", "五级 与 四级 对换"),
        ("amount/cases/0/then", "then 与 else 对换"),
        ("caps/no_repeat", "去掉 no_repeat"),
        ("refer/used_elsewhere", "去掉 used_elsewhere"),
        ("fund/is/0", "去掉 失业保险基金"),
        ("select/from", "2022-01-01 → 2022-01-02"),
    }


def test_a_change_leaves_the_file_and_all_else_as_it_was() -> None:
    data = {"policy": "a", "when": [{"kind": "flag", "id": "b", "fact": "c", "is": True}]}
    from policies.vocabulary import AllOf

    node = {"kind": "all", "id": "a", "of": data["when"]}
    made = list(mutants(node, AllOf))
    assert [mutant.data for mutant in made] == [
        {"kind": "all", "id": "a", "of": []},
        {"kind": "all", "id": "a", "of": [{"kind": "flag", "id": "b", "fact": "c", "is": False}]},
    ]
    assert node["of"] == [{"kind": "flag", "id": "b", "fact": "c", "is": True}]


@pytest.mark.parametrize(
    ("place", "change", "by"),
    [
        ("caps/per_year/max", "3 → 4", BY_CHECK),
        ("when/who/kind", "any → all", BY_CASE),
        ("when/who/claimant/obtained", "去掉 obtained", BY_CASE),
        ("caps/per_year/max", "去掉 max", BY_SCHEMA),
    ],
)
def test_what_notices_a_change_is_named(place: str, change: str, by: str) -> None:
    path = ROOT / "programmes/skill-upgrade/211200-2022-01-01.yaml"
    (mutant,) = [m for m in TESTING.mutants(path) if (m.place, m.change) == (place, change)]
    assert TESTING.result_of(path, mutant).by == by


def test_an_equivalent_says_why_and_names_a_mutant_that_exists() -> None:
    every = {
        (path.relative_to(ROOT).as_posix(), mutant.place, mutant.change): (path, mutant)
        for path in TESTING.files
        for mutant in TESTING.mutants(path)
    }
    from fnmatch import fnmatchcase

    for note in equivalents(HERE):
        about = [
            key
            for key in every
            if all(fnmatchcase(value, like) for value, like in zip(key, note.key, strict=True))
        ]
        assert about, f"no such mutant: {note}"
        assert not any(TESTING.result_of(*every[key]).by for key in about[:3]), note


def test_a_run_that_is_repeated_runs_nothing_again(tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    first = run(ROOT, HERE, only=["jobseeking"], known=known)
    again = run(ROOT, HERE, only=["jobseeking"], known=known)
    assert first.fresh == first.total > 100
    assert (again.fresh, again.files) == (0, first.files)


def test_a_change_of_any_code_that_decides_a_mutant_makes_it_run_again() -> None:
    """What is imported by what catches mutants must be among the files that are looked at."""
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADED], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    used = {Path(line) for line in loaded.stdout.splitlines()}
    looked_at = {path for pattern in CODE for path in REPOSITORY.glob(pattern)}
    assert {
        REPOSITORY / "events/application_facts/checking.py",
        REPOSITORY / "policies/authoring/mutation_testing.py",
    } <= used
    assert used <= looked_at


_LOADED = """
import sys
import policies.authoring.mutation_testing
for module in list(sys.modules.values()):
    if module.__name__.partition(".")[0] in ("events", "policies", "services") and module.__file__:
        print(module.__file__)
"""
