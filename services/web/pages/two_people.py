"""two people: what takes two people: batches to be released, and proposals to be judged by another."""

from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from events import streams
from projections.queries import batches, payments, proposals_waiting
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.pages.due_payments import account_name
from services.web.parts.paging import part
from services.web.request.accounts_in_scope import aliases
from services.web.request.actors import name_of
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.act_names import ACTS
from services.wording.budget_line_names import line_name
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

router = APIRouter()

KINDS: dict[str, str] = {
    "clawback": _("追回"),
    "write_off": _("核销"),
    "account": _("更正收款账户"),
    "budget": _("调整预算"),
    "past": _("历史享受导入"),
    "applications": _("申请文件"),
    "period": _("月结"),
    "disclosure": _("公示"),
    "statement": _("银行流水文件"),
    "act": _("其他须两人办理的"),
}
YOURS = State(_("待您复核"), "amber")
OTHERS = State(_("您提出，待他人复核"), "violet")
OPEN = State(_("待复核"), "violet")


class ByKind(NamedTuple):
    """The proposals of one kind."""

    kind: str
    rows: list[proposals_waiting.ProposalRow]

    @property
    def amount_fen(self) -> int | None:
        """Their sum; None where their kind moves no amount."""
        amounts = [row.amount_fen for row in self.rows if row.amount_fen is not None]
        return sum(amounts) if amounts else None


def release_table(visit: Visit, rows: list[batches.BatchRow]) -> PageTable[batches.BatchRow]:
    """Batches that wait for release."""
    as_of = visit.scope.as_of

    def page_of(row: batches.BatchRow) -> str:
        return visit.link(f"/batches/{segment(row.batch)}")

    def to_do(row: batches.BatchRow) -> str:
        own = visit.actor.id and visit.actor.id == row.maker
        return translate("您是制单人，由他人放行") if own else translate("核对并放行")

    columns: list[PageColumn[batches.BatchRow]] = [
        PageColumn(_("批次"), lambda r: r.batch, ColumnKind.ID, page_of),
        PageColumn(_("基金"), lambda r: FUND_NAMES.get(r.fund, r.fund)),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(
            _("付款账户"),
            lambda r: account_name(visit.cities.accounts.get(r.bank_account)),
            wide_only=True,
        ),
        PageColumn(_("制单"), lambda r: name_of(r.maker)),
        PageColumn(_("制单日"), lambda r: r.prepared_on, ColumnKind.DAY),
        PageColumn(
            _("已等（天）"),
            lambda r: (as_of - r.prepared_on).days if r.prepared_on else None,
            ColumnKind.COUNT,
        ),
        PageColumn(_("笔数"), lambda r: r.payments, ColumnKind.COUNT, page_of),
        PageColumn(_("金额（元）"), lambda r: r.total_fen, ColumnKind.AMOUNT, page_of),
        PageColumn(_("办理"), to_do, ColumnKind.TEXT, page_of),
    ]
    totals: dict[str, object] = {
        _("笔数"): sum(r.payments or 0 for r in rows),
        _("金额（元）"): sum(r.total_fen or 0 for r in rows),
    }
    return PageTable("release", _("批次待放行"), columns, rows, totals, _("没有待放行的批次。"))


def second_table(
    visit: Visit, rows: list[proposals_waiting.ProposalRow]
) -> PageTable[proposals_waiting.ProposalRow]:
    """Proposals one by one; whoever made one leaves it to another."""
    as_of = visit.scope.as_of

    def application(row: proposals_waiting.ProposalRow) -> str | None:
        return visit.link(f"/applications/{segment(row.application)}") if row.application else None

    def state(row: proposals_waiting.ProposalRow) -> State:
        if not visit.actor.id:
            return OPEN
        return OTHERS if row.maker == visit.actor.id else YOURS

    def page_of(row: proposals_waiting.ProposalRow) -> str:
        match row.kind:
            case "clawback" | "write_off":
                return visit.link(f"/clawbacks/{segment(row.about)}/{segment(row.id)}")
            case "account":
                return visit.link("/tasks/returns")
            case "act":
                return visit.link(f"/proposals/{segment(row.id)}")
            case "budget":
                return visit.link("/budgets", year=streams.line_year(row.about))
            case "period":
                return visit.link(f"/periods/{row.id}")
            case "disclosure":
                return visit.link(f"/disclosures/{segment(row.id)}")
            case "applications":
                return visit.link(f"/applications/import/{segment(row.id)}")
            case "statement":
                return visit.link(f"/statements/import/{segment(row.id)}")
            case _:
                return visit.link(f"/past/{segment(row.id)}")

    columns: list[PageColumn[proposals_waiting.ProposalRow]] = [
        PageColumn(_("事项"), _matter, ColumnKind.TEXT, page_of),
        PageColumn(_("状态"), state, ColumnKind.STATE),
        PageColumn(_("编号"), lambda r: r.id, ColumnKind.ID, page_of),
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("预算额度"), lambda r: line_name(r.about) if r.kind == "budget" else None),
        PageColumn(_("区划"), lambda r: region_name(r.district) or None),
        PageColumn(_("提出"), lambda r: name_of(r.maker)),
        PageColumn(_("提出日"), lambda r: r.since, ColumnKind.DAY),
        PageColumn(
            _("已等（天）"), lambda r: (as_of - r.since).days if r.since else None, ColumnKind.COUNT
        ),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, page_of),
    ]
    empty = _("没有待复核的事项：追回、核销、账户更正、预算调整、历史导入都已由第二人办结。")
    return PageTable("second", _("待我复核"), columns, rows, {}, empty)


def _matter(row: proposals_waiting.ProposalRow) -> str:
    """What is proposed, in words."""
    words = ACTS.get(row.about, row.about) if row.kind == "act" else KINDS[row.kind]
    return translate(words)


def kinds_of(rows: list[proposals_waiting.ProposalRow]) -> list[ByKind]:
    """Proposals by kind; amounts of different kinds are never added up."""
    grouped = [ByKind(kind, [row for row in rows if row.kind == kind]) for kind in KINDS]
    return [one for one in grouped if one.rows]


@router.get("/tasks/release")
async def release(visit: Arrived, csv: str | None = None) -> Response:
    """List batches that wait for a checker, the oldest first."""
    found = await batches.listed(visit.db, visit.scope, ("prepared",))
    table = release_table(visit, found[::-1])
    if csv:
        return visit.csv(table)
    total, held = await batches.waiting_for_release(visit.db, visit.scope)
    due = await payments.due(visit.db, visit.scope)
    return visit.page(
        "release.html",
        translate("批次待放行 {n} 批", n=figures.count(total.number)),
        table=part(visit, table, lambda r: r.batch),
        total=total,
        payments=held,
        due=sum(one.number for one in due),
        due_fen=sum(one.amount_fen for one in due),
    )


@router.get("/tasks/second")
async def proposals(visit: Arrived, csv: str | None = None) -> Response:
    """List what somebody has proposed and another person has to judge."""
    own = aliases(visit.scope, visit.cities)
    rows = await proposals_waiting.waiting(visit.db, visit.scope, own)
    table = second_table(visit, rows)
    if csv:
        return visit.csv(table)
    prepared, _payments = await batches.waiting_for_release(visit.db, visit.scope)
    return visit.page(
        "second.html",
        translate("待我复核 {n} 项", n=figures.count(len(rows))),
        table=part(visit, table, lambda r: f"{r.kind}/{r.about}/{r.id}"),
        kinds=[
            (translate(KINDS[one.kind]), len(one.rows), one.amount_fen) for one in kinds_of(rows)
        ],
        prepared=prepared,
    )
