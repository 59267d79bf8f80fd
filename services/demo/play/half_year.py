"""Half year: month by month, from the applications of each to its bank statement.

In:   the demo's messages; the books
Out:  what upstream, staff, clerk and bank do on the days of the calendar
Holds: every step waits until the books show it; nothing waits for time to pass.
"""

from datetime import date
from typing import TypeAlias

import asyncpg
from rich.progress import Progress

from events.ids import debt_id, disbursement_id
from services.demo.cast.calendar import PlayedMonth
from services.demo.cast.half_year_story import FRAUD, FRAUD_CASH_FEN, SERVED_BY, HalfYearStory
from services.demo.cast.messages import Published
from services.demo.cast.read_back import arrivals
from services.demo.cast.script import HalfYearScript
from services.demo.cast.story import MonthlyMessages
from services.demo.play.acts import Acts
from services.demo.play.closing import close_a_month
from services.demo.play.filing import (
    DECIDED,
    UNDECIDED,
    file_applications,
    file_wrong_and_again,
    open_books,
    review,
)
from services.demo.play.half_year_acts import HalfYearActs
from services.demo.play.paying import OVERDUE, pay, reconcile
from services.demo.play.publishing import find_out, publish_a_list
from services.demo.play.reporting import report_month
from services.demo.play.stage import Participants
from services.demo.play.vouchers import hand_out, season
from services.demo.play.waiting import ProgressLine, Reached

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
_NO_MESSAGES = MonthlyMessages([], [], [])

_UNUSED = """SELECT count(*) FROM books.vouchers
    WHERE state IN ('issued', 'claimed', 'verified') AND valid_until < $1"""
"""Vouchers that nobody has used in time, and that have not expired yet."""


