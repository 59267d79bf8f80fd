"""Money: amounts as people and files write them, and whole fen; nothing else reads or writes them.

In:   a text in yuan; or whole fen
Out:  whole fen; or a text in yuan with two decimals
Units: fen, always an integer; a third decimal is refused, never rounded
"""

import re
from typing import Literal

Fault = Literal["not a number", "a third decimal", "too much"]

MOST_FEN = 10**15
_LONGEST = 40
_WRITTEN = re.compile(
    r"(?P<sign>[-+]?)(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<fen>[0-9]{1,2}))?"
)
_MANY_DECIMALS = re.compile(r".*\.[0-9]{3,}", re.DOTALL)


class NotMoney(ValueError):
    """A text that is no amount of money; `fault` is the first thing wrong with it."""

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(f"{text!r}: {fault}")
        self.fault = fault


def read_yuan(text: str, *, most_fen: int = MOST_FEN) -> int:
    """Read ``1,200.5`` as 120050; a sign may stand before it, thousands may be separated.

    Units: yuan in, fen out; `most_fen` is the largest amount that passes
    Raises: NotMoney
    """
    found = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise NotMoney(
            text, "a third decimal" if _MANY_DECIMALS.fullmatch(text) else "not a number"
        )
    fen = int(found["yuan"].replace(",", "")) * 100 + int((found["fen"] or "").ljust(2, "0"))
    if fen > most_fen:
        raise NotMoney(text, "too much")
    return -fen if found["sign"] == "-" else fen


def yuan(fen: int) -> str:
    """Write ``1,234.50``, as people read it; what goes out has a minus."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def plain_yuan(fen: int) -> str:
    """Write ``1234.50``, as files carry it: without separators."""
    return yuan(fen).replace(",", "")
