"""Closing: a month of one fund and district is prepared by one person and signed by another."""

from datetime import date

from events import streams
from events.periods import PreparePeriod, SignPeriod, blocking
from projections.queries import periods, position_vector
from services.banking.reconciliation.reading import accounts_overview
from services.closing.counting import count, days_of
from services.demo.cast.calendar import PlayedMonth
from services.demo.play.stage import Participants
from services.demo.play.waiting import NotReached

_NOTE = "银行差错四笔已发函查询"
_SIGNED = "SELECT count(*) FROM books.periods WHERE month = $1 AND state = 'signed'"


async def close_a_month(stage: Participants, month: PlayedMonth, today: date) -> None:
    """Close the month of the first fund and district that nothing stands in the way of.

    Raises: NotReached where every one is blocked
    """
    stage.turn_to(today)
    if not await stage.pool.fetchval(_SIGNED, month.name):
        counted = await _first_unblocked(stage, month.name)
        stream = streams.period(counted.fund, counted.district)
        body = counted.model_copy(update={"note": _NOTE, "maker": stage.staff.maker})
        name = f"{stream}/{month.name}"
        asked = await stage.staff.ask(f"prepare|{name}", stream, today, stage.staff.maker, body)
        await stage.answered(asked)
        async with stage.pool.acquire() as db:
            waiting = await periods.one(db, counted.fund, counted.district, month.name)
        sign = SignPeriod(
            fund=counted.fund,
            district=counted.district,
            month=month.name,
            digest=waiting.digest if waiting else "",
            checker=stage.staff.checker,
        )
        await stage.staff.ask(f"sign|{name}", stream, today, stage.staff.checker, sign)
    await stage.until("月结签结", _SIGNED, 1, month.name)


async def _first_unblocked(stage: Participants, month: str) -> PreparePeriod:
    async with (
        stage.pool.acquire() as db,
        db.transaction(isolation="repeatable_read", readonly=True),
    ):
        beside = await accounts_overview(db, stage.city.cities, days_of(month)[1])
        vector = await position_vector.current(db)
        for account in stage.accounts.values():
            for district in account.districts:
                counted = await count(
                    db, stage.city.cities, beside, account.fund, district, month, vector
                )
                if counted.days and not blocking(counted.checks):
                    return counted
    raise NotReached(f"月结 {month}", 0, 1, 0)
