"""The clerk's rounds: no more is asked than the desk can answer, and nothing twice in a minute."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from events.envelope import Asked
from projections.queries import due_work
from projections.queries.due_work import DueInstalment
from services.clerk import worker
from services.clerk.due import EndedLine, due_commands
from tests.given_when_then import policies

NOW = datetime(2022, 9, 1, 1, tzinfo=UTC)
DAY = date(2022, 9, 1)


class Books:
    """What is planned, as the books find it, page by page."""

    def __init__(self, planned: int) -> None:
        self.planned = [DueInstalment(f"s:{n:06d}", 1, f"p{n}", DAY) for n in range(planned)]

    async def due(self, _pool: Any, today: date) -> AsyncIterator[list[DueInstalment]]:
        rows = list(self.planned)
        for start in range(0, len(rows), 1000):
            yield rows[start : start + 1000]


class Wire:
    """Counts what was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send_commands(self, asked: list[Asked]) -> None:
        self.sent += [one.stream for one in asked]


async def test_a_clerk_waits_for_the_desk_and_forgets_who_was_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    books, wire = Books(5_000), Wire()
    monkeypatch.setattr(worker, "MOST_WAITING", 2_000)
    monkeypatch.setattr(due_work, "due_instalments", books.due)
    clerk = worker.Clerk(
        cast("Any", None), cast("Any", None), cast("Any", wire), Path("outbox"), policies()
    )
    rounds = 0
    while books.planned:
        sent = await clerk._instalments(DAY, NOW + timedelta(seconds=rounds))
        assert sent <= worker.MOST_WAITING
        assert len(clerk._waiting) <= worker.MOST_WAITING + due_work.PAGE
        assert await clerk._instalments(DAY, NOW + timedelta(seconds=rounds)) == 0
        books.planned = books.planned[sent:]
        rounds += 1
    assert len(wire.sent) == len(set(wire.sent)) == 5_000
    assert await clerk._instalments(DAY, NOW) == 0
    assert not clerk._waiting


async def test_what_is_not_answered_is_asked_again_after_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    books, wire = Books(3), Wire()
    monkeypatch.setattr(due_work, "due_instalments", books.due)
    clerk = worker.Clerk(
        cast("Any", None), cast("Any", None), cast("Any", wire), Path("outbox"), policies()
    )
    counts = [
        await clerk._instalments(DAY, NOW + timedelta(seconds=seconds))
        for seconds in (0, 30, 59, 60, 90)
    ]
    assert counts == [3, 0, 0, 3, 0]


def test_a_line_is_closed_once_by_the_rule_of_its_fund() -> None:
    ended = EndedLine("budget/fund/employment_subsidy/211202/2022", 2022, "carry")
    first, again = (due_commands([ended], date(2023, 1, day), NOW)[0] for day in (1, 2))
    assert first.id == again.id
    assert first.stream == ended.line
