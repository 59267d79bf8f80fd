"""fact lines: one sentence for each fact on the way of an application.

In:   a fact
Out:  its stage and a line: what happened, where it leads, how much, when
Holds: a type of fact that is not told here is still listed, by its own name
"""

from events import batches as b
from events import disbursements as d
from events.applications import (
    ApplicationConflicted,
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
)
from events.approvals import (
    ApprovalDenied,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalProposed,
    ApprovalReferred,
    ApprovalWithdrawn,
    CommitmentDeclined,
)
from events.budgets import (
    BudgetCommitted,
    BudgetDequeued,
    BudgetPassedOn,
    BudgetQueued,
    BudgetReleased,
)
from events.instalments import InstalmentDue, InstalmentStopped
from events.streams import line_parts
from events.values import Arrival
from projections.queries.recorded_facts import FactRow
from services.web.request.visit import Visit
from services.web.trail import money_back_lines, plan_lines
from services.web.trail.line import FactLine
from services.web.trail.payment_lines import payment_line
from services.wording.budget_line_names import line_name
from services.wording.fact_names import fact_name
from services.wording.languages import marked as _
from services.wording.languages import translate

_STAGES: dict[str, tuple[type, ...]] = {
    "message": (
        ApplicationFiled,
        ApplicationCorrected,
        ApplicationWithdrawn,
        ApplicationConflicted,
    ),
    "clauses": (ApprovalProposed, ApprovalDenied, ApprovalReferred),
    "budget": (
        BudgetCommitted,
        BudgetPassedOn,
        BudgetQueued,
        BudgetDequeued,
        BudgetReleased,
        *plan_lines.BUDGET,
    ),
    "decision": (
        ApprovalGranted,
        ApprovalHeld,
        ApprovalLapsed,
        ApprovalWithdrawn,
        CommitmentDeclined,
        *money_back_lines.DECISION,
        *plan_lines.DECISION,
    ),
    "payment": (
        InstalmentDue,
        InstalmentStopped,
        d.DisbursementOrdered,
        d.DisbursementBatched,
        d.DisbursementClaimRefused,
        d.DisbursementUnbatched,
        d.DisbursementSent,
        d.DisbursementCancelled,
        b.BatchLineClaimed,
        b.BatchLineRefused,
        *money_back_lines.PAYMENT,
        *plan_lines.PAYMENT,
    ),
    "bank": (
        b.BatchResultRecorded,
        d.DisbursementSettled,
        d.DisbursementReturned,
        *money_back_lines.BANK,
        *plan_lines.BANK,
    ),
}
_STAGE_OF = {kind.__name__: stage for stage, kinds in _STAGES.items() for kind in kinds}


def stage_of(fact: FactRow) -> str:
    """The stage that a fact belongs to."""
    return _STAGE_OF.get(fact.type, "other")


def line_of(visit: Visit, fact: FactRow) -> FactLine:
    """Tell one fact."""
    sentence = money_back_lines.sentence_of(fact.body) or plan_lines.sentence_of(fact.body)
    if sentence is not None:
        words, amount, tone = sentence
        return FactLine(words, fact, amount_fen=amount, tone=tone)
    stage = stage_of(fact)
    if stage in ("message", "clauses", "decision"):
        return _application(visit, fact)
    if stage == "budget":
        return _budget(visit, fact)
    return payment_line(visit, fact)


def _arrival(arrived: Arrival) -> str:
    return translate(
        "{topic}，分区 {partition} 位点 {offset}",
        topic=arrived.topic,
        partition=arrived.partition,
        offset=f"{arrived.offset:,}",
    )


def _application(visit: Visit, fact: FactRow) -> FactLine:
    match fact.body:
        case ApplicationFiled() as body:
            return FactLine(f"{_arrival(body.arrived)} · {translate('受理')}", fact)
        case ApplicationCorrected() as body:
            return FactLine(
                f"{_arrival(body.arrived)} · {translate('更正，按新内容重新判断')}", fact
            )
        case ApplicationWithdrawn() as body:
            return FactLine(translate("撤回：{reason}", reason=body.reason), fact)
        case ApplicationConflicted() as body:
            text = (
                translate("同一申请号再次到达，属于另一人，以先到者为准")
                if body.other_person
                else (translate("同一申请号再次到达，内容不同，以先到者为准"))
            )
            return FactLine(f"{_arrival(body.arrived)} · {text}", fact, tone="red")
        case ApprovalProposed() as body:
            text = translate("条款全部满足，第 {n} 次提请", n=body.attempt)
            return FactLine(text, fact, amount_fen=body.amount)
        case ApprovalDenied():
            return FactLine(translate("不予核准"), fact)
        case ApprovalReferred():
            return FactLine(translate("转人工，系统不作判断"), fact, tone="amber")
        case ApprovalGranted() as body:
            text = translate("核准，分 {n} 期支付", n=len(body.instalments))
            if body.later:
                years = "、".join(str(one.year) for one in body.later)
                waits = sum(len(one.instalments) for one in body.later)
                text = translate(
                    "核准，分 {n} 期支付，其中 {waits} 期由 {years} 年度预算支付",
                    n=len(body.instalments),
                    waits=waits,
                    years=years,
                )
            return FactLine(text, fact, amount_fen=body.amount)
        case ApprovalHeld() as body:
            text = translate("待预算，在 {line} 排队", line=line_name(body.line, "/"))
            return FactLine(text, fact, tone="violet")
        case ApprovalLapsed():
            return FactLine(translate("预算年度终了，排队未果，次数和额度退回"), fact)
        case ApprovalWithdrawn():
            return FactLine(translate("支付前撤回，次数和额度退回"), fact)
        case _:
            return FactLine(fact_name(fact.type), fact)


def _budget(visit: Visit, fact: FactRow) -> FactLine:
    name = line_name(fact.stream, "/")
    *_rest, year = line_parts(fact.stream)
    href = visit.link("/budgets", year=year)
    match fact.body:
        case BudgetCommitted() as body:
            return FactLine(translate("{line} 占用", line=name), fact, href, body.amount)
        case BudgetPassedOn() as body:
            return FactLine(
                translate("{line} 可用不足，转下一资金", line=name), fact, href, body.available
            )
        case BudgetQueued() as body:
            text = translate("{line} 排队，到达次序第 {n} 位", line=name, n=body.place)
            return FactLine(text, fact, href, body.ask.amount, "violet")
        case BudgetDequeued() as body:
            text = _("{line} 年度终了，离开队列") if body.lapsed else _("{line} 轮到办理")
            return FactLine(translate(text, line=name), fact, href, body.ask.amount)
        case BudgetReleased() as body:
            return FactLine(translate("{line} 退回占用", line=name), fact, href, body.amount)
        case _:
            return FactLine(fact_name(fact.type), fact)
