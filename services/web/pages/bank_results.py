"""bank results: a bank's answer from a file: read line by line, compared with the books, then taken."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, UploadFile
from pydantic import BeforeValidator
from starlette.responses import RedirectResponse, Response

from events.codec import encode_command
from projections.queries import results
from services.banking.answers.bank_answer import BankAnswer
from services.banking.answers.compared import Missing, compared_with_books, missing
from services.banking.answers.reading import (
    NoAnswerLayout,
    answer_layouts,
    read_answer,
    recording_commands,
    recording_id,
)
from services.banking.banks.of_cities import city_banks
from services.runtime.errors import NotConfigured
from services.web.acts.sending import answered
from services.web.parts.paging import part
from services.web.reconciliation.bank_results import (
    BankResultRow,
    finding_of,
    lines_table,
    missing_table,
    open_table,
    problem_table,
)
from services.web.request.fields import NotUnderstood, one_of
from services.web.request.parameters import read_number
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field
from services.web.request.uploads import read_upload
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.languages import translate
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


@router.get("/results")
async def overview(visit: Arrived, csv: str | None = None) -> Response:
    """Hand a file in; list the batches that wait for one."""
    shown = open_table(visit, await results.open_batches(visit.db, visit.scope))
    if csv:
        return visit.csv(shown)
    return visit.page(
        "results.html",
        translate("银行回盘 待回 {n} 批", n=len(shown.rows)),
        table=part(visit, shown, lambda r: r.batch),
        layouts=answer_layouts(city_banks(visit.cities)),
    )


@router.post("/results")
async def hand_in(visit: Arrived, layout: Field, file: UploadFile) -> Response:
    """Keep a file in the vault and show what it says; nothing is taken yet."""
    if visit.scope.historical or not visit.actor.id:
        back = visit.link("/results")
        return visit.page("not_allowed.html", translate("不能办理"), back=back)
    name, content = await read_upload(file)
    one_of("layout", layout, answer_layouts(city_banks(visit.cities)))
    digest = await visit.vault().store_file(name, content, PURPOSE, visit.actor.id)
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
    new = [row.line for row in rows if row.finding in ("new", "contradicts")]
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
        doubtful=sum(row.finding == "amount" for row in rows),
        told=told,
        waits=sum(row.finding in TAKEN for row in rows) if told else 0,
        again=visit.here(),
        missing=absent if left_out else None,
        missing_fen=sum(one.amount for one in left_out),
        counts=[
            (state, sum(row.finding == code for row in rows)) for code, state in RESULT_ROWS.items()
        ],
    )


@router.post("/results/{digest}/take")
async def take(visit: Arrived, digest: str, layout: Field) -> Response:
    """Ask every line's batch to record it; the file's page tells what the books have of each.

    Holds: a line's command has one id for ever for each person, so a double click or a second taking
           changes nothing, and what one is refused another may record
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
    fresh = tuple(row.line for row in rows if row.finding in TAKEN)
    answer = answer._replace(lines=fresh)
    asked = [
        (one.stream, encode_command(one))
        for one in recording_commands(
            answer, visit.actor.by, datetime.now(UTC), visit.visitor.authority
        )
    ]
    for start in range(0, len(asked), _SLICE):
        await visit.sources.send(asked[start : start + _SLICE])
    await answered(visit, [recording_id(digest, line, visit.actor.by) for line in fresh])
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
    file = await visit.vault().load_file(digest)
    if file is None:
        raise PageRefused(NOT_FOUND)
    try:
        banks = city_banks(visit.cities)
        answer = await asyncio.to_thread(read_answer, file.content, layout, banks)
    except NoAnswerLayout as error:
        raise NotUnderstood("layout", translate("不在可选范围内"), layout) from error
    known = await results.instructions(visit.db, answer.batches)
    ordered = {instruction: row.ordered for instruction, row in known.items()}
    today = datetime.now(figures.SHANGHAI).date()
    answer = compared_with_books(answer, ordered, today)
    ids = [recording_id(digest, line, visit.actor.by) for line in answer.lines]
    answers = await results.answers(visit.db, ids)
    rows = [
        BankResultRow(
            line,
            finding_of(line, known[line.about], answers.get(command)),
            ordered[line.about].amount_fen,
            known[line.about].disbursement,
            answers.get(command),
        )
        for line, command in zip(answer.lines, ids, strict=True)
        if line.about in known
    ]
    return answer, rows, missing(answer, ordered)


def _to_look_at(row: BankResultRow) -> tuple[int, int]:
    """What needs a look comes first."""
    return list(RESULT_ROWS).index(row.finding), row.line.line
