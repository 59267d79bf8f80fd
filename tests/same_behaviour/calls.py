"""Calls: the same calls of `benefit-ledger` on both sides, compared by what they print and how they end."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.same_behaviour.comparing import Part, text_difference
from tests.same_behaviour.screen import Screen
from tests.same_behaviour.sides import Said, Side
from tests.same_behaviour.stripping import Strip


class Pair(NamedTuple):
    """What one call has said on both sides."""

    before: Said
    after: Said

    @property
    def failed(self) -> bool:
        """Whether it ended with an error on the earlier side."""
        return self.before.code != "0"


class Both(NamedTuple):
    """Two sides, and what may differ between two runs."""

    before: Side
    after: Side
    strip: Strip
    screen: Screen

    def said(self, what: str, calls: Sequence[Sequence[str]], **settings: object) -> list[Pair]:
        """Make the same calls on both sides, side by side."""
        with self.screen.bar(what, 2 * len(calls)) as moved, ThreadPoolExecutor(2) as pool:
            done = {"before": 0, "after": 0}

            def tell(side: str, number: int) -> None:
                done[side] = number
                moved(sum(done.values()))

            ours = pool.submit(
                self.before.call_each, calls, lambda number: tell("before", number), **settings
            )
            theirs = pool.submit(
                self.after.call_each, calls, lambda number: tell("after", number), **settings
            )
            pairs = [Pair(*two) for two in zip(ours.result(), theirs.result(), strict=True)]
        if ended := [call for call, pair in zip(calls, pairs, strict=True) if pair.failed]:
            named = "; ".join(" ".join(call) for call in ended[:3])
            self.screen.tell(f"{len(ended)} of these end with an error before: {named}")
        return pairs

    def compare(
        self, part: Part, what: str, calls: Sequence[Sequence[str]], **settings: object
    ) -> list[Pair]:
        """Make the same calls on both sides, and note in `part` which differ."""
        pairs = self.said(what, calls, **settings)
        for call, pair in zip(calls, pairs, strict=True):
            part.note(" ".join(call), self.difference(pair))
        return pairs

    def difference(self, pair: Pair) -> str | None:
        """How two calls differ: in what they printed, or in how they ended."""
        if pair.before.code != pair.after.code:
            said = pair.after.err.strip() or pair.after.out.strip()
            return f"ends with {pair.before.code} before, {pair.after.code} after: {said[-600:]}"
        ours = self._stripped(self.before, pair.before)
        return text_difference(ours, self._stripped(self.after, pair.after))

    def _stripped(self, side: Side, said: Said) -> str:
        return self.strip.output(f"{said.out}\n--- stderr\n{said.err}", side.places)
