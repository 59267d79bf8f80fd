"""Replay: decide a run's commands again, in offset order, and compare with what was written.

Run as a process of its own, so that nothing of the run is in its memory:
`python -m tests.faults.replay BOOTSTRAP LEDGER COMMANDS PARTITIONS`; its last line is JSON.
"""

import json
import sys
from typing import NamedTuple

from events import codec
from events.envelope import Position
from policies.engine.registry import Policies
from services.streams import StreamStore, follow_ups
from tests.example_cities import cities
from tests.faults import raw_topics


class Replayed(NamedTuple):
    """What the comparison of a run with its replay has shown."""

    facts: int
    follow_ups: int
    wrong: list[str]


def replay(bootstrap: str, ledger: str, commands: str, partitions: int) -> Replayed:
    """Compare every partition, and look for every follow-up that its facts imply."""
    policies = Policies.load(cities=cities())
    wrong: list[str] = []
    compared = 0
    implied: set[str] = set()
    sent: set[str] = set()
    for partition in range(partitions):
        store = StreamStore(policies, partitions=partitions, keeps_texts=True)
        again: list[bytes] = []
        for record in raw_topics.read(bootstrap, commands, partition, committed=False):
            for nth, asked in enumerate(codec.decode_packet(record.value)):
                sent.add(asked.id)
                decision = store.decide(asked, Position(partition, record.offset, nth))
                again += decision.raw
        written = [
            record.value
            for record in raw_topics.read(bootstrap, ledger, partition, committed=True)
            if record.key != codec.CHECKPOINT_KEY
        ]
        compared += len(written)
        if written != again:
            first = next(
                (
                    n
                    for n, pair in enumerate(zip(written, again, strict=False))
                    if pair[0] != pair[1]
                ),
                min(len(written), len(again)),
            )
            wrong.append(
                f"partition {partition}: {len(written)} facts written, {len(again)} replayed, "
                f"fact {first} differs"
            )
        implied.update(ask.id for raw in written for ask in follow_ups(codec.decode_fact(raw)))
    wrong += [f"follow-up {missing} was never sent" for missing in sorted(implied - sent)[:5]]
    return Replayed(compared, len(implied), wrong)


if __name__ == "__main__":
    found = replay(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
    print(json.dumps(found._asdict()))  # noqa: T201
