"""Publishing: the public is shown who is to be paid, somebody objects, another person finds out.

In:   the books, the vault, by the same steps as the pages
Out:  a list by two people, an objection that holds one payment over a payday, its finding
Holds: what the books show as done is not asked again.
"""

from datetime import date

from events import streams
from events.disclosures import PublishDisclosure
from events.objections import RaiseObjection, ResolveObjection
from services.demo.play.acts import Acts
from services.demo.play.stage import Participants
from services.disclosing import preparing
from services.runtime.city import policies_of

OBJECTION = "YY-1"

_ALREADY = "SELECT count(*) FROM books.disclosures"
_MOST_GRANTED = """
    SELECT programme FROM books.applications WHERE state = 'granted'
    GROUP BY programme ORDER BY count(DISTINCT beneficiary) DESC, programme LIMIT 1
"""
"""The benefit that most have been granted."""
_TO_BE_PAID = """
    SELECT application FROM books.instalments
    WHERE application = ANY($1) AND NOT application = ANY($2) AND state = 'planned' AND due_on <= $3
    ORDER BY application LIMIT 1
"""
"""A claim of a list, none of the story's, that is to be paid on a day."""
_OPEN = "SELECT payee FROM books.objections WHERE objection = $1 AND state = 'open'"


async def publish_a_list(stage: Participants, acts: Acts, told: list[str], today: date) -> None:
    """Publish who was granted a benefit since last year began, and object to one before the payday.

    Shape: `told` are the applications of the story, which go their own way
    """
    pool, staff = stage.pool, acts.staff
    if await pool.fetchval(_ALREADY):
        return
    asked = preparing.GrantsAsked(
        await pool.fetchval(_MOST_GRANTED), stage.city.code, date(today.year - 1, 1, 1), today
    )
    policies = policies_of(stage.settings)
    try:
        made = await preparing.grants(pool, stage.vault, policies, asked, staff.reviewer, today)
    except preparing.NothingToShow:  # a city of very few applications
        return
    await stage.vault.store_file(made.name, made.content, preparing.PURPOSE, staff.reviewer)
    number = made.command.number
    stream = streams.disclosure(number)
    await acts.ask(f"list|{number}", stream, today, staff.reviewer, made.command)
    digest = await pool.fetchval(
        "SELECT digest FROM books.disclosures WHERE number = $1 AND issue = 1", number
    )
    publish = PublishDisclosure(number=number, digest=digest, checker=staff.checker)
    await acts.ask(f"list|{number}|publish", stream, today, staff.checker, publish)
    listed = [line.application for line in made.command.lines]
    objected = await pool.fetchval(_TO_BE_PAID, listed, told, today)
    if objected is None:
        return
    payee = await pool.fetchval(
        "SELECT payee FROM books.applications WHERE application = $1", objected
    )
    body = RaiseObjection(
        objection=OBJECTION,
        application=objected,
        disclosure=number,
        ground="not_entitled",
        document=f"示例异议〔{today.year}〕1号",
        reason="有人反映不符合条件",
        by=staff.checker,
    )
    await acts.ask(f"object|{objected}", streams.payee(payee), today, staff.checker, body)


async def find_out(acts: Acts, stage: Participants, today: date) -> None:
    """Let the other person find out that the objection is not right: the payment goes on."""
    payee = await stage.pool.fetchval(_OPEN, OBJECTION)
    if payee is None:
        return
    found = ResolveObjection(
        objection=OBJECTION,
        verdict="dismissed",
        document=f"示例核查〔{today.year}〕1号",
        reason="经核查符合条件",
        by=acts.staff.reviewer,
    )
    stream = streams.payee(payee)
    await acts.ask(f"found|{OBJECTION}", stream, today, acts.staff.reviewer, found)
