"""Doctor: look at everything a ledger needs, and say in plain words what is missing.

In:   settings
Out:  one finding for each thing looked at, good or bad, with what to do
"""

import shutil
from collections.abc import AsyncIterator

import asyncpg

from policies.cities import Cities
from policies.engine.registry import Policies
from projections.engine import row_security
from projections.engine.books import LIVE, ShapeDiffers
from projections.engine.books import differing as differing_books
from projections.queries import operations
from services.http_intake.reading_metrics import NoNumbers, is_run, source_numbers
from services.machine.store_consistency import find_inconsistencies
from services.runtime.city import policies_of
from services.runtime.configuration import configuration_of, differing, in_words
from services.runtime.errors import OperatingFailure
from services.runtime.postgres.violations import open_ones
from services.runtime.settings import Settings
from services.runtime.topic_admin import check_topics, unflushed
from services.tools.operations.desk_progress import DeskProgress, progress
from services.tools.operations.doctor_finding import DoctorFinding
from services.tools.operations.paying import banks_finding, paying_findings

_ENOUGH_BYTES = 2_000_000_000


async def look(settings: Settings) -> AsyncIterator[DoctorFinding]:
    """Look at disk, key, policies, banks, broker, topics, database, the books and what pays."""
    here = settings.data_dir if settings.data_dir.exists() else settings.data_dir.absolute().parent
    free = shutil.disk_usage(here).free
    yield DoctorFinding(
        "磁盘", free > _ENOUGH_BYTES, f"{settings.data_dir} 可用 {free / 1e9:,.1f} GB"
    )
    key = settings.vault_key_file
    yield DoctorFinding(
        "密钥", key.exists(), f"{key}" if key.exists() else f"{key} 不存在：先运行 up"
    )
    policies, finding = _policies(settings)
    yield finding
    if policies is not None:
        yield banks_finding(policies.cities)
    topics = await _topics(settings)
    yield topics
    if topics.good:
        own = configuration_of(policies) if policies is not None else None
        async for finding in _kafka(settings, own):
            yield finding
    async for finding in _books(settings, policies.cities if policies is not None else None):
        yield finding
    if is_run(settings):
        yield await _http_intake(settings)


def _policies(settings: Settings) -> tuple[Policies | None, DoctorFinding]:
    """The rules with the figures that the processes of this ledger use."""
    try:
        policies = policies_of(settings)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the files is the finding
        return None, DoctorFinding("政策", good=False, detail=str(error))
    cities = "、".join(f"{city.name} {city.code}" for city in policies.cities)
    own = sum(1 for one in policies if one.city)
    number = f"{sum(1 for _ in policies)} 个版本可用" + (
        f"（其中本市自己的 {own} 个）" if own else ""
    )
    detail = f"{number}；{cities}，{settings.city}，配置 {configuration_of(policies)}"
    return policies, DoctorFinding("政策", good=True, detail=detail)


async def _topics(settings: Settings) -> DoctorFinding:
    try:
        await check_topics(
            settings.kafka_bootstrap, settings.partitions, settings.replication, settings.topics
        )
    except OperatingFailure as failure:
        return DoctorFinding("Kafka", good=False, detail=f"{failure.what} {failure.do}")
    return DoctorFinding("Kafka", good=True, detail=f"{settings.kafka_bootstrap}，主题齐全")


async def _kafka(settings: Settings, own: str | None) -> AsyncIterator[DoctorFinding]:
    """Whether what is acknowledged is on the disk, all stores are of one moment, the desk decides."""
    if loose := await unflushed(settings.kafka_bootstrap, settings.replication, settings.topics):
        detail = f"{'、'.join(loose)} 确认后未必落盘，断电会丢：请运行 benefit-ledger topics"
        yield DoctorFinding("落盘", good=False, detail=detail)
    else:
        yield DoctorFinding("落盘", good=True, detail="确认即落盘，或有多份副本")
    try:
        found = await find_inconsistencies(settings)
        detail = "；".join(f"{one.pair}：{one.what}。{one.do}" for one in found[:5])
        yield DoctorFinding("同一时刻", not found, detail or "身份库、账本、总账、命令、报文相符")
        desk = await progress(settings)
    except OperatingFailure as failure:
        yield DoctorFinding("柜台", good=False, detail=f"{failure.what} {failure.do}")
        return
    stuck = [
        one.wrong or f"分区 {one.partition} 停在命令 {one.next}，其后还有 {one.end - one.next} 包"
        for one in desk.stuck
    ]
    if not desk.members:
        stuck.insert(0, "没有柜台进程在运行，命令没有人裁决")
    detail = "；".join(stuck)
    if stuck:
        detail += "。看柜台日志；分区损坏的办法见 docs/how-to/damaged-log.md"
    good = f"{desk.members} 个进程，各分区都在裁决，等待 {desk.waiting} 包"
    yield DoctorFinding("柜台", not stuck, detail or good)
    yield _configurations(desk, own)


