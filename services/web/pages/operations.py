"""operations: how far the books have read, what stands still, what could not be read."""

from fastapi import APIRouter
from starlette.responses import Response

from events.control import RejectCommand
from projections.queries import letters, operations
from services.http_intake.metrics import NOBODY, SourceNumbers
from services.http_intake.reading_metrics import NoNumbers
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, send
from services.web.request.typed_fields import Field
from services.web.request.visit import Arrived
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

router = APIRouter()

STOPPED = State(_("停住"), "red")
BEHIND = State(_("正在追赶"), "violet")
READ = State(_("已读完"), "blue")


def state(position: operations.PartitionPosition) -> State:
    """How a partition stands; reading to the end proves nothing yet, so it is not green."""
    return STOPPED if position.stopped else BEHIND if position.behind else READ


def positions_table(
    rows: list[operations.PartitionPosition],
) -> PageTable[operations.PartitionPosition]:
    """Positions as a table."""
    columns: list[PageColumn[operations.PartitionPosition]] = [
        PageColumn(_("主题"), lambda r: r.topic, ColumnKind.ID),
        PageColumn(_("分区"), lambda r: r.partition, ColumnKind.COUNT),
        PageColumn(_("状态"), state, ColumnKind.STATE),
        PageColumn(_("已入库至位点"), lambda r: r.next, ColumnKind.COUNT),
        PageColumn(_("日志末端"), lambda r: r.log_end, ColumnKind.COUNT),
        PageColumn(_("未入库（条）"), lambda r: r.behind, ColumnKind.COUNT),
        PageColumn(_("最后一条事实"), lambda r: r.known, ColumnKind.MOMENT),
        PageColumn(_("核对时间"), lambda r: r.checked_at, ColumnKind.MOMENT, wide_only=True),
        PageColumn(_("停住原因"), lambda r: r.stopped, wide_only=True),
    ]
    totals: dict[str, object] = {_("未入库（条）"): sum(r.behind for r in rows)}
    return PageTable("positions", _("位点"), columns, rows, totals, _("还没有读过任何分区。"))


def parked_table(rows: list[operations.ParkedStreamRow]) -> PageTable[operations.ParkedStreamRow]:
    """Parked histories as a table."""
    columns: list[PageColumn[operations.ParkedStreamRow]] = [
        PageColumn(_("记录"), lambda r: r.stream, ColumnKind.ID),
        PageColumn(_("暂缓命令（条）"), lambda r: r.commands, ColumnKind.COUNT),
        PageColumn(_("停住时间"), lambda r: r.parked_at, ColumnKind.MOMENT),
        PageColumn(_("原因"), lambda r: r.error),
    ]
    return PageTable("parked", _("停住的记录"), columns, rows, {}, _("没有停住的记录。"))


VIOLATIONS = {
    "foreign_record": _("外来记录"),
    "foreign_command": _("冒名命令"),
    "lost_messages": _("报文丢失"),
    "damaged": _("分区损坏"),
}


def violations_table(rows: list[operations.ViolationRow]) -> PageTable[operations.ViolationRow]:
    """What somebody must look into, though it has stopped nobody."""
    columns: list[PageColumn[operations.ViolationRow]] = [
        PageColumn(_("编号"), lambda r: r.violation, ColumnKind.COUNT),
        PageColumn(_("种类"), lambda r: State(VIOLATIONS[r.kind], "red"), ColumnKind.STATE),
        PageColumn(_("主题"), lambda r: r.topic, ColumnKind.ID),
        PageColumn(_("分区"), lambda r: r.partition, ColumnKind.COUNT),
        PageColumn(_("位点"), lambda r: r.first_offset, ColumnKind.COUNT),
        PageColumn(_("条数"), lambda r: r.records, ColumnKind.COUNT),
        PageColumn(_("说明"), lambda r: r.text),
        PageColumn(_("发现时间"), lambda r: r.found_at, ColumnKind.MOMENT),
    ]
    empty = _("没有外来记录、冒名命令和丢失的报文。")
    return PageTable("violations", _("异常记录"), columns, rows, {}, empty)


def sources_table(rows: list[SourceNumbers]) -> PageTable[SourceNumbers]:
    """What each source has sent over HTTP since the process started."""
    columns: list[PageColumn[SourceNumbers]] = [
        PageColumn(
            _("来源"),
            lambda r: r.source if r.source != NOBODY else _("没有有效令牌"),
            ColumnKind.ID,
        ),
        PageColumn(_("请求（次）"), lambda r: r.requests, ColumnKind.COUNT),
        PageColumn(_("已受理（件）"), lambda r: r.accepted, ColumnKind.COUNT),
        PageColumn(_("其中重复（件）"), lambda r: r.duplicates, ColumnKind.COUNT),
        PageColumn(_("不受理（件）"), lambda r: r.refused, ColumnKind.COUNT),
        PageColumn(_("限流（次）"), lambda r: r.put_off, ColumnKind.COUNT),
        PageColumn(_("平均用时（毫秒）"), lambda r: round(r.seconds * 1000), ColumnKind.COUNT),
        PageColumn(_("不受理的代码"), lambda r: "、".join(f"{code} {n}" for code, n in r.codes)),
    ]
    empty = _("启动以来没有请求。")
    return PageTable("http-intake", _("HTTP 受理"), columns, rows, {}, empty)


async def _sources(visit: Arrived) -> tuple[PageTable[SourceNumbers] | None, str]:
    """The numbers of HTTP intake; or none, and why."""
    if visit.sources.http_intake is None:
        return None, ""
    try:
        return sources_table(await visit.sources.http_intake()), ""
    except NoNumbers as none:
        if none.where:
            return None, translate("{where} 没有应答", where=none.where)
        return None, translate("没有开运行指标（BENEFIT_LEDGER_METRICS_PORT）")


@router.get("/operations")
async def overview(visit: Arrived, csv: str | None = None) -> Response:
    """Show positions, and what stands still."""
    positions = positions_table(await operations.positions(visit.db))
    parked = parked_table(await operations.parked(visit.db))
    violations = violations_table(await operations.violations(visit.db))
    sources, no_numbers = await _sources(visit)
    if csv:
        if sources is not None and csv == sources.name:
            return visit.csv(sources)
        if csv == violations.name:
            return visit.csv(violations)
        return visit.csv(parked) if csv == parked.name else visit.csv(positions)
    return visit.page(
        "operations.html",
        translate("运行"),
        positions=positions,
        parked=parked,
        violations=violations,
        http_intake=sources,
        no_numbers=no_numbers,
        aside=await operations.aside(visit.db),
        act=Act.new,
        ledger=await operations.ledger(visit.db),
        generation=await operations.live_generation(visit.db),
        dead=sum(n for _code, n in await letters.codes(visit.db)),
    )


@router.post("/set-aside/reject")
async def reject(
    visit: Arrived, command: Field, stream: Field, rejects: Field, reason: Field
) -> Response:
    """Give up one command that was set aside; its history goes on once nothing else waits."""
    body = RejectCommand(rejects=rejects, operator=visit.actor.id, reason=reason)
    return await send(visit, Act(command, stream, body), "/operations")
