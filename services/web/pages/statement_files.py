"""statement files: a bank's file is handed in, looked at beside the record, and taken by another person.

In:   a file and its account; for a file already handed in, who acts
Out:  HoldStatement, ReleaseStatement, RejectStatement; ReverseStatement as a proposal
Holds: nothing counts before a second person has taken it; the ledger refuses, not this page
"""

import asyncio
from datetime import date, timedelta
from typing import NamedTuple

from fastapi import APIRouter, UploadFile
from starlette.responses import Response

from events import streams
from events.statement_files import RejectStatement, ReleaseStatement, ReverseStatement
from projections.queries import statement_files
from projections.queries.statement_files import StatementFileRow
from services.banking.banks.of_cities import city_banks
from services.banking.statements.comparing import ComparedLine, ComparedStatement, compare
from services.banking.statements.importing import PURPOSE, NotTaken, hold, to_record
from services.banking.statements.statement import Statement
from services.banking.statements.trying import AUTO, read_for
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, propose, send
from services.web.pages.statement_trials import PROBLEMS_SHOWN, problem_table
from services.web.parts.paging import part
from services.web.request.accounts_in_scope import aliases
from services.web.request.actors import name_of
from services.web.request.fields import one_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_amounts import typed_yuan
from services.web.request.typed_fields import Field, Note
from services.web.request.uploads import read_upload
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import account_title
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.refusals import refused
from services.wording.states import STATEMENT_FILES, STATEMENT_LINES, state_of

router = APIRouter()

SHOWN = 500
_ONE_DAY = timedelta(days=1)


class _Opened(NamedTuple):
    """A kept file, read again, beside the record."""

    row: StatementFileRow
    statement: Statement
    compared: ComparedStatement
    changed: bool


def table(visit: Visit, rows: list[StatementFileRow]) -> PageTable[StatementFileRow]:
    """The files that were handed in."""

    def page_of(row: StatementFileRow) -> str:
        return visit.link(f"/statements/import/{segment(row.number)}")

    columns: list[PageColumn[StatementFileRow]] = [
        PageColumn(_("编号"), lambda r: r.number, ColumnKind.ID, page_of),
        PageColumn(_("状态"), lambda r: state_of(STATEMENT_FILES, r.state), ColumnKind.STATE),
        PageColumn(_("账户"), lambda r: account_title(r.bank_account)),
        PageColumn(_("文件"), lambda r: r.file, wide_only=True),
        PageColumn(_("起"), lambda r: r.first, ColumnKind.DAY),
        PageColumn(_("止"), lambda r: r.last, ColumnKind.DAY),
        PageColumn(_("行数"), lambda r: r.lines, ColumnKind.COUNT, page_of),
        PageColumn(_("收入（元）"), lambda r: r.in_fen, ColumnKind.AMOUNT),
        PageColumn(_("支出（元）"), lambda r: r.out_fen, ColumnKind.AMOUNT),
        PageColumn(_("期末余额（元）"), lambda r: r.closing_fen, ColumnKind.AMOUNT, wide_only=True),
        PageColumn(_("提交"), lambda r: name_of(r.maker)),
        PageColumn(_("收下或退回"), lambda r: name_of(r.checker)),
        PageColumn(_("提交日"), lambda r: r.held_on, ColumnKind.DAY, wide_only=True),
    ]
    totals: dict[str, object] = {
        _("行数"): sum(r.lines for r in rows),
        _("收入（元）"): sum(r.in_fen for r in rows),
        _("支出（元）"): sum(r.out_fen for r in rows),
    }
    return PageTable(
        "statement-files", _("流水文件"), columns, rows, totals if rows else {},
        _("还没有提交过流水文件。从网银导出后在上面提交，由另一人收下。"),
    )  # fmt: skip


def lines_table(lines: list[ComparedLine], name: str) -> PageTable[ComparedLine]:
    """The lines of a file beside the record."""
    columns: list[PageColumn[ComparedLine]] = [
        PageColumn(_("文件行"), lambda r: r.file_line, ColumnKind.COUNT),
        PageColumn(_("核对"), lambda r: STATEMENT_LINES[r.finding], ColumnKind.STATE),
        PageColumn(_("银行日"), lambda r: r.day, ColumnKind.DAY),
        PageColumn(_("收入（元）"), lambda r: max(r.amount_fen, 0) or None, ColumnKind.AMOUNT),
        PageColumn(_("支出（元）"), lambda r: max(-r.amount_fen, 0) or None, ColumnKind.AMOUNT),
        PageColumn(_("余额（元）"), lambda r: r.balance_fen, ColumnKind.AMOUNT, wide_only=True),
        PageColumn(_("附言编号"), lambda r: r.reference or None, ColumnKind.ID),
        PageColumn(_("摘要"), lambda r: r.purpose or None),
        PageColumn(_("已登记的行"), lambda r: r.recorded or None, ColumnKind.ID, wide_only=True),
    ]
    totals: dict[str, object] = {
        _("收入（元）"): sum(r.amount_fen for r in lines if r.amount_fen > 0),
        _("支出（元）"): -sum(r.amount_fen for r in lines if r.amount_fen < 0),
    }
    return PageTable(name, _("逐行核对"), columns, lines, totals, _("这几天没有流水行。"))


@router.get("/statements/import")
async def overview(visit: Arrived, csv: str | None = None, xlsx: str | None = None) -> Response:
    """List the files; hand one in."""
    rows = await statement_files.listed(visit.db, aliases(visit.scope, visit.cities))
    shown = table(visit, rows)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    titles = city_banks(visit.cities).titles_of_statements()
    own = aliases(visit.scope, visit.cities)
    return visit.page(
        "statement_files.html",
        translate("流水文件 {n} 份", n=figures.count(len(rows))),
        table=part(visit, shown, lambda r: r.number),
        accounts={
            alias: account_title(alias)
            for alias in visit.cities.accounts
            if own is None or alias in own
        },
        layouts={"": translate("本账户的格式"), AUTO: translate("逐个试"), **titles},
        act=Act.new(),
    )


