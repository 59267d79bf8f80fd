"""rule texts: the words behind a hash that a decision cites, as the ledger has kept them."""

import json
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from policies.reference_data.bundle_texts import read_bundle
from policies.reference_data.figure_history import Span, history
from projections.queries import rule_texts
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived, Visit
from services.wording.figure_values import UNSOURCED, said_row
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()


class KeptFigure(NamedTuple):
    """One figure of a bundle on some days."""

    name: str
    span: Span


def table(visit: Visit, rows: list[KeptFigure]) -> PageTable[KeptFigure]:
    """The figures of a bundle by the days on which they counted."""
    declared = visit.sources.policies.written.declared

    def value(row: KeptFigure) -> str:
        named = declared.get(row.name)
        return said_row(named, row.span.row) if named else str(row.span.row.value)

    columns: list[PageColumn[KeptFigure]] = [
        PageColumn(_("参数"), lambda r: declared[r.name].label if r.name in declared else r.name),
        PageColumn(_("起始日期"), lambda r: r.span.first, ColumnKind.DAY),
        PageColumn(_("截止日期"), lambda r: r.span.last, ColumnKind.DAY),
        PageColumn(_("数值"), value),
        PageColumn(_("依据"), lambda r: r.span.document.replace("#", " ") or translate(UNSOURCED)),
        PageColumn(_("名称"), lambda r: r.name, ColumnKind.ID, wide_only=True),
    ]
    return PageTable("bundle", _("参数"), columns, rows, {}, _("这一版没有用到参数。"))


@router.get("/policies/texts/{digest}")
async def detail(visit: Arrived, digest: str, csv: str | None = None) -> Response:
    """Show a policy's version, or the figures that it used, as they were."""
    found = await rule_texts.kept(visit.db, digest)
    if found is None:
        raise PageRefused(NOT_FOUND)
    spans: list[KeptFigure] = []
    if found.kind == "figures":
        spans = [
            KeptFigure(name, span)
            for name, rows in read_bundle(found.text).items()
            for span in history(rows)
        ]
    shown = table(visit, spans)
    if csv:
        return visit.csv(shown)
    return visit.page(
        "rule_text.html",
        translate("决定所依据的参数") if found.kind == "figures" else translate("决定所依据的条文"),
        found=found,
        table=shown,
        text=json.dumps(json.loads(found.text), ensure_ascii=False, indent=2),
    )
