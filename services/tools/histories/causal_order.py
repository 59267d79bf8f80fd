"""Causes: put facts into an order in which each stands behind whatever led to it.

In:   facts of several streams, in any order that ties are to keep
Out:  the same facts
Holds: a stream's own facts keep their numbers' order; a fact whose command followed from another
       fact stands behind it. A follow-up carries the instant of its cause, so instants do not tell.
"""

from collections.abc import Sequence
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from events.envelope import Recorded
from services.streams.follow_ups import follow_ups


def in_causal_order(facts: Sequence[Recorded]) -> list[Recorded]:
    """Sort facts: causes first, else as they were given."""
    asked_by = {asked.id: n for n, fact in enumerate(facts) for asked in follow_ups(fact)}
    graph: TopologicalSorter[int] = TopologicalSorter()
    last_of: dict[str, int] = {}
    for n in sorted(range(len(facts)), key=lambda n: (facts[n].stream, facts[n].seq)):
        stream = facts[n].stream
        before = {last_of.get(stream), asked_by.get(facts[n].cause)} - {None, n}
        graph.add(n, *(one for one in before if one is not None))
        last_of[stream] = n
    graph.prepare()
    ordered: list[Recorded] = []
    ready: list[int] = []
    while graph.is_active():
        for n in graph.get_ready():
            heappush(ready, n)
        n = heappop(ready)
        ordered.append(facts[n])
        graph.done(n)
    return ordered
