"""returns: what came back and waits for an account, what the bank has not answered, what it says twice."""

from datetime import date
from typing import NamedTuple

from events.ids import application_of
from projections.queries.connection import Db
from projections.queries.scope import Scope


class ReturnedPayment(NamedTuple):
    """A payment that the bank could not make."""

    disbursement: str
    application: str
    instalment: int
    payee: str
    account: str
    fund: str
    district: str
    programme: str
    amount_fen: int
    attempt: int
    instruction: str
    return_code: str | None
    return_reason: str | None
    returned_on: date
    disputed: str | None


class AccountProposalRow(NamedTuple):
    """A corrected account that waits for a second person."""

    payee: str
    proposal: str
    application: str
    account: str
    replaces: str
    document: str
    reason: str
    maker: str
    proposed_on: date


class UnansweredInstruction(NamedTuple):
    """An instruction that has left and has no outcome."""

    disbursement: str
    attempt: int
    batch: str
    instruction: str
    bank_account: str
    payee: str
    fund: str
    district: str
    amount_fen: int
    sent_on: date
    asked_on: date | None

    @property
    def application(self) -> str:
        """Whose payment it is."""
        return application_of(self.disbursement)


class DisputeRow(NamedTuple):
    """An instruction of which the bank has said two different things."""

    disbursement: str
    instruction: str
    payee: str
    attempt: int
    bank_account: str
    amount_fen: int
    value_on: date
    bank_reference: str
    said: str
    outcome: str
    stops: str
    opened_on: date

    @property
    def application(self) -> str:
        """Whose payment it is."""
        return application_of(self.disbursement)


_IN_SCOPE = "($1::text IS NULL OR district LIKE $1) AND ($2::text IS NULL OR fund = $2)"


async def returned(db: Db, scope: Scope, disbursement: str | None = None) -> list[ReturnedPayment]:
    """Payments that wait for a corrected account, the oldest first."""
    rows = await db.fetch(
        f"""SELECT {", ".join(ReturnedPayment._fields)} FROM books.disbursements
            WHERE state = 'returned' AND {_IN_SCOPE}
              AND ($3::text IS NULL OR disbursement = $3)
            ORDER BY returned_on, disbursement""",  # noqa: S608 -- constants
        scope.districts,
        scope.fund,
        disbursement,
    )
    return [ReturnedPayment(**dict(row)) for row in rows]


async def proposals(db: Db, scope: Scope) -> list[AccountProposalRow]:
    """Corrected accounts that wait, unless one of the same application was taken since."""
    rows = await db.fetch(
        f"""SELECT {", ".join(f"p.{name}" for name in AccountProposalRow._fields)}
            FROM books.account_proposals AS p LEFT JOIN books.applications AS a USING (application)
            WHERE p.state = 'proposed' AND ($1::text IS NULL OR a.region LIKE $1) AND NOT EXISTS (
                SELECT FROM books.account_versions AS v
                WHERE v.payee = p.payee AND v.application = p.application
                  AND v.account = p.account AND v.changed_on >= p.proposed_on)
            ORDER BY p.proposed_on, p.proposal""",  # noqa: S608 -- a list of columns
        scope.districts,
    )
    return [AccountProposalRow(**dict(row)) for row in rows]


async def unanswered(db: Db, scope: Scope) -> list[UnansweredInstruction]:
    """Instructions without an outcome, the oldest first."""
    columns = ", ".join(f"a.{name}" for name in UnansweredInstruction._fields if name != "asked_on")
    rows = await db.fetch(
        f"""SELECT {columns}, (SELECT max(asked_on) FROM books.outcomes_asked AS q
                               WHERE q.instruction = a.instruction) AS asked_on
            FROM books.disbursement_attempts AS a
            WHERE a.state = 'sent' AND {_IN_SCOPE} AND a.sent_on <= $3
            ORDER BY a.sent_on, a.instruction""",  # noqa: S608 -- constants
        scope.districts,
        scope.fund,
        scope.as_of,
    )
    return [UnansweredInstruction(**dict(row)) for row in rows]


async def sent(db: Db, payee: str, disbursement: str, instruction: str) -> bool:
    """Whether this instruction has left for this payment."""
    found: bool = await db.fetchval(
        """SELECT EXISTS (SELECT FROM books.disbursement_attempts
                          WHERE instruction = $3 AND disbursement = $2 AND payee = $1)""",
        payee,
        disbursement,
        instruction,
    )
    return found


async def disputes(db: Db, scope: Scope) -> list[DisputeRow]:
    """What nobody has found out yet."""
    rows = await db.fetch(
        f"""SELECT {", ".join(f"o.{name}" for name in DisputeRow._fields)}
            FROM books.disputes AS o LEFT JOIN books.disbursements AS d USING (disbursement)
            WHERE o.state = 'open' AND {_IN_SCOPE}
            ORDER BY o.opened_on, o.instruction""",  # noqa: S608 -- columns
        scope.districts,
        scope.fund,
    )
    return [DisputeRow(**dict(row)) for row in rows]
