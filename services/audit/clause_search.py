"""Clause search: where the versions of the policies cite a clause, by its number or its words.

In:    the policies; a piece of a citation or of a quote
Out:   the clauses that have it, each with every version and node that cites it
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from events.canonical import plain
from policies.engine.versions import Policy


class CitedClause(NamedTuple):
    """One clause as it is cited; `places` are (content hash, node id)."""

    cite: str
    quotes: tuple[str, ...]
    programmes: tuple[str, ...]
    places: tuple[tuple[str, str], ...]


def clauses_like(policies: Iterable[Policy], text: str) -> list[CitedClause]:
    """Find clauses whose citation or quote holds a text, in the order of their citations."""
    wanted = _words(text)
    found: dict[str, list[tuple[Policy, str, str]]] = defaultdict(list)
    for policy in policies:
        for node in policy.nodes.values():
            cite = shown(node.cite)
            if wanted and node.cite and (wanted in _words(cite) or wanted in _words(node.quote)):
                found[cite].append((policy, node.id, node.quote))
    return [
        CitedClause(
            cite,
            tuple(dict.fromkeys(quote for _, _, quote in cited if quote)),
            tuple(sorted({policy.text.policy for policy, _, _ in cited})),
            tuple((policy.content_hash, node) for policy, node, _ in cited),
        )
        for cite, cited in sorted(found.items())
    ]


def places_of(policies: Iterable[Policy], cite: str) -> tuple[tuple[str, str], ...]:
    """Every version and node that cites exactly this clause."""
    return tuple(
        (policy.content_hash, node.id)
        for policy in policies
        for node in policy.nodes.values()
        if shown(node.cite) == cite
    )


def shown(cite: str) -> str:
    """A citation as pages write it."""
    return cite.replace("#", " ")


def _words(text: str) -> str:
    return "".join(plain(text).split()).casefold()
