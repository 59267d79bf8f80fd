"""prior uses: earlier benefits from a file: template, report, hand in, release by another person."""

import asyncio
from datetime import UTC, date, datetime

from fastapi import APIRouter, UploadFile
from starlette.responses import Response

from events import streams
from events.days import legal_day
from events.prior_uses import RejectImport, ReleaseImport
from projections.queries import prior_uses
from services.prior_uses import template
from services.prior_uses.checking import CheckedPriorUses, check
from services.prior_uses.comparing import compare
from services.prior_uses.importing import hold
from services.prior_uses.report import PriorUseReportLine, counts, report
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.spreadsheets.workbooks import MEDIA_TYPE
from services.web.acts.sending import Act, send
from services.web.parts.paging import part
from services.web.request.actors import name_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field
from services.web.request.uploads import read_upload
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.programmes import short
from services.wording.states import PRIOR_USE_FILES, PRIOR_USE_ROWS, state_of

router = APIRouter()

PURPOSE = "past"
SHOWN = 500


def table(
    visit: Visit, rows: list[prior_uses.PriorUseImportRow]
) -> PageTable[prior_uses.PriorUseImportRow]:
    """Imports as a table."""

    def page_of(row: prior_uses.PriorUseImportRow) -> str:
        return visit.link(f"/past/{segment(row.number)}")

    columns: list[PageColumn[prior_uses.PriorUseImportRow]] = [
        PageColumn(_("导入编号"), lambda r: r.number, ColumnKind.ID, page_of),
        PageColumn(_("状态"), lambda r: state_of(PRIOR_USE_FILES, r.state), ColumnKind.STATE),
        PageColumn(_("区划"), lambda r: region_name(r.region) or None),
        PageColumn(_("提交日"), lambda r: r.held_on, ColumnKind.DAY),
        PageColumn(_("提交"), lambda r: name_of(r.maker)),
        PageColumn(_("放行"), lambda r: name_of(r.checker), wide_only=True),
        PageColumn(_("行数"), lambda r: r.rows, ColumnKind.COUNT, page_of),
        PageColumn(_("计入（行）"), lambda r: r.uses, ColumnKind.COUNT, page_of),
        PageColumn(_("存疑（行）"), lambda r: r.doubtful, ColumnKind.COUNT, page_of),
        PageColumn(_("退回（行）"), lambda r: r.refused, ColumnKind.COUNT, page_of),
        PageColumn(_("金额（元）"), lambda r: r.total_fen, ColumnKind.AMOUNT, page_of),
    ]
    totals: dict[str, object] = {
        _("计入（行）"): sum(r.uses for r in rows),
        _("金额（元）"): sum(r.total_fen for r in rows),
    }
    return PageTable(
        "imports", _("历史享受导入"), columns, rows, totals if rows else {},
        _("还没有导入过。台账启用前已享受的补贴，请按模板填好后在此导入。"),
    )  # fmt: skip


def rows_table(
    visit: Visit, lines: list[PriorUseReportLine], name: str
) -> PageTable[PriorUseReportLine]:
    """A file's rows as a table, masked."""
    law = visit.sources.policies
    columns: list[PageColumn[PriorUseReportLine]] = [
        PageColumn(_("文件行"), lambda r: r.row, ColumnKind.COUNT),
        PageColumn(_("核对"), lambda r: PRIOR_USE_ROWS[r.finding], ColumnKind.STATE),
        PageColumn(_("姓名或单位"), lambda r: r.name or None),
        PageColumn(_("证件号码"), lambda r: r.number or None, ColumnKind.ID, wide_only=True),
        PageColumn(_("补贴项目"), lambda r: short(law, r.programme) or None),
        PageColumn(_("占用限额"), lambda r: r.uses or None),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT),
        PageColumn(_("说明"), lambda r: r.remark or None),
    ]
    totals: dict[str, object] = {_("金额（元）"): sum(r.amount_fen or 0 for r in lines)}
    return PageTable(name, _("逐行核对"), columns, lines, totals, _("文件里没有数据行。"))


