"""In memory: one ledger without a broker, for what-if runs, tests and the floor of a benchmark.

In:   commands
Out:  the facts they and their follow-ups lead to, in order
Holds: the very same deciders, folds and follow-ups as the desk; only the transport is missing
"""

from collections import deque
from collections.abc import Iterable

from events.codec import decode_fact
from events.envelope import Asked, Position, Recorded
from events.invariants import BrokenInvariant
from events.senders import not_allowed
from policies.engine.registry import Policies
from services.streams.follow_ups import follow_ups
from services.streams.store import StreamStore


class InMemoryLedger:
    """All streams as if they were one partition."""

    def __init__(self, policies: Policies) -> None:
        self.store = StreamStore(policies)
        self.facts: list[Recorded] = []
        self._offset = 0

    def ask(self, commands: Iterable[Asked], producer: str = "") -> list[Recorded]:
        """Decide commands of a producer and all that follows from them, until nothing more does."""
        led_to: list[Recorded] = []
        waiting = deque((one, producer) for one in commands)
        while waiting:
            asked, sender = waiting.popleft()
            decision = self.store.decide(asked, Position(0, self._offset, 0), sender)
            self._offset += 1
            led_to.extend(decision.facts)
            for ask, _ in decision.follow_ups:
                if why := not_allowed("desk", ask):
                    raise BrokenInvariant(why)
                waiting.append((ask, "desk"))
        self.facts.extend(led_to)
        return led_to

    def record(self, facts: Iterable[Recorded]) -> None:
        """Take facts as history: folded, never decided again."""
        for recorded in facts:
            self.store.fold(recorded)
            self.facts.append(recorded)


def replayed(raw: Iterable[bytes], policies: Policies) -> StreamStore:
    """Fold encoded facts into a fresh store."""
    store = StreamStore(policies)
    for record in raw:
        store.fold(decode_fact(record))
    return store


def implied(facts: Iterable[Recorded]) -> list[Asked]:
    """List every follow-up that the facts imply."""
    return [ask for recorded in facts for ask in follow_ups(recorded)]
