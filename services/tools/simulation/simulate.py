"""Simulate: what would the ledger answer? Inbound events through the real rules, in memory.

In:   JSON lines, each a CloudEvent, in the order in which they arrive; among them what staff do
      (`staff_acts`)
Out:  JSON lines: every fact (with its journal entry where money moves), every refused message
Holds: the same reader, register, deciders, follow-ups, due list and journal mapping as the running
       ledger, until quiet after each event; what falls due is asked for when its day begins; the same lines give the same output
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from events import streams
from events.batches import BatchPrepared, BeginSending, ConfirmSent
from events.budgets import AllocateBudget
from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.reader import Message
from events.days import SHANGHAI, legal_day
from events.envelope import Asked, Recorded
from policies.engine.message_names import names_of_policies
from policies.engine.registry import Policies
from policies.vocabulary.places import FUNDS
from services.clerk.due import due_commands
from services.intake.memory_vault import MemoryVault
from services.intake.message_batch import process_batch
from services.intake.message_reading import read_all
from services.streams.in_memory import InMemoryLedger
from services.tools.simulation.payments import payable_payments, payee_of
from services.tools.simulation.printed_lines import fact_as_json, refusal_as_json
from services.tools.simulation.simulated_clerk import SimulatedClerk
from services.tools.simulation.staff_acts import (
    CALENDAR,
    OF_PAYEE,
    StaffAct,
    staff_act,
)

_UNKNOWN_FEED = "applications"
"""Where a message of no known type is read, so that it is refused by the very same rules."""


_OFFICE_OPENS = time(0, 0)
_FUNDED = "试算"
_FUNDED_YEARS = range(2019, 2031)
_AMPLE_FEN = 10**13


class Simulation:
    """A ledger in memory, with the calendar of the events that it is given."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._known = names_of_policies(self._policies)
        self._vault = MemoryVault()
        self._ledger = InMemoryLedger(self._policies)
        self._clerk = SimulatedClerk(self._ledger.store, self._policies.duties.matches)
        self._now = datetime(1970, 1, 1, tzinfo=UTC)
        self._offset = 0

    @property
    def ledger(self) -> InMemoryLedger:
        """The ledger behind it."""
        return self._ledger

    def fund_every_line(self) -> None:
        """Put ample money on the line of every fund, district and year: only the rules decide."""
        day = date(_FUNDED_YEARS.start, 1, 1)
        self._ledger.ask(
            Asked(
                str(uuid5(NAMESPACE_URL, line)),
                line,
                self._now,
                day,
                _FUNDED,
                AllocateBudget(document=_FUNDED, amount=_AMPLE_FEN),
            )
            for line in (
                streams.fund_line(fund, district, year)
                for fund in FUNDS.values()
                for district in self._policies.cities.served
                for year in _FUNDED_YEARS
            )
        )

    async def feed(self, line: bytes) -> list[dict[str, Any]]:
        """Take one event and all that follows from it, what falls due by its day included.

        Shape:  facts and refusals, in order, ready for JSON
        """
        out: list[dict[str, Any]] = []
        while (day := self.next_due_day(line)) is not None:
            out += self.wait_until(day)
        return [*out, *await self.take(line), *self.wait_until(self.today)]

    def next_due_day(self, line: bytes) -> date | None:
        """Find the first day up to that of an event on which something falls due."""
        _, at = _type_and_time(line)
        day = self._clerk.next_day()
        return day if at is not None and day is not None and day <= legal_day(at) else None

    async def take(self, line: bytes) -> list[dict[str, Any]]:
        """Take one event, and nothing that only its day brings."""
        if act := staff_act(line):
            self._now = max(self._now, act.at.astimezone(UTC))
            return [fact_as_json(recorded) for recorded in self._done(act)]
        message = self._message(line)
        taken = await process_batch(read_all([message], self._known), self._vault)
        out = [refusal_as_json(refused) for refused in taken.rejected]
        return [*out, *(fact_as_json(recorded) for recorded in self._ask(taken.commands))]

    def wait_until(self, day: date) -> list[dict[str, Any]]:
        """Let a day come, and ask, as the clerk does, for what is due by then, until quiet."""
        self._now = max(self._now, datetime.combine(day, _OFFICE_OPENS, SHANGHAI).astimezone(UTC))
        facts: list[Recorded] = []
        while due := due_commands(self._clerk.due(self.today), self.today, self._now):
            facts.extend(self._ask(due))
        return [fact_as_json(recorded) for recorded in facts]

    @property
    def now(self) -> datetime:
        """The instant that the last event has brought, UTC."""
        return self._now

    @property
    def today(self) -> date:
        """The legal day of the last event."""
        return legal_day(self._now)

    def _done(self, act: StaffAct) -> list[Recorded]:
        """Do what people do, and what the clerk does after them."""
        if act.type == CALENDAR:
            return []
        if act.type == OF_PAYEE:
            return self._ask([act.of_payee(payee_of(self._ledger, act.data["application"]))])
        facts = self._ask([act.prepare(payable_payments(self._ledger, act.applications))])
        batch = act.data["batch"]
        for recorded in list(facts):
            if isinstance(recorded.body, BatchPrepared):
                facts += self._ask([act.release(recorded.body.digest, recorded.body.total)])
        stream, today = streams.batch(batch), self.today
        for body in (
            BeginSending(batch=batch),
            ConfirmSent(batch=batch, file=f"{batch}.csv", file_digest="0" * 64),
        ):
            identity = str(uuid5(NAMESPACE_URL, f"{batch}|{type(body).__name__}"))
            facts += self._ask([Asked(identity, stream, self._now, today, "clerk", body)])
        return facts

    def _ask(self, commands: list[Asked]) -> list[Recorded]:
        facts = self._ledger.ask(commands)
        self._clerk.see(facts)
        return facts

    def _message(self, line: bytes) -> Message:
        kind, at = _type_and_time(line)
        self._now = max(self._now, at) if at else self._now
        feed = TYPES[kind].feed if kind in TYPES else _UNKNOWN_FEED
        self._offset += 1
        return Message(
            feed,
            line,
            [("content-type", b"application/cloudevents+json")],
            int(self._now.timestamp() * 1000),
            f"benefits.{feed}.v1",
            0,
            self._offset - 1,
        )


def simulate(lines: Iterable[bytes], policies: Policies) -> Iterator[str]:
    """Run events through the ledger's rules.

    Shape:  one JSON text a fact or refusal
    """
    return (orjson.dumps(item).decode() for item in simulated(lines, policies))


def simulated(
    lines: Iterable[bytes], policies: Policies, *, funded: bool = False
) -> Iterator[dict[str, Any]]:
    """Run events through the ledger's rules; `funded` puts ample money on every line first.

    Shape:  one object a fact or refusal
    """
    simulation = Simulation(policies)
    if funded:
        simulation.fund_every_line()
    with asyncio.Runner() as runner:
        for line in lines:
            if line.strip():
                yield from runner.run(simulation.feed(line.strip()))


def _type_and_time(line: bytes) -> tuple[str, datetime | None]:
    """Look at a message's type and time; the reader says what is wrong with them."""
    try:
        event = orjson.loads(line)
        at = event.get("time")
        return str(event.get("type")), datetime.fromisoformat(at).astimezone(UTC) if at else None
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError):
        return "", None
