"""Payment scenes: two pairs of eyes, what came back, what the bank forgot to answer.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

from services.demo.checks.scene import (
    BooksReader,
    Scene,
    SceneFinding,
    application,
    day,
    yuan,
)

_RELEASED_BY_THE_MAKER = """
    SELECT r.about, r.effective_on, b.maker, b.checker, b.state
    FROM books.refusals AS r JOIN books.batches AS b ON b.batch = r.about
    WHERE r.command = 'ReleaseBatch' AND r.code IN ('NOT_YOUR_ROLE', 'SAME_PERSON')
"""
"""Batches whose maker tried to release them, with whoever did release them."""

_RELEASED_BY_NOBODY = """
    SELECT r.about, b.state FROM books.refusals AS r JOIN books.batches AS b ON b.batch = r.about
    WHERE r.command = 'ReleaseBatch' AND r.code = 'NOT_SIGNED_IN'
"""
"""Batches that somebody tried to release without having signed in."""

_ATTEMPTS = """
    SELECT a.attempt, a.state, a.return_reason, a.amount_fen, a.returned_on, a.settled_on
    FROM books.disbursement_attempts AS a JOIN books.disbursements USING (disbursement)
    WHERE application = $1 ORDER BY a.attempt
"""
"""Each time that an application's money was sent, and what became of it."""

_CORRECTED_ACCOUNTS = """
    SELECT * FROM books.account_versions WHERE application = $1 AND replaces <> ''
"""
"""The accounts that took the place of an application's first one."""

_RETURNED_AFTER_SETTLEMENT = """
    SELECT a.settled_on, a.returned_on, a.amount_fen, d.application
    FROM books.disbursement_attempts AS a JOIN books.disbursements AS d
      USING (disbursement)
    WHERE a.after_settlement ORDER BY a.instruction
"""
"""Payments that arrived and came back afterwards."""

_ASKED_OUTCOMES = """
    SELECT o.asked_on, o.asked_by, d.state, d.settled_on, d.amount_fen, d.attempt
    FROM books.outcomes_asked AS o JOIN books.disbursements AS d
      ON d.disbursement = o.disbursement AND d.instruction = o.instruction
"""
"""Payments about which the bank was asked, and what became of them."""


async def two_pairs_of_eyes(books: BooksReader) -> Scene:
    """The maker of a batch tries to release it, and must not."""
    refused = await books.rows(_RELEASED_BY_THE_MAKER)
    findings = [
        SceneFinding(
            text=f"{books.name_of(row['maker'])} 放行自己的批次 {row['about']}，被拒并记下；{books.name_of(row['checker'])} 放行",
            holds=row["checker"] not in ("", row["maker"]) and row["state"] == "closed",
        )
        for row in refused
    ] or [SceneFinding(text="制单人没有试过放行自己的批次", holds=False)]
    findings += [
        SceneFinding(
            text=f"没有登录就以复核员的名义放行 {row['about']}，台账不认",
            holds=row["state"] == "closed",
        )
        for row in await books.rows(_RELEASED_BY_NOBODY)
    ] or [SceneFinding(text="没有登录的放行命令没有被拒", holds=False)]
    batch = refused[0]["about"] if refused else ""
    return Scene(
        name="same-person",
        when=day(refused[0]["effective_on"] if refused else None),
        title="制单、复核须是两人",
        who="",
        seen=findings,
        path=f"/batches/{batch}",
    )


async def returned(books: BooksReader) -> Scene:
    """A payment comes back, its account is corrected by two people, and it goes out again."""
    key = books.keys["moved"]
    attempts = await books.rows(_ATTEMPTS, key)
    version = await books.rows(_CORRECTED_ACCOUNTS, key)
    states = [row["state"] for row in attempts]
    attempts_in_words = "；".join(
        f"第 {r['attempt']} 次 {yuan(r['amount_fen'])} "
        + (
            f"{day(r['returned_on'])} 退回（{r['return_reason']}）"
            if r["state"] == "returned"
            else f"{day(r['settled_on'])} 到账"
        )
        for r in attempts
    )
    changed = [
        SceneFinding(
            text=f"新账户由 {books.name_of(row['source'])} 提出、{books.name_of(row['checker'])} 同意",
            holds=bool(row["checker"]) and not row["source"].endswith(row["checker"]),
        )
        for row in version
    ]
    return Scene(
        name="returned",
        when=day(attempts[0]["returned_on"] if attempts else None),
        title="退回后更正账户再付",
        who=await books.who(key),
        seen=[
            SceneFinding(text=attempts_in_words, holds=states == ["returned", "settled"]),
            *changed,
        ]
        + ([] if changed else [SceneFinding(text="没有更正账户", holds=False)]),
        path=application(key),
    )


async def late_return(books: BooksReader) -> Scene:
    """Money arrives and comes back afterwards."""
    rows = await books.rows(_RETURNED_AFTER_SETTLEMENT)
    total = sum(row["amount_fen"] for row in rows)
    return Scene(
        name="late-return",
        when=day(rows[0]["returned_on"] if rows else None),
        title="入账后退票",
        who="",
        seen=[
            SceneFinding(
                text=f"{len(rows)} 笔 {yuan(total)} 到账后又退回，重记应付", holds=len(rows) > 0
            )
        ],
        path="/tasks/returns",
    )


async def unheard(books: BooksReader) -> Scene:
    """The bank leaves a payment without an answer; it is asked, and nothing is paid again."""
    rows = await books.rows(_ASKED_OUTCOMES)
    findings = [
        SceneFinding(
            text=f"{yuan(row['amount_fen'])} 当月无回盘，{day(row['asked_on'])} 去问，"
            f"银行补告 {day(row['settled_on'])} 已到账；没有再付第二次",
            holds=row["state"] == "settled" and row["attempt"] == 1,
        )
        for row in rows
    ]
    return Scene(
        name="unheard",
        when=day(rows[0]["asked_on"] if rows else None),
        title="银行没有回盘的一笔",
        who="",
        seen=findings,
        path="/tasks/unknown",
    )
