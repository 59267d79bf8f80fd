"""advances: what was paid ahead, what of it is open, and until when it has to be settled."""

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import clawbacks
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.paging import part
from services.web.request.scope import segment
from services.web.request.visit import Arrived
from services.wording import programmes
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()


@router.get("/advances")
async def overview(visit: Arrived, csv: str | None = None) -> Response:
    """List advances, what is open of each and until when it has to be settled."""
    policies = visit.sources.policies

    def application(row: clawbacks.AdvanceRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}") + "#payment"

    columns: list[PageColumn[clawbacks.AdvanceRow]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        PageColumn(_("预拨日"), lambda r: r.opened_on, ColumnKind.DAY),
        PageColumn(_("应结算日"), lambda r: r.settle_by, ColumnKind.DAY),
        PageColumn(_("预拨（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, application),
        PageColumn(_("已抵减（元）"), lambda r: r.settled_fen, ColumnKind.AMOUNT, application),
        PageColumn(_("转追回（元）"), lambda r: r.called_fen, ColumnKind.AMOUNT, application),
        PageColumn(_("未结算（元）"), lambda r: r.open_fen, ColumnKind.AMOUNT, application),
    ]
    rows = await clawbacks.advances(visit.db, visit.scope)
    totals: dict[str, object] = {
        _("预拨（元）"): sum(r.amount_fen for r in rows),
        _("已抵减（元）"): sum(r.settled_fen for r in rows),
        _("转追回（元）"): sum(r.called_fen for r in rows),
        _("未结算（元）"): sum(r.open_fen for r in rows),
    }
    shown = PageTable("advances", _("预拨"), columns, rows, totals, _("没有预拨。"))
    if csv:
        return visit.csv(shown)
    return visit.page(
        "advances.html",
        translate("预拨"),
        table=part(visit, shown, lambda r: r.disbursement),
    )
