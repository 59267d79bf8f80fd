"""Looks: who saw which detail of whom unmasked, what for, from where; a row a person and look.

In:    the facts of READS
Asked: looks
"""

from collections.abc import Iterator

from events.looks import DetailRevealed, UnmaskedExported
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict, ByUser, Either
from projections.definition.table import Append, Change, Column, Table

VERSION = 1

LOOKS = Table(
    "looks",
    "Every person or unit of whom somebody saw something unmasked",
    (
        Column("who", "text", "user who saw it"),
        Column("detail", "text", "name, number, account or phone; export where it was a file"),
        Column("token", "text", "token of what was shown; of the person or unit, in a file"),
        Column("party", "text", "token of the person or unit"),
        Column("application", "text", "key of the application on whose page it was, or empty"),
        Column("export", "text", "number of the file, or empty"),
        Column("region", "text", "region code of what it was looked at for"),
        Column("purpose", "text", "what for"),
        Column("address", "text", "address of the network that was looked from"),
        Column("session", "text", "public number of the session, or empty"),
        Column("cause", "uuid", "id of the command"),
        Column("recorded_at", "timestamptz", "when", "UTC"),
    ),
    scoping=Either((ByUser("who"), ByDistrict("region"))),
    indexes=("(party, recorded_at)", "(who, recorded_at)", "(cause)"),
    numbered=True,
)
TABLES = (LOOKS,)
READS = (DetailRevealed, UnmaskedExported)


def changes(located: LocatedFact) -> Iterator[Change]:
    """List one look, or everybody in one file."""
    fact = located.fact
    seen: list[tuple[str, str, str, str, str]]
    match fact.body:
        case DetailRevealed() as body:
            seen = [(body.detail, body.token, body.party, body.application, "")]
        case UnmaskedExported() as body:
            seen = [("export", party, party, "", body.number) for party in body.parties]
        case _:
            return
    for no, what in enumerate(seen):
        row = (
            body.user,
            *what,
            body.region,
            body.purpose,
            body.address,
            body.session,
            fact.cause,
            fact.recorded_at,
        )
        yield Append(LOOKS, row, no)
