"""payment lines: one sentence for each fact of an application's instalments, payments and batches."""

from events import batches as b
from events import disbursements as d
from events.control import CommandRefused
from events.instalments import InstalmentDue, InstalmentStopped
from projections.queries.recorded_facts import FactRow
from services.web.request.scope import segment
from services.web.request.visit import Visit
from services.web.trail.line import FactLine
from services.wording.coded_words import coded
from services.wording.fact_names import fact_name
from services.wording.languages import translate
from services.wording.refusals import left_out, refused


def payment_line(visit: Visit, fact: FactRow) -> FactLine:
    match fact.body:
        case InstalmentDue() as body:
            return FactLine(
                translate("第 {n} 期到期，发放前比对通过", n=body.no), fact, amount_fen=body.amount
            )
        case InstalmentStopped() as body:
            why = coded("InstalmentStopped.reason", body.reason)
            return FactLine(
                translate("第 {n} 期停发：{why}", n=body.no, why=why), fact, amount_fen=body.amount
            )
        case d.DisbursementOrdered() as body:
            text = translate("第 {n} 期确认应付", n=body.instalment)
            return FactLine(text, fact, amount_fen=body.money.amount)
        case d.DisbursementBatched() as body:
            text = translate(
                "第 {n} 次付款列入批次 {batch}，指令 {instruction}",
                n=body.attempt,
                batch=body.batch,
                instruction=body.instruction,
            )
            return FactLine(text, fact, _batch(visit, body.batch), body.money.amount)
        case d.DisbursementSent() as body:
            text = translate("批次 {batch} 已发送银行", batch=body.batch)
            return FactLine(text, fact, _batch(visit, body.batch), body.money.amount, "violet")
        case d.DisbursementClaimRefused() as body:
            text = translate(
                "批次 {batch} 未列入：{why}", batch=body.batch, why=left_out(body.code)
            )
            return FactLine(text, fact, _batch(visit, body.batch), tone="amber")
        case d.DisbursementUnbatched() as body:
            text = translate("批次 {batch} 未发送即撤销，等待下一批", batch=body.batch)
            return FactLine(text, fact, _batch(visit, body.batch))
        case d.DisbursementSettled() as body:
            text = translate(
                "银行 {day} 已付，回单 {ref}", day=body.value_on, ref=body.bank_reference or "—"
            )
            return FactLine(text, fact, amount_fen=body.money.amount, tone="")
        case d.DisbursementReturned() as body:
            text = translate(
                "银行 {day} 退回：{why}", day=body.value_on, why=body.reason or body.code
            )
            return FactLine(text, fact, amount_fen=body.money.amount, tone="red")
        case d.DisbursementCancelled() as body:
            return FactLine(translate("应付撤销：{why}", why=body.reason), fact)
        case b.BatchLineClaimed() as body:
            text = translate("批次 {batch} 第 {n} 行", batch=body.batch, n=body.line.line_no)
            return FactLine(text, fact, _batch(visit, body.batch), body.line.amount)
        case b.BatchResultRecorded() as body:
            text = translate(
                "银行回盘：批次 {batch} 第 {n} 行", batch=body.batch, n=body.line.line_no
            )
            return FactLine(text, fact, _batch(visit, body.batch), body.amount)
        case CommandRefused() as body:
            why = refused(body.command, body.code, body.text)
            return FactLine(translate("拒绝：{why}", why=why), fact, tone="amber")
        case _:
            return FactLine(fact_name(fact.type), fact)


def _batch(visit: Visit, batch: str) -> str:
    return visit.link(f"/batches/{segment(batch)}")
