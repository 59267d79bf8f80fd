"""Bank: take a bank's answer file, as if its channel had published each line.

In:   a CSV, XLSX or pain.002 file; the books
Out:  `payment.settled` and `payment.returned` on the topic of bank results
Holds: a file with a problem publishes nothing; the same file published twice changes nothing; what
       is told is what the books have recorded, never what was published
"""

from datetime import date
from typing import NamedTuple

import asyncpg
import orjson

from events.days import legal_day
from projections.queries import results
from services.banking.answers.bank_answer import BankAnswer
from services.banking.answers.compared import Missing, compared_with_books, missing
from services.banking.answers.reading import read_answer
from services.banking.answers.result_messages import result_messages
from services.banking.banks.of_cities import city_banks
from services.machine.connections import books, producing
from services.runtime.city import cities_of
from services.runtime.clock import clock
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings
from services.runtime.waiting import wait_for

_CLOUDEVENT = [("content-type", b"application/cloudevents+json; charset=utf-8")]
_MOST_PROBLEMS = 20
_LOOK_AGAIN_SECONDS = 0.2


class AnswerUnreadable(OperatingFailure):
    """The file has problems; nothing of it is taken."""

    def __init__(self, answer: BankAnswer) -> None:
        texts = [problem.text for problem in answer.problems[:_MOST_PROBLEMS]]
        more = len(answer.problems) - len(texts)
        texts += [f"另有 {more} 处"] if more else []
        super().__init__(
            "\n".join(texts),
            "整份未发布。请更正后重新导入；已导入过的行不会重复入账。",
        )


class RecordedResults(NamedTuple):
    """What of a file the books have recorded: settled, returned, doubted, or not seen (yet)."""

    settled: int
    returned: int
    disputed: int
    unseen: tuple[str, ...]
    pending: int
    batches: tuple[str, ...]
    missing: tuple[Missing, ...]


async def take_results(
    settings: Settings, raw: bytes, layout: str, wait_seconds: float
) -> RecordedResults:
    """Publish every line of a bank's answer, and wait until the books have it.

    Raises: AnswerUnreadable, NoAnswerLayout, NotConfigured, BankUnreadable; DatabaseAway, BooksMissing, BrokerAway
    """
    answer = read_answer(raw, layout, city_banks(cities_of(settings)))
    today: date = legal_day(clock(settings.practice_clock)())
    async with books(settings.postgres_dsn) as connection:
        ordered = await results.ordered(connection, answer.batches)
        answer = compared_with_books(answer, ordered, today)
        if answer.problems:
            raise AnswerUnreadable(answer)
        topic = settings.topics.inbound["bank-results"]
        async with producing(settings.kafka_bootstrap) as producer:
            sent = [
                await producer.send(
                    topic, orjson.dumps(message.event), message.key.encode(), headers=_CLOUDEVENT
                )
                for message in result_messages(answer, f"bank.{layout}")
            ]
            for acknowledged in sent:
                await acknowledged
        states = await _recorded(connection, answer, wait_seconds)
    found = [states.get(line.about, "") for line in answer.lines]
    unseen = [line.about for line in answer.lines if not states.get(line.about)]
    return RecordedResults(
        found.count("settled"),
        found.count("returned"),
        found.count("disputed"),
        tuple(dict.fromkeys(unseen)),
        answer.pending,
        answer.batches,
        missing(answer, ordered),
    )


async def _recorded(
    connection: "asyncpg.Connection[asyncpg.Record]", answer: BankAnswer, wait_seconds: float
) -> dict[str, str]:
    """Wait until the books have what the last line of each instruction says, or for so long."""
    last = {line.about: line for line in answer.lines}
    states: dict[str, str] = {}

    async def all_recorded() -> bool | None:
        nonlocal states
        found = await results.recorded_results(connection, answer.batches)
        states = {
            instruction: result.state
            for instruction, result in found.items()
            if (line := last.get(instruction)) is not None
            and result.result_fen == line.amount
            and result.state in (line.outcome, "disputed")
        }
        return len(states) == len(last) or None

    await wait_for(all_recorded, wait_seconds, look_again_seconds=_LOOK_AGAIN_SECONDS)
    return states
