"""Debt scenes: paid ahead and netted, paid ahead and never settled, obtained by deceit.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

from services.demo.cast.half_year_story import FRAUD
from services.demo.checks.scene import (
    BooksReader,
    Scene,
    SceneFinding,
    application,
    clawback,
    day,
    scene,
    yuan,
)

_PAID_AHEAD = """
    SELECT * FROM books.advances WHERE application = $1
"""
"""What was paid ahead to an application."""

_SETTLED = """
    SELECT * FROM books.disbursements WHERE application = $1 AND state = 'settled'
"""
"""An application's payments that arrived."""

_GRANTED_FEN = """
    SELECT amount_fen FROM books.applications WHERE application = $1
"""
"""What an application was granted, in fen."""

_OVERDUE_ADVANCE = """
    SELECT a.amount_fen, a.called_fen, a.settle_by, a.called_on, c.left_fen, c.state,
           c.cause, c.payee, c.clawback
    FROM books.advances AS a LEFT JOIN books.clawbacks AS c USING (application)
    WHERE a.application = $1
"""
"""What was paid ahead to an application, and the debt that it became."""

_DEBT = """
    SELECT * FROM books.clawbacks WHERE clawback = $1
"""
"""One debt, as it stands."""

_PAYMENTS = """
    SELECT * FROM books.disbursements WHERE application = $1
"""
"""An application's payments."""

_DEBTOR = """
    SELECT p.* FROM books.payees AS p JOIN books.clawbacks AS c USING (payee) WHERE c.clawback = $1
"""
"""Whoever owes a debt, with the grade of credit."""

_APPLICATION = """
    SELECT * FROM books.applications WHERE application = $1
"""
"""One application, as it stands."""


async def advance(books: BooksReader) -> Scene:
    """A share is paid ahead, and netted when the internship is settled."""
    key, settling = books.keys["advanced"], books.keys["settled"]
    ahead = await books.rows(_PAID_AHEAD, key)
    final = await books.rows(_SETTLED, settling)
    granted = await books.one(_GRANTED_FEN, settling)
    findings = [
        SceneFinding(
            text=f"预拨 {yuan(a['amount_fen'])}（计划 {yuan(granted)} 的 20%），见习期满结算时"
            f"抵扣 {yuan(a['settled_fen'])}，实付 {yuan(f['amount_fen'])}",
            holds=a["amount_fen"] * 5 == granted
            and a["settled_fen"] == a["amount_fen"] == f["advanced_fen"]
            and f["amount_fen"] == granted - a["amount_fen"],
        )
        for a in ahead
        for f in final
    ]
    opened = ahead[0]["opened_on"] if ahead else None
    return scene(
        "advance", opened, "见习预拨 20%，结算抵扣", await books.who(key), findings, "/advances"
    )


async def overdue(books: BooksReader) -> Scene:
    """What was paid ahead and never settled is owed."""
    key = books.keys["unsettled"]
    rows = await books.rows(_OVERDUE_ADVANCE, key)
    findings = [
        SceneFinding(
            text=f"预拨 {yuan(r['amount_fen'])}，至 {day(r['settle_by'])} 未结算，"
            f"{day(r['called_on'])} 转应收，尚欠 {yuan(r['left_fen'])}",
            holds=r["called_fen"] == r["amount_fen"] == r["left_fen"]
            and (r["cause"], r["state"]) == ("advance_overdue", "open"),
        )
        for r in rows
    ]
    called = rows[0]["called_on"] if rows else None
    path = clawback(rows[0]) if findings and rows[0]["clawback"] else "/advances"
    return scene("overdue", called, "预拨到期未结算，转应收", await books.who(key), findings, path)


async def fraud(books: BooksReader) -> Scene:
    """What was obtained by deceit is withheld from a later payment, and the rest paid back."""
    key, again = books.keys["forged"], books.keys["again"]
    debts = await books.rows(_DEBT, FRAUD)
    later = await books.rows(_PAYMENTS, again)
    grade = await books.rows(_DEBTOR, FRAUD)
    findings = [
        SceneFinding(
            text=f"伪造证书骗取 {yuan(d['amount_fen'])}，{books.name_of(d['maker'])} 提出、{books.name_of(d['checker'])} 决定追回："
            f"从下一笔中抵扣 {yuan(d['offset_fen'])}（保底 {yuan(d['floor_fen'])}，实付 "
            f"{yuan(p['amount_fen'])}），退现 {yuan(d['recovered_fen'])}，尚欠 {yuan(d['left_fen'])}",
            holds=d["state"] == "closed"
            and d["maker"] != d["checker"]
            and d["offset_fen"] == p["offset_fen"] > 0
            and p["amount_fen"] >= d["floor_fen"]
            and d["recovered_fen"] > 0
            and d["offset_fen"] + d["recovered_fen"] == d["amount_fen"],
        )
        for d in debts
        for p in later
    ]
    applications = await books.rows(_APPLICATION, again)
    findings += [
        SceneFinding(text="再次申领先由人工复核", holds=row["reviewer"] is not None)
        for row in applications
    ]
    findings += [
        SceneFinding(text=f"信用降为 {row['grade']}", holds=row["grade"] == "D") for row in grade
    ]
    ordered = debts[0]["ordered_on"] if debts else None
    path = clawback(debts[0]) if debts else application(key)
    return scene("fraud", ordered, "骗取待遇，部分抵扣追回", await books.who(key), findings, path)
