"""`ledger verify`: the whole chain from outside, and the first break by partition and offset."""

from services.runtime.settings import Settings
from tests.conftest import PARTITIONS
from tests.handmade_ledgers import LINE, paid_history
from tests.ledger_writer import pen
from tests.system.test_projector import publish_to
from tests.whole_ledger import call


async def test_a_ledger_of_nothing_verifies_as_nothing(settings: Settings) -> None:
    said = await call("ledger", "verify", settings=settings)
    assert said.code == 1, said
    assert "没有可验证的内容" in said.out


async def test_a_whole_ledger_verifies_and_so_does_a_part_of_it(settings: Settings) -> None:
    history = paid_history(6)
    await publish_to(settings, history)
    said = await call("ledger", "verify", settings=settings)
    assert said.code == 0, said
    assert f"{len(history.facts):,} 条事实，链与签名无误" in said.out
    part = await call("ledger", "verify", "--from", "3", "--to", "12", settings=settings)
    assert part.code == 0, part


async def test_the_first_break_is_named(settings: Settings) -> None:
    history = paid_history(4)
    half = len(history.facts) // 2
    topic = settings.topics.ledger
    async with pen(settings.kafka_bootstrap, topic, PARTITIONS) as own:
        await own.write(history.facts[:half], PARTITIONS)
        broken = min(own._last)
        own._last[broken] = own._last[broken]._replace(number=own._last[broken].number + 1)
        await own.write_raw({broken: [(LINE.encode(), b"{}")]})
    said = await call("ledger", "verify", settings=settings)
    assert said.code == 1, said
    assert f"第一处 ledger/{broken}/" in said.out
    assert "checkpoint 2 is missing" in said.out
    assert "docs/how-to/damaged-log.md" in said.out
