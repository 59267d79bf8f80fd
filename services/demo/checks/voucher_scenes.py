"""Voucher scenes: used once, by whom they were given to, or expired.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

from services.demo.checks.scene import BooksReader, Scene, SceneFinding, scene


async def vouchers(books: BooksReader) -> Scene:
    """A season of training vouchers comes to its end."""
    states = {
        row["state"]: row["number"]
        for row in await books.rows(
            "SELECT state, count(*) AS number FROM books.vouchers GROUP BY state"
        )
    }
    strangers = await books.one(
        "SELECT count(*) FROM books.voucher_steps WHERE state = 'dropped' AND code = 'WRONG_HOLDER'"
    )
    issued_on = await books.one("SELECT min(issued_on) FROM books.vouchers")
    used, expired = states.get("used", 0), states.get("expired", 0)
    findings = [
        SceneFinding(
            text=f"{sum(states.values())} 张培训券：用了 {used} 张，到期未用、由到期检查记下 {expired} 张",
            holds=used > 0 and expired > 0 and used + expired == sum(states.values()),
        ),
        SceneFinding(text=f"不是本人持券的 {strangers} 次，未予办理", holds=strangers > 0),
    ]
    return scene("vouchers", issued_on, "职业培训券", "", findings, "/vouchers")
