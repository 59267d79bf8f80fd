"""Periods: count a month from a terminal, prepare it, sign it, send it back or ask to reopen it.

In:   a fund, a district, a month, who acts; the books
Out:  PreparePeriod, SignPeriod, RejectPeriod, ProposeAct of ReopenPeriod; what the ledger answered
Holds: what is prepared and what is signed was counted from the books at its position vector; the
       ledger keeps the two people apart, nothing here does
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import orjson

from events import streams
from events.canonical import document_number, iso_month
from events.periods import PeriodPrepared, PreparePeriod, RejectPeriod, ReopenPeriod, SignPeriod
from events.values import Command
from policies.cities import Cities
from policies.vocabulary.places import FUNDS
from projections.queries import periods, position_vector
from projections.queries.command_answers import CommandAnswer
from projections.queries.connection import Db
from services.banking.reconciliation.reading import accounts_overview
from services.closing.counting import count, days_of, differs
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import propose_and_wait, send_and_wait

_ANSWER_SECONDS = 20.0


class Month(NamedTuple):
    """Which month is meant."""

    fund: str
    district: str
    month: str

    @property
    def text(self) -> str:
        """As people write it."""
        return f"{self.fund} {self.district} {self.month}"


class NoSuchMonth(OperatingFailure):
    """No books have such a month."""

    def __init__(self, asked: Month, why: str) -> None:
        super().__init__(
            f"没有可以月结的 {asked.text}：{why}。", "用 periods list 查看应结的月份。"
        )


class NothingPrepared(OperatingFailure):
    """The month does not wait for a signature."""

    def __init__(self, asked: Month) -> None:
        super().__init__(f"{asked.text} 没有待签结的月结单。", "用 periods list 查看各月的状态。")


class BooksDiffer(OperatingFailure):
    """The books no longer come to what was prepared."""

    def __init__(self, asked: Month, what: str) -> None:
        super().__init__(
            f"{asked.text}：账册与月结单不一致（{what}），没有签结。",
            "请用 benefit-ledger verify 核对账册，并退回月结单。",
        )


class Due(NamedTuple):
    """A month that has to be closed next, and has not been prepared."""

    fund: str
    district: str
    month: str


class PeriodList(NamedTuple):
    """The months that were prepared, the latest first, and those that are due."""

    rows: list[periods.PeriodRow]
    due: list[Due]


async def listed(settings: Settings) -> PeriodList:
    """Every month that was prepared once, and the next one of every fund and district."""
    async with books(settings.postgres_dsn) as db:
        rows = await periods.listed(db)
        found = await periods.books_open(db)
    known = {(one.fund, one.district, one.month) for one in rows}
    due = [Due(one.fund, one.district, one.due(rows)) for one in found]
    return PeriodList(rows, [one for one in due if tuple(one) not in known])


async def counted(settings: Settings, cities: Cities, asked: Month) -> PreparePeriod:
    """Count a month from the books as they stand, without asking for anything.

    Raises: NoSuchMonth, DatabaseAway
    """
    _checked(cities, asked)
    async with _snapshot(settings) as db:
        return await count(
            db,
            cities,
            await accounts_overview(db, cities, days_of(asked.month)[1]),
            *asked,
            await position_vector.current(db),
        )


async def prepare(
    settings: Settings, body: PreparePeriod, note: str, maker: str
) -> CommandAnswer | None:
    """Hand a counted month over for another person to sign.

    Raises: DatabaseAway, BrokerAway, NotAcknowledged
    """
    stated = body.model_copy(update={"note": note, "maker": maker})
    return await _ask(settings, Month(body.fund, body.district, body.month), stated, maker)


async def sign(settings: Settings, asked: Month, checker: str) -> CommandAnswer | None:
    """Count what waits again from its vector, and sign exactly that.

    Raises: NothingPrepared, BooksDiffer, DatabaseAway, BrokerAway, NotAcknowledged
    """
    async with _snapshot(settings) as db:
        row = await periods.one(db, *asked)
        if row is None or row.state != "prepared":
            raise NothingPrepared(asked)
        prepared = PeriodPrepared.model_validate(orjson.loads(row.content))
        if what := await differs(db, prepared):
            raise BooksDiffer(asked, what)
    body = SignPeriod(**asked._asdict(), digest=row.digest, checker=checker)
    return await _ask(settings, asked, body, checker)


async def reject(
    settings: Settings, asked: Month, reason: str, checker: str
) -> CommandAnswer | None:
    """Send a prepared month back to its maker."""
    body = RejectPeriod(**asked._asdict(), checker=checker, reason=reason)
    return await _ask(settings, asked, body, checker)


async def reopen(
    settings: Settings, asked: Month, document: str, reason: str, maker: str
) -> CommandAnswer | None:
    """Ask for a closed month to be opened again; another person confirms it."""
    act = ReopenPeriod(**asked._asdict(), document=document_number(document), reason=reason)
    stream = streams.period(asked.fund, asked.district)
    _, answer = await propose_and_wait(settings, stream, act, maker, _ANSWER_SECONDS)
    return answer


def _checked(cities: Cities, asked: Month) -> None:
    if asked.fund not in FUNDS.values():
        raise NoSuchMonth(asked, f"没有资金 {asked.fund}")
    if asked.district not in cities.served:
        raise NoSuchMonth(asked, f"没有区划 {asked.district}")
    if iso_month(asked.month) is None:
        raise NoSuchMonth(asked, "月份写法如 2022-08")


@asynccontextmanager
async def _snapshot(settings: Settings) -> AsyncIterator[Db]:
    """One consistent view of the books."""
    async with (
        books(settings.postgres_dsn) as db,
        db.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield db


async def _ask(settings: Settings, asked: Month, body: Command, by: str) -> CommandAnswer | None:
    sent = asked_by_staff(streams.period(asked.fund, asked.district), by, body)
    return await send_and_wait(settings, sent, _ANSWER_SECONDS)
