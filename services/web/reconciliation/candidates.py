"""candidates: which movement a line may be, by amount, days and payee; proposals, never matches.

In:   lines and movements that stand alone, of equal amounts; masked names of payees
Out:  proposals, the likeliest first, each with its reasons
Holds: nothing here matches anything: each leads into the form, filled in, for two people
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from projections.queries.manual_matches import MatchItem
from services.runtime.masking import Masked
from services.wording.languages import translate


class Candidate(NamedTuple):
    """One movement that a line may be."""

    line: MatchItem
    movement: MatchItem
    days: int
    same_payee: bool
    named: bool
    only: bool

    @property
    def reasons(self) -> str:
        """Why it is proposed, in words."""
        said = [
            translate("金额相同"),
            translate("相差 {n} 天", n=self.days) if self.days else translate("同一天"),
        ]
        if self.same_payee:
            said.append(translate("流水所写指令的收款人与账面相同"))
        if self.named:
            said.append(translate("摘要中的户名与收款人相符"))
        said.append(
            translate("两边都只有这一笔同额") if self.only else translate("另有同额的，请核对")
        )
        return "；".join(said)


def candidates(
    pairs: Iterable[tuple[MatchItem, MatchItem]], names: Mapping[str, Masked]
) -> list[Candidate]:
    """Order what may belong together: the payee first, then the only choice, then the nearest day."""
    found = list(pairs)
    lines = Counter(line.name for line, _ in found)
    movements = Counter(movement.name for _, movement in found)
    made = [
        Candidate(
            line,
            movement,
            abs((line.day - movement.day).days),
            bool(line.payee) and line.payee == movement.payee,
            _named(line.words or "", names.get(movement.payee or "")),
            lines[line.name] == movements[movement.name] == 1,
        )
        for line, movement in found
    ]
    return sorted(
        made,
        key=lambda one: (
            not (one.same_payee or one.named),
            not one.only,
            one.days,
            one.line.day,
            one.line.name,
            one.movement.name,
        ),
    )


def _named(words: str, payee: Masked | None) -> bool:
    """Whether the bank's words hold a name that the mask of the payee's fits: 张*三 fits 张小三."""
    shown = payee.name if payee else ""
    if len(shown) < 2 or not shown.replace("*", ""):
        return False
    pattern = "".join(r"\S" if letter == "*" else re.escape(letter) for letter in shown)
    return re.search(pattern, unicodedata.normalize("NFKC", words)) is not None
