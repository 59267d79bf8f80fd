"""Scenarios: a running ledger leads to the same facts and balances as a simulation, to the digest.

All scenarios share one calendar and one ledger, and a practice clock goes from one instant of theirs
to the next: on a day's first moment the clerk asks for what is due, then that day's messages come.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from events.contract.inbound.catalogue import TYPES
from events.days import SHANGHAI
from events.envelope import Asked
from policies.engine.registry import Policies
from services.runtime.city import policies_of
from services.runtime.clock import set_practice_clock
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from services.tools.simulation.simulate import Simulation
from services.tools.simulation.staff_acts import (
    BATCH,
    OF_PAYEE,
    PayablePayment,
    StaffAct,
    staff_act,
)
from tests.account_numbers import keep_numbers
from tests.example_cities import city_with, policies_with
from tests.own_programme import CITY as OWN_CITY
from tests.own_programme import MONTHS
from tests.scenario_folders import CITY, NAMES, balances, balances_of, by_time, digest, essence
from tests.whole_ledger import Upstream, Whole, until, whole


async def facts_of(ledger: Whole) -> list[dict[str, Any]]:
    """Read every fact from the books as `simulate` prints it, postings included; the texts of rules
    are kept by a ledger that lasts alone."""
    rows = await ledger.books.fetch(
        """SELECT f.type, f.stream, f.seq, f.effective_on::text, f.body, e.postings
           FROM books.facts f LEFT JOIN LATERAL (
               SELECT jsonb_agg(jsonb_build_object('code', code, 'fund', fund,
                          'district', district, 'sub', sub, 'amount_fen', amount_fen)
                          ORDER BY no) AS postings
               FROM books.postings p
               WHERE p.partition = f.partition AND p.ledger_offset = f.ledger_offset) e ON true
           WHERE f.type <> 'RuleTextRecorded'"""
    )
    return [
        {
            "type": row["type"],
            "stream": row["stream"],
            "seq": row["seq"],
            "effective_on": row["effective_on"],
            "body": orjson.loads(row["body"]),
            "entry": {"postings": orjson.loads(row["postings"])} if row["postings"] else {},
        }
        for row in rows
    ]


def without_titles(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the accounts' names, which the books keep in the chart alone."""
    for item in items:
        for posting in item.get("entry", {}).get("postings", []):
            posting.pop("account", None)
    return items


async def do(ledger: Whole, act: StaffAct) -> None:
    """Do what people do in a scenario; the clerk does the rest by himself."""
    settings, books = ledger.settings, ledger.books
    async with PacketSender.of(settings, "operator") as sender:

        async def send(asked: Asked) -> None:
            await sender.send_commands([asked])

        if act.type == OF_PAYEE:
            query = "SELECT payee FROM books.disbursements WHERE application = $1 LIMIT 1"
            await send(act.of_payee(await books.fetchval(query, act.data["application"])))
        if act.type != BATCH:
            return
        rows = await books.fetch(
            "SELECT disbursement, payee, amount_fen FROM books.disbursements"
            " WHERE state = 'ordered' AND coalesce(disputed, '') = ''"
            " AND application = ANY($1::text[])",
            list(act.applications),
        )
        await send(act.prepare(PayablePayment(*row) for row in rows))
        batch = act.data["batch"]
        query = (
            "SELECT digest, total_fen FROM books.batches WHERE batch = $1 AND state = 'prepared'"
        )

        async def prepared() -> asyncpg.Record | None:
            return await books.fetchrow(query, batch)

        await until(f"{batch} prepared", prepared)
        row = await prepared()
        assert row is not None
        await send(act.release(row["digest"], row["total_fen"]))


