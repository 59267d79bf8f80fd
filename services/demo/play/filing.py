"""Filing: the books are opened, applications are published, and each is waited for.

In:   the demo's messages; the books
Out:  messages on the inbound topics; `keys` of the stage grow by what was filed
Holds: it goes on when the books show what was published, never when time has passed
"""

from collections.abc import Collection, Iterable, Mapping

from services.demo.bank.statements import opening_fen
from services.demo.cast.messages import Published
from services.demo.cast.money import opening_balances, opening_document
from services.demo.cast.read_back import LeftToPerson, claims, refusals, reviews
from services.demo.play.stage import Participants

UNDECIDED = ("filed", "proposed")

DECIDED = """SELECT count(*) FROM books.applications
    WHERE application = ANY($1) AND NOT state = ANY($2)"""
"""Some applications that are in none of some states."""

_OPENED = "SELECT count(*) FROM books.entries WHERE kind = 'opening' AND reference = ANY($1)"
"""Opening balances that some documents name."""

_ALLOCATED = "SELECT count(*) FROM books.budgets WHERE allocated_fen > 0"
"""Budget lines that have money."""

_LETTERS = "SELECT count(*) FROM books.dead_letters"
"""Whatever could not be taken."""

_AGAIN = """
    SELECT sum(corrections + conflicts) FROM books.applications WHERE application = ANY($1)
"""
"""How often some applications were corrected, or came with other content."""

_REFERRED = """
    SELECT application, programme, state FROM books.applications
    WHERE application = ANY($1) AND programme = ANY($2)
      AND (state = 'referred' OR reviewer IS NOT NULL)
    ORDER BY application
"""
"""Applications of some programmes that the rules leave to a person, or left to one."""


async def open_books(stage: Participants) -> str:
    """Allocate budgets and open the books of every bank account, once; what was done, in words."""
    opening = opening_balances(
        stage.demo.run,
        stage.script,
        {account: opening_fen(account) for account in stage.accounts.values()},
    )
    await stage.upstream.publish([*stage.demo.money, *opening])
    documents = [opening_document(alias) for alias in stage.accounts]
    await stage.until("期初余额", _OPENED, len(opening), documents)
    await stage.until("预算下达", _ALLOCATED, len(stage.demo.money))
    return f"预算 {len(stage.demo.money)} 条，银行账户 {len(opening)} 个"


async def file_applications(stage: Participants, what: str, messages: Iterable[Published]) -> None:
    """Publish, and wait until every application that was ever published is decided."""
    published = list(messages)
    await stage.upstream.publish(published)
    stage.keys += [claim.key for message in published for claim in claims(message, stage.known)]
    await all_decided(stage, what)


async def all_decided(stage: Participants, what: str) -> None:
    """Wait until every application that was published is decided."""
    await stage.until(what, DECIDED, len(stage.keys), stage.keys, list(UNDECIDED))


async def file_wrong_and_again(stage: Participants) -> None:
    """Publish what cannot be taken, and what comes again: twice, corrected, or with other content."""
    before = await stage.pool.fetchval(_LETTERS)
    await stage.upstream.publish(stage.demo.malformed)
    wrong = sum(refusals(message, stage.known) for message in stage.demo.malformed)
    await stage.until("坏报文退回", _LETTERS, before + wrong)
    await stage.upstream.publish(stage.demo.repeated)
    wanted = stage.demo.corrections + stage.demo.conflicts
    await stage.until("更正与内容冲突", _AGAIN, wanted, stage.keys)
    await all_decided(stage, "更正后重新审核")


async def review(
    stage: Participants, amounts_fen: Mapping[str, int], sure: Collection[str] = ()
) -> None:
    """Let a reviewer answer the applications of some programmes that are left to a person.

    Shape: by programme what is granted where the rule works nothing out, or 0; `sure` are applications
           that are granted for sure
    """
    rows = await stage.pool.fetch(_REFERRED, stage.keys, list(amounts_fen))
    answered = [row["application"] for row in rows]
    left = [
        LeftToPerson(row["application"], amounts_fen[row["programme"]], row["application"] in sure)
        for row in rows
    ]
    answers = zip(rows, reviews(stage.demo.run, left, stage.script), strict=True)
    await stage.upstream.publish(answer for row, answer in answers if row["state"] == "referred")
    open_states = [*UNDECIDED, "referred"]
    await stage.until("转人工审核", DECIDED, len(answered), answered, open_states)
