"""Changes: every small change of our deciding code that Cosmic Ray knows, and a seeded few of them.

In:    the modules that decide, follow, take in and post
Out:   mutants: file, function, line, what was there, what stands there instead, the whole text
Source: docs/adr/0034-mutants-of-code.md
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from cosmic_ray import mutating, plugins
from cosmic_ray.ast import ast_nodes, get_ast

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("deciders", "streams")
NEED_SERVERS = {"dead_letter_writer", "intake_loop", "waiting_messages", "worker"}
"""Modules of intake that only tests with servers run; those are too slow to run for each change."""

OPERATORS = frozenset(
    {
        "AddNot",
        "NumberReplacer",
        "ReplaceAndWithOr",
        "ReplaceBinaryOperator_Add_Sub",
        "ReplaceBinaryOperator_Mul_Add",
        "ReplaceBinaryOperator_Sub_Add",
        "ReplaceBreakWithContinue",
        "ReplaceComparisonOperator_Eq_NotEq",
        "ReplaceComparisonOperator_GtE_Gt",
        "ReplaceComparisonOperator_Gt_GtE",
        "ReplaceComparisonOperator_IsNot_Is",
        "ReplaceComparisonOperator_Is_IsNot",
        "ReplaceComparisonOperator_LtE_Lt",
        "ReplaceComparisonOperator_Lt_LtE",
        "ReplaceComparisonOperator_NotEq_Eq",
        "ReplaceContinueWithBreak",
        "ReplaceFalseWithTrue",
        "ReplaceOrWithAnd",
        "ReplaceTrueWithFalse",
        "ReplaceUnaryOperator_Delete_Not",
        "ZeroIterationForLoop",
    }
)
"""One change of each kind: `x | y` is mostly a type with us, and `==` to `<` tells what `!=` tells."""


class Mutant(NamedTuple):
    """One change of one line."""

    file: str
    function: str
    line: int
    before: str
    after: str
    text: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays the same when lines move."""
        return self.file, self.function, self.before, self.after

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: {self.before}  →  {self.after}"


def targets() -> list[Path]:
    """The modules whose mistakes would be decided, posted or taken in."""
    found = [path for room in ROOMS for path in sorted((ROOT / "services" / room).rglob("*.py"))]
    intake = sorted((ROOT / "services" / "intake").glob("*.py"))
    found += [path for path in intake if path.stem not in NEED_SERVERS]
    return [*found, ROOT / "projections" / "read_models" / "journal.py"]


def drawn(seed: int, sample: int, only: str = "") -> list[Mutant]:
    """A seeded few of all changes; each line at most once, so that they lie far apart."""
    places = [
        (path, *place)
        for path in targets()
        if only in path.relative_to(ROOT).as_posix()
        for place in _places(path)
    ]
    random = Random(seed)
    random.shuffle(places)
    seen: set[tuple[Path, int]] = set()
    mutants: list[Mutant] = []
    for path, line, operator, occurrence in places:
        at = (path, line)
        if len(mutants) == sample:
            break
        if at in seen:
            continue
        made = _mutant(path, operator, occurrence)
        if made is not None:
            seen.add(at)
            mutants.append(made)
    return mutants


def _places(path: Path) -> Iterator[tuple[int, str, int]]:
    """Line, operator and number of every change of one module."""
    tree = get_ast(path.read_text("utf-8"))
    for name in sorted(OPERATORS):
        operator = plugins.get_operator(f"core/{name}")()
        found = (
            start[0] for node in ast_nodes(tree) for start, _ in operator.mutation_positions(node)
        )
        for occurrence, line in enumerate(found):
            yield line, name, occurrence


def _mutant(path: Path, operator: str, occurrence: int) -> Mutant | None:
    """Apply one change; None where it changes nothing that runs."""
    text = path.read_text("utf-8")
    changed = mutating.mutate_code(text, plugins.get_operator(f"core/{operator}")(), occurrence)
    if changed is None:
        return None
    try:
        if ast.dump(ast.parse(changed)) == ast.dump(_tree(path)):
            return None
    except SyntaxError:
        return None
    lines = zip(text.splitlines(), changed.splitlines(), strict=False)
    number, before, after = next(
        (n, one.strip(), two.strip()) for n, (one, two) in enumerate(lines, 1) if one != two
    )
    name = path.relative_to(ROOT).as_posix()
    return Mutant(name, _function(path, number), number, before, after, changed)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _function(path: Path, line: int) -> str:
    """The function that a line belongs to, with its class."""
    return ".".join(_around(_tree(path), line)) or "(module)"


def _around(node: ast.AST, line: int) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if child.lineno <= line <= (child.end_lineno or child.lineno):
                yield child.name
                yield from _around(child, line)
        else:
            yield from _around(child, line)
