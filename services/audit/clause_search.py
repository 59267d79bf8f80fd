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
    """One clause as it is cited, with its words; `places` are (content hash, node id)."""

    cite: str
    quote: str
    programmes: tuple[str, ...]
    places: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """What the clause is asked for by."""
        return key_of(self.cite, self.quote)


def clauses_like(policies: Iterable[Policy], text: str) -> list[CitedClause]:
    """Find clauses whose citation or quote holds a text, in the order of their citations."""
    wanted = _words(text)
    found: dict[tuple[str, str], list[tuple[Policy, str]]] = defaultdict(list)
    for policy in policies:
        for node in policy.nodes.values():
            cite = shown(node.cite)
            if wanted and cite and (wanted in _words(cite) or wanted in _words(node.quote)):
                found[cite, node.quote].append((policy, node.id))
    return [
        CitedClause(
            cite,
            quote,
            tuple(sorted({policy.text.policy for policy, _ in cited})),
            tuple((policy.content_hash, node) for policy, node in cited),
        )
        for (cite, quote), cited in sorted(found.items())
    ]


def places_of(policies: Iterable[Policy], clause: str) -> tuple[tuple[str, str], ...]:
    """Every version and node that cites a clause, by its citation alone or with its words."""
    asked = _words(clause)
    return tuple(
        (policy.content_hash, node.id)
        for policy in policies
        for node in policy.nodes.values()
        if node.cite
        and asked in (_words(shown(node.cite)), _words(key_of(shown(node.cite), node.quote)))
    )


def key_of(cite: str, quote: str) -> str:
    """Name a clause by its citation and its words, as a page links it."""
    return f"{cite}「{quote}」" if quote else cite


def shown(cite: str) -> str:
    """A citation as pages write it."""
    return cite.replace("#", " ")


def _words(text: str) -> str:
    return "".join(plain(text).split()).casefold()
