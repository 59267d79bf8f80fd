"""Voucher scenes: used once, by whom they were given to, or expired.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

from services.demo.checks.scene import BooksReader, Scene, SceneFinding, scene

_BY_STATE = """
    SELECT state, count(*) AS number FROM books.vouchers GROUP BY state
"""
"""How many vouchers stand in each state."""

_BY_STRANGERS = """
    SELECT count(*) FROM books.voucher_steps WHERE state = 'dropped' AND code = 'WRONG_HOLDER'
"""
"""How often somebody else than the holder came with a voucher."""

_FIRST_ISSUED = """
    SELECT min(issued_on) FROM books.vouchers
"""
"""The day of the first voucher."""


async def vouchers(books: BooksReader) -> Scene:
    """A season of training vouchers comes to its end."""
    states = {row["state"]: row["number"] for row in await books.rows(_BY_STATE)}
    strangers = await books.one(_BY_STRANGERS)
    issued_on = await books.one(_FIRST_ISSUED)
    used, expired = states.get("used", 0), states.get("expired", 0)
    findings = [
        SceneFinding(
            text=f"{sum(states.values())} 张培训券：用了 {used} 张，到期未用、由到期检查记下 {expired} 张",
            holds=used > 0 and expired > 0 and used + expired == sum(states.values()),
        ),
        SceneFinding(text=f"不是本人持券的 {strangers} 次，未予办理", holds=strangers > 0),
    ]
    return scene("vouchers", issued_on, "职业培训券", "", findings, "/vouchers")
