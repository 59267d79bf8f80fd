"""reconciliation: every account beside its bank, one account's 余额调节表, the open differences."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from projections.queries import difference_notes, operations, statements
from projections.queries.differences import BankDifference
from services.banking.reconciliation.reading import AccountOverview
from services.closing.counting import days_of
from services.documents.balance_sheets import balance_pdf
from services.spreadsheets.balance_form import balance_workbook
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.spreadsheets.workbooks import MEDIA_TYPE
from services.web.parts.filters import chips, if_set, listed
from services.web.parts.paging import part
from services.web.reconciliation.difference_acts import to_do
from services.web.reconciliation.difference_owners import choices, is_of
from services.web.reconciliation.matchings import matched
from services.web.reconciliation.statement_paper import form_of
from services.web.reconciliation.statement_sheet import sheet
from services.web.request import fields
from services.web.request.accounts_in_scope import aliases, in_scope
from services.web.request.actors import name_of, staff_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import account_title
from services.wording.coded_words import PROPOSED_ENTRIES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import DIFFERENCE_KINDS, State

router = APIRouter()

_OF_NOTES = 10
"""Columns of differences before those of what people have said."""

STATES: dict[str, State] = {
    "agreed": State(_("相符"), "green"),
    "to_explain": State(_("待查"), "red"),
    "so_far": State(_("相符至流水末日"), "blue"),
    "unexplained": State(_("期初不符"), "red"),
    "misstated": State(_("流水与银行余额不符"), "red"),
    "days_missing": State(_("缺对账单"), "amber"),
    "no_statement": State(_("缺对账单"), "amber"),
}
SAID: dict[str, State] = {
    "none": State(_("未说明"), "red"),
    "said": State(_("已说明，未一致"), "amber"),
    "overdue": State(_("过了预计日"), "red"),
}
"""How far a difference is explained; none of these closes it."""
AGES: dict[str, tuple[int, int | None]] = {
    "0-1": (0, 1), "2-5": (2, 5), "6-30": (6, 30), "31-": (31, None),
}  # fmt: skip


def age_words(code: str) -> str:
    """Say one range of ages."""
    return translate("{days} 天", days=">30" if code == "31-" else code)


def state_on(row: AccountOverview, day: date) -> State:
    """How an account stands; equal is green up to the bank's last day, and no further."""
    if row.state == "agreed" and not row.proved_on(day):
        return STATES["so_far"]
    return STATES[row.state]


def overview_table(visit: Visit, rows: list[AccountOverview]) -> PageTable[AccountOverview]:
    """All accounts as a table."""
    month = visit.scope.as_of.strftime("%Y-%m")

    def page_of(row: AccountOverview) -> str:
        return visit.link(f"/reconciliation/{segment(row.account)}/{month}")

    def listed_of(row: AccountOverview) -> str:
        return visit.link("/differences", account=row.account)

    def sent(row: AccountOverview) -> str:
        return visit.link("/disbursements", account=row.account, state="sent")

    columns: list[PageColumn[AccountOverview]] = [
        PageColumn(_("账户"), lambda r: account_title(r.account), ColumnKind.TEXT, page_of),
        PageColumn(_("状态"), lambda r: state_on(r, visit.scope.as_of), ColumnKind.STATE, page_of),
        PageColumn(_("账面余额（元）"), lambda r: r.book_balance, ColumnKind.AMOUNT, page_of),
        PageColumn(_("银行余额（元）"), lambda r: r.bank_balance, ColumnKind.AMOUNT, page_of),
        PageColumn(_("差额（元）"), lambda r: r.difference, ColumnKind.DIFFERENCE, page_of),
        PageColumn(
            _("差异（笔）"),
            lambda r: r.open_count if r.bank_balance is not None else None,
            ColumnKind.COUNT,
            listed_of,
        ),
        PageColumn(
            _("绝对额（元）"),
            lambda r: r.open_absolute if r.bank_balance is not None else None,
            ColumnKind.AMOUNT,
            listed_of,
        ),
        PageColumn(
            _("最久（天）"), lambda r: r.oldest_days, ColumnKind.COUNT, listed_of, wide_only=True
        ),
        PageColumn(
            _("在途备查（元）"),
            lambda r: r.in_transit.total,
            ColumnKind.AMOUNT,
            sent,
            wide_only=True,
        ),
        PageColumn(_("流水至"), lambda r: r.last_booked_on, ColumnKind.DAY, wide_only=True),
    ]
    compared = [row for row in rows if row.bank_balance is not None]
    totals: dict[str, object] = {
        _("账面余额（元）"): sum(r.book_balance for r in compared),
        _("银行余额（元）"): sum(r.bank_balance or 0 for r in compared),
        _("差额（元）"): sum(r.difference or 0 for r in compared),
        _("差异（笔）"): sum(r.open_count for r in compared),
        _("绝对额（元）"): sum(r.open_absolute for r in compared),
        _("在途备查（元）"): sum(r.in_transit.total for r in compared),
    }
    return PageTable(
        "reconciliation",
        _("各账户对账"),
        columns,
        rows,
        totals if compared else {},
        _("账上还没有银行账户。拨款到账或期初余额入账后，这里逐户核对。"),
    )


