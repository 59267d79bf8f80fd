"""Month scenes: what one month under a city's notice must have led to.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

from datetime import date
from fractions import Fraction

from asyncpg import Record

from policies.vocabulary.words import round_half_up
from services.demo.cast.script import MonthScript
from services.demo.checks.scene import (
    BooksReader,
    Scene,
    SceneFinding,
    application,
    day,
    months,
    scene,
    yuan,
)
from services.demo.checks.stop_scenes import of_days

_APPLICATIONS = """
    SELECT *, failing::text AS failed FROM books.applications
    WHERE application = ANY($1) ORDER BY applied_on, application
"""
"""Some applications, as they stand, in the order of their days."""

_PAID_FROM = """
    SELECT a.bank_account, d.district, count(*) AS number, sum(a.amount_fen)::bigint AS fen,
           min(a.settled_on) AS settled_on
    FROM books.disbursement_attempts AS a JOIN books.disbursements AS d USING (disbursement)
    WHERE a.bank_account = ANY($1) AND a.state = 'settled' GROUP BY 1, 2 ORDER BY 1, 2
"""
"""What arrived from some accounts, by district."""

_LEFT_THE_BANK = """
    SELECT coalesce(sum(-amount_fen), 0)::bigint FROM books.postings
    WHERE code = '1002' AND sub = $1 AND amount_fen < 0
"""
"""What left a bank account by the journal, in fen."""

_LATER_YEARS = """
    SELECT year, amount_fen, state, line FROM books.later_years WHERE application = $1 ORDER BY year
"""
"""The parts of an application's plan that later years pay."""

_REFERRED = """
    SELECT body ->> 'text' AS text FROM books.facts
    WHERE application = $1 AND type = 'ApprovalReferred' ORDER BY seq
"""
"""Why an application went to a person, in words."""

_FIGURE = "SELECT * FROM books.figures WHERE jurisdiction = $1 AND name = $2 ORDER BY number"
"""What a city has stated of a figure on the running ledger."""

_STATED_FEN = """
    SELECT (stated ->> 'unit.premiums_paid')::bigint FROM books.applications WHERE application = $1
"""
"""What a unit has paid for unemployment insurance in the year before, as it states, in fen."""

_REFUSED = "SELECT code, reason FROM books.dead_letters WHERE source = $1"
"""What was not taken of a sender's messages, and why."""

_GRANTED_SHARES = (("large", "大型企业", 30), ("small", "中小微企业", 60))
"""Of what a unit has paid, by the notice: the story's name for it, its kind, per cent."""

_COURSES_A_YEAR = 3


def _month(books: BooksReader) -> MonthScript:
    assert books.script.month is not None, "only a month has these scenes"
    return books.script.month


async def _one(books: BooksReader, name: str) -> Record:
    (row,) = await books.rows(_APPLICATIONS, [books.keys[name]])
    return row


async def pooled(books: BooksReader) -> Scene:
    """One account pays for several districts, and each of its payments is booked in its own."""
    shared = [one for one in books.city.accounts.values() if len(one.districts) > 1]
    rows = await books.rows(_PAID_FROM, [one.alias for one in shared])
    findings = []
    for account in shared:
        own = [row for row in rows if row["bank_account"] == account.alias]
        if len(own) < 2:  # in a small run
            continue
        left = await books.one(_LEFT_THE_BANK, account.alias)
        total = sum(row["fen"] for row in own)
        findings.append(
            SceneFinding(
                text=f"{account.title} 一户替 {len(own)} 个区县付出 {sum(r['number'] for r in own)} 笔 "
                f"{yuan(total)}，各记各的账，合计与这一户的银行存款减少数一致",
                holds=total == left and {row["district"] for row in own} <= set(account.districts),
            )
        )
    since = min((row["settled_on"] for row in rows), default=None)
    return scene("pooled", since, "市级统筹，一户付各区县", "", findings, "/batches")


async def over_the_cap(books: BooksReader) -> Scene:
    """A course more than the notice pays for in a year."""
    keys = [key for name, key in books.keys.items() if name.startswith("course-")]
    rows = await books.rows(_APPLICATIONS, keys)
    granted = [row for row in rows if row["state"] == "granted"]
    denied = [row for row in rows if row["state"] == "denied"]
    findings = [
        SceneFinding(
            text=f"一年四次免费培训：{len(granted)} 次发生活费补贴 "
            f"{yuan(sum(r['amount_fen'] for r in granted))}",
            holds=len(granted) == _COURSES_A_YEAR,
        ),
        *(
            SceneFinding(
                text=f"{day(r['applied_on'])} 又报一次，每年累计不超过 {_COURSES_A_YEAR} 次，不予核准",
                holds=r["code"] == "CAP_REACHED" and "per_year" in r["failed"],
            )
            for r in denied
        ),
    ]
    last = denied[-1] if len(denied) == 1 else None
    return scene(
        "over-the-cap",
        last["applied_on"] if last else None,
        "超过次数，不予核准",
        await books.who(keys[0]),
        findings if last else [],
        application(last["application"] if last else keys[0]),
    )


async def once(books: BooksReader) -> Scene:
    """What may be had once is asked for again in another district."""
    first, again = await _one(books, "once"), await _one(books, "again")
    names = books.city.districts
    findings = [
        SceneFinding(
            text=f"{names[first['region']]}已核准失业补助金 {yuan(first['amount_fen'])}；又向"
            f"{names[again['region']]}申领，只能享受一次，不予核准",
            holds=first["state"] == "granted"
            and again["state"] == "denied"
            and again["code"] == "CAP_REACHED"
            and first["region"] != again["region"]
            and first["beneficiary"] == again["beneficiary"],
        )
    ]
    key = books.keys["again"]
    title = "换一个区县再申领"
    return scene(
        "once", again["applied_on"], title, await books.who(key), findings, application(key)
    )


