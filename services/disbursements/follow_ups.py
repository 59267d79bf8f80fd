"""Whom a payment's fact must reach: the batch that asked for it."""

from events import streams
from events.batches import AnswerClaim
from events.disbursements import DisbursementBatched, DisbursementClaimRefused
from events.envelope import Asked, Recorded, follow_up


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Answer a claim."""
    match recorded.body:
        case DisbursementBatched() as fact:
            answer = AnswerClaim(
                batch=fact.batch,
                line_no=fact.line_no,
                claimed=True,
                instruction=fact.instruction,
                account=fact.account,
            )
        case DisbursementClaimRefused() as fact:
            answer = AnswerClaim(
                batch=fact.batch, line_no=fact.line_no, claimed=False, code=fact.code
            )
        case _:
            return []
    return [follow_up(recorded, 0, streams.batch(answer.batch), answer)]
