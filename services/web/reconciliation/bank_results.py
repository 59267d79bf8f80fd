"""bank results: a bank's answer line by line beside what the books know of each instruction.

Holds: a line that the books have already is known again; one of another amount is marked as doubtful
"""

from typing import NamedTuple

from events.ids import application_of
from projections.queries import results
from services.banking.answers.bank_answer import ResultLine, ResultProblem
from services.banking.answers.compared import Missing
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.scope import segment
from services.web.request.visit import Visit
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.refusals import refused
from services.wording.states import RESULT_ROWS


class BankResultRow(NamedTuple):
    """One line of a file beside what the books know of its instruction."""

    line: ResultLine
    finding: str
    ordered_fen: int
    disbursement: str
    answer: results.RecordedAnswer | None = None


def finding_of(
    line: ResultLine, known: results.InstructionRow, answer: results.RecordedAnswer | None
) -> str:
    """Tell what the books have recorded of a line, or else what taking it would mean."""
    if answer is not None and answer.state in ("refused", "disputed"):
        return answer.state
    if answer is not None:
        return "known"
    if known.state == "disputed":
        same = known.result_fen == line.amount != known.amount_fen
        return "disputed" if same else ("new" if line.amount == known.amount_fen else "amount")
    if known.state == line.outcome:
        return "known" if known.result_fen == line.amount else "amount"
    if known.state in ("settled", "returned"):
        return "contradicts"
    return "new" if line.amount == known.amount_fen else "amount"


def open_table(visit: Visit, rows: list[results.OpenBatch]) -> PageTable[results.OpenBatch]:
    """Batches that wait for the bank's answer."""

    def batch(row: results.OpenBatch) -> str:
        return visit.link(f"/batches/{segment(row.batch)}")

    columns: list[PageColumn[results.OpenBatch]] = [
        PageColumn(_("批次"), lambda r: r.batch, ColumnKind.ID, batch),
        PageColumn(_("付款账户"), lambda r: r.bank_account, ColumnKind.ID),
        PageColumn(_("未回（笔）"), lambda r: r.sent, ColumnKind.COUNT, batch),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, batch),
    ]
    totals: dict[str, object] = {
        _("未回（笔）"): sum(r.sent for r in rows),
        _("金额（元）"): sum(r.amount_fen for r in rows),
    }
    return PageTable(
        "open-batches", _("待回盘批次"), columns, rows, totals, _("已发送的批次都已回盘。")
    )


def lines_table(visit: Visit, rows: list[BankResultRow], name: str) -> PageTable[BankResultRow]:
    """A file's lines beside the books."""

    def payment(row: BankResultRow) -> str:
        application = application_of(row.disbursement)
        return visit.link(f"/applications/{segment(application)}") + "#payment"

    outcomes = {"settled": translate("到账"), "returned": translate("退回")}
    columns: list[PageColumn[BankResultRow]] = [
        PageColumn(_("文件行"), lambda r: r.line.line, ColumnKind.COUNT),
        PageColumn(_("核对"), lambda r: RESULT_ROWS[r.finding], ColumnKind.STATE),
        PageColumn(_("指令"), lambda r: r.line.about, ColumnKind.ID, payment),
        PageColumn(_("结果"), lambda r: outcomes[r.line.outcome]),
        PageColumn(_("银行金额（元）"), lambda r: r.line.amount, ColumnKind.AMOUNT),
        PageColumn(_("指令金额（元）"), lambda r: r.ordered_fen, ColumnKind.AMOUNT),
        PageColumn(_("银行日期"), lambda r: r.line.value_on, ColumnKind.DAY),
        PageColumn(_("账上的答复"), _answered),
        PageColumn(_("退回码"), lambda r: r.line.code or None, ColumnKind.ID),
        PageColumn(_("退回原因"), lambda r: r.line.reason or None),
    ]
    totals: dict[str, object] = {
        _("银行金额（元）"): sum(r.line.amount or 0 for r in rows),
        _("指令金额（元）"): sum(r.ordered_fen for r in rows),
    }
    return PageTable(name, _("逐行核对"), columns, rows, totals, _("文件里没有回盘行。"))


def _answered(row: BankResultRow) -> str | None:
    """What the ledger has answered to a line, in words; None where it has not (yet)."""
    match row.answer:
        case None:
            return None
        case results.RecordedAnswer("refused", code, text):
            return refused("RecordBankResult", code, text)
        case results.RecordedAnswer("disputed"):
            return translate("已记，金额与指令不同，转待查明")
        case results.RecordedAnswer("repeat"):
            return translate("先前已记")
        case _:
            return translate("已记")


def missing_table(visit: Visit, rows: tuple[Missing, ...]) -> PageTable[Missing]:
    """What a file leaves out of the batches that it speaks of."""

    def batch(row: Missing) -> str:
        return visit.link(f"/batches/{segment(row.batch)}")

    columns: list[PageColumn[Missing]] = [
        PageColumn(_("批次"), lambda r: r.batch, ColumnKind.ID, batch),
        PageColumn(_("指令"), lambda r: r.instruction, ColumnKind.ID),
        PageColumn(_("指令金额（元）"), lambda r: r.amount, ColumnKind.AMOUNT, batch),
    ]
    totals: dict[str, object] = {_("指令金额（元）"): sum(r.amount for r in rows)}
    return PageTable("missing", _("文件里没有的指令"), columns, list(rows), totals, _("没有缺行。"))


def problem_table(problems: tuple[ResultProblem, ...]) -> PageTable[ResultProblem]:
    """What keeps a file from being taken, line by line."""
    columns: list[PageColumn[ResultProblem]] = [
        PageColumn(_("文件行"), lambda r: r.line or None, ColumnKind.COUNT),
        PageColumn(_("列"), lambda r: r.column or None),
        PageColumn(_("内容"), lambda r: r.value or None),
        PageColumn(_("说明"), lambda r: r.wrong),
    ]
    return PageTable("problems", _("不能入账的原因"), columns, problems, {}, _("没有问题。"))
