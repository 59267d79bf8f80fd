"""Record what the bank says of a batch's instructions, and close the batch with the last one."""

from events.batches import BatchClosed, BatchLine, BatchResultRecorded, RecordBankResult
from events.control import CommandRefused
from events.instructions import line_no_of
from events.values import Fact
from services.batches.state import Batch


def record_result(batch: Batch, command: RecordBankResult) -> list[Fact]:
    """Take the bank's answer for one instruction.

    Refuses: NOT_SENT, NO_SUCH_INSTRUCTION  (first match wins)
    Holds: a repeat changes nothing; a second, different answer is recorded, and the payee's
           stream judges it
    """
    if batch.state not in ("sending", "sent", "closed"):
        return [_refused(command, "NOT_SENT")]
    line = _line_of(batch, command.instruction)
    if line is None:
        return [_refused(command, "NO_SUCH_INSTRUCTION")]
    outcome = (command.outcome, command.bank_reference, command.amount)
    if outcome in batch.outcomes.get(line.line_no, []):
        return []
    facts: list[Fact] = [
        BatchResultRecorded(
            batch=command.batch,
            line=line,
            outcome=command.outcome,
            amount=command.amount,
            value_on=command.value_on,
            code=command.code,
            reason=command.reason,
            bank_reference=command.bank_reference,
        )
    ]
    answered = len(batch.outcomes) + (line.line_no not in batch.outcomes)
    if batch.state != "closed" and answered == len(batch.lines):
        facts.append(_closed(batch, line.line_no, command))
    return facts


def _line_of(batch: Batch, instruction: str) -> BatchLine | None:
    """Find the line whose number ends the instruction's id."""
    number = line_no_of(instruction)
    line = None if number is None else batch.lines.get(number)
    return line if line is not None and line.instruction == instruction else None


def _closed(batch: Batch, last: int, command: RecordBankResult) -> BatchClosed:
    """Sum up the latest answer of every instruction."""
    latest = {line_no: outcomes[-1] for line_no, outcomes in batch.outcomes.items()}
    latest[last] = (command.outcome, command.bank_reference, command.amount)
    settled = [amount for outcome, _, amount in latest.values() if outcome == "settled"]
    returned = [amount for outcome, _, amount in latest.values() if outcome == "returned"]
    return BatchClosed(
        batch=command.batch,
        settled=len(settled),
        returned=len(returned),
        settled_total=sum(settled),
        returned_total=sum(returned),
    )


def _refused(command: RecordBankResult, code: str) -> CommandRefused:
    return CommandRefused(command="RecordBankResult", code=code, about=command.instruction)
