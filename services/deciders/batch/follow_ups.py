"""Whom a batch's fact must reach: each payee whose payment it claims, frees, sends or learns of."""

from events import batches, disbursements
from events.envelope import Asked, Recorded, follow_up
from events.values import Fact
from services.deciders.stream import FollowUps


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask every payee concerned.

    Holds: a pure function of one committed fact
    """
    match recorded.body:
        case batches.BatchRequested() as fact:
            return [
                follow_up(
                    recorded,
                    line_no,
                    line.payee,
                    disbursements.ClaimDisbursement(
                        disbursement=line.disbursement,
                        batch=fact.batch,
                        line_no=line_no,
                        bank_account=fact.bank_account,
                        amount=line.amount,
                        prepared_by=fact.maker,
                    ),
                )
                for line_no, line in enumerate(fact.lines, start=1)
            ]
        case batches.BatchRejected() as fact:
            return [
                follow_up(
                    recorded,
                    line.line_no,
                    line.payee,
                    disbursements.FreeDisbursement(
                        disbursement=line.disbursement, batch=fact.batch
                    ),
                )
                for line in fact.lines
            ]
        case batches.BatchLineTakenOut(line=line) as fact:
            free = disbursements.FreeDisbursement(disbursement=line.disbursement, batch=fact.batch)
            return [follow_up(recorded, 0, line.payee, free)]
        case batches.BatchSent() as fact:
            return [
                follow_up(
                    recorded,
                    line.line_no,
                    line.payee,
                    disbursements.MarkSent(
                        disbursement=line.disbursement, instruction=line.instruction
                    ),
                )
                for line in fact.lines
            ]
        case batches.BatchResultRecorded() as fact:
            outcome = disbursements.RecordOutcome(
                disbursement=fact.line.disbursement,
                instruction=fact.line.instruction,
                outcome=fact.outcome,
                amount=fact.amount,
                value_on=fact.value_on,
                code=fact.code,
                reason=fact.reason,
                bank_reference=fact.bank_reference,
                prepared_by=fact.prepared_by,
                released_by=fact.released_by,
            )
            return [follow_up(recorded, 0, fact.line.payee, outcome)]
        case _:
            return []


FOLLOW_UPS: dict[type[Fact], FollowUps] = dict.fromkeys(
    (
        batches.BatchRequested,
        batches.BatchRejected,
        batches.BatchLineTakenOut,
        batches.BatchSent,
        batches.BatchResultRecorded,
    ),
    follow_ups,
)
