"""bank results: a bank's answer from a file: read line by line, compared with the books, then taken."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, UploadFile
from pydantic import BeforeValidator
from starlette.responses import RedirectResponse, Response

from events.codec import encode_command
from events.ids import application_of
from projections.queries import results
from services.banking.answers.bank_answer import BankAnswer, ResultLine, ResultProblem
from services.banking.answers.compared import Missing, compared_with_books, missing
from services.banking.answers.reading import (
    NoAnswerLayout,
    answer_layouts,
    read_answer,
    recording_commands,
    recording_id,
)
from services.runtime.errors import NotConfigured
from services.runtime.vault import Vault
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.spreadsheets.reading import MOST_BYTES
from services.web.acts.sending import answered
from services.web.parts.paging import part
from services.web.request.fields import NotUnderstood, one_of
from services.web.request.parameters import read_number
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.refusals import refused
from services.wording.states import RESULT_ROWS

router = APIRouter()

PURPOSE = "bank-results"
FIRST_LAYOUT = "city-csv"
SHOWN = 500
TAKEN = ("new", "amount", "contradicts")
"""Lines that are told to the ledger; one of another amount is told as what it is, and doubted."""

_SLICE = 500
_DIGEST = re.compile(r"[0-9a-f]{64}")
Layout = Annotated[str, Query()]
Told = Annotated[int | None, BeforeValidator(read_number(range(1_000_001)))]


class BankResultRow(NamedTuple):
    """One line of a file beside what the books know of its instruction."""

    line: ResultLine
    standing: str
    ordered_fen: int
    disbursement: str
    answer: results.RecordedAnswer | None = None


@router.get("/results")
async def overview(visit: Arrived, csv: str | None = None) -> Response:
    """Hand a file in; list the batches that wait for one."""
    shown = open_table(visit, await results.open_batches(visit.db))
    if csv:
        return visit.csv(shown)
    return visit.page(
        "results.html",
        translate("银行回盘 待回 {n} 批", n=len(shown.rows)),
        table=part(visit, shown, lambda r: r.batch),
        layouts=answer_layouts(),
    )


@router.post("/results")
async def hand_in(visit: Arrived, layout: Field, file: UploadFile) -> Response:
    """Keep a file in the vault and show what it says; nothing is taken yet."""
    if visit.scope.historical or not visit.actor.id:
        back = visit.link("/results")
        return visit.page("not_allowed.html", translate("不能办理"), back=back)
    content = await file.read(MOST_BYTES + 1)
    one_of("layout", layout, answer_layouts())
    if not content:
        raise NotUnderstood("file", translate("是空的"))
    name = (file.filename or "")[:200]
    digest = await _vault(visit).store_file(name, content, PURPOSE, visit.actor.id)
    return RedirectResponse(visit.link(f"/results/{digest}", layout=layout), status_code=303)


@router.get("/results/{digest}")
async def detail(
    visit: Arrived,
    digest: str,
    layout: Layout = FIRST_LAYOUT,
    told: Told = None,
    csv: str | None = None,
) -> Response:
    """Show a file line by line beside the books, and what of it is new.

    `told` says how many lines have just been handed over: until the books have an answer to each,
    the page waits for them and offers no second handing over.
    """
    answer, rows, left_out = await _opened(visit, digest, layout)
    whole = lines_table(visit, rows, f"results-{digest[:16]}")
    problems = problem_table(answer.problems)
    absent = missing_table(visit, left_out)
    if csv == absent.name:
        return visit.csv(absent)
    if csv:
        return visit.csv(problems) if answer.problems else visit.csv(whole)
    new = [row.line for row in rows if row.standing in ("new", "contradicts")]
    return visit.page(
        "results_file.html",
        translate("银行回盘 {digest}", digest=digest[:16]),
        digest=digest,
        layout=layout,
        answer=answer,
        problems=problems,
        table=lines_table(visit, sorted(rows, key=_to_look_at)[:SHOWN], whole.name),
        more=max(len(rows) - SHOWN, 0),
        settled=[line.amount or 0 for line in new if line.outcome == "settled"],
        returned=[line.amount or 0 for line in new if line.outcome == "returned"],
        doubtful=sum(row.standing == "amount" for row in rows),
        told=told,
        waits=sum(row.standing in TAKEN for row in rows) if told else 0,
        again=visit.here(),
        missing=absent if left_out else None,
        missing_fen=sum(one.amount for one in left_out),
        counts=[
            (state, sum(row.standing == code for row in rows))
            for code, state in RESULT_ROWS.items()
        ],
    )


@router.post("/results/{digest}/take")
async def take(visit: Arrived, digest: str, layout: Field) -> Response:
    """Ask every line's batch to record it; the file's page tells what the books have of each.

    Holds: a line's command has one id for ever, so a double click or a second taking changes nothing
    """
    answer, rows, _left_out = await _opened(visit, digest, layout)
    back = visit.link(f"/results/{digest}", layout=layout)
    if visit.scope.historical or not visit.actor.id:
        return visit.page("not_allowed.html", translate("不能办理"), back=back)
    if answer.problems:
        raise NotUnderstood("file", translate("有不能入账的行"))
    if visit.sources.send is None:
        raise NotConfigured("没有连接消息系统，不能入账。", "请联系系统管理员。")
    # what the books have already is not told again: without its reference it would look like another
    fresh = tuple(row.line for row in rows if row.standing in TAKEN)
    answer = answer._replace(lines=fresh)
    asked = [
        (one.stream, encode_command(one))
        for one in recording_commands(answer, visit.actor.by, datetime.now(UTC))
    ]
    for start in range(0, len(asked), _SLICE):
        await visit.sources.send(asked[start : start + _SLICE])
    await answered(visit, [recording_id(digest, line) for line in fresh])
    answer_page = visit.link(f"/results/{digest}", layout=layout, told=len(fresh) or None)
    return RedirectResponse(answer_page, status_code=303)


async def _opened(
    visit: Visit, digest: str, layout: str
) -> tuple[BankAnswer, list[BankResultRow], tuple[Missing, ...]]:
    """Read a kept file and compare it with the books.

    Shape: the answer, its lines beside the books, what of its batches it leaves out
    """
    if not _DIGEST.fullmatch(digest):
        raise PageRefused(NOT_FOUND)
    file = await _vault(visit).load_file(digest)
    if file is None:
        raise PageRefused(NOT_FOUND)
    try:
        answer = await asyncio.to_thread(read_answer, file.content, layout)
    except NoAnswerLayout as error:
        raise NotUnderstood("layout", translate("不在可选范围内"), layout) from error
    known = await results.instructions(visit.db, answer.batches)
    ordered = {instruction: row.ordered for instruction, row in known.items()}
    today = datetime.now(figures.SHANGHAI).date()
    answer = compared_with_books(answer, ordered, today)
    ids = [recording_id(digest, line) for line in answer.lines]
    answers = await results.answers(visit.db, ids)
    rows = [
        BankResultRow(
            line,
            _standing(line, known[line.about], answers.get(command)),
            ordered[line.about].amount_fen,
            known[line.about].disbursement,
            answers.get(command),
        )
        for line, command in zip(answer.lines, ids, strict=True)
        if line.about in known
    ]
    return answer, rows, missing(answer, ordered)


def _standing(
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


def _vault(visit: Visit) -> Vault:
    if visit.sources.vault is None:
        raise NotConfigured("没有连接身份库，不能收文件。", "请联系系统管理员。")
    return visit.sources.vault


def _to_look_at(row: BankResultRow) -> tuple[int, int]:
    """What needs a look comes first."""
    return list(RESULT_ROWS).index(row.standing), row.line.line


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
        PageColumn(_("核对"), lambda r: RESULT_ROWS[r.standing], ColumnKind.STATE),
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
