"""Rule texts: the words behind the hashes that decisions cite, kept in the ledger.

Each partition keeps a text beside its first decision that cites it, so whoever has a partition has all
that its decisions rest on.
Source: docs/adr/0036-figures-are-dated-facts.md
"""

from typing import Literal

from events.values import Fact

RuleTextKind = Literal["policy", "figures"]
"""A policy's version as its file says it, or the figures that it used in a region (its bundle)."""


class RuleTextRecorded(Fact):
    """A text that a decision cites by its hash; `hash` is the SHA-256 of `text` in UTF-8."""

    kind: RuleTextKind
    hash: str
    text: str


RuleTextFact = RuleTextRecorded
