"""Who asks the books: SQL on their tables stands beside the tables, in one room."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from projections.read_models.catalogue import READ_MODELS, ReadModel

ROOT = Path(__file__).parents[2]
_ASKS = re.compile(r"\b(FROM|JOIN|INTO|UPDATE|TABLE)\s+(ONLY\s+)?books\.", re.IGNORECASE)
_ROOMS = ("events", "policies", "services")
_AUDITOR = ROOT / "services" / "demo"
"""The rehearsal audits the books with questions of its own, as an auditor does."""


def asking_lines(text: str) -> list[int]:
    """Numbers of the lines that ask a table of the books."""
    return [text.count("\n", 0, found.start()) + 1 for found in _ASKS.finditer(text)]


def test_no_room_outside_projections_asks_a_table_of_the_books() -> None:
    modules = [path for room in _ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    assert modules
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules
        if not path.is_relative_to(_AUDITOR)
        for line in asking_lines(path.read_text(encoding="utf-8"))
    ]
    assert not found, "move these questions to projections/queries/"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('"SELECT 1 FROM books.facts"', [1]),
        ('"""\nSELECT 1\nFROM\n    books.facts AS f\nJOIN books.links USING (lead)"""', [3, 5]),
        ('"insert into books.facts"', [1]),
        ("from projections.engine.books import LIVE", []),
        ('"SELECT 1 FROM control.violations"', []),
    ],
)
def test_a_question_is_found_however_it_is_written(text: str, lines: list[int]) -> None:
    assert asking_lines(text) == lines


def askers(model: ReadModel) -> list[str]:
    """The modules of queries that ask a table of a read model."""
    tables = {table.name for table in model.tables}
    return [
        path.stem
        for path in sorted((ROOT / "projections" / "queries").glob("*.py"))
        if tables & set(re.findall(r"\bbooks\.([a-z_]+)", path.read_text(encoding="utf-8")))
    ]


def docstring_of(model: ReadModel) -> str:
    """The docstring of the module that defines a read model's tables."""
    for path in sorted((ROOT / "projections" / "read_models").glob("*.py")):
        module = import_module(f"projections.read_models.{path.stem}")
        if getattr(module, "TABLES", None) is model.tables and "VERSION" in vars(module):
            return module.__doc__ or ""
    raise AssertionError(f"no module of read model {model.name}")


@pytest.mark.parametrize("model", READ_MODELS, ids=lambda model: model.name)
def test_a_read_model_says_which_modules_ask_it(model: ReadModel) -> None:
    found = re.search(r"^Asked: (.*?)(?=^\w+:|\Z)", docstring_of(model), re.MULTILINE | re.DOTALL)
    assert found is not None, "its docstring needs a line `Asked:`"
    assert " ".join(found[1].split()) == (", ".join(askers(model)) or "nobody")
