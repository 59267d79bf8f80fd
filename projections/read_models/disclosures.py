"""Disclosures: what the public is or was shown: each issue, and the grants that it listed.

In:    the facts of READS
Holds: no names: what the public reads is the file of `file_digest`, which the vault keeps
Asked: audit_acts, disclosures, proposals_waiting
"""

from collections.abc import Iterator

from events.disclosures import (
    DisclosurePrepared,
    DisclosurePublished,
    DisclosureRejected,
    DisclosureTakenDown,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict, ByParent, Either, ToThePublic
from projections.definition.table import Append, Change, Column, Table, Upsert

VERSION = 1

DISCLOSURES = Table(
    "disclosures",
    "Every issue of a public list or of a statement of how a fund was used",
    (
        Column("number", "text", "number of the list or statement"),
        Column("issue", "integer", "number of the issue, 1 is the first"),
        Column("kind", "text", "grants or fund_use"),
        Column("region", "text", "region code of the district or city"),
        Column("programme", "text", "the benefit of a list, or empty"),
        Column("fund", "text", "the fund of a statement, or empty"),
        Column("since", "date", "first day that it speaks of"),
        Column("until", "date", "last day that it speaks of"),
        Column("lines", "integer", "grants that it lists"),
        Column("total_fen", "bigint", "sum of what it shows", "fen"),
        Column("file_digest", "text", "SHA-256 of what is shown"),
        Column("digest", "text", "digest of all that it says"),
        Column("state", "text", "waiting, shown, replaced, rejected or taken_down"),
        Column("maker", "text", "who prepared it"),
        Column("checker", "text", "who published or rejected it"),
        Column("reason", "text", "why it was rejected or taken down"),
        Column("document", "text", "document by which it was taken down"),
        Column("prepared_at", "timestamptz", "when it was prepared", "UTC"),
        Column("prepared_on", "date", "legal day it was prepared"),
        Column("from_on", "date", "first day that the public sees it"),
        Column("to_on", "date", "last day that the public sees it; none until the next statement"),
        Column("published_on", "date", "legal day it was published"),
        Column("taken_down_on", "date", "legal day it was taken down"),
    ),
    scoping=Either((ByDistrict("region"), ToThePublic("state", "shown"))),
    key=("number", "issue"),
    indexes=("(state, prepared_at DESC)",),
)

LINES = Table(
    "disclosure_lines",
    "Every grant that an issue lists; those of the issue as it was prepared last have its digest",
    (
        Column("number", "text", "number of the list"),
        Column("issue", "integer", "number of the issue"),
        Column("digest", "text", "digest of the issue as it was prepared"),
        Column("application", "text", "key of the application"),
        Column("amount_fen", "bigint", "amount granted", "fen"),
    ),
    scoping=ByParent("disclosures", ("number", "issue")),
    numbered=True,
    indexes=("(number, issue)", "(application)"),
)
TABLES = (DISCLOSURES, LINES)
READS = (DisclosurePrepared, DisclosurePublished, DisclosureRejected, DisclosureTakenDown)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one list or statement; an issue that is published takes the place of the one before."""
    on = located.on
    match located.fact.body:
        case DisclosurePrepared() as body:
            yield from _prepared(located, body)
        case DisclosurePublished() as body:
            shown = {
                "state": "shown",
                "checker": body.checker,
                "from_on": body.from_on,
                "to_on": body.to_on,
                "published_on": on,
            }
            yield Upsert(DISCLOSURES, (body.number, body.issue), shown)
            if body.issue > 1:
                before = (body.number, body.issue - 1)
                yield Upsert(DISCLOSURES, before, {"state": "replaced"})
        case DisclosureRejected() as body:
            rejected = {"state": "rejected", "checker": body.checker, "reason": body.reason}
            yield Upsert(DISCLOSURES, (body.number, body.issue), rejected)
        case DisclosureTakenDown() as body:
            down = {
                "state": "taken_down",
                "document": body.document,
                "reason": body.reason,
                "taken_down_on": on,
            }
            yield Upsert(DISCLOSURES, (body.number, body.issue), down)
        case _:
            return


def _prepared(located: LocatedFact, body: DisclosurePrepared) -> Iterator[Change]:
    waiting = {
        "kind": body.kind,
        "region": body.region,
        "programme": body.programme,
        "fund": body.fund,
        "since": body.since,
        "until": body.until,
        "lines": len(body.lines),
        "total_fen": body.total,
        "file_digest": body.file_digest,
        "digest": body.digest,
        "state": "waiting",
        "maker": body.maker,
        "checker": "",
        "reason": "",
        "prepared_at": located.recorded_at,
        "prepared_on": located.on,
    }
    yield Upsert(DISCLOSURES, (body.number, body.issue), waiting)
    for no, line in enumerate(body.lines):
        row = (body.number, body.issue, body.digest, line.application, line.amount)
        yield Append(LINES, row, no)