async def next_year(books: BooksReader) -> Scene:
    """This year's months are paid from this year's line; the next year's wait for theirs."""
    key = books.keys["once"]
    claim = await _one(books, "once")
    paid, _ = await books.plan(key)
    later = await books.rows(_LATER_YEARS, key)
    this_year = books.script.calendar.opened_on.year
    findings = [
        SceneFinding(
            text=f"{months(paid)} 已付 {yuan(sum(r['paid_fen'] for r in paid))}；"
            + "；".join(
                f"{r['year']} 年的 {yuan(r['amount_fen'])} 等 {r['year']} 年的预算" for r in later
            ),
            holds=len(paid) > 0
            and [r["year"] for r in later] == [this_year + 1]
            and all(r["state"] in ("asked", "held") for r in later),
        )
    ]
    return scene(
        "next-year",
        claim["granted_on"],
        "跨年的待遇，当年的先付",
        await books.who(key),
        findings,
        application(key),
    )


async def shares(books: BooksReader) -> Scene:
    """Units get back the share that the notice gives to their kind."""
    findings, claims = [], []
    for name, kind, share in _GRANTED_SHARES:
        claim = await _one(books, name)
        paid = await books.one(_STATED_FEN, books.keys[name])
        claims.append(claim)
        findings.append(
            SceneFinding(
                text=f"{kind}上年实缴 {yuan(paid)}，按 {share}% 返还 {yuan(claim['amount_fen'])}",
                holds=claim["state"] == "granted"
                and claim["amount_fen"] == round_half_up(Fraction(paid * share, 100)),
            )
        )
    key = books.keys["large"]
    applied_on = max(claim["applied_on"] for claim in claims)
    who = await books.who(key)
    return scene("shares", applied_on, "稳岗返还按单位类型", who, findings, application(key))


async def unstated(books: BooksReader) -> Scene:
    """A figure that the city has not stated is not guessed: a person decides, by a document."""
    key, claim = books.keys["unstated"], await _one(books, "unstated")
    granted_fen = _month(books).reviewed_fen[claim["programme"]]
    history = await books.rows(_REFERRED, key)
    findings = [
        SceneFinding(
            text=f"{row['text']}，转人工；{books.name_of(claim['reviewer'] or '')} 按批准文件核定 "
            f"{yuan(claim['amount_fen'])}",
            holds=claim["state"] == "granted"
            and bool(claim["reviewer"])
            and claim["amount_fen"] == granted_fen,
        )
        for row in history
    ]
    return scene(
        "unstated",
        claim["granted_on"],
        "市里没有定的数，由人核定",
        await books.who(key),
        findings,
        application(key),
    )


async def stated(books: BooksReader) -> Scene:
    """The city states the figure while the ledger runs: what comes after it is decided by it."""
    key, claim = books.keys["stated"], await _one(books, "stated")
    earlier, figure = await _one(books, "unstated"), _month(books).figure
    findings = [
        SceneFinding(
            text=f"{books.name_of(row['maker'])} 提出、{books.name_of(row['checker'])} 同意："
            f"{day(row['from_on'])} 起每月 {row['value']} 元（{row['document']}）；此后申请的照数核准 "
            f"{yuan(claim['amount_fen'])}，先前的仍是由人核定的 {yuan(earlier['amount_fen'])}",
            holds=row["maker"] != row["checker"]
            and row["from_on"] == figure.from_
            and claim["state"] == "granted"
            and not claim["reviewer"]
            and claim["bundle_hash"] != earlier["bundle_hash"]
            and claim["amount_fen"] != earlier["amount_fen"],
        )
        for row in await books.rows(_FIGURE, books.city.code, figure.name)
    ]
    title = "市里定了数，后来的照数核准"
    return scene(
        "stated",
        figure.from_,
        title,
        await books.who(key),
        findings,
        f"/policies/figures/{figure.name}",
    )


async def foreign(books: BooksReader) -> Scene:
    """A system files for a district that is not its own, and is refused by name."""
    told = _month(books).foreign
    source = told.source
    rows = await books.rows(_REFUSED, source)
    findings = [
        SceneFinding(
            text=f"{source} 报{books.city.districts[told.district]}的申请：{row['reason']}",
            holds=row["code"] == "REGION_OF_ANOTHER",
        )
        for row in rows
    ]
    since = books.script.calendar.first.pays_on
    return scene("foreign", since, "别处的系统报本市的区", source, findings, "/dead-letters")


async def job(books: BooksReader) -> Scene:
    """Of the month in which a job began, the days before it are paid."""
    key = books.keys["hired"]
    since: date | None = await books.since(key, "employed")
    paid, _ = await books.plan(key)
    findings = [
        SceneFinding(
            text=f"{day(since)} 起就业，{months([row])} {yuan(row['amount_fen'])} 只付以前各日 "
            f"{yuan(row['paid_fen'])}",
            holds=row["paid_fen"] == of_days(row["amount_fen"], since) < row["amount_fen"],
        )
        for row in paid
    ]
    title = "就业当月只付以前各日"
    return scene("job", since, title, await books.who(key), findings, application(key))
