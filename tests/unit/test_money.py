"""Money is whole fen: nothing divides it into a float, and people read it exactly."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.money import MOST_FEN, Fault, NotMoney, plain_yuan, read_yuan, yuan

ROOT = Path(__file__).parents[2]
LEGAL = {"policies/vocabulary/words.py"}
"""Where a hundredth is an exact fraction."""


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_what_is_written_is_what_was_meant_to_the_fen(fen: int) -> None:
    text = yuan(fen)
    assert int(text.replace(",", "").replace(".", "")) == fen
    assert text[-3] == "."
    assert plain_yuan(fen) == text.replace(",", "")
    assert read_yuan(text) == read_yuan(plain_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1.005", "a third decimal"),
        ("1,20.00", "not a number"),
        ("1e3", "not a number"),
        ("", "not a number"),
        ("١.00", "not a number"),
        (" 1.00", "not a number"),
        ("0" * 41, "not a number"),
        (yuan(MOST_FEN + 1), "too much"),
        (yuan(-MOST_FEN - 1), "too much"),
    ],
)
def test_what_is_no_money_is_refused_and_never_rounded(text: str, fault: Fault) -> None:
    with pytest.raises(NotMoney) as refused:
        read_yuan(text)
    assert refused.value.fault == fault


@pytest.mark.parametrize(
    ("text", "fen"), [("1", 100), ("1.5", 150), ("+1,200.05", 120_005), ("-0.01", -1), ("007", 700)]
)
def test_yuan_is_read_as_fen(text: str, fen: int) -> None:
    assert read_yuan(text) == fen


def test_a_bound_includes_itself() -> None:
    assert read_yuan("10.00", most_fen=1_000) == 1_000
    with pytest.raises(NotMoney):
        read_yuan("10.01", most_fen=1_000)


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
