"""Prepare a batch: its payments are claimed of their payees, and its list becomes final."""

from datetime import date

from events import batches
from events.ids import is_batch_number
from events.values import Fact
from policies.cities import Cities
from services.deciders.batch.releasing import given_up
from services.deciders.batch.state import BatchState, digest_of
from services.deciders.refusal import refuse, refuse_first

MOST_LINES = 2000
"""How many payments one batch may hold, so that its list fits into one fact."""


def prepare(
    batch: BatchState, command: batches.PrepareBatch, cities: Cities, today: date
) -> list[Fact]:
    """Ask every payee for the payments of a batch.

    Refuses: WRONG_BATCH_NUMBER, BATCH_EXISTS, WRONG_ACCOUNT, EMPTY, TOO_MANY_LINES, LINE_TWICE
             (first match wins)
    Holds: the account that pays is the fund's own in its district, and in use on the legal day of
           sending; from an account of several districts the batch's district is the city's
    """
    if not is_batch_number(command.batch):
        return refuse(command, "WRONG_BATCH_NUMBER", command.batch)
    requested = batches.BatchRequested(**dict(command))
    if batch.requested is not None:
        return (
            [] if batch.requested == requested else refuse(command, "BATCH_EXISTS", command.batch)
        )
    payments = {line.disbursement for line in command.lines}
    own = cities.may_pay(command.bank_account, command.fund, command.district, today)
    return refuse_first(
        command,
        command.batch,
        (not own, "WRONG_ACCOUNT", command.bank_account),
        (not command.lines, "EMPTY", ""),
        (len(command.lines) > MOST_LINES, "TOO_MANY_LINES", ""),
        (len(payments) < len(command.lines), "LINE_TWICE", ""),
    ) or [requested]


def answer_claim(batch: BatchState, command: batches.AnswerClaim) -> list[Fact]:
    """Take a payee's answer for one line; the last answer makes the list final.

    Refuses: NO_SUCH_LINE
    """
    requested = batch.requested
    if requested is None or not 1 <= command.line_no <= len(requested.lines):
        return refuse(command, "NO_SUCH_LINE", command.batch)
    if command.line_no in batch.lines or command.line_no in batch.refused:
        return []
    wanted = requested.lines[command.line_no - 1]
    answers = len(batch.lines) + len(batch.refused) + 1
    if command.claimed:
        line = batches.BatchLine(
            line_no=command.line_no,
            payee=wanted.payee,
            disbursement=wanted.disbursement,
            instruction=command.instruction,
            account=command.account,
            amount=wanted.amount,
        )
        facts: list[Fact] = [
            batches.BatchLineClaimed(batch=command.batch, line=line, judged_by=command.judged_by)
        ]
        lines = {**batch.lines, line.line_no: line} if answers == len(requested.lines) else {}
    else:
        facts = [
            batches.BatchLineRefused(
                batch=command.batch,
                line_no=command.line_no,
                disbursement=wanted.disbursement,
                code=command.code,
            )
        ]
        lines = batch.lines
    if answers == len(requested.lines):
        final = tuple(line for _, line in sorted(lines.items()))
        facts.append(prepared(requested, final))
        if batch.held and final:
            facts.append(given_up(command.batch, batch.held, final))
    return facts


def take_out_line(batch: BatchState, command: batches.TakeOutLine) -> list[Fact]:
    """Leave one payment out: what is released was another list, so that is given up whole.

    Refuses: TOO_LATE (the file is being written or has left)
    """
    out = next((o for o in batch.in_order() if o.disbursement == command.disbursement), None)
    if out is None or batch.state == "rejected":
        return []
    taken_out = batches.BatchLineTakenOut(batch=command.batch, line=out, reason=command.reason)
    match batch.state:
        case "requested":
            return [taken_out]
        case "prepared" if batch.requested is not None:
            rest = tuple(line for line in batch.in_order() if line is not out)
            return [taken_out, prepared(batch.requested, rest)]
        case "released":
            held = batches.BatchHeld(
                batch=command.batch, disbursement=command.disbursement, reason=command.reason
            )
            return [held, given_up(command.batch, command.reason, batch.in_order())]
        case _:
            return refuse(command, "TOO_LATE", command.batch, command.disbursement)


def prepared(requested: batches.BatchRequested, lines: tuple[batches.BatchLine, ...]) -> Fact:
    """Say which payments the batch is made of, or that none is left."""
    if not lines:
        return batches.BatchClosed(
            batch=requested.batch, settled=0, returned=0, settled_total=0, returned_total=0
        )
    return batches.BatchPrepared(
        batch=requested.batch,
        bank_account=requested.bank_account,
        fund=requested.fund,
        district=requested.district,
        maker=requested.maker,
        count=len(lines),
        total=sum(line.amount for line in lines),
        digest=digest_of(lines),
    )
