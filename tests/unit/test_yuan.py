"""Money is whole fen: nothing divides it into a float, and people read it exactly."""

import ast
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from events.yuan import yuan

ROOT = Path(__file__).parents[2]
LEGAL = {"policies/vocabulary/words.py"}
"""Where a hundredth is an exact fraction."""


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_what_is_written_is_what_was_meant_to_the_fen(fen: int) -> None:
    text = yuan(fen)
    assert int(text.replace(",", "").replace(".", "")) == fen
    assert text[-3] == "."


def test_nothing_divides_money_into_a_float() -> None:
    found = set()
    for package in ("events", "policies", "projections", "services"):
        for path in (ROOT / package).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    isinstance(node, ast.BinOp)
                    and isinstance(node.op, ast.Div)
                    and isinstance(node.right, ast.Constant)
                    and node.right.value in (100, 100.0)
                    and name not in LEGAL
                ):
                    found.add(f"{name}:{node.lineno}")
    assert not found
