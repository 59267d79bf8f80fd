"""Samples: draw one and put it on record, draw one again, conclude its items, from a terminal.

In:   settings; a plan without its vector; what an inspector says
Out:  DrawSample, ConcludeItem, CloseSample, each answered; rows of the books
"""

from contextlib import AsyncExitStack

from events import streams
from events.codes import words_of
from events.samples import CloseSample, ConcludeItem, SampleCommand, SamplePlan
from projections.queries import position_vector, samples
from services.audit import sampling
from services.audit.drawing import Drawn
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import send_and_wait
from services.tools.staff.dead_letters import vault_of

ANSWER_SECONDS = 30.0


class NoSuchSample(OperatingFailure):
    """No sample has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"没有抽查 {number}。", "用 `benefit-ledger audit samples` 查看编号。")


class SampleRefused(OperatingFailure):
    """The ledger refused the act, or has not answered yet."""

    def __init__(self, code: str) -> None:
        words = words_of(code) if code else "台账还没有答复，请稍候查看，不要重复办理"
        super().__init__(f"没有办理［{code or '无答复'}］。", words or "请查看这份抽查的状态。")


async def draw(settings: Settings, plan: SamplePlan) -> Drawn:
    """Draw as the books stand now (an empty vector), or as they stood at the plan's."""
    async with AsyncExitStack() as opened:
        db = await opened.enter_async_context(books(settings.postgres_dsn))
        vault = await opened.enter_async_context(vault_of(settings))
        if not plan.vector:
            now = await position_vector.current(db)
            plan = plan.model_copy(update={"vector": now.text})
        return await sampling.drawn(db, plan, vault)


async def record(settings: Settings, drawn: Drawn, operator: str) -> None:
    """Put a sample on record.

    Raises: SampleRefused
    """
    await _done(settings, drawn.command(operator), operator)


async def conclude(settings: Settings, said: ConcludeItem) -> None:
    """Say what was found in one application."""
    await _done(settings, said, said.operator)


async def close(settings: Settings, number: str, operator: str) -> None:
    """End a sample."""
    await _done(settings, CloseSample(number=number, operator=operator), operator)


async def listed(dsn: str) -> list[samples.SampleRow]:
    """Every sample, the latest first."""
    async with books(dsn) as db:
        return await samples.listed(db)


async def shown(dsn: str, number: str) -> tuple[samples.SampleRow, list[samples.SampleItemRow]]:
    """One sample with its items.

    Raises: NoSuchSample
    """
    async with books(dsn) as db:
        row = await samples.one(db, number)
        if row is None:
            raise NoSuchSample(number)
        return row, await samples.items(db, number)


async def drawn_again(settings: Settings, number: str) -> list[str]:
    """Draw a sample on record again, and say what differs; nothing where it is the same."""
    row, items = await shown(settings.postgres_dsn, number)
    again = await draw(settings, sampling.plan_of(row))
    return sampling.differences(row, items, again)


async def _done(settings: Settings, body: SampleCommand, operator: str) -> None:
    asked = asked_by_staff(streams.sample(body.number), operator, body)
    answer = await send_and_wait(settings, asked, ANSWER_SECONDS)
    if answer is None or answer.refused:
        raise SampleRefused(answer.refusal_code if answer else "")