@router.get("/reconciliation")
async def overview(visit: Arrived, csv: str | None = None) -> Response:
    """Show every account beside its bank as of the scope."""
    rows = in_scope((await matched(visit)).overview, visit.scope, visit.cities)
    shown = overview_table(visit, rows)
    if csv:
        return visit.csv(shown)
    without = [row for row in rows if row.bank_balance is None]
    return visit.page(
        "reconciliation.html",
        translate("对账 {n} 户", n=len(rows)),
        table=shown,
        without=[account_title(row.account) for row in without],
        lacking=[row for row in rows if row.missing],
        account_title=account_title,
        latest=await statements.latest_day(
            visit.db, visit.scope, aliases(visit.scope, visit.cities)
        ),
        nothing_compared=len(without) == len(rows),
    )


@router.get("/reconciliation/{account}/{month}")
async def statement(
    visit: Arrived,
    account: str,
    month: str,
    csv: str | None = None,
    xlsx: str | None = None,
    paper: str | None = None,
) -> Response:
    """Show one account's 余额调节表 at the close of a month, or of the scope's day inside it."""
    first, last = days_of(fields.month("month", month))
    asked = visit.scope.as_of
    close = asked if first <= asked <= last else min(last, visit.scope.today)
    reconciled = await matched(visit, close)
    drawn = reconciled.statement_of(account, close)
    own = next((row for row in reconciled.overview if row.account == account), None)
    months = await statements.months(visit.db, account)
    if drawn is None and not months and account not in visit.cities.accounts:
        raise PageRefused(NOT_FOUND)
    missing, breaks = (own.missing, own.breaks) if own and drawn else ((), ())
    if missing or breaks:
        drawn = None
    items = list(drawn.differences) if drawn else []
    notes = await summaries_of(visit, items)
    table = differences_table(visit, items, notes, f"differences-{account}-{month}")
    if csv:
        return visit.csv(table)
    named = visit.cities.accounts.get(account)
    rows = sheet(visit, drawn) if drawn else []
    if drawn and (paper or xlsx):
        form = form_of(drawn, rows, named)
        name = f"balance-{account}-{close}"
        if paper:
            made = await asyncio.to_thread(balance_pdf, form, visit.sources.node_modules)
            return _file(made, f"{name}.pdf", "application/pdf")
        return _file(balance_workbook(form), f"{name}.xlsx", MEDIA_TYPE)
    ledger = await operations.ledger(visit.db, count_facts=visit.sees_everything)
    return visit.page(
        "statement.html",
        f"{translate('余额调节表')} {account_title(account)} {month}",
        account=account,
        account_title=account_title(account),
        named=named,
        month=month,
        months=months,
        close=close,
        drawn=drawn,
        proved=own is not None and own.proved_on(close),
        so_far=STATES["so_far"],
        last_line=own.last_booked_on if own else None,
        sheet=rows,
        missing=missing,
        breaks=breaks,
        three_way=named
        and visit.link(f"/treasury/{segment(named.fund)}/{segment(named.district)}/{month}"),
        table=table,
        ledger=ledger,
    )


