"""credit: how far a payee is trusted on the day of the scope, and what was promised on it.

Holds: nobody who was never graded stands above or below B
"""

from datetime import date
from typing import NamedTuple

import orjson

from projections.queries.connection import Db
from projections.queries.scope import Scope

UNGRADED = "B"


class PromiseRow(NamedTuple):
    """A written promise (告知承诺) that stood for papers."""

    application: str
    facts: tuple[str, ...]
    promised_on: date


class PayeeCredit(NamedTuple):
    """A payee's grade with its paper, the last mark of fraud, the promises that were accepted."""

    grade: str = UNGRADED
    graded_on: date | None = None
    document: str = ""
    fraud_on: date | None = None
    fraud_document: str = ""
    promises: tuple[PromiseRow, ...] = ()


async def of(db: Db, scope: Scope, payee: str) -> PayeeCredit:
    """What a payee's own history says of its credit, the latest promise first."""
    rows = await db.fetch(
        """
        SELECT type, effective_on, body FROM books.facts
        WHERE stream = 'payee/' || $1 AND effective_on <= $2 AND recorded_at < $3
          AND type IN ('CreditGraded', 'FraudMarked', 'PromiseAccepted')
        ORDER BY seq
        """,
        payee,
        scope.as_of,
        scope.known_until,
    )
    found, promises = PayeeCredit(), []
    for row in rows:
        on, body = row["effective_on"], orjson.loads(row["body"])
        match row["type"]:
            case "CreditGraded":
                found = found._replace(
                    grade=body["grade"], graded_on=on, document=body.get("document", "")
                )
            case "FraudMarked":
                found = found._replace(fraud_on=on, fraud_document=body.get("document", ""))
            case _:
                promises.append(PromiseRow(body["application"], tuple(body["facts"]), on))
    return found._replace(promises=tuple(promises[::-1]))
