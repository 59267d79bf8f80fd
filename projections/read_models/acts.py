"""Acts: who of the staff did what, and as what, a row a name in a fact.

In:    every fact that names a person of the staff
Holds: a name stands in its one form (`events.people.person`), so one person is found however written
Asked: audit_acts
"""

from collections.abc import Iterator

from events import FACTS as FACT_MODELS
from events.people import person
from events.values import Fact
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByStream
from projections.definition.table import Append, Change, Column, Table
from projections.read_models.facts import application_about

VERSION = 1

ROLES = ("maker", "checker", "reviewer", "operator", "by")
"""The fields of a fact that name who acted, and so what they acted as."""

_NOBODY = ("", "desk", "clerk")

ACTS = Table(
    "acts",
    "Every act of a member of the staff",
    (
        Column("person", "text", "who, in the one form of the name"),
        Column("role", "text", "maker, checker, reviewer, operator or by"),
        Column("type", "text", "what happened"),
        Column("stream", "text", "the history that it belongs to"),
        Column("seq", "integer", "its number in that history"),
        Column("application", "text", "key of the application that it is about, if any"),
        Column("recorded_at", "timestamptz", "when it arrived", "UTC"),
        Column("effective_on", "date", "legal day"),
    ),
    scoping=ByStream(),
    indexes=("(person, effective_on)",),
    numbered=True,
)
TABLES = (ACTS,)
_FIELDS: dict[type[Fact], tuple[str, ...]] = {
    model: named
    for model in FACT_MODELS.values()
    if (named := tuple(role for role in ROLES if role in model.__struct_fields__))
}
READS: tuple[type[Fact], ...] = tuple(_FIELDS)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Note whoever a fact names."""
    fact = located.fact
    body = fact.body
    no = 0
    for role in _FIELDS.get(type(body), ()):
        name = getattr(body, role)
        if not isinstance(name, str) or name in _NOBODY or name.startswith("intake:"):
            continue
        row = (
            person(name),
            role,
            type(body).__name__,
            fact.stream,
            fact.seq,
            application_about(body),
            fact.recorded_at,
            fact.effective_on,
        )
        yield Append(ACTS, row, no)
        no += 1
