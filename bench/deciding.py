"""Deciding alone: decode, decide with full evaluation, encode, fold; no broker, one core."""

import time

from bench import claims
from bench.report import Row
from events.codec import decode_packet, packet
from events.envelope import Position
from services.runtime import garbage_collection
from services.runtime.city import policies_of
from services.runtime.settings import Settings
from services.streams import StreamStore


def run(applications: int) -> Row:
    """Take applications to ApprovalGranted in memory, in packets of 100.

    Raises: AssertionError when one of them does not end granted
    """
    store = StreamStore(policies_of(Settings()))
    store.decide(claims.allocation(applications), Position(0, 0, 0))
    waiting = [raw for _, raw in claims.packets(0, applications, 1, 100)]
    granted = 0
    garbage_collection.collect_rarely()
    wall, cpu = time.perf_counter(), time.process_time()
    while waiting:
        onward: list[bytes] = []
        for raw in waiting:
            asked: list[bytes] = []
            for command in decode_packet(raw):
                decision = store.decide(command, Position(0, 0, 0))
                asked.extend(encoded for _, encoded in decision.follow_ups)
                granted += any(b'"ApprovalGranted"' in fact for fact in decision.raw)
            if asked:
                onward.append(packet(asked))
        waiting = onward
    row = Row(
        "决定（内存，一个核，无 Kafka）",
        "applications → ApprovalGranted, in memory",
        applications,
        time.perf_counter() - wall,
        time.process_time() - cpu,
    )
    assert granted == applications, f"{granted} of {applications} granted"
    return row
