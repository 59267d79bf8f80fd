"""after_payment: what became of a payment after the bank's answer: proved by a statement line, or taken back.

Units: fen
Holds: 已到账 is the bank's answer alone; 银行已证实 is a line of its statement that the reconciliation
       has matched; whatever was taken back in full is neither
"""

from collections.abc import Iterable
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.reconciliation import BankLine, lines_of
from projections.queries.scope import Scope


class AfterPayment(NamedTuple):
    """What is known of some applications' payments beside the bank's answers."""

    lines: tuple[BankLine, ...]
    owed: dict[str, str]

    def state(self, application: str, state: str, instruction: str | None) -> str:
        """A payment's state as people name it."""
        if state not in ("settled", "paid"):
            return state
        if application in self.owed:
            return self.owed[application]
        proved = any(line.proves and line.instruction == instruction for line in self.lines)
        return "proved" if proved else state


_OWED = """
SELECT c.application,
       CASE WHEN sum(m.done) >= sum(c.amount_fen) THEN 'taken_back' ELSE 'owed_back' END AS state
FROM books.clawbacks AS c
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount_fen), 0) AS done FROM books.clawback_moves
    WHERE payee = c.payee AND clawback = c.clawback AND moved_on <= $2
) AS m
WHERE c.application = ANY($1::text[]) AND c.state IN ('open', 'closed')
  AND c.cause <> 'paid_twice' AND c.ordered_on <= $2
GROUP BY c.application
HAVING sum(c.amount_fen) >= (
    SELECT coalesce(sum(d.amount_fen + d.offset_fen + d.advanced_fen), 0)
    FROM books.disbursements AS d
    WHERE d.application = c.application AND d.state IN ('settled', 'netted')
)
"""


async def after(db: Db, scope: Scope, applications: Iterable[str]) -> AfterPayment:
    """What followed the payments of these applications."""
    wanted = list(dict.fromkeys(applications))
    if not wanted:
        return AfterPayment((), {})
    lines = await lines_of(db, wanted, scope.as_of, scope.known_on)
    owed = await db.fetch(_OWED, wanted, scope.as_of)
    return AfterPayment(tuple(lines), {row["application"]: row["state"] for row in owed})
