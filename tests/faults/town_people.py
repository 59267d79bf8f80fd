"""People of a town: upstream systems, two members of staff, and a bank that contradicts itself.

Out:   `sent`: what they said with what the broker acknowledged; `files`: what the bank was given
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from confluent_kafka import Message, Producer

from services.demo.bank.files import order_in
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from services.tools.simulation.staff_acts import BATCH, PayablePayment, StaffAct
from tests.example_cities import cities
from tests.faults.oracle import Place, Sent
from tests.faults.stated import DISTRICT, FUND, Event, Saying, answer

_CLOUDEVENT: list[tuple[str, str | bytes | None]] = [
    ("content-type", "application/cloudevents+json")
]
_MOST_IN_A_BATCH = 1_500
_ROUND_SECONDS = 0.5


class Mouth:
    """A Kafka client of another make, and the memory of what was acknowledged."""

    def __init__(self, settings: Settings) -> None:
        self._topics = settings.topics.inbound
        self._producer = Producer(
            {
                "bootstrap.servers": settings.kafka_bootstrap,
                "enable.idempotence": True,
                "message.timeout.ms": 120_000,
                "linger.ms": 5,
                "log_level": 0,
            }
        )
        self._said: dict[bytes, tuple[Event, bool, list[Place]]] = {}

    @property
    def topics(self) -> tuple[str, ...]:
        """Where it speaks."""
        return tuple(self._topics.values())

    @property
    def sent(self) -> list[Sent]:
        """Everything said so far."""
        return [Sent(event, good, tuple(places)) for event, good, places in self._said.values()]

    async def say(self, sayings: Sequence[Saying]) -> None:
        """Say these, and wait until each is acknowledged or given up."""
        for feed, event, good in sayings:
            raw = json.dumps(event, ensure_ascii=False).encode()
            _, _, places = self._said.setdefault(raw, (event, good, []))

            def acknowledged(error: object, message: Message, places: list[Place] = places) -> None:
                if error is None:
                    places.append(
                        (message.topic() or "", message.partition() or 0, message.offset() or 0)
                    )

            key = str(event["data"].get("application", event["id"])).encode()
            self._producer.produce(
                self._topics[feed], raw, key, headers=_CLOUDEVENT, on_delivery=acknowledged
            )
        while await asyncio.to_thread(self._producer.flush, 5):
            pass


class Staff:
    """李静 prepares batches of what is due, 王芳 releases them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._number = 0
        self._open: list[tuple[StaffAct, list[PayablePayment]]] = []

    async def work(self, now: "Clock") -> None:
        """Round after round, until cancelled; what cannot be done now is done in the next."""
        while True:
            with contextlib.suppress(psycopg.Error, OperatingFailure, OSError, TimeoutError):
                await self.round(now())
            await asyncio.sleep(_ROUND_SECONDS)

    async def round(self, at: datetime) -> None:
        """Release what is prepared, then prepare what waits; ask again until it is seen."""
        states = await asyncio.to_thread(self._batches)
        for act, lines in list(self._open):
            batch = states.get(act.data["batch"])
            if batch is None:
                await self._ask(act.prepare(lines))
            elif batch[0] == "prepared":
                await self._ask(act.release(batch[1], batch[2]))
            elif batch[0] != "requested":
                self._open.remove((act, lines))
        if self._open:
            return
        waiting = await asyncio.to_thread(self._waiting)
        if waiting:
            self._number += 1
            data = {
                "batch": f"B220901{self._number:04d}",
                "bank_account": "icbc-1234",
                "fund": FUND,
                "district": DISTRICT,
                "maker": "li-jing",
                "checker": "wang-fang",
                "applications": [],
            }
            act = StaffAct(f"chaos-{self._number}", BATCH, at, data)
            self._open.append((act, waiting))
            await self._ask(act.prepare(waiting))

    async def _ask(self, asked: Any) -> None:
        async with PacketSender.of(self._settings, "web") as sender:
            await sender.send_commands([asked])

    def _batches(self) -> dict[str, tuple[str, str, int]]:
        with psycopg.connect(self._settings.postgres_dsn, connect_timeout=3) as books:
            rows = books.execute("SELECT batch, state, digest, total_fen FROM books.batches")
            return {batch: (state, digest, total) for batch, state, digest, total in rows}

    def _waiting(self) -> list[PayablePayment]:
        with psycopg.connect(self._settings.postgres_dsn, connect_timeout=3) as books:
            rows = books.execute(
                "SELECT disbursement, payee, amount_fen FROM books.disbursements"
                " WHERE state = 'ordered' ORDER BY disbursement LIMIT %s",
                (_MOST_IN_A_BATCH,),
            )
            return [PayablePayment(*row) for row in rows]


class Bank:
    """Takes each file, and answers: mostly once, sometimes twice, now and then both ways."""

    def __init__(self, outbox: Path, mouth: Mouth, seed: int) -> None:
        self._outbox = outbox
        self._mouth = mouth
        self._random = Random(seed)
        self._number = 0
        self.files: list[tuple[str, int]] = []

    async def work(self, now: "Clock") -> None:
        """Look again and again, until cancelled."""
        (self._outbox / "taken").mkdir(parents=True, exist_ok=True)
        while True:
            for file in sorted(self._outbox.glob("B*.*")):
                order = order_in(file, now().date(), cities())
                file.rename(self._outbox / "taken" / file.name)
                lines = [(payment.instruction, payment.amount) for payment in order.payments]
                self.files += lines
                await self._mouth.say(list(self._answers(lines, now())))
            await asyncio.sleep(_ROUND_SECONDS)

    def _answers(self, lines: Sequence[tuple[str, int]], at: datetime) -> Iterator[Saying]:
        on = at.date().isoformat()
        for instruction, amount in lines:
            chance = self._random.random()
            kinds = ["payment.settled"]
            if chance < 0.05:
                kinds = ["payment.settled", "payment.returned"]
                self._random.shuffle(kinds)
            elif chance < 0.15:
                kinds = ["payment.returned"]
            elif chance < 0.20:
                kinds = ["payment.settled", "payment.settled"]
            for kind in kinds:
                self._number += 1
                yield Saying(
                    "bank-results", answer(self._number, instruction, amount, kind, on), True
                )


class Clock:
    """What time the town has."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def __call__(self) -> datetime:
        """The instant that was set last."""
        return self.at
