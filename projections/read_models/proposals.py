"""Proposals: acts that take two people, from the first to the second.

In:    the facts of READS
Asked: figures, manual_matches, proposals_waiting
"""

from collections.abc import Iterator

import orjson

from events.proposals import ActConfirmed, ActProposed, ActRejected
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByStream
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 1

PROPOSALS = Table(
    "proposals",
    "Every act that takes two people, and what became of it",
    (
        Column("stream", "text", "the history that it is for"),
        Column("proposal", "text", "number of the proposal"),
        Column("act", "text", "what is to be done, by the command's name"),
        Column("application", "text", "the application that it is about, where there is one"),
        Column("document", "text", "the document that it rests on"),
        Column("reason", "text", "why"),
        Column("amount_fen", "bigint", "amount, where it names one", "fen"),
        Column(
            "body", "text", "the act as it was asked, as JSON; it carries tokens, no identities"
        ),
        Column("state", "text", "proposed, confirmed or rejected"),
        Column("maker", "text", "who proposed it"),
        Column("checker", "text", "who confirmed it or turned it down"),
        Column("answer", "text", "why it was turned down"),
        Column("proposed_at", "timestamptz", "when it was proposed", "UTC"),
        Column("proposed_on", "date", "legal day it was proposed"),
        Column("judged_on", "date", "legal day it was confirmed or turned down"),
    ),
    scoping=ByStream(),
    key=("stream", "proposal"),
    indexes=("(proposed_on) WHERE state = 'proposed'", "(proposal)"),
)
TABLES = (PROPOSALS,)
READS = (ActProposed, ActConfirmed, ActRejected)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one proposal."""
    match located.fact.body:
        case ActProposed() as fact:
            amount = fact.body.get("amount")
            values = {
                "act": fact.act,
                "application": fact.application,
                "document": str(fact.body.get("document") or ""),
                "reason": str(fact.body.get("reason") or ""),
                "amount_fen": amount if isinstance(amount, int) else None,
                "body": orjson.dumps(fact.body).decode(),
                "state": "proposed",
                "maker": fact.maker,
                "proposed_at": located.recorded_at,
                "proposed_on": located.on,
            }
        case ActConfirmed() as fact:
            values = {
                "act": fact.act,
                "application": fact.application,
                "state": "confirmed",
                "maker": fact.maker,
                "checker": fact.checker,
                "judged_on": located.on,
            }
        case ActRejected() as fact:
            values = {
                "state": "rejected",
                "checker": fact.checker,
                "answer": fact.reason,
                "judged_on": located.on,
            }
        case _:
            return
    yield Upsert(PROPOSALS, (located.fact.stream, fact.proposal), values)
