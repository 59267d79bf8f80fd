"""What other streams must hear of an instalment: order it, give back, propose to take back."""

from events import instalments, streams
from events.advances import INSTALMENT
from events.budgets import ReleaseBudget
from events.clawbacks import ProposeClawback
from events.disbursements import CancelPayment, Money, OrderPayment
from events.envelope import Asked, Recorded, follow_up
from events.ids import debt_id


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Order the payment of what is due; give back what is not; propose to take back what was."""
    match recorded.body:
        case instalments.InstalmentDue() as fact:
            fund = streams.line_parts(fact.line)
            order = OrderPayment(
                disbursement=fact.disbursement,
                application=fact.application,
                instalment=fact.no,
                beneficiary=recorded.stream,
                account=fact.account,
                money=Money(
                    amount=fact.amount,
                    fund=fund[1],
                    district=fund[2],
                    programme=fact.programme,
                    line=fact.line,
                ),
                judged_by=fact.judged_by,
            )
            return [follow_up(recorded, 0, streams.payee(fact.payee), order)]
        case instalments.InstalmentStopped(committed=False):
            return []
        case (
            instalments.InstalmentStopped()
            | instalments.InstalmentReduced()
            | instalments.InstalmentCut() as fact
        ):
            kept = 0 if isinstance(fact, instalments.InstalmentStopped) else fact.amount
            planned = (
                fact.amount if isinstance(fact, instalments.InstalmentStopped) else fact.planned
            )
            release = ReleaseBudget(
                application=fact.application,
                attempt=fact.attempt,
                key=recorded.id,
                amount=planned - kept,
                reach="with_ceilings",
                still_planned=fact.still_planned,
            )
            return [follow_up(recorded, 0, fact.line, release)]
        case instalments.OverpaymentFound() as fact:
            proposal = ProposeClawback(
                clawback=_name(fact),
                application=fact.application,
                cause="not_entitled",
                document=fact.rule,
                reason=f"{fact.reason} {fact.since}",
                maker="rule:stops",
                # of an advance, what is not netted when it is judged
                amount=None if fact.no == INSTALMENT else fact.amount,
            )
            payee = streams.payee(fact.payee)
            cancel = CancelPayment(
                disbursement=fact.disbursement,
                document=fact.rule,
                reason=proposal.reason,
                by=proposal.maker,
            )
            # what has not left yet is not sent; what has is asked back
            asks = [follow_up(recorded, 0, payee, cancel)] if fact.whole else []
            return [*asks, follow_up(recorded, 1, payee, proposal)]
        case _:
            return []


def _name(fact: instalments.OverpaymentFound) -> str:
    """Name a proposal after its payment and reason; what is found beside it later is numbered."""
    first = debt_id(fact.disbursement, fact.reason)
    return debt_id(first, str(fact.finding)) if fact.finding > 1 else first
