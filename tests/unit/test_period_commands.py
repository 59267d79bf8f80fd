"""Closing a month from a terminal: counted from the books, signed by another, its days proved by files."""

import asyncio
from datetime import UTC, datetime

import pytest

from events.envelope import Asked
from events.periods import PreparePeriod
from projections.queries.command_answers import CommandAnswer
from services.banking.statements.statement import Statement
from services.machine.connections import books
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.settings import Settings
from services.tools.staff import asking, periods
from services.tools.staff.periods import BooksDiffer, Month, NoSuchMonth, NothingPrepared
from tests.browser import city
from tests.example_cities import cities
from tests.given_when_then import Scene, kinds
from tests.statement_files import takes
from tests.unit.test_statement_files import L, file
from tests.unit.test_web_periods import ACCOUNT, DISTRICT, FUND, history, opened
from tests.web_pages import books_of

AUGUST = Month(FUND, DISTRICT, "2022-08")


class Terminal:
    """A ledger with its books, and a terminal that asks it."""

    def __init__(
        self, postgres: PostgresServer, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.scene: Scene = history()
        self.settings = Settings(postgres_dsn=books_of(postgres, name, self.scene.ledger.facts))
        self.projected = len(self.scene.ledger.facts)
        self.answers: list[str] = []
        for room in (asking, periods):
            monkeypatch.setattr(room, "send_and_wait", self._send)

    async def _send(self, settings: Settings, asked: Asked, seconds: float) -> CommandAnswer | None:
        self.answers += kinds(self.scene.ledger.ask([asked]))
        return None

    def read(self) -> None:
        """Let the books read what is new."""
        new = self.scene.ledger.facts[self.projected :]
        self.projected += len(new)
        asyncio.run(city.project(self.settings.postgres_dsn, new))

    def takes(self, statement: Statement) -> None:
        """A file of the bank, taken by two people."""
        at = datetime(2022, 9, 3, 2, tzinfo=UTC)
        self.scene.ledger.ask(takes(statement, cities().accounts[ACCOUNT], at))
        self.read()

    def count(self) -> PreparePeriod:
        """August as it would be prepared."""
        return asyncio.run(periods.counted(self.settings, cities(), AUGUST))


def found(counted: PreparePeriod) -> dict[str, int]:
    """What the closing list has found."""
    return {check.code: check.number for check in counted.checks if check.number}


def test_a_month_is_counted_prepared_and_signed(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Terminal(postgres, "periods_terminal", monkeypatch)
    assert found(at.count()) == {"statement_days_missing": 1}
    opened(at.scene, "2022-09", 149_499)
    at.read()
    assert found(at.count()) == {"statement_broken": 1}, "a line of the bank is missing"
    listed = asyncio.run(periods.listed(at.settings))
    assert (FUND, DISTRICT, "2022-07") in [tuple(one) for one in listed.due]
    with pytest.raises(NothingPrepared):
        asyncio.run(periods.sign(at.settings, AUGUST, "wang-fang"))


def test_what_was_tampered_with_is_not_signed(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Terminal(postgres, "periods_tampered", monkeypatch)
    opened(at.scene, "2022-09", 149_500)
    at.read()
    counted = at.count()
    assert found(counted) == {}
    asyncio.run(periods.prepare(at.settings, counted, "", "li-jing"))
    at.read()

    async def change(statement: str) -> None:
        async with books(at.settings.postgres_dsn) as db:
            await db.execute("SET session_replication_role = replica")
            await db.execute(statement)

    asyncio.run(change("UPDATE books.entries SET amount_fen = 1 WHERE reference = 'a1'"))
    with pytest.raises(BooksDiffer):
        asyncio.run(periods.sign(at.settings, AUGUST, "wang-fang"))
    asyncio.run(change("UPDATE books.entries SET amount_fen = 300 WHERE reference = 'a1'"))
    asyncio.run(periods.sign(at.settings, AUGUST, "wang-fang"))
    at.read()
    asyncio.run(periods.reject(at.settings, AUGUST, "晚了", "wang-fang"))
    asyncio.run(periods.reopen(at.settings, AUGUST, "函-1", "更正", "li-jing"))
    assert at.answers == ["PeriodPrepared", "PeriodSigned", "CommandRefused", "ActProposed"]
    listed = asyncio.run(periods.listed(at.settings))
    assert [(row.month, row.state) for row in listed.rows] == [("2022-08", "signed")]
    assert (FUND, DISTRICT, "2022-09") in [tuple(one) for one in listed.due]


def test_every_day_of_the_month_is_proved_by_a_file_or_it_blocks(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Terminal(postgres, "periods_days", monkeypatch)
    lines = L("2022-08-05", 50_000), L("2022-08-20", -300), L("2022-08-20", -200)
    at.takes(file("2022-08-04", "2022-08-05", 100_000, lines[0]))
    at.takes(file("2022-08-20", "2022-08-21", 149_999, *lines[1:]))
    assert "statement_days_missing" in found(at.count()), "a fen is missing between two files"
    at.takes(file("2022-08-18", "2022-08-19", 149_999))
    at.takes(file("2022-08-06", "2022-08-17", 150_000, L("2022-08-10", -1)))
    assert "statement_days_missing" in found(at.count()), "nobody knows how it ended"
    at.takes(file("2022-09-03", "2022-09-03", 149_499))
    assert "statement_days_missing" not in found(at.count()), "days without lines are quiet"


@pytest.mark.parametrize(
    "wrong", [AUGUST._replace(fund="x"), AUGUST._replace(district="1"), AUGUST._replace(month="8")]
)
def test_a_month_that_there_is_not_is_named(wrong: Month) -> None:
    with pytest.raises(NoSuchMonth):
        asyncio.run(periods.counted(Settings(), cities(), wrong))