def _file(content: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def explained_on(said: difference_notes.DifferenceSummary, day: date) -> State:
    """How far a difference is explained: not, so far, or longer than was said."""
    if not said.explanation:
        return SAID["none"]
    return SAID["overdue" if said.expected_on and said.expected_on < day else "said"]


def differences_table(
    visit: Visit,
    rows: list[BankDifference],
    notes: Mapping[str, difference_notes.DifferenceSummary],
    name: str = "differences",
) -> PageTable[BankDifference]:
    """Differences as a table: kind, both sides, amount with its sign, age, whose it is, why."""

    def said(row: BankDifference) -> difference_notes.DifferenceSummary:
        return notes.get(row.number, difference_notes.NOTHING_SAID)

    def own_page(row: BankDifference) -> str:
        return visit.link(f"/differences/{segment(row.account)}/{row.number}")

    def page_of(row: BankDifference) -> str:
        month = visit.scope.as_of.strftime("%Y-%m")
        return visit.link(f"/reconciliation/{segment(row.account)}/{month}")

    def batch(row: BankDifference) -> str | None:
        return visit.link(f"/batches/{segment(row.instruction[:11])}") if row.instruction else None

    columns: list[PageColumn[BankDifference]] = [
        PageColumn(
            _("种类"),
            lambda r: State(translate(DIFFERENCE_KINDS[r.kind]), "red"),
            ColumnKind.STATE,
            own_page,
        ),
        PageColumn(_("账户"), lambda r: account_title(r.account), ColumnKind.TEXT, page_of),
        PageColumn(_("指令"), lambda r: r.instruction, ColumnKind.ID, batch),
        PageColumn(_("流水行"), lambda r: r.line, ColumnKind.ID),
        PageColumn(_("账面日"), lambda r: r.moved_on, ColumnKind.DAY),
        PageColumn(_("账面（元）"), lambda r: r.book_amount, ColumnKind.AMOUNT, batch),
        PageColumn(_("银行日"), lambda r: r.booked_on, ColumnKind.DAY),
        PageColumn(_("银行（元）"), lambda r: r.bank_amount, ColumnKind.AMOUNT, page_of),
        PageColumn(_("差额（元）"), lambda r: r.difference, ColumnKind.DIFFERENCE, page_of),
        PageColumn(_("账龄（天）"), lambda r: r.age_days, ColumnKind.COUNT, own_page),
        PageColumn(_("核查人"), lambda r: (said(r).owner and name_of(said(r).owner)) or None),
        PageColumn(
            _("说明情况"),
            lambda r: explained_on(said(r), visit.scope.as_of),
            ColumnKind.STATE,
            own_page,
        ),
        PageColumn(_("说明"), lambda r: said(r).explanation or None, wide_only=True),
        PageColumn(
            _("建议处理"),
            lambda r: (said(r).entry and translate(PROPOSED_ENTRIES[said(r).entry])) or None,
            wide_only=True,
        ),
    ]
    if name != "differences":  # under a statement on paper: its account stands above it
        del columns[_OF_NOTES:], columns[1]
    totals: dict[str, object] = {_("差额（元）"): sum(r.difference for r in rows)}
    return PageTable(name, _("差异"), columns, rows, totals if rows else {}, _("没有差异。"))


@router.get("/differences")
async def open_differences(
    visit: Arrived,
    age: Annotated[list[str], Query()] = [],  # noqa: B006 -- FastAPI copies it
    kind: Annotated[list[str], Query()] = [],  # noqa: B006
    account: str = "",
    owner: str = "",
    said: Annotated[list[str], Query()] = [],  # noqa: B006
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """List open differences of the accounts that have a statement."""
    reconciled = await matched(visit)
    compared = {row.account for row in reconciled.overview if row.bank_balance is not None}
    owners = choices(staff_of(visit.cities).values())
    wanted_said = fields.each_of("said", listed(said), SAID)
    ages = fields.each_of("age", listed(age), AGES)
    kinds = fields.each_of("kind", listed(kind), DIFFERENCE_KINDS)
    rows = [
        row
        for row in in_scope(reconciled.differences, visit.scope, visit.cities)
        if row.account in compared
        and (not account or row.account == account)
        and (not kinds or row.kind in kinds)
        and (not ages or any(within(row.age_days, AGES[a]) for a in ages if a in AGES))
    ]
    notes = await summaries_of(visit, rows)
    nothing = difference_notes.NOTHING_SAID
    rows = [
        row
        for row in rows
        if is_of(notes.get(row.number, nothing).owner, owner, visit.actor.id)
        and (
            not wanted_said
            or explained_on(notes.get(row.number, nothing), visit.scope.as_of)
            in [SAID[code] for code in wanted_said]
        )
    ]
    table = differences_table(visit, rows, notes)
    if csv:
        return visit.csv(table)
    if xlsx:
        return visit.xlsx(table)
    return visit.page(
        "differences.html",
        translate("差异 {n} 笔", n=figures.count(len(rows))),
        table=part(visit, table, lambda r: r.id),
        rows=rows,
        absolute=sum(abs(row.difference) for row in rows),
        kinds=DIFFERENCE_KINDS,
        ages=AGES,
        wanted_kinds=kinds,
        wanted_ages=ages,
        said=SAID,
        wanted_said=wanted_said,
        owners=owners,
        owner=owner,
        to_do=to_do(visit, rows),
        chips=chips(
            visit,
            owner=if_set(owner, owners.get(owner) or name_of(owner)),
            said={code: translate(SAID[code].word) for code in wanted_said},
            age={a: age_words(a) for a in ages},
            kind={k: translate(DIFFERENCE_KINDS.get(k, k)) for k in kinds},
            account=if_set(account, account_title(account)),
        ),
    )


async def summaries_of(
    visit: Visit, rows: Iterable[BankDifference]
) -> dict[str, difference_notes.DifferenceSummary]:
    """What people have said of these differences, as known on the scope's day."""
    numbers = [row.number for row in rows]
    return await difference_notes.summaries(visit.db, numbers, visit.scope.known_on)


def within(days: int, bounds: tuple[int, int | None]) -> bool:
    low, high = bounds
    return low <= days and (high is None or days <= high)