def _configurations(desk: DeskProgress, own: str | None) -> DoctorFinding:
    """Whether the desks of all partitions decide by the same, and by what this command reads."""
    if found := differing(desk.decided_by, own):
        what = f"各分区或本机不一致：{in_words(found)}；本机按 {own or '读不出'}"
        do = "请让各进程用同一个目录、同一个版本，再逐个重启"
        return DoctorFinding("配置", good=False, detail=f"{what}。{do}")
    return DoctorFinding("配置", good=True, detail=f"各分区一致：{own or '读不出'}")


async def _http_intake(settings: Settings) -> DoctorFinding:
    """What each source has sent since HTTP intake started; for want of numbers nothing is wrong."""
    try:
        numbers = await source_numbers(settings)
    except NoNumbers as why:
        return DoctorFinding("HTTP 受理", good=not settings.metrics_port, detail=str(why))
    shown = "；".join(
        f"{one.source} 请求 {one.requests:,}、受理 {one.accepted:,}、重复 {one.duplicates:,}、"
        f"不受理 {one.refused:,}、限流 {one.put_off:,}，平均 {one.seconds:.2f} 秒"
        for one in numbers[:10]
    )
    return DoctorFinding("HTTP 受理", good=True, detail=shown or "启动以来没有请求")


async def _books(settings: Settings, cities: Cities | None) -> AsyncIterator[DoctorFinding]:
    try:
        connection = await asyncpg.connect(settings.postgres_dsn, timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        yield DoctorFinding("PostgreSQL", good=False, detail=f"连接不上：{error}")
        return
    try:
        if names := await differing_books(connection, LIVE):
            differs = ShapeDiffers(names)
            yield DoctorFinding("账本", good=False, detail=f"{differs.what}{differs.do}")
            return
        rows = sorted(await operations.positions(connection))
        violations = await open_ones(connection)
        aside = len(await operations.parked(connection))
        open_tables = await row_security.gaps(connection)
        paying = (
            [one async for one in paying_findings(settings, cities, connection)] if cities else []
        )
    except asyncpg.PostgresError as error:
        yield DoctorFinding("PostgreSQL", good=False, detail=f"没有账本：先运行 migrate（{error}）")
        return
    finally:
        await connection.close()
    lag = sum(max(0, row.log_end - row.next) for row in rows)
    stopped = [f"{row.topic}/{row.partition}：{row.stopped}" for row in rows if row.stopped]
    yield DoctorFinding("PostgreSQL", good=True, detail=f"{len(rows)} 个分区，滞后 {lag} 条")
    yield DoctorFinding("入库", good=not stopped, detail="；".join(stopped) or "没有停止的分区")
    detail = f"没有按表的定义限制：{'、'.join(open_tables)}。运行 benefit-ledger rebuild 重建"
    guarded = "每张表都按区划限制，策略与建账时相同"
    yield DoctorFinding("行级安全", not open_tables, detail if open_tables else guarded)
    shown = "；".join(
        f"{row['topic']}/{row['partition']}/{row['first_offset']} {row['text']}"
        for row in violations[:5]
    )
    detail = (
        f"{len(violations)} 处：{shown}。benefit-ledger ledger violations" if violations else ""
    )
    yield DoctorFinding("异常记录", not violations, detail or "没有外来记录、冒名命令和丢失的报文")
    for finding in paying:
        yield finding
    yield DoctorFinding("搁置", good=aside == 0, detail=f"{aside} 个流等待处理")
