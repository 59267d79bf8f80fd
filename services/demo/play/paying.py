"""Paying: a month's money, from what is due to the bank's statement.

In:   the books; the payment files in the outbox
Out:  batches by two people, the bank's answers by message and by file, statements
"""

from services.clerk.worker import OUTBOX
from services.demo.bank.statements import SUFFIXES
from services.demo.cast.calendar import PlayedMonth
from services.demo.play.stage import Participants
from services.demo.play.waiting import Reached

_DUE = """SELECT count(*) FROM books.instalments
    WHERE application = ANY($1) AND due_on <= $2 AND state <> 'withdrawn'"""
"""Instalments of some applications that are due by a day."""
_CHECKED = """SELECT count(*) FROM books.instalments AS i LEFT JOIN books.disbursements AS d
      ON d.disbursement = i.application || '#' || i.instalment
    WHERE i.application = ANY($1) AND i.due_on <= $2 AND i.state <> 'withdrawn'
      AND (i.state = 'stopped' OR d.disbursement IS NOT NULL)"""
"""Those of them that are stopped, or have led to a payment."""
OVERDUE = """SELECT count(*) FROM books.advances
    WHERE settle_by < $1 AND amount_fen > settled_fen + called_fen + cancelled_fen"""
"""What was paid ahead and should have been settled before a day."""
_ANSWERED_ATTEMPTS = """SELECT count(*) FROM books.disbursement_attempts
    WHERE batch = ANY($1) AND (state = 'returned' OR state = 'settled')"""
"""Payments of some batches that the bank has answered."""
_RETURNED = """SELECT count(*) FROM books.disbursement_attempts
    WHERE batch = ANY($1) AND state = 'returned'"""
"""Payments of some batches that came back."""


async def pay(stage: Participants, month: PlayedMonth) -> int:
    """Check what is due, prepare and release batches, send them, and let the bank answer."""
    due = await stage.pool.fetchval(_DUE, stage.keys, month.pays_on)

    async def checked() -> Reached:
        await stage.round()
        late = await stage.pool.fetchval(OVERDUE, month.pays_on)
        done = await stage.pool.fetchval(_CHECKED, stage.keys, month.pays_on)
        return Reached(int(done) - int(late), int(due))

    await stage.wait("到期检查与应付", checked)
    batches = await stage.staff.prepare(month.pays_on)
    names = [batch for batch, _ in batches]
    await stage.until(
        "制单",
        "SELECT count(*) FROM books.batches WHERE batch = ANY($1) AND state <> 'requested'",
        len(names),
        names,
    )
    if month is stage.calendar.first:
        await stage.staff.release_own(names, month.pays_on)
        await stage.staff.release_unsigned(names, month.pays_on)
    await stage.staff.release(names, month.pays_on)

    async def sent() -> Reached:
        await stage.round()
        query = """SELECT count(*) FROM books.batches
            WHERE batch = ANY($1) AND state IN ('sent', 'closed')"""
        return await stage.count(query, len(names), names)

    await stage.wait("放行与发送", sent)
    await answers(stage, month, names)
    return sum(count for _, count in batches)


async def answers(stage: Participants, month: PlayedMonth, names: list[str]) -> None:
    """Let the bank pay, and tell it by message or file."""
    stage.turn_to(month.bank_on)
    answered = returned = 0
    outbox = stage.settings.data_dir / OUTBOX
    from_month = stage.calendar.silent_in
    silent = from_month is not None and month.name >= from_month and not stage.bank.has_been_silent
    for one in stage.bank.pay(outbox, month.bank_on, silent=silent):
        if one.answer is None:
            await stage.upstream.publish(one.results)
        else:
            await stage.upstream.publish_answer(one.answer, one.bank, month.bank_on)
        answered, returned = answered + one.answered, returned + one.returned
    await stage.until("银行回盘", _ANSWERED_ATTEMPTS, answered, names)
    await stage.until("退回入账", _RETURNED, returned, names)


async def reconcile(stage: Participants, month: PlayedMonth) -> None:
    """Import the month's statement of every account; the books do the rest."""
    with_mistakes = (
        month.name >= stage.calendar.mistakes_from
        and not stage.bank.mistakes
        and stage.bank.can_make_mistakes
    )
    stage.bank.book(month.bank_on, with_mistakes=with_mistakes)
    stage.turn_to(month.closes_on)
    folder = stage.settings.data_dir / "demo" / "statements"
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for alias in stage.accounts:
        if not stage.bank.moved(alias, month.closes_on):
            continue
        suffix = SUFFIXES[stage.bank.form_of(alias)]
        file = folder / f"{alias}-{month.closes_on:%Y-%m}{suffix}"
        file.write_bytes(stage.bank.statement(alias, month.closes_on))
        written.append(file)
    numbers = await stage.staff.import_statements(written, month.closes_on)
    query = "SELECT count(*) FROM books.statement_files WHERE number = ANY($1) AND state = ANY($2)"
    released = ["released", "taken"]
    await stage.until("银行流水复核", query, len(numbers), numbers, released)
    await stage.round()
    await stage.until("银行流水入账", query, len(numbers), numbers, ["taken"])