class Rehearsed:
    """A running ledger beside a simulation that says what it must come to."""

    def __init__(self, ledger: Whole, upstream: Upstream, clock: Path, policies: Policies) -> None:
        self.simulation = Simulation(policies)
        self.simulated: list[dict[str, Any]] = []
        self._ledger = ledger
        self._upstream = upstream
        self._clock = clock

    async def play(self, line: bytes) -> None:
        """Let the days up to a line's begin, then publish it, and await what its day brings."""
        while (day := self.simulation.next_due_day(line)) is not None:
            self.simulated += self.simulation.wait_until(day)
            await self._now_is(datetime.combine(day, time(0, 0), SHANGHAI))
        taken = await self.simulation.take(line)
        await self._now_is(self.simulation.now)
        if act := staff_act(line):
            await do(self._ledger, act)
        else:
            feed = TYPES.get(orjson.loads(line)["type"])
            self._upstream.raw(feed.feed if feed else "applications", line)
            self._upstream.flush()
        self.simulated += [*taken, *self.simulation.wait_until(self.simulation.today)]
        await self._reached()

    async def _now_is(self, at: datetime) -> None:
        set_practice_clock(self._clock, at)
        await self._reached()

    async def _reached(self) -> None:
        refused = sum(item["type"] == "MessageRefused" for item in self.simulated)
        wanted = (len(self.simulated) - refused, refused)

        async def quiet() -> bool:
            facts = await self._ledger.count(
                "SELECT count(*) FROM books.facts WHERE type <> 'RuleTextRecorded'"
            )
            letters = await self._ledger.count("SELECT count(*) FROM books.dead_letters")
            return bool(facts >= wanted[0] and letters >= wanted[1])

        await until(f"{wanted} facts and letters", quiet)


async def test_scenarios_lead_to_the_same_facts_as_a_simulation(
    settings: Settings, tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    set_practice_clock(clock, datetime(2020, 1, 1, tzinfo=UTC))
    rehearsing = settings.model_copy(
        update={"practice_clock": str(clock), "city": city_with(CITY, tmp_path / "city")}
    )
    await the_same(rehearsing, policies_with(CITY), by_time(NAMES))


async def test_a_citys_own_programme_leads_to_the_same_facts_as_a_simulation(
    settings: Settings, tmp_path: Path
) -> None:
    """Its notice, versions, duties and figures lie in the city's folder alone."""
    clock = tmp_path / "clock"
    set_practice_clock(clock, datetime(2020, 1, 1, tzinfo=UTC))
    rehearsing = settings.model_copy(update={"practice_clock": str(clock), "city": OWN_CITY})
    facts = await the_same(rehearsing, policies_of(rehearsing), map(orjson.dumps, MONTHS))
    due = [fact["body"]["amount"] for fact in facts if fact["type"] == "InstalmentDue"]
    assert due == [120_000, 65_000, 65_000], "600 a month until August, 650 from September"
    denied = [fact["body"]["failing"] for fact in facts if fact["type"] == "ApprovalDenied"]
    assert denied == [["month"]]


async def the_same(
    rehearsing: Settings, policies: Policies, lines: Iterable[bytes]
) -> list[dict[str, Any]]:
    """Play lines on a running ledger and in a simulation, and find the same; the facts are told."""
    async with whole(rehearsing) as ledger:
        await keep_numbers(ledger.settings)
        upstream = Upstream(rehearsing)
        both = Rehearsed(ledger, upstream, Path(rehearsing.practice_clock), policies)
        for line in lines:
            await both.play(line)
        found = await facts_of(ledger)
        codes = await ledger.books.fetch("SELECT code FROM books.dead_letters")
        postings = await ledger.books.fetch("SELECT * FROM books.postings")
        budgets = await ledger.books.fetch("SELECT * FROM books.budgets")
        assert ledger.alarms == []
    simulated = both.simulated
    assert sorted(row["code"] for row in codes) == sorted(
        item["code"] for item in simulated if item["type"] == "MessageRefused"
    )
    there, here = essence(found), essence(without_titles(simulated))
    assert there - here == Counter()
    assert here - there == Counter()
    assert digest(found) == digest(simulated)
    assert balances(map(dict, postings), map(dict, budgets)) == balances_of(
        both.simulation, simulated
    )
    return simulated
