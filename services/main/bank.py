"""Bank: take a bank's answer file, as if its channel had published each line.

In:   a CSV, XLSX or pain.002 file; the books
Out:  `payment.settled` and `payment.returned` on the topic of bank results
Holds: a file with a problem publishes nothing; the same file published twice changes nothing
"""

from typing import NamedTuple

import orjson

from services.banks.layouts import bank_layouts
from services.banks.pain002 import read_pain002
from services.banks.result_sheet import read_result_sheet
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


class NoLayout(OperatingFailure):
    """No layout of this name describes answers in a sheet."""

    def __init__(self, name: str) -> None:
        known = "、".join(name for name, layout in bank_layouts().items() if layout.results)
        super().__init__(f"没有名为 {name} 的回盘格式。", f"可用：{known}。")


class Taken(NamedTuple):
    """What a file came to."""

    settled: int
    returned: int
    pending: int
    batches: tuple[str, ...]


def read_answer(raw: bytes, layout: str) -> BankAnswer:
    """Read an answer: XML is a pain.002, anything else a sheet in a layout.

    Raises: NoLayout
    """
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return read_pain002(raw)
    known = bank_layouts().get(layout)
    if known is None or known.results is None:
        raise NoLayout(layout)
    return read_result_sheet(raw, known.results)


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
