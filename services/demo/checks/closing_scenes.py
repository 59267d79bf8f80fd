"""Closing scenes: the month that two people have closed.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

from services.demo.checks.scene import BooksReader, Scene, SceneFinding, scene

_SIGNED = """
    SELECT s.*, p.vouchers, p.late, p.open_items, (
               SELECT count(*) FROM books.entries AS e
               WHERE e.fund = s.fund AND e.district = s.district
                 AND e.value_on BETWEEN s.first_on AND s.last_on
                 AND e.ledger_offset < coalesce(s.vector[e.partition + 1], 0)) AS entries
    FROM books.period_signings AS s JOIN books.periods AS p USING (fund, district, month)
    WHERE p.state = 'signed' ORDER BY s.signed_on, s.fund, s.district
"""
"""Every closed month, with the entries of its days up to its place on the ledger."""


async def closed(books: BooksReader) -> Scene:
    """One person has prepared a month, another has signed it; each of its entries has a number."""
    rows = await books.rows(_SIGNED)
    findings = [
        SceneFinding(
            text=f"{row['month']} {books.name_of(row['maker'])} 制单，{books.name_of(row['checker'])} "
            f"签结，未了事项 {row['open_items']} 项写明情况；凭证 记-0001 至 记-{row['vouchers']:04d}，"
            f"账上 {row['entries']} 张",
            holds=row["maker"] != row["checker"] and row["vouchers"] == row["entries"] > 0,
        )
        for row in rows
    ]
    path = "/periods"
    if rows:
        path += f"/{rows[0]['fund']}/{rows[0]['district']}/{rows[0]['month']}"
    since = rows[0]["signed_on"] if rows else None
    return scene("month-closed", since, "月结由两人办理，凭证连续编号", "", findings, path)
