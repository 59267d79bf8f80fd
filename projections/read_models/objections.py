"""Objections: what somebody objects to, and what was found out.

In:    the facts of READS
Holds: an objection is named by its payee and its number; who objects stands in its document alone
Asked: disclosures, objections, payment_filter
"""

from collections.abc import Iterator

from events.objections import ObjectionRaised, ObjectionResolved
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import of_application
from projections.definition.table import Change, Column, Table, Upsert

VERSION = 1

OBJECTIONS = Table(
    "objections",
    "Every objection to a payment or to a debt; one that is open or upheld holds it",
    (
        Column("payee", "text", "token of whoever is paid, or owes"),
        Column("objection", "text", "number of the objection"),
        Column("application", "text", "key of the application that it is about"),
        Column("clawback", "text", "number of the debt objected to; empty for a payment"),
        Column("disclosure", "text", "number of the public list that led to it, or empty"),
        Column("ground", "text", "what is said to be wrong"),
        Column("document", "text", "document in which it was received"),
        Column("reason", "text", "the reason in words"),
        Column("raised_by", "text", "who recorded it"),
        Column("taken_out", "integer", "payments that were asked back from a batch"),
        Column("state", "text", "open, upheld or dismissed"),
        Column("finding", "text", "document of the finding"),
        Column("found", "text", "the finding in words"),
        Column("resolved_by", "text", "who found out"),
        Column("raised_at", "timestamptz", "when it was recorded", "UTC"),
        Column("raised_on", "date", "legal day on which it was recorded"),
        Column("resolved_at", "timestamptz", "when the finding was recorded", "UTC"),
        Column("resolved_on", "date", "legal day of the finding"),
    ),
    scoping=of_application(),
    key=("payee", "objection"),
    indexes=("(state, raised_on)", "(application)"),
)
TABLES = (OBJECTIONS,)
READS = (ObjectionRaised, ObjectionResolved)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one objection."""
    match located.fact.body:
        case ObjectionRaised() as body:
            raised = {
                "application": body.application,
                "clawback": body.clawback,
                "disclosure": body.disclosure,
                "ground": body.ground,
                "document": body.document,
                "reason": body.reason,
                "raised_by": body.by,
                "taken_out": len(body.take_out),
                "state": "open",
                "raised_at": located.recorded_at,
                "raised_on": located.on,
            }
            yield Upsert(OBJECTIONS, (located.token, body.objection), raised)
        case ObjectionResolved() as body:
            found = {
                "state": body.verdict,
                "finding": body.document,
                "found": body.reason,
                "resolved_by": body.by,
                "resolved_at": located.recorded_at,
                "resolved_on": located.on,
            }
            yield Upsert(OBJECTIONS, (located.token, body.objection), found)
