"""What the tests of the comparison share: a screen that is read, and a small project in git."""

import io
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from tests.same_behaviour.screen import Screen


@pytest.fixture
def screen() -> Screen:
    return Screen(Console(file=io.StringIO(), width=160))


_COMMAND = """
import sys
from pathlib import Path
def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["simulate"]:
        for line in Path(arguments[1]).read_text().splitlines():
            print(len(line) + {more})
    elif "--help" in arguments:
        print("{help}" if arguments == ["one", "--help"] else "╭─ Commands ─╮\\n│ one  does │")
    elif arguments == ["leaks"]:
        import services
    elif arguments == ["where"]:
        print(Path.cwd())
    else:
        raise SystemExit({code})
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project with one command; its commits are `right`, `renamed` and what is planted."""
    place = tmp_path / "repository"
    place.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=place, check=True)
    usual = {"more": 0, "help": "same", "code": 3}
    for name, package, changed in (
        ("right", "old_name", {}),
        ("renamed", "new_name/deeper", {}),
        ("other-facts", "new_name", {"more": 1}),
        ("other-help", "new_name", {"help": "other"}),
        ("other-code", "new_name", {"code": 4}),
    ):
        subprocess.run(["git", "rm", "-rfq", "--ignore-unmatch", "."], cwd=place, check=True)
        module = place / "src_of_it" / package
        module.mkdir(parents=True)
        values = {**usual, **changed}
        text = _COMMAND
        for word, value in values.items():
            text = text.replace(f"{{{word}}}", str(value))
        (module / "cli.py").write_text(text)
        dotted = f"src_of_it.{package.replace('/', '.')}.cli:main"
        (place / "pyproject.toml").write_text(f'[project.scripts]\nbenefit-ledger = "{dotted}"\n')
        subprocess.run(["git", "add", "-A"], cwd=place, check=True)
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, "commit", "-qm", name], cwd=place, check=True)
        subprocess.run(["git", "tag", name], cwd=place, check=True)
    return place
