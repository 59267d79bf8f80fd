"""Stop scenes: a death, a job, a household that is out.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

from datetime import date

from asyncpg import Record

from services.demo.checks.scene import (
    BooksReader,
    Scene,
    SceneFinding,
    application,
    clawback,
    day,
    months,
    scene,
    yuan,
)

_DEBTS = """
    SELECT * FROM books.clawbacks WHERE application = $1 ORDER BY clawback
"""
"""The debts out of an application, in their order."""

_LOST_CATEGORIES = """
    SELECT effective_on, body ->> 'kept' AS kept, body ->> 'stopped' AS stopped
    FROM books.facts WHERE type = 'CategoryLost' ORDER BY stream
"""
"""Who of a household lost its category, with the applications that go on and that stop."""


async def death(books: BooksReader) -> Scene:
    """A death stops the rest of a plan; what was paid after it is taken back."""
    key = books.keys["died"]
    paid, stopped = await books.plan(key)
    debts = await books.rows(_DEBTS, key)
    since = await books.since(key, "deceased")
    findings = [
        SceneFinding(
            text=f"{day(since)} 去世；失业补助金已付 {months(paid)} "
            f"{yuan(sum(r['paid_fen'] or 0 for r in paid))}，{months(stopped)} 停发",
            holds=since is not None
            and [r["instalment"] for r in paid] == [1, 2, 3]
            and [r["reason"] for r in stopped] == ["deceased"] * 3,
        ),
        *(
            SceneFinding(
                text=f"去世当月 {yuan(paid[-1]['paid_fen'])} 中以后各日的 {yuan(row['amount_fen'])} 由规则提出、{books.name_of(row['checker'])} "
                f"决定追回，继承人退回 {yuan(row['recovered_fen'])}，尚欠 {yuan(row['left_fen'])}",
                holds=row["maker"] == "rule:stops"
                and bool(row["checker"])
                and row["amount_fen"] == row["recovered_fen"]
                and row["amount_fen"] == _undue(paid[-1], since),
            )
            for row in debts
        ),
    ]
    if not debts:
        findings.append(SceneFinding(text="没有提出追回", holds=False))
    path = clawback(debts[0]) if debts else application(key)
    return scene("death", since, "死亡停发，多付追回", await books.who(key), findings, path)


def _undue(month: Record, since: date | None) -> int:
    """What a month's pay leaves undue from a day on."""
    paid: int = month["paid_fen"]
    return paid - of_days(paid, since)


def of_days(month_fen: int, since: date | None) -> int:
    """What the days of a month before a change are worth, each a 30th of it, half up."""
    days = since.day - 1 if since else 0
    return (month_fen * days * 2 + 30) // 60


async def job(books: BooksReader) -> Scene:
    """A job stops the rest of a plan; its month is paid for the days before."""
    key = books.keys["hired"]
    paid, stopped = await books.plan(key)
    since = await books.since(key, "employed")
    reasons = {row["reason"] for row in stopped}
    findings = SceneFinding(
        text=f"{day(since)} 就业；失业补助金付 {months(paid)}，就业当月只付以前各日 "
        f"{yuan(paid[-1]['paid_fen'] if paid else 0)}，{months(stopped)} 停发",
        holds=len(paid) == 3
        and len(stopped) == 3
        and reasons == {"employed"}
        and paid[-1]["paid_fen"] == of_days(paid[-1]["amount_fen"], since),
    )
    return scene("job", since, "就业停发", await books.who(key), [findings], application(key))


async def household(books: BooksReader) -> Scene:
    """One member's job takes the household out; who has another reason stays."""
    lost = await books.rows(_LOST_CATEGORIES)
    sister, brother = books.keys["sister"], books.keys["brother"]
    since = lost[0]["effective_on"] if lost else None
    changed = await books.since(books.keys["hired"], "employed")
    paid, stopped = await books.plan(sister)
    both, _ = await books.plan(brother)
    settled = sum(row["paid_fen"] for row in both)
    findings = [
        SceneFinding(text=f"全家 {len(lost)} 人同日移出零就业家庭", holds=len(lost) == 3),
        SceneFinding(
            text=f"{await books.who(sister)} 的岗位补贴 {months(stopped)} "
            f"{yuan(sum(r['amount_fen'] for r in stopped))} 随即停发，当月只付以前各日 "
            f"{yuan(sum(r['paid_fen'] for r in paid))}",
            holds=[r["reason"] for r in stopped] == ["household"]
            and [r["paid_fen"] for r in paid] == [of_days(r["amount_fen"], changed) for r in paid]
            and len(paid) == 1
            and any(sister in row["stopped"] for row in lost),
        ),
        SceneFinding(
            text=f"{await books.who(brother)} 另属残疾，{months(both)} 照付 {yuan(settled)}",
            holds=len(both) == 2
            and all(r["paid_fen"] == r["amount_fen"] for r in both)
            and any(brother in row["kept"] for row in lost),
        ),
    ]
    who = f"{await books.who(books.keys['hired'])} 一家"
    return scene("household", since, "一人就业，零就业家庭移出", who, findings, application(sister))
