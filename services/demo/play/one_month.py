"""One month: a city's applications are decided, paid twice, and reconciled with its bank.

In:   the demo's messages; the books
Out:  what upstream, staff, clerk and bank do on the days of the calendar
Holds: every step waits until the books show it; nothing waits for time to pass.
"""

from datetime import timedelta

from rich.progress import Progress

from services.demo.cast.month_story import MonthStory
from services.demo.cast.script import MonthScript
from services.demo.play.acts import Acts
from services.demo.play.closing import close_a_month
from services.demo.play.filing import (
    file_applications,
    file_wrong_and_again,
    open_books,
    review,
)
from services.demo.play.paying import pay, reconcile
from services.demo.play.publishing import find_out, publish_a_list
from services.demo.play.reporting import report_month
from services.demo.play.stage import Participants
from services.demo.play.waiting import ProgressLine

_FOUND_JOB = """
    SELECT count(*) FROM books.status AS s JOIN books.applications AS a USING (beneficiary)
    WHERE a.application = $1 AND s.status = 'employed'
"""
"""Whether somebody who applied is known to have a job."""

_PAYABLE_AGAIN = """
    SELECT count(*) FROM books.disbursements
    WHERE application = $1 AND (state = 'ordered' OR attempt > 1)
"""
"""Whether an application's payment may go out again, or has."""


_TAKEN_UP = """
    SELECT count(*) FROM books.facts
    WHERE type = 'FigureTakenUp' AND body -> 'figure' ->> 'jurisdiction' = $1
"""
"""How many partitions decide by a figure that a city has stated."""


class OneMonth:
    """One run of the month."""

    def __init__(
        self, stage: Participants, acts: Acts, story: MonthStory, told: MonthScript
    ) -> None:
        self.stage = stage
        self.acts = acts
        self.story = story
        self._told = told

    async def play(self, progress: Progress) -> None:
        """Play all of it.

        Raises: NotReached when something that must happen does not
        """
        stage, month = self.stage, self.stage.calendar.first
        stage.waits = waits = ProgressLine(progress, "月初")
        stage.turn_to(stage.calendar.opened_on)
        waits.done(await open_books(stage))

        stage.waits = waits = ProgressLine(progress, month.title)
        messages = self.story.messages_by_month[month.name]
        stage.turn_to(month.acts_on)
        await file_applications(stage, "先报来的", messages.early)
        await stage.until("找到工作", _FOUND_JOB, 1, self.story.keys["hired"])
        stage.turn_to(month.pays_on)
        applied = [*stage.demo.status, *stage.demo.applications, *messages.applied]
        await file_applications(stage, "申请受理与审核", applied)
        await file_wrong_and_again(stage)
        await review(stage, self._told.reviewed_fen, {self.story.keys["unstated"]})
        told = list(self.story.keys.values())
        await publish_a_list(stage, self.acts, told, month.pays_on)
        sent = await pay(stage, month)

        stage.turn_to(self._told.second_pay_on)
        await find_out(self.acts, stage, self._told.second_pay_on)
        moved = self.story.keys["moved"]
        await self.acts.correct_account(
            moved, self.story.corrected_account, self._told.second_pay_on
        )
        await stage.until("更正账户", _PAYABLE_AGAIN, 1, moved)
        await self.acts.state_figure(stage.city.code, self._told.figure, self._told.second_pay_on)
        await stage.until(
            "各分区采用新定的数", _TAKEN_UP, stage.settings.partitions, stage.city.code
        )
        await file_applications(stage, "晚报来的", messages.late)
        days = {"pays_on": self._told.second_pay_on, "bank_on": self._told.second_bank_on}
        sent += await pay(stage, month.model_copy(update=days))

        stage.turn_to(month.late_on)
        await reconcile(stage, month)
        month_over = month.closes_on + timedelta(days=1)
        await close_a_month(stage, month, month_over)
        await report_month(stage, self.acts, month.name, month_over)
        waits.done(f"发出 {sent} 笔，签结一个月，签发月报")
