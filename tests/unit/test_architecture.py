"""ARCHITECTURE.md is true: its folders, its layers, its walk; and what every module keeps to."""

import ast
import re
import statistics
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from services.tools.simulation.simulate import simulate
from tests.given_when_then import policies
from tests.scenario_folders import messages

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
TOPS = ("events", "policies", "projections", "services")
IN_THE_DESK_ONLY = "the desk's process"


def modules() -> list[Path]:
    """Every module of the product."""
    found = [path for top in TOPS for path in sorted((ROOT / top).rglob("*.py"))]
    assert len(found) > 500
    return found


def table(title: str) -> list[list[str]]:
    """The rows of the table under a heading, cell by cell."""
    part = PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip().strip("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.split("|")] for row in rows[2:]]


def test_every_folder_has_a_line_and_every_line_a_folder() -> None:
    folders = {path.parent.relative_to(ROOT).as_posix() for path in modules()}
    listed = [cell.strip("`").rstrip("/") for cell, *_ in table("Where things are")]
    assert sorted(listed) == sorted(folders)
    assert all(len(row) == 2 and len(row[1]) > 15 for row in table("Where things are"))


def test_the_layers_are_those_of_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    drawn = re.findall(
        r"^ *\d+\. (.+)$", PAGE.split("\n## Layers\n")[1].split("\n## ")[0], re.MULTILINE
    )
    assert [re.findall(r"`([\w.]+)`", line) for line in drawn] == [
        re.findall(r"[\w.]+", layer) for layer in layers
    ]


CHANGES = (ROOT / "docs" / "how-to" / "change-it.md").read_text("utf-8")
_PLACE = re.compile(
    r"`((?:events|policies|projections|services|tests|docs)/[^`\s]*|[\w.-]+\.(?:py|yml|toml))`"
)


def change_rows() -> Iterator[tuple[str, str]]:
    """Every row of the map of changes: what is wanted, and its other cells."""
    for line in CHANGES.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and not set(cells[0]) <= set("- ") and len(cells) > 1:
            yield cells[0], " | ".join(cells[1:])


@pytest.mark.parametrize(("wanted", "cells"), list(change_rows()), ids=lambda cell: cell[:40])
def test_the_map_of_changes_names_what_is_there(wanted: str, cells: str) -> None:
    """A name without a folder stands in the folder of the file before it."""
    gone, folder = [], ROOT
    for place in _PLACE.findall(cells):
        if "…" in place:
            path = ROOT / place.partition("…")[0].rpartition("/")[0]
        elif "/" in place or (ROOT / place).exists():
            path = ROOT / place
        else:
            path = folder / place
        folder = path if path.is_dir() else path.parent
        if not path.exists():
            gone.append(place)
    assert gone == []


def test_the_map_of_changes_says_what_notices_each() -> None:
    rows = [cells for wanted, cells in change_rows() if " | " in cells]
    assert len(rows) > 50
    noticed = [cells.rpartition(" | ")[2] for cells in rows if "what notices" not in cells]
    assert [cell for cell in noticed if "`" not in cell and "mypy" not in cell] == []


def test_every_room_stands_in_a_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = set(re.findall(r"[\w.]+", " ".join(contracts["contracts"][0]["layers"])))
    rooms = {path.parent.name for path in ROOT.glob("services/*/__init__.py")}
    assert {f"services.{room}" for room in rooms} <= layers


class Step:
    """One row of the walk."""

    def __init__(self, row: list[str]) -> None:
        _, self.file, self.name, _, self.place = (cell.strip("`") for cell in row)
        self.path = ROOT / self.file

    def stands(self) -> bool:
        """Whether the file has such a function."""
        owner, _, name = self.name.rpartition(".")
        body: list[ast.stmt] = ast.parse(self.path.read_text("utf-8")).body
        if owner:
            body = next(
                node.body for node in body if isinstance(node, ast.ClassDef) and node.name == owner
            )
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return any(isinstance(node, kinds) and node.name == name for node in body)


WALK = [Step(row) for row in table("One application, in twelve functions")]


def test_the_walk_is_short_and_each_function_stands_where_it_says() -> None:
    assert 8 <= len(WALK) <= 12
    assert [step.name for step in WALK if not step.stands()] == []


def test_an_application_really_goes_that_way() -> None:
    steps = [step for step in WALK if step.place != IN_THE_DESK_ONLY]
    ahead = [(str(step.path), step.name.rpartition(".")[2]) for step in steps]

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and ahead and ahead[0] == (code.co_filename, code.co_name):
            del ahead[0]

    lines, rules = messages("caps-of-a-year"), policies()
    sys.setprofile(note)
    try:
        first = next(line for line in simulate(lines, rules) if '"entry"' in line)
    finally:
        sys.setprofile(None)
    assert "DisbursementOrdered" in first
    assert ahead == []


def test_modules_are_short() -> None:
    lengths = sorted(len(path.read_text("utf-8").splitlines()) for path in modules())
    assert statistics.median(lengths) <= 120
    assert lengths[int(len(lengths) * 0.9)] <= 250
    assert lengths[-1] <= 400


def exported() -> Iterator[tuple[str, str]]:
    """Every class that others can import, outside the contract, and its module."""
    for path in modules():
        module = path.relative_to(ROOT).as_posix()
        if module.startswith("events/contract/"):
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, module


GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
GIVEN_UP = frozenset(
    [
        "seat",
        "bench",
        "surroundings",
        "openings",
        "one_noun",
        "own_numbers",
        "each_month",
        "of_payments",
        "restated",
    ]
)
"""Names that stood for too much, beside those of the glossary's second table."""

A_COLUMN = frozenset({"told_at"})
"""`books.links.told_at`: a table's column is not renamed for its name alone."""


def glossary_rows(heading: str) -> list[list[str]]:
    """The rows of the glossary's table that begins so, cell by cell."""
    lines = GLOSSARY.split(heading)[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_a_term_of_the_glossary_stands_in_one_row() -> None:
    rows = glossary_rows("| word | 词 | means |")
    terms = [term.strip() for word, *_ in rows for term in word.split(",")]
    assert len(terms) > 100
    assert sorted(set(terms)) == sorted(terms)
    assert [row for row in rows if len(row) != 3 or not all(row)] == []


def names(path: Path) -> Iterator[str]:
    """Every name that a module defines or uses, its own included."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.Name(id=name) | ast.arg(arg=name):
                yield name
            case ast.Attribute(attr=name):
                yield name


def test_an_old_name_is_not_used_again_and_each_new_one_is() -> None:
    rows = glossary_rows("| old | now | what it is |")
    old = [cell.strip("`") for cell, *_ in rows]
    new = {name for _, cell, _ in rows for name in re.findall(r"`(\w+)`", cell)}
    assert len(old) > 50
    assert sorted(set(old)) == sorted(old)
    where = defaultdict(set)
    for path in modules():
        for name in names(path):
            where[name].add(path.relative_to(ROOT).as_posix())
    again = {
        name: sorted(found)
        for name, found in where.items()
        if name in old
        or name.strip("_").lower() in GIVEN_UP
        or (name.strip("_").startswith("told_") and name not in A_COLUMN)
        or name.strip("_") == "books_told"
    }
    assert again == {}
    assert new - set(where) == set()


def test_no_class_name_stands_twice() -> None:
    where = defaultdict(list)
    for name, module in exported():
        where[name].append(module)
    assert {name: found for name, found in where.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    "record", sorted((ROOT / "docs" / "adr").glob("0*.md")), ids=lambda p: p.name
)
def test_a_decision_record_has_a_status_and_a_date(record: Path) -> None:
    head = record.read_text("utf-8")[:600]
    assert re.search(
        r"^Status: accepted(, replaced in part by [\d, ]+)?, \d{4}-\d{2}-\d{2}", head, re.MULTILINE
    ), head
