"""Bank: take a bank's answer file, as if its channel had published each line.

In:   a CSV, XLSX or pain.002 file; the books
Out:  `payment.settled` and `payment.returned` on the topic of bank results
Holds: a file with a problem publishes nothing; the same file published twice changes nothing
"""

from typing import NamedTuple

import orjson

from services.banks.answers import read_answer
from services.banks.results import BankAnswer, messages, of_the_books
from services.main.reach import books, producing
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings

_ORDERED = """
    SELECT instruction, amount_fen FROM books.batch_lines
    WHERE batch = ANY($1) AND instruction IS NOT NULL AND state NOT IN ('refused', 'freed')
"""
_CLOUDEVENT = [("content-type", b"application/cloudevents+json; charset=utf-8")]
_MOST_TOLD = 20


class AnswerUnreadable(OperatingFailure):
    """The file has problems; nothing of it is taken."""

    def __init__(self, answer: BankAnswer) -> None:
        told = [problem.text for problem in answer.problems[:_MOST_TOLD]]
        more = len(answer.problems) - len(told)
        told += [f"另有 {more} 处"] if more else []
        super().__init__(
            "\n".join(told),
            "整份未发布。请更正后重新导入；已导入过的行不会重复入账。",
        )


class Taken(NamedTuple):
    """What a file came to."""

    settled: int
    returned: int
    pending: int
    batches: tuple[str, ...]


async def take_results(settings: Settings, raw: bytes, layout: str) -> Taken:
    """Publish every line of a bank's answer.

    Raises: AnswerUnreadable, NoLayout; DatabaseAway, BooksMissing, BrokerAway
    """
    answer = read_answer(raw, layout)
    async with books(settings.postgres_dsn) as connection:
        rows = await connection.fetch(_ORDERED, list(answer.batches))
    answer = of_the_books(answer, {row["instruction"]: row["amount_fen"] for row in rows})
    if answer.problems:
        raise AnswerUnreadable(answer)
    topic = settings.topics.inbound["bank-results"]
    async with producing(settings.kafka_bootstrap) as producer:
        sent = [
            await producer.send(
                topic, orjson.dumps(told.event), told.key.encode(), headers=_CLOUDEVENT
            )
            for told in messages(answer, f"bank.{layout}")
        ]
        for acknowledged in sent:
            await acknowledged
    settled = sum(line.outcome == "settled" for line in answer.lines)
    return Taken(settled, len(answer.lines) - settled, answer.pending, answer.batches)