class HalfYear:
    """One run of the half year."""

    def __init__(
        self, stage: Participants, acts: Acts, story: HalfYearStory, half_year: HalfYearScript
    ) -> None:
        self.stage = stage
        self.acts = acts
        self.story = story
        self._half_year = half_year
        self.story_acts = HalfYearActs(stage.pool, acts, story, half_year.queue)
        self._arrivals = arrivals(stage.demo.applications, stage.known)

    async def play(self, progress: Progress, seed: int) -> None:
        """Play all of it.

        Raises: NotReached when something that must happen does not
        """
        stage, handed_out = self.stage, self._half_year.vouchers
        stage.turn_to(stage.calendar.opened_on)
        await self.open(ProgressLine(progress, "年初"))
        for month in stage.calendar.months:
            await self.month(month, ProgressLine(progress, month.title))
            if month.name == handed_out.handed_out_in:
                vouchers = season(seed, month.closes_on, stage.script)
                waits = ProgressLine(progress, "培训券")
                await hand_out(vouchers, stage.upstream, stage.pool, waits)
        await self.close(ProgressLine(progress, "次年"))

    # --- the rounds -----------------------------------------------------------------------------

    async def open(self, waits: ProgressLine) -> None:
        """Allocate budgets and open the books of every bank account, once."""
        self.stage.waits = waits
        waits.done(await open_books(self.stage))

    async def month(self, month: PlayedMonth, waits: ProgressLine) -> None:
        """Play one month."""
        self.stage.waits = waits
        messages = self.story.messages_by_month.get(month.name, _NO_MESSAGES)
        self.stage.turn_to(month.acts_on)
        await file_applications(self.stage, "先报来的", messages.early)
        await self._cash(month)
        await self._follow_ups(month)
        asked = await self.acts.ask_the_bank(month.acts_on)
        await self.stage.upstream.publish(self.stage.bank.asked(asked))
        await self.stage.until(
            "银行补回",
            "SELECT count(*) FROM books.disbursements"
            " WHERE instruction = ANY($1) AND state = 'settled'",
            len(asked),
            asked,
        )
        await self.story_acts.of(month.name, month.acts_on)
        await find_out(self.acts, self.stage, month.acts_on)
        await self.stage.until(
            "排队补付",
            "SELECT count(*) FROM books.applications"
            " WHERE application = ANY($1) AND state = 'granted'",
            len(served := self._served(month)),
            served,
        )
        self.stage.turn_to(month.pays_on)
        await self._apply(month, messages.applied)
        if month is self.stage.calendar.first:
            told = list(self.story.keys.values())
            await publish_a_list(self.stage, self.acts, told, month.pays_on)
        sent = await pay(self.stage, month)
        self.stage.turn_to(month.late_on)
        await file_applications(self.stage, "晚报来的", messages.late)
        await self._found_late(month)
        await reconcile(self.stage, month)
        waits.done(f"发出 {sent} 笔")

    async def close(self, waits: ProgressLine) -> None:
        """Let the new year come: unsettled advances are called, unused vouchers have expired."""
        self.stage.waits = waits
        ends_on = self.stage.calendar.ends_on
        assert ends_on is not None, "the half year ends in the new year"
        self.stage.turn_to(ends_on)

        async def called() -> Reached:
            await self.stage.round()
            late = await self.stage.pool.fetchval(OVERDUE, ends_on)
            unused = await self.stage.pool.fetchval(_UNUSED, ends_on)
            return Reached(-int(late) - int(unused), 0)

        await self.stage.wait("预拨和培训券到期", called)
        owed = "SELECT count(*) FROM books.clawbacks WHERE application = $1 AND state = 'open'"
        await self.stage.until("转应收", owed, 1, self.story.keys["unsettled"])
        await close_a_month(self.stage, self.stage.calendar.last, ends_on)
        await report_month(self.stage, self.acts, self.stage.calendar.last.name, ends_on)
        waits.done("到期未结算的预拨已转应收，签结一个月，签发月报")

    async def _apply(self, month: PlayedMonth, applied: list[Published]) -> None:
        """Publish what was applied for until the pay day; wait until each is decided."""
        first, last = month is self.stage.calendar.first, month is self.stage.calendar.last
        earlier = self.stage.calendar.before(month)
        since = earlier.pays_on if earlier else date.min
        arrived = [m for day, m in self._arrivals if since < day <= month.pays_on]
        if first:
            await self.stage.upstream.publish(self.stage.demo.status)
        await file_applications(self.stage, "申请受理与审核", [*arrived, *applied])
        if first:
            await review(self.stage, {"unemployment-assistance": 0})
        if month.name == "2022-03":
            await self._look_at_the_forger()
        if last:
            await file_wrong_and_again(self.stage)

    async def _look_at_the_forger(self) -> None:
        """Let a reviewer look at what was claimed by somebody who is marked for fraud."""
        key = self.story.keys["again"]
        found = "SELECT state FROM books.applications WHERE application = $1"
        if await self.stage.pool.fetchval(found, key) == "referred":
            await self.stage.upstream.publish([self.story.looked_at])
        open_states = [*UNDECIDED, "referred"]
        await self.stage.until("有标记的申请人工复核", DECIDED, 1, [key], open_states)

    # --- the story ------------------------------------------------------------------------------

    async def _cash(self, month: PlayedMonth) -> None:
        """Let debtors pay back, on the bank's account and in the books."""
        story = self.story
        paid = {
            "2022-05": (FRAUD, FRAUD_CASH_FEN, "FC20220512"),
            "2022-06": (
                debt_id(disbursement_id(story.keys["died"], 3), "deceased"),
                0,
                "FC20220610",
            ),
        }.get(month.name)
        if paid is None:
            return
        clawback, amount, reference = paid
        on = date(2022, 5, 12) if month.name == "2022-05" else date(2022, 6, 10)
        if not amount:  # the heirs pay what was ordered
            amount = await self.stage.pool.fetchval(
                "SELECT amount_fen FROM books.clawbacks WHERE clawback = $1", clawback
            )
            await self.stage.upstream.publish([story.heirs_repay(amount)])
        self.stage.bank.receive(story.paid_from, amount, on, reference, "退回多领待遇")
        waits = "SELECT count(*) FROM books.proposals WHERE body LIKE '%' || $1 || '%'"
        await self.stage.until("回款待第二人确认", waits, 1, reference)
        await self.acts.confirm(reference, month.acts_on)
        await self.stage.until(
            "追回到账",
            "SELECT count(*) FROM books.clawbacks WHERE clawback = $1 AND recovered_fen = $2",
            1,
            clawback,
            amount,
        )

    async def _follow_ups(self, month: PlayedMonth) -> None:
        """Wait for what one message leads to in other people's histories."""
        if month.name == "2022-03":
            query = "SELECT count(*) FROM books.facts WHERE type = 'CategoryLost'"
            await self.stage.until("家庭移出", query, 3)

    async def _found_late(self, month: PlayedMonth) -> None:
        if month.name == "2022-04":
            debt = debt_id(disbursement_id(self.story.keys["died"], 3), "deceased")
            query = "SELECT count(*) FROM books.clawbacks WHERE clawback = $1"
            await self.stage.until("多领待追回", query, 1, debt)

    def _served(self, month: PlayedMonth) -> list[str]:
        return [self.story.keys[name] for name in SERVED_BY.get(month.name, ())]