@router.post("/statements/import")
async def hand_in(
    visit: Arrived,
    command: Field,
    account: Field,
    file: UploadFile,
    layout: Note = "",
    opening: Note = "",
) -> Response:
    """Read a file; keep it in the vault and let it wait for another person, or say what is wrong."""
    vault, back = visit.vault(), visit.link("/statements/import")
    if visit.scope.historical or not visit.actor.id:
        return visit.page("not_allowed.html", translate("不能办理"), back=back)
    one_of("account", account, visit.cities.accounts)
    banks, known = city_banks(visit.cities), visit.cities.accounts[account]
    one_of("layout", layout, ("", AUTO, *banks.writing_statements()))
    name, content = await read_upload(file)
    before = typed_yuan("opening", opening) if opening else None
    read = await asyncio.to_thread(read_for, banks, known, name, content, layout, before)
    wrong = ""
    if not read.statement.problems:
        try:
            body = await asyncio.to_thread(hold, read.statement, known, visit.actor.id, read.layout)
        except NotTaken as error:
            wrong = str(error)
        else:
            await vault.store_file(name, content, PURPOSE, visit.actor.id)
            act = Act(command, streams.statement_file(body.number), body)
            return await send(visit, act, f"/statements/import/{body.number}")
    problems = read.statement.problems
    return visit.page(
        "statement_file_refused.html",
        translate("流水文件没有收下"),
        file=name,
        account=account_title(account),
        wrong=wrong,
        number=len(problems),
        problems=problem_table(problems[:PROBLEMS_SHOWN]),
        more=max(len(problems) - PROBLEMS_SHOWN, 0),
    )


@router.get("/statements/import/{number}")
async def detail(
    visit: Arrived, number: str, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Look at a file beside the record; whoever did not hand it in may take it or send it back."""
    opened = await _opened(visit, number)
    row, compared = opened.row, opened.compared
    shown = lines_table(list(compared.lines), f"statement-{number}")
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    first = sorted(compared.lines, key=_to_look_at)[:SHOWN]
    return visit.page(
        "statement_file.html",
        translate("流水文件 {number}", number=number),
        file=row,
        account=account_title(row.bank_account),
        state=state_of(STATEMENT_FILES, row.state),
        declined=refused("RecordStatementDays", row.code, row.about or "")
        if row.state == "declined" and row.code
        else "",
        counts=[
            (state, len(compared.of(code)))  # type: ignore[arg-type]
            for code, state in STATEMENT_LINES.items()
        ],
        misfits=compared.misfits,
        fits=compared.fits,
        changed=opened.changed,
        left_out=opened.statement.left_out,
        table=lines_table(first, shown.name),
        more=max(len(compared.lines) - SHOWN, 0),
        maker=name_of(row.maker),
        checker=name_of(row.checker),
        release=Act.new(),
        reject=Act.new(),
        reverse=Act.new(),
    )


@router.post("/statements/import/{number}/release")
async def release(visit: Arrived, number: str, command: Field, digest: Field) -> Response:
    """Ask for exactly this file to be recorded; the ledger keeps the two people apart."""
    body = ReleaseStatement(number=number, checker=visit.actor.id, digest=digest)
    stream = streams.statement_file(number)
    return await send(visit, Act(command, stream, body), f"/statements/import/{number}")


@router.post("/statements/import/{number}/reject")
async def reject(visit: Arrived, number: str, command: Field, reason: Field) -> Response:
    """Ask for a file to go back to whoever handed it in."""
    body = RejectStatement(number=number, checker=visit.actor.id, reason=reason.strip())
    stream = streams.statement_file(number)
    return await send(visit, Act(command, stream, body), f"/statements/import/{number}")


@router.post("/statements/import/{number}/reverse")
async def reverse(visit: Arrived, number: str, command: Field, reason: Field) -> Response:
    """Propose that a file is taken back; another person confirms it."""
    body = ReverseStatement(number=number, reason=reason.strip())
    stream = streams.statement_file(number)
    return await propose(visit, Act(command, stream, body), f"/statements/import/{number}")


async def _opened(visit: Visit, number: str) -> _Opened:
    row = await statement_files.one(visit.db, number)
    file = await visit.vault().load_file(row.file_digest) if row else None
    account = visit.cities.accounts.get(row.bank_account) if row else None
    if row is None or file is None or account is None:
        raise PageRefused(NOT_FOUND)
    banks = city_banks(visit.cities)
    read = await asyncio.to_thread(
        read_for, banks, account, row.file, file.content, row.layout, row.opening_fen
    )
    own = await statement_files.recorded_lines(visit.db, account.alias, row.first, row.last)
    compared = compare(
        read.statement,
        own,
        await _proved(visit, account.alias, row.first - _ONE_DAY),
        await _proved(visit, account.alias, row.last + _ONE_DAY),
    )
    try:
        taken = await asyncio.to_thread(to_record, read.statement, account)
    except NotTaken:
        return _Opened(row, read.statement, compared, changed=True)
    return _Opened(row, read.statement, compared, taken.digest != row.digest)


async def _proved(visit: Visit, account: str, day: date) -> statement_files.ProvedDay | None:
    found = await statement_files.proved_days(visit.db, account, day, day)
    return found[0] if found else None


def _to_look_at(line: ComparedLine) -> tuple[int, date, int]:
    """What needs a look comes first."""
    return list(STATEMENT_LINES).index(line.finding), line.day, line.file_line or 0
