"""State machines for the protocol's tests: a tally that knows no benefits, and a store that goes wrong.

An owner must not care whose decisions it writes, so its tests run on the tally and on
the store alike.
"""

from base64 import b64encode
from collections import Counter
from datetime import datetime
from random import Random
from typing import Any

from events.budgets import AllocateBudget, BudgetAllocated, WakeLine
from events.codec import encode_command, encode_fact
from events.control import CommandRefused, CommandSetAside
from events.envelope import Asked, Position, Recorded, follow_up
from events.ids import derived_id
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.stream import Stream
from services.streams import Decision, StreamStore


class Tally:
    """Counts allocations, knows repeats by their document, and passes each on if asked to."""

    def __init__(self, tell: str | None = None, padding: int = 0) -> None:
        self._seq: Counter[str] = Counter()
        self._seen: set[tuple[str, str]] = set()
        self._tell = tell
        noise = b64encode(Random(1).randbytes(padding))  # which no compression makes shorter
        self._padding = f" {noise.decode()}" if padding else ""

    def decide(self, asked: Asked, at: Position, producer: str = "") -> Decision:
        """Allocate, once for each document."""
        body = asked.body
        if not isinstance(body, AllocateBudget) or (asked.stream, body.document) in self._seen:
            return Decision((), (), ())
        document = body.document + self._padding
        fact = BudgetAllocated(document=document, amount=body.amount)
        recorded = self._recorded(asked, at, fact)
        self._seen.add((asked.stream, body.document))
        asks = tuple((ask, encode_command(ask)) for ask in self.implied(recorded))
        return Decision((recorded,), (encode_fact(recorded),), asks)

    def implied(self, recorded: Recorded) -> list[Asked]:
        """Tell one other stream about each fact."""
        return [] if self._tell is None else [follow_up(recorded, 0, self._tell, WakeLine())]

    def refuse_unreadable(
        self, item: dict[str, Any], error: str, recorded_at: datetime, at: Position
    ) -> Decision:
        """Set aside, on one stream for all."""
        body = CommandSetAside(
            command="", command_id="", error=error, code_version="", raw="", parked=False
        )
        asked = Asked(
            derived_id("00" * 16, at.offset),
            "none",
            recorded_at,
            recorded_at.date(),
            "",
            WakeLine(),
        )
        recorded = self._recorded(asked, at, body)
        return Decision((recorded,), (encode_fact(recorded),), ())

    def refuse_foreign(
        self, body: CommandRefused, command_id: str, recorded_at: datetime, at: Position
    ) -> Decision:
        """Refuse, on one stream for all."""
        cause = command_id or derived_id("00" * 16, at.offset)
        asked = Asked(cause, "foreign", recorded_at, recorded_at.date(), "", WakeLine())
        recorded = self._recorded(asked, at, body)
        return Decision((recorded,), (encode_fact(recorded),), ())

    def fold(self, recorded: Recorded) -> None:
        """Fold one fact."""
        self._seq[recorded.stream] = recorded.seq
        if isinstance(recorded.body, BudgetAllocated):
            self._seen.add((recorded.stream, recorded.body.document.split(" ")[0]))

    def _recorded(self, asked: Asked, at: Position, fact: Fact) -> Recorded:
        self._seq[asked.stream] += 1
        return Recorded(
            derived_id(asked.id, 0),
            asked.stream,
            self._seq[asked.stream],
            asked.id,
            at,
            asked.sent_at,
            asked.effective_on,
            fact,
        )


class Deadly(Tally):
    """Something that ends the process, in whatever way, whenever it is decided."""

    def decide(self, asked: Asked, at: Position, producer: str = "") -> Decision:
        """Die of document 2."""
        if asked.body == AllocateBudget(document="doc-2", amount=100):
            raise MemoryError
        return super().decide(asked, at, producer)


class Stumbling(StreamStore):
    """The real store, but one document makes a decider raise until the code is mended."""

    def __init__(self, policies: Policies, stumbles_over: str) -> None:
        super().__init__(policies)
        self._stumbles_over = stumbles_over

    def _answer(self, stream: Stream, asked: Asked) -> list[Fact]:
        if isinstance(asked.body, AllocateBudget) and asked.body.document == self._stumbles_over:
            raise ZeroDivisionError("a mistake in a decider")
        return super()._answer(stream, asked)
