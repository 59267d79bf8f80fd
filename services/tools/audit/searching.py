"""Searching: whom a number belongs to, what somebody did, what was decided under a clause.

In:   settings; a number that is typed, never an argument
Out:  a token and its applications; acts; decisions
"""

from typing import NamedTuple

from events.canonical import LAST_DAY
from events.contract.inbound.documents import DocumentKind, person_id
from events.contract.inbound.identity import Party, unit_code
from events.people import person
from policies.engine.registry import Policies
from projections.queries import audit_acts, audit_claims
from projections.queries import looks as looks_of_books
from projections.queries.audit_acts import ActFilter, ActRow
from projections.queries.audit_claims import ClaimFilter, ClaimRow
from projections.queries.keyset import Page
from projections.queries.scope import Scope
from services.audit.clause_search import CitedClause, clauses_like
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings
from services.runtime.vault.reading import Look
from services.tools.staff.dead_letters import vault_of

EVER = Scope(LAST_DAY)


class NoNumber(OperatingFailure):
    """The number cannot be anybody's."""

    def __init__(self) -> None:
        super().__init__("号码不对，不可能是任何人或单位的号码。", "请核对号码和证件种类。")


class FoundParty(NamedTuple):
    """Whoever has the number, with the decisions about them."""

    token: str
    decisions: list[ClaimRow]


async def party(
    settings: Settings, kind: DocumentKind | None, number: str, country: str, purpose: str, who: str
) -> FoundParty | None:
    """Find a person by a document, or a unit (`kind` None) by its code; the look is recorded first.

    Raises: NoNumber
    """
    known = unit_code(number) if kind is None else person_id(kind, number, country)
    if known is None:
        raise NoNumber
    async with vault_of(settings) as vault:
        token = await vault.search(
            Party("unit" if kind is None else "person", known, ""), purpose, who
        )
    if token is None:
        return None
    return FoundParty(token, await decisions(settings.postgres_dsn, ClaimFilter(party=token), 500))


async def acts(dsn: str, name: str, most: int) -> list[ActRow]:
    """What a member of the staff did, newest first."""
    async with books(dsn) as db:
        wanted = ActFilter(person=person(name))
        return (await audit_acts.page(db, EVER, wanted, Page(None, None, False, most)))[:most]


async def decisions(dsn: str, wanted: ClaimFilter, most: int) -> list[ClaimRow]:
    """Decisions, newest first."""
    async with books(dsn) as db:
        return (await audit_claims.page(db, EVER, wanted, Page(None, None, False, most)))[:most]


def clauses(policies: Policies, text: str) -> list[CitedClause]:
    """Clauses that hold a text."""
    return clauses_like(policies, text)


async def looks(settings: Settings, who: str | None, most: int) -> list[Look]:
    """Who looked at whom, the latest first: by the facts of the ledger, and by the vault's list."""
    async with vault_of(settings) as vault, books(settings.postgres_dsn) as db:
        others = await vault.looks(who=who, most=most)
        facts = await looks_of_books.listed(db, who=who, most=most)
    every = [
        *others,
        *(Look(one.party, one.detail, one.purpose, one.who, one.recorded_at) for one in facts),
    ]
    return sorted(every, key=lambda one: one.at, reverse=True)[:most]
