"""Exact: fen, and fractions of it until the end of a computation.

Holds: nothing here rounds but for showing; `policies.engine.amounts` rounds, once.
"""

from collections.abc import Callable
from fractions import Fraction

from policies.engine import trace
from policies.engine.case import Case
from policies.vocabulary.words import round_half_up

Money = Callable[[Case], Fraction | int | None]
"""Fen; 0 where nothing is due, None where nobody can tell."""


def words(exact: Fraction | int) -> str:
    """An amount for people; what is not whole yet says so."""
    fen = round_half_up(exact)
    return trace.yuan(fen) if fen == exact else f"约{trace.yuan(fen)}"
