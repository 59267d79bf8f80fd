"""Changes of code are drawn by a seed, differ from what stands there, and are what is then run."""

import ast
import os
import subprocess
import sys
from pathlib import Path

from cosmic_ray import plugins

from tests.mutants.__main__ import explained
from tests.mutants.changes import OPERATORS, ROOT, drawn, targets


def test_a_seed_draws_the_same_changes_each_on_a_line_of_its_own() -> None:
    first, again = (drawn(7, 12, "services/deciders/budget_line/spending.py") for _ in range(2))
    assert first == again
    assert len({(one.file, one.line) for one in first}) == len(first) == 12
    for one in first:
        text = (ROOT / one.file).read_text("utf-8")
        assert one.before in text
        assert ast.dump(ast.parse(one.text)) != ast.dump(ast.parse(text))


def test_every_kind_of_change_is_one_that_the_library_knows() -> None:
    assert {f"core/{name}" for name in OPERATORS} <= set(plugins.operator_names())


def test_whoever_decides_follows_takes_in_or_posts_is_changed() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in targets()}
    assert {
        "services/deciders/beneficiary/claims/decider.py",
        "services/deciders/budget_line/follow_ups.py",
        "services/intake/commands.py",
        "services/streams/follow_ups.py",
        "projections/read_models/journal.py",
    } <= names


def test_a_changed_text_is_what_is_imported(tmp_path: Path) -> None:
    text = (ROOT / "services/deciders/beneficiary/claims/__init__.py").read_text("utf-8")
    changed = tmp_path / "changed.py"
    changed.write_text(f"{text}\nCHANGED = True\n")
    own = {
        "MUTANT_MODULE": "services.deciders.beneficiary.claims",
        "MUTANT_TEXT": str(changed),
    }
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import tests.mutants.hook, services.deciders.beneficiary.claims as s; print(s.CHANGED)",
        ],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "True\n"


def test_every_survivor_that_is_explained_says_why() -> None:
    for key, why in explained().items():
        assert len(why) > 10, key
        assert (ROOT / key[0]).exists(), key