@router.get("/past")
async def overview(visit: Arrived, csv: str | None = None, xlsx: str | None = None) -> Response:
    """List imports; hand a file in."""
    shown = table(visit, await prior_uses.listed(visit.db, visit.scope.districts))
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "prior_uses.html",
        translate("历史享受导入 {n} 次", n=figures.count(len(shown.rows))),
        table=part(visit, shown, lambda r: r.number),
        act=Act.new(),
    )


@router.get("/past/template.{kind}")
async def form(visit: Arrived, kind: str) -> Response:
    """Give the template away, as a workbook or as CSV."""
    if kind not in ("xlsx", "csv"):
        raise PageRefused(NOT_FOUND)
    make, media = (
        (template.xlsx, MEDIA_TYPE)
        if kind == "xlsx"
        else (template.as_csv, "text/csv; charset=utf-8")
    )
    content = await asyncio.to_thread(make, visit.sources.policies)
    disposition = f'attachment; filename="past-template.{kind}"'
    return Response(content, media_type=media, headers={"Content-Disposition": disposition})


@router.post("/past")
async def hand_in(visit: Arrived, command: Field, region: Field, file: UploadFile) -> Response:
    """Check a file; keep what can count in the vault, and let it wait for another person."""
    vault = visit.vault()
    if visit.scope.historical or not visit.actor.id:
        back = visit.link("/past")
        return visit.page("not_allowed.html", translate("不能办理"), back=back)
    name, content = await read_upload(file)
    checked = await _checked(visit, content, region, legal_day(datetime.now(UTC)))
    if not checked.uses:
        shown = rows_table(visit, report(checked, None), "past-file")
        return visit.page("prior_uses_refused.html", translate("没有可以导入的行"), table=shown)
    await vault.store_file(name, content, PURPOSE, visit.actor.id)
    act = Act(command, streams.prior_use_file(checked.number), hold(checked, visit.actor.id))
    return await send(visit, act, f"/past/{checked.number}")


@router.get("/past/{number}")
async def detail(
    visit: Arrived, number: str, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Read a file row by row; whoever did not hand it in may release it or send it back."""
    vault = visit.vault()
    found = await prior_uses.one(visit.db, number)
    file = await vault.load_file(found.file_digest) if found else None
    if found is None or file is None:
        raise PageRefused(NOT_FOUND)
    checked = await _checked(visit, file.content, found.region, found.held_on)
    waits = found.state in ("held", "rejected")
    compared = await compare(checked, vault, visit.sources.pool) if waits else None
    lines = report(checked, compared)
    shown = rows_table(visit, lines, f"past-{number}")
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "prior_uses_file.html",
        translate("历史享受导入 {number}", number=number),
        past=found,
        state=state_of(PRIOR_USE_FILES, found.state),
        counts=[(PRIOR_USE_ROWS[finding], number) for finding, number in counts(lines).items()],
        changed=checked.digest != found.digest,
        unread=checked.unread,
        table=rows_table(visit, sorted(lines, key=_to_look_at)[:SHOWN], shown.name),
        more=max(len(lines) - SHOWN, 0),
        region=region_name(found.region),
        release=Act.new(),
        reject=Act.new(),
        maker=name_of(found.maker),
        checker=name_of(found.checker),
    )


@router.post("/past/{number}/release")
async def release(visit: Arrived, number: str, command: Field, digest: Field) -> Response:
    """Ask for exactly the list with this digest to count; the ledger keeps people apart."""
    body = ReleaseImport(number=number, checker=visit.actor.id, digest=digest)
    return await send(visit, Act(command, streams.prior_use_file(number), body), f"/past/{number}")


@router.post("/past/{number}/reject")
async def reject(visit: Arrived, number: str, command: Field, reason: Field) -> Response:
    """Ask for a file to go back to whoever handed it in."""
    body = RejectImport(number=number, checker=visit.actor.id, reason=reason.strip())
    return await send(visit, Act(command, streams.prior_use_file(number), body), f"/past/{number}")


async def _checked(visit: Visit, content: bytes, region: str, today: date) -> CheckedPriorUses:
    return await asyncio.to_thread(check, content, region, visit.sources.policies, today)


def _to_look_at(line: PriorUseReportLine) -> tuple[int, int]:
    """What needs a look comes first."""
    order = ("refused", "doubtful", "twice", "known", "accepted")
    return order.index(line.finding), line.row
