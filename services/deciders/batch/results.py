"""Record what the bank says of a batch's instructions, and close the batch with the last one."""

from datetime import date

from events import batches
from events.ids import is_staff, line_no_of
from events.values import Fact
from services.deciders.batch.state import BatchState, Outcome
from services.deciders.incompatible import Done, refuse_incompatible
from services.deciders.refusal import refuse, refuse_first


def record_result(
    batch: BatchState, command: batches.RecordBankResult, by: str, today: date
) -> list[Fact]:
    """Take the bank's answer for one instruction, from `by`, on the legal day `today`.

    Refuses: NOT_SENT, NO_SUCH_INSTRUCTION, INCOMPATIBLE_ACTS (staff who prepared or released the
             batch, or have judged what the line pays), DAY_AHEAD (after today), DAY_BEFORE_SENT  (first match wins)
    Holds: a repeat changes nothing; a second, different answer, or one of another amount than was
           ordered, is recorded, and the payee's stream judges it; the batch is closed only when
           each line is answered with its own amount
    """
    about = command.instruction
    if batch.state not in ("sending", "sent", "closed") or batch.requested is None:
        return refuse(command, "NOT_SENT", about)
    line = _line_of(batch, command.instruction)
    if line is None:
        return refuse(command, "NO_SUCH_INSTRUCTION", about)
    prepared_by, released_by = batch.requested.maker, batch.checker
    if refused := refuse_incompatible(
        command,
        "bank_answers",
        by if is_staff(by) else "",
        about,
        Done("prepare", (prepared_by,), command.batch),
        Done("release", (released_by,), command.batch),
        Done("judge", batch.judged_by.get(line.line_no, ()), line.disbursement),
    ):
        return refused
    paid_on = command.value_on
    if refused := refuse_first(
        command,
        about,
        (paid_on > today, "DAY_AHEAD", f"{paid_on} > {today}"),
        (paid_on < batch.sending_on, "DAY_BEFORE_SENT", f"{paid_on} < {batch.sending_on}"),
    ):
        return refused
    outcome = (command.outcome, command.bank_reference, command.amount)
    if _is_known(outcome, batch.outcomes.get(line.line_no, [])):
        return []
    facts: list[Fact] = [
        batches.BatchResultRecorded(
            batch=command.batch,
            line=line,
            outcome=command.outcome,
            amount=command.amount,
            value_on=command.value_on,
            code=command.code,
            reason=command.reason,
            bank_reference=command.bank_reference,
            prepared_by=prepared_by,
            released_by=released_by,
        )
    ]
    if batch.state != "closed" and command.amount == line.amount:
        others = (no for no in batch.lines if no != line.line_no)
        if all(batch.answered(no) for no in others):
            facts.append(_closed(batch, line.line_no, outcome))
    return facts


def _is_known(outcome: Outcome, earlier: list[Outcome]) -> bool:
    """Tell whether the bank has said this already.

    Holds: a payment that is told again without its reference, or the first time with one, is the
           same payment; whether it was paid twice all the same, the statement shows
    """
    said, reference, amount = outcome
    return any(
        (said, amount) == (before, paid) and (reference == named or not reference or not named)
        for before, named, paid in earlier[-1:]
    ) or (outcome in earlier)


def _line_of(batch: BatchState, instruction: str) -> batches.BatchLine | None:
    """Find the line whose number ends the instruction's id."""
    number = line_no_of(instruction)
    line = None if number is None else batch.lines.get(number)
    return line if line is not None and line.instruction == instruction else None


def _closed(batch: BatchState, last: int, outcome: Outcome) -> batches.BatchClosed:
    """Sum up the latest answer of every instruction, each of its line's own amount."""
    latest = {
        line_no: next(one for one in reversed(outcomes) if one[2] == batch.lines[line_no].amount)
        for line_no, outcomes in batch.outcomes.items()
        if line_no != last
    }
    latest[last] = outcome
    settled = [amount for said, _, amount in latest.values() if said == "settled"]
    returned = [amount for said, _, amount in latest.values() if said == "returned"]
    return batches.BatchClosed(
        batch=batch.requested.batch if batch.requested else "",
        settled=len(settled),
        returned=len(returned),
        settled_total=sum(settled),
        returned_total=sum(returned),
    )
