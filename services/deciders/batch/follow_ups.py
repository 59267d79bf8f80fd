"""Whom a batch's fact must reach: each payee whose payment it claims, frees, sends or learns of."""

from events.batches import (
    BatchLineTakenOut,
    BatchRejected,
    BatchRequested,
    BatchResultRecorded,
    BatchSent,
)
from events.disbursements import ClaimDisbursement, FreeDisbursement, MarkSent, RecordOutcome
from events.envelope import Asked, Recorded, follow_up


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask every payee concerned.

    Holds: a pure function of one committed fact
    """
    match recorded.body:
        case BatchRequested() as fact:
            return [
                follow_up(
                    recorded,
                    line_no,
                    line.payee,
                    ClaimDisbursement(
                        disbursement=line.disbursement,
                        batch=fact.batch,
                        line_no=line_no,
                        bank_account=fact.bank_account,
                        amount=line.amount,
                    ),
                )
                for line_no, line in enumerate(fact.lines, start=1)
            ]
        case BatchRejected() as fact:
            return [
                follow_up(
                    recorded,
                    line.line_no,
                    line.payee,
                    FreeDisbursement(disbursement=line.disbursement, batch=fact.batch),
                )
                for line in fact.lines
            ]
        case BatchLineTakenOut(line=line) as fact:
            free = FreeDisbursement(disbursement=line.disbursement, batch=fact.batch)
            return [follow_up(recorded, 0, line.payee, free)]
        case BatchSent() as fact:
            return [
                follow_up(
                    recorded,
                    line.line_no,
                    line.payee,
                    MarkSent(disbursement=line.disbursement, instruction=line.instruction),
                )
                for line in fact.lines
            ]
        case BatchResultRecorded() as fact:
            outcome = RecordOutcome(
                disbursement=fact.line.disbursement,
                instruction=fact.line.instruction,
                outcome=fact.outcome,
                amount=fact.amount,
                value_on=fact.value_on,
                code=fact.code,
                reason=fact.reason,
                bank_reference=fact.bank_reference,
            )
            return [follow_up(recorded, 0, fact.line.payee, outcome)]
        case _:
            return []
