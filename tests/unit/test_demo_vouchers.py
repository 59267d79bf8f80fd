"""The demo's vouchers: disorder goes in, every voucher ends where it should, none is used twice."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from events import streams
from events.contract.inbound.reader import Message
from events.envelope import Recorded
from events.vouchers import VoucherUsed
from policies.engine.message_names import names_of_policies
from projections.queries.due_work import PastVoucher
from services.clerk.due import due_commands
from services.deciders.voucher.state import VoucherState
from services.demo.cast.city import played_city
from services.demo.play.vouchers import Season
from services.demo.play.vouchers import season as season_of
from services.intake.memory_vault import MemoryVault
from services.intake.message_batch import process_batch
from services.intake.message_reading import read_all
from services.streams.in_memory import InMemoryLedger
from tests.example_cities import EXAMPLES
from tests.given_when_then import kinds, policies

NOW = datetime(2022, 9, 1, 1, tzinfo=UTC)
TODAY = date(2022, 9, 1)


def season(seed: int, today: date) -> Season:
    """A season of the city whose half year is played."""
    return season_of(seed, today, played_city(EXAMPLES).script)


async def played(played_season: Season) -> InMemoryLedger:
    """Take a season in, and let the clerk look at every voucher afterwards."""
    at = int(NOW.timestamp() * 1000)
    messages = [Message(m.feed, m.value, m.headers, at) for m in played_season.messages]
    taken = await process_batch(read_all(messages, names_of_policies(policies())), MemoryVault())
    assert not taken.rejected
    ledger = InMemoryLedger(policies())
    ledger.ask(taken.commands)
    vouchers = {fact.stream.partition("/")[2] for fact in ledger.facts}
    past = [PastVoucher(key, TODAY - timedelta(days=10)) for key in played_season.expired]
    assert vouchers >= set(played_season.used)
    ledger.ask(due_commands(past, TODAY, NOW))
    return ledger


def used(facts: list[Recorded]) -> Counter[str]:
    return Counter(fact.body.voucher for fact in facts if isinstance(fact.body, VoucherUsed))


def test_a_season_is_the_same_to_the_byte_for_the_same_seed_and_day() -> None:
    assert season(7, TODAY) == season(7, TODAY)
    assert season(7, TODAY) != season(8, TODAY)


async def test_every_voucher_ends_where_the_season_says() -> None:
    played_season = season(7, TODAY)
    ledger = await played(played_season)
    assert used(ledger.facts) == Counter(played_season.used)
    for key in played_season.expired:
        voucher = ledger.store.state(streams.voucher(key))
        assert isinstance(voucher, VoucherState)
        assert voucher.expired


async def test_a_season_holds_the_disorder_that_it_promises() -> None:
    ledger = await played(season(7, TODAY))
    found = Counter(kinds(ledger.facts))
    assert found["VoucherStepKept"]
    codes = {getattr(fact.body, "code", "") for fact in ledger.facts}
    assert codes & {"ALREADY_USED", "TOLD_OTHERWISE"}
    assert "WRONG_HOLDER" in codes


async def test_a_season_played_twice_changes_nothing() -> None:
    played_season = season(7, TODAY)
    ledger = await played(played_season)
    again = await played(played_season._replace(messages=played_season.messages * 2))
    assert used(again.facts) == used(ledger.facts)
