"""Whole books: what must hold of all books, whatever the story.

In:   `books.*`, the trial balance
Out:  SceneFinding
"""

from datetime import date

from asyncpg import Pool, Record

from services.demo.checks.book_tables import AccountTotals
from services.demo.checks.scene import SceneFinding

_PAID_TWICE = """
    SELECT count(*) FROM (
        SELECT FROM books.disbursement_attempts
        WHERE state = 'settled' GROUP BY disbursement HAVING count(*) > 1) AS twice
"""
"""Payments that arrived more than once; there must be none."""

_BEYOND = """
    SELECT count(*) FROM books.budgets
    WHERE committed_fen > allocated_fen OR spent_fen > committed_fen
"""
"""Budget lines on which more is committed than allocated, or more spent than committed; none."""

_COMMITTED_AND_NOT_RETURNED = """
    SELECT count(*) FROM books.budgets AS b
    WHERE b.kind = 'fund' AND b.committed_fen - b.spent_fen <> coalesce((
        SELECT sum(d.amount_fen) FROM books.disbursements AS d
        WHERE d.line = b.line AND d.state = 'returned'), 0) + coalesce((
        SELECT sum(i.amount_fen) FROM books.instalments AS i
        JOIN books.approvals AS a USING (application)
        WHERE a.line = b.line AND a.state = 'granted' AND i.state = 'planned'), 0)
"""
"""Fund lines whose committed money that is not spent is other than what came back, and what is due
later; none."""

_UNTOUCHED_INSTALMENTS = """
    SELECT count(*) FROM books.instalments
    WHERE application = ANY($1) AND due_on <= $2 AND state NOT IN ('due', 'stopped', 'withdrawn')
"""
"""Instalments of some applications, due by a day, that nobody has looked at; none."""

_UNANSWERED_PAYMENTS = """
    SELECT count(*) FROM books.disbursements
    WHERE application = ANY($1) AND state IN ('ordered', 'batched', 'sent')
"""
"""Payments of some applications of which the end is not known; none."""

_OWED_FEN = """
    SELECT coalesce(sum(left_fen), 0)::bigint FROM books.clawbacks
"""
"""What all debtors owe together, in fen."""


async def books_hold(
    pool: "Pool[Record]",
    keys: list[str],
    trial: list[AccountTotals],
    as_of: date,
    *,
    balanced: bool,
) -> list[SceneFinding]:
    """Say what must hold of all books, whatever the story."""
    debit = sum(account.debit_fen for account in trial)
    credit = sum(account.credit_fen for account in trial)
    twice = await pool.fetchval(_PAID_TWICE)
    beyond = await pool.fetchval(_BEYOND)
    open_lines = await pool.fetchval(_COMMITTED_AND_NOT_RETURNED)
    left = await pool.fetchval(_UNTOUCHED_INSTALMENTS, keys, as_of)
    waiting = await pool.fetchval(_UNANSWERED_PAYMENTS, keys)
    balances = {account.code: account.balance_fen for account in trial}
    owed = await pool.fetchval(_OWED_FEN)
    return [
        SceneFinding(
            text=f"试算平衡：借 {debit:,} 分 = 贷 {credit:,} 分，每张凭证各自平衡",
            holds=debit == credit and balanced,
        ),
        SceneFinding(text=f"付了两次的：{twice} 笔", holds=twice == 0),
        SceneFinding(
            text=f"占用减支出不等于退回待更正和以后各期的预算：{open_lines} 条",
            holds=open_lines == 0,
        ),
        SceneFinding(text=f"占用超过额度、支出超过占用的预算：{beyond} 条", holds=beyond == 0),
        SceneFinding(
            text=f"到期没有办理的分期：{left} 期；还没有结果的付款：{waiting} 笔",
            holds=left == 0 and waiting == 0,
        ),
        SceneFinding(
            text=f"应收追回款 {balances.get('1221', 0):,} 分 = 各债务人尚欠 {owed:,} 分",
            holds=balances.get("1221", 0) == owed,
        ),
        SceneFinding(
            text=f"在途资金 {balances.get('2241', 0):,} 分", holds=balances.get("2241", 0) == 0
        ),
    ]
