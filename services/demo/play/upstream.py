"""Upstream: publishes as any client would, messages and the lines of a bank's answer file."""

from collections.abc import Iterable
from datetime import date

import orjson
from aiokafka import AIOKafkaProducer
from asyncpg import Pool, Record

from projections.queries import results
from services.banking.answers.bank_answer import BankAnswer
from services.banking.answers.compared import compared_with_books
from services.banking.answers.pain002 import read_pain002
from services.banking.answers.result_messages import result_messages
from services.banking.answers.result_sheet import read_result_sheet
from services.banking.banks.layouts import Bank
from services.demo.cast.messages import Published
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings

_CLOUDEVENT = (("content-type", b"application/cloudevents+json; charset=utf-8"),)


class DemoAnswerUnreadable(OperatingFailure):
    """The invented bank's file is not what the ledger reads."""

    def __init__(self, answer: BankAnswer) -> None:
        problems = "\n".join(problem.text for problem in answer.problems[:5])
        super().__init__(problems, "The demo's bank writes a file that the ledger does not take.")


class Upstream:
    """Publishes, and counts."""

    def __init__(
        self, producer: AIOKafkaProducer, pool: "Pool[Record]", settings: Settings, bank: str
    ) -> None:
        self._bank = bank
        self._producer = producer
        self._pool = pool
        self._topics = settings.topics.inbound
        self.published = 0

    async def publish(self, messages: Iterable[Published]) -> None:
        """Publish, and return when all are acknowledged."""
        sent = [
            await self._producer.send(
                self._topics[message.feed],
                message.value,
                message.key,
                headers=list(message.headers),
            )
            for message in messages
        ]
        for acknowledgement in sent:
            await acknowledgement
        self.published += len(sent)

    async def publish_answer(self, raw: bytes, bank: Bank, today: date) -> None:
        """Publish every line of a bank's answer file, as it is taken on a day.

        Raises: DemoAnswerUnreadable
        """
        answer = read_result_sheet(raw, bank.answer) if bank.answer else read_pain002(raw)
        ordered = await results.ordered(self._pool, answer.batches)
        answer = compared_with_books(answer, ordered, today)
        if answer.problems:
            raise DemoAnswerUnreadable(answer)
        await self.publish(
            Published("bank-results", result.key.encode(), orjson.dumps(result.event), _CLOUDEVENT)
            for result in result_messages(answer, self._bank)
        )
