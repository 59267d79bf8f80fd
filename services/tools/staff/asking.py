"""Asking: what a person asks at a terminal goes to its stream, and the answer comes back.

In:   settings; the commands of a member of staff
Out:  packets of the operator on `commands`; what the books recorded
Raises: BrokerAway, NotAcknowledged, NotConfigured; waiting for an answer: DatabaseAway, BooksMissing
"""

from collections.abc import Sequence

from events.codec import encode_command
from events.envelope import Asked
from events.proposing import proposed
from events.values import Command
from projections.queries.command_answers import CommandAnswer, wait_for_answer
from services.machine.connections import books
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings


async def send(settings: Settings, asked: Sequence[Asked], *raw: tuple[str, bytes]) -> None:
    """Send commands, and behind them others that are written already, in this order."""
    async with PacketSender.of(settings, "operator") as sender:
        await sender.send_all([*((one.stream, encode_command(one)) for one in asked), *raw])


async def send_and_wait(settings: Settings, asked: Asked, seconds: float) -> CommandAnswer | None:
    """Send a command, and wait for its answer in the books; None when the time is over."""
    await send(settings, [asked])
    async with books(settings.postgres_dsn) as connection:
        return await wait_for_answer(connection, asked.id, seconds)


async def propose_and_wait(
    settings: Settings, stream: str, act: Command, maker: str, seconds: float
) -> tuple[str, CommandAnswer | None]:
    """Propose an act that takes two people, and wait for its answer.

    Shape: the number of the proposal, by which another person confirms it, and the answer
    """
    asked = asked_by_staff(stream, maker, act)
    asked = asked._replace(body=proposed(act, asked.id, maker))
    return asked.id, await send_and_wait(settings, asked, seconds)
