"""Cap usage: which use of which cap is taken, by whom; the database's own guard of every cap.

In:    the facts of READS
Holds: a slot that was not given back is taken once: a second taker stops the projector.
Asked: cap_usage
"""

from collections.abc import Iterator

from events.approvals import ApprovalLapsed, ApprovalProposed, ApprovalRevoked, ApprovalWithdrawn
from events.links import PeopleLinked, UseGivenBack
from events.status import PriorUseRecorded
from events.values import CapSlot
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByPartyAlone, Either, of_application
from projections.definition.table import (
    Amend,
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 3

CAP_USAGE = Table(
    "cap_usage",
    "Every slot of a cap that was ever taken",
    (
        Column("beneficiary", "text", "token of the person or unit whom caps count"),
        Column(
            "holder",
            "text",
            "key of the application, document of a use before this ledger, or stream#key of a linked one",
        ),
        Column("attempt", "integer", "number of the proposal; 0 for a use before this ledger"),
        Column("family", "text", "programmes that share the cap"),
        Column("cap", "text", "id of the cap in the rule"),
        Column("period", "text", "year, or * for a lifetime"),
        Column("key", "text", "what may be claimed once, such as occupation and level, or empty"),
        Column("no", "integer", "which use it is"),
        Column("months", "integer", "months taken, where the cap counts months", "months"),
        Column("programme", "text", "the benefit"),
        Column("taken_on", "date", "legal day it was taken"),
        Column("given_back_on", "date", "legal day it was given back, or empty while taken"),
    ),
    scoping=Either((of_application("holder"), ByPartyAlone("beneficiary"))),
    key=("beneficiary", "holder", "attempt", "family", "cap", "period", "key", "no"),
    indexes=("UNIQUE (beneficiary, family, cap, period, key, no) WHERE given_back_on IS NULL",),
    amended_by=3,
)
TABLES = (CAP_USAGE,)
READS = (
    ApprovalProposed,
    ApprovalLapsed,
    ApprovalWithdrawn,
    ApprovalRevoked,
    PriorUseRecorded,
    PeopleLinked,
    UseGivenBack,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Take the slots of a proposal, or give them back when it ends unpaid."""
    match located.fact.body:
        case ApprovalProposed() as body:
            for slot in body.slots:
                yield _taken(located, body.application, body.attempt, body.policy.programme, slot)
        case PriorUseRecorded() as body:
            for slot in body.slots:
                yield _taken(located, body.document, 0, body.programme, slot)
        case PeopleLinked() as body:
            for use in body.uses:
                for slot in use.slots:
                    yield _taken(located, use.holder, 0, "", slot)
        case UseGivenBack() as body:
            yield Amend(CAP_USAGE, (located.token, body.holder, 0), {"given_back_on": located.on})
        case (
            ApprovalLapsed() | ApprovalWithdrawn() | ApprovalRevoked(gives_back_slots=True) as body
        ):
            holder = (located.token, body.application, body.attempt)
            yield Amend(CAP_USAGE, holder, {"given_back_on": located.on})


def _taken(
    located: LocatedFact, holder: str, attempt: int, programme: str, slot: CapSlot
) -> Upsert:
    return Upsert(
        CAP_USAGE,
        (located.token, holder, attempt, slot.family, slot.cap, slot.period, slot.key, slot.no),
        {"months": slot.months, "programme": programme, "taken_on": located.on},
    )
