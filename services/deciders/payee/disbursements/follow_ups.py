"""Whom a payment's fact must reach: the batch that asked for it, or the claim that is taken back."""

from events import disbursements, streams
from events.applications import AnswerWithdrawal
from events.batches import AnswerClaim, HoldBatch, RecordBankResult, TakeOutLine
from events.envelope import Asked, Recorded, follow_up


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Answer a claim; stop the batch that would pay twice, or what must not be paid any more; tell
    a batch what a person found out, and a claim whether its payments are given up."""
    match recorded.body:
        case disbursements.DisbursementBatched() as fact:
            answer = AnswerClaim(
                batch=fact.batch,
                line_no=fact.line_no,
                claimed=True,
                instruction=fact.instruction,
                account=fact.account,
                judged_by=fact.judged_by,
            )
        case disbursements.DisbursementClaimRefused() as fact:
            answer = AnswerClaim(
                batch=fact.batch, line_no=fact.line_no, claimed=False, code=fact.code
            )
        case disbursements.DisbursementDisputed() as fact:
            if not fact.stops:
                return []
            hold = HoldBatch(batch=fact.stops, disbursement=fact.disbursement, reason=fact.said)
            return [follow_up(recorded, 0, streams.batch(fact.stops), hold)]
        case disbursements.OutcomeFound() as fact:
            found = RecordBankResult(
                batch=fact.batch,
                instruction=fact.instruction,
                outcome=fact.outcome,
                amount=fact.amount,
                value_on=fact.value_on,
                code=fact.code,
                reason=fact.reason,
                bank_reference=fact.bank_reference,
            )
            return [follow_up(recorded, 0, streams.batch(fact.batch), found)]
        case disbursements.DisbursementRecalled() as fact:
            out = TakeOutLine(batch=fact.batch, disbursement=fact.disbursement, reason=fact.reason)
            return [follow_up(recorded, 0, streams.batch(fact.batch), out)]
        case disbursements.PaymentsGivenUp() | disbursements.PaymentsKept() as fact:
            withdrawal = AnswerWithdrawal(
                application=fact.application,
                reason=fact.reason,
                given_up=isinstance(fact, disbursements.PaymentsGivenUp),
            )
            return [follow_up(recorded, 0, fact.beneficiary, withdrawal)]
        case _:
            return []
    return [follow_up(recorded, 0, streams.batch(answer.batch), answer)]
