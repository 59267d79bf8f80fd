"""Decide whether a share of an approval is paid in advance."""

from datetime import date

from events import streams
from events.advances import (
    BY_POLICY,
    INSTALMENT,
    AdvanceGranted,
    GrantAdvance,
    OrderAdvance,
)
from events.budgets import EarmarkAdvance
from events.disbursements import Money
from events.envelope import Asked, Recorded, follow_up
from events.ids import disbursement_id, is_plan_advance
from events.instalments import InstalmentDue
from events.values import Fact
from policies.engine.registry import Policies
from policies.vocabulary.calendar import add_months
from policies.vocabulary.words import fraction
from services.deciders.beneficiary.instalments.budget_lines import line_of_day, still_planned
from services.deciders.beneficiary.instalments.stopping import stopped_for_good
from services.deciders.beneficiary.state.approvals import Approval, Approvals, Proposal
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.refusal import refuse

ADVANCE = "advance"
"""The cap that a policy's own advance uses up."""


def ceiling_bp(policies: Policies, proposed: Proposal) -> int | None:
    """Tell up to which share the approval's own policy lets an advance go; None where to none."""
    try:
        text = policies.policy(proposed.policy.content_hash).text
    except KeyError:
        return policies.duties.advances.highest_bp
    return None if text.advance is None else int(fraction(text.advance.rate) * 10_000)


def grant_advance(
    state: BeneficiaryState, command: GrantAdvance, asked: Asked, policies: Policies
) -> list[Fact]:
    """Grant an advance on what is approved.

    Refuses: NOT_GRANTED, STOPPED (nothing more is due), TERM_PASSED, NO_ADVANCE (the policy has no
             clause on one), RATE_TOO_HIGH, PLANNED_TOO_HIGH, NOTHING_TO_ADVANCE, BEYOND_THE_YEAR
             (its line has not so much of the plan left)  (first match wins)
    Holds: an approval has one advance; a repeat changes nothing; no line pays more in advance than
           it carries of the plan
    """
    instalments, on = state.instalments, asked.effective_on
    key = (command.application, INSTALMENT)
    if key in instalments.answered:
        return []
    approval = state.approvals.by_application.get(command.application)
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return refuse(command, "NOT_GRANTED", command.application)
    if stopped_for_good(policies.duties.stops, state.status, approval) is not None:
        return refuse(command, "STOPPED", command.application)
    if command.settle_by <= on:
        return refuse(command, "TERM_PASSED", command.application)
    ceiling = ceiling_bp(policies, approval.proposed)
    if ceiling is None:
        return refuse(command, "NO_ADVANCE", command.application)
    if command.rate_bp > ceiling:
        return refuse(
            command, "RATE_TOO_HIGH", command.application, f"{command.rate_bp} > {ceiling}"
        )
    if command.planned > approval.proposed.amount:
        return refuse(command, "PLANNED_TOO_HIGH", command.application)
    amount = command.planned * command.rate_bp // 10_000  # a ceiling is never rounded up
    if not amount:
        return refuse(command, "NOTHING_TO_ADVANCE", command.application)
    line = line_of_day(approval, on)
    left = still_planned(approval, instalments, command.application, line)
    if amount > left:
        return refuse(command, "BEYOND_THE_YEAR", command.application, f"{amount} > {left}")
    fund = streams.line_parts(line)
    own = approval.proposed.policy.programme
    programme = command.programme if command.nets == "first" and command.programme else own
    return [
        AdvanceGranted(
            application=command.application,
            disbursement=disbursement_id(command.application, INSTALMENT),
            amount=amount,
            rate_bp=command.rate_bp,
            ceiling_bp=ceiling,
            planned=command.planned,
            nets=command.nets,
            programme=programme,
            settle_by=command.settle_by,
            document=command.document,
            by=command.by,
            payee=approval.proposed.payee,
            account=approval.proposed.account,
            last_instalment=max(part.no for part in approval.proposed.instalments),
            money=Money(
                amount=amount, fund=fund[1], district=fund[2], programme=programme, line=line
            ),
        )
    ]


def is_advance(approvals: Approvals, application: str) -> bool:
    """Tell whether an approval is itself an advance: it has used up the policy's cap for one."""
    return any(slot.cap == ADVANCE for slot in approvals.caps.held.get(application, ()))


def advanced(
    approval: Approval, due: InstalmentDue, on: date, policies: Policies
) -> AdvanceGranted:
    """Pay an instalment of such an approval as an advance, netted in the next of its programme."""
    rules = policies.duties.advances
    ceiling = ceiling_bp(policies, approval.proposed) if approval.proposed else None
    fund = streams.line_parts(due.line)
    return AdvanceGranted(
        application=due.application,
        disbursement=due.disbursement,
        amount=due.amount,
        rate_bp=0,
        ceiling_bp=rules.highest_bp if ceiling is None else ceiling,
        planned=0,
        nets="first",
        programme=due.programme,
        settle_by=add_months(on, rules.settle_months),
        document="",
        by=BY_POLICY,
        payee=due.payee,
        account=due.account,
        last_instalment=due.no,
        money=Money(
            amount=due.amount,
            fund=fund[1],
            district=fund[2],
            programme=due.programme,
            line=due.line,
        ),
    )


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Order the payment of an advance; where a plan pays it, set its part of the plan apart."""
    match recorded.body:
        case AdvanceGranted() as fact:
            order = OrderAdvance(
                disbursement=fact.disbursement,
                application=fact.application,
                beneficiary=recorded.stream,
                account=fact.account,
                money=fact.money,
                nets=fact.nets,
                programme=fact.programme,
                last_instalment=fact.last_instalment,
                settle_by=fact.settle_by,
                judged_by=fact.judged_by,
            )
            asked = [follow_up(recorded, 0, streams.payee(fact.payee), order)]
            if is_plan_advance(fact.disbursement):
                earmark = EarmarkAdvance(
                    application=fact.application,
                    disbursement=fact.disbursement,
                    amount=fact.amount,
                )
                asked.append(follow_up(recorded, 1, fact.money.line, earmark))
            return asked
        case _:
            return []
