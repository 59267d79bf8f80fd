"""statement trials: a statement's file read in the layouts that may be meant, and nothing of it taken.

In:   a file, the account that it may be of, a layout or all
Out:  how each layout reads it; the lines, the balances and the problems of the one that is meant
Holds: nothing is kept, neither in the vault nor in the ledger; a bank's words are shown as they would
       be recorded, without identities
"""

import asyncio

from fastapi import APIRouter, UploadFile
from starlette.responses import Response

from events.contract.inbound.private import without_identities
from services.banking.banks.of_cities import city_banks
from services.banking.statements.statement import LeftOut, StatementLine, StatementProblem
from services.banking.statements.trying import (
    AUTO,
    OWN,
    LayoutTrial,
    chosen,
    layouts_to_try,
    try_layouts,
)
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.accounts_in_scope import aliases
from services.web.request.fields import one_of
from services.web.request.typed_amounts import typed_yuan
from services.web.request.typed_fields import Field, Note
from services.web.request.uploads import read_upload
from services.web.request.visit import Arrived, Visit
from services.wording.city_names import account_title
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

LINES_SHOWN, PROBLEMS_SHOWN = 200, 100


@router.get("/statements/try")
async def form(visit: Arrived) -> Response:
    """Ask for a file."""
    return visit.page("statement_trial.html", translate("试读流水文件"), **_choices(visit))


@router.post("/statements/try")
async def read(
    visit: Arrived, layout: Field, file: UploadFile, account: Note = "", opening: Note = ""
) -> Response:
    """Read a file in the layouts that may be meant, and show what each says."""
    known = visit.cities.accounts
    if account:
        one_of("account", account, known)
    banks = city_banks(visit.cities)
    one_of("layout", layout, (AUTO, *banks.writing_statements()))
    before = typed_yuan("opening", opening) if opening else None
    name, content = await read_upload(file)
    trials = await asyncio.to_thread(
        try_layouts,
        name,
        content,
        account,
        layouts_to_try(banks, account, layout),
        known[account].last_four if account else "",
        before,
    )
    meant = chosen(trials)
    statement = meant.statement
    return visit.page(
        "statement_trial.html",
        translate("试读流水文件"),
        **_choices(visit)
        | {"account": account, "layout": layout, "opening": opening, "statement": statement},
        file=name,
        meant=_title(visit, meant.name),
        trials=_trials_table(visit, trials),
        problems=problem_table(statement.problems[:PROBLEMS_SHOWN]),
        more_problems=max(len(statement.problems) - PROBLEMS_SHOWN, 0),
        lines=_lines_table(statement.lines),
        more_lines=max(len(statement.lines) - LINES_SHOWN, 0),
        left_out=_left_out_table(statement.left_out),
    )


def _choices(visit: Visit) -> dict[str, object]:
    titles = city_banks(visit.cities).titles_of_statements()
    own = aliases(visit.scope, visit.cities)
    return {
        "accounts": {
            alias: account_title(alias)
            for alias in visit.cities.accounts
            if own is None or alias in own
        },
        "layouts": {AUTO: translate("逐个试，账户自己的在先"), **titles},
        "account": "",
        "layout": AUTO,
        "opening": "",
        "statement": None,
    }


def _title(visit: Visit, name: str) -> str:
    """A layout as people call it; neither the account's own nor a message is one of the listed."""
    others = {OWN: translate("本账户的格式"), "camt": "ISO 20022 camt", "mt940": "SWIFT MT940"}
    return (city_banks(visit.cities).titles_of_statements() | others)[name]


def _trials_table(visit: Visit, trials: tuple[LayoutTrial, ...]) -> PageTable[LayoutTrial]:
    """What each layout makes of the file; those that find no table are not shown, but counted."""
    found = [trial for trial in trials if trial.columns]

    def said(trial: LayoutTrial) -> str:
        if trial.fits:
            return translate("读得通")
        return trial.statement.problems[0].row_text

    columns: list[PageColumn[LayoutTrial]] = [
        PageColumn(_("格式"), lambda t: _title(visit, t.name)),
        PageColumn(_("认出的列"), lambda t: t.columns, ColumnKind.COUNT),
        PageColumn(_("行数"), lambda t: len(t.statement.lines), ColumnKind.COUNT),
        PageColumn(_("问题"), lambda t: len(t.statement.problems), ColumnKind.COUNT),
        PageColumn(_("说明"), said),
    ]
    return PageTable(
        "trials", _("各格式读这份文件"), columns, found, {},
        _("没有一种格式找到表头。"),
    )  # fmt: skip


def _lines_table(lines: tuple[StatementLine, ...]) -> PageTable[StatementLine]:
    """The first lines, with the totals of all."""
    columns: list[PageColumn[StatementLine]] = [
        PageColumn(_("文件行"), lambda r: r.file_line, ColumnKind.COUNT),
        PageColumn(_("银行日"), lambda r: r.booked_on, ColumnKind.DAY),
        PageColumn(_("收入（元）"), lambda r: max(r.amount, 0) or None, ColumnKind.AMOUNT),
        PageColumn(_("支出（元）"), lambda r: max(-r.amount, 0) or None, ColumnKind.AMOUNT),
        PageColumn(_("余额（元）"), lambda r: r.balance_after, ColumnKind.AMOUNT),
        PageColumn(
            _("附言编号"),
            lambda r: without_identities(r.reference, words=False) or None,
            ColumnKind.ID,
        ),
        PageColumn(_("摘要"), lambda r: without_identities(r.purpose) or None),
    ]
    totals: dict[str, object] = {
        _("收入（元）"): sum(line.amount for line in lines if line.amount > 0),
        _("支出（元）"): -sum(line.amount for line in lines if line.amount < 0),
    }
    shown = lines[:LINES_SHOWN]
    return PageTable("lines", _("读出的流水"), columns, shown, totals, _("没有流水行。"))


def problem_table(problems: tuple[StatementProblem, ...]) -> PageTable[StatementProblem]:
    columns: list[PageColumn[StatementProblem]] = [
        PageColumn(_("文件行"), lambda r: r.line or None, ColumnKind.COUNT),
        PageColumn(_("列"), lambda r: r.column or None),
        PageColumn(_("内容"), lambda r: without_identities(r.value) or None),
        PageColumn(_("说明"), lambda r: r.wrong),
    ]
    return PageTable("problems", _("不能导入的原因"), columns, problems, {}, _("没有问题。"))


def _left_out_table(left_out: tuple[LeftOut, ...]) -> PageTable[LeftOut]:
    columns: list[PageColumn[LeftOut]] = [
        PageColumn(_("文件行"), lambda r: r.line or None, ColumnKind.COUNT),
        PageColumn(_("内容"), lambda r: without_identities(r.text) or None),
        PageColumn(_("说明"), lambda r: r.why),
    ]
    return PageTable("left-out", _("不是流水、未读的"), columns, left_out, {}, _("没有。"))
