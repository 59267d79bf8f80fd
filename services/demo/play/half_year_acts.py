"""Half-year acts: what two people of the staff do about the people of the half year's story.

In:   the books, by which they see what is to be done; the story's cast
Out:  commands, each by its own person; whoever agrees is never the one who asked
Holds: what the books show as done is not asked again.
"""

from datetime import date

from asyncpg import Pool, Record

from events import streams
from events.budgets import ConfirmAdjustment, ProposeAdjustment
from events.clawbacks import JudgeClawback, ProposeClawback
from events.contract.inbound.identity import Account
from events.ids import debt_id, disbursement_id
from services.demo.cast.half_year_story import FRAUD, FRAUD_FLOOR_FEN, HalfYearStory
from services.demo.cast.script import QueueScript
from services.demo.play.acts import Acts


class HalfYearActs:
    """What has to be done in a month before its payments leave."""

    def __init__(
        self, pool: "Pool[Record]", acts: Acts, story: HalfYearStory, queue: QueueScript
    ) -> None:
        self._pool = pool
        self._acts = acts
        self._story = story
        self._queue = queue

    async def of(self, month: str, today: date) -> None:
        """Do what this month asks for."""
        if month == "2022-02":
            moved = self._story.moved
            account = Account(moved.bank, self._story.new_account, moved.name)
            await self._acts.correct_account(self._story.keys["moved"], account, today)
            await self._claw_back(today)
        if month == "2022-05":
            await self._judge_overpayment(today)
        if month in self._queue.top_ups_fen:
            await self._top_up(month, self._queue.top_ups_fen[month], today)

    async def _claw_back(self, today: date) -> None:
        key = self._story.keys["forged"]
        payee = await self._payee(key)
        if payee is None or await self._debt(payee, FRAUD):
            return
        proposed = ProposeClawback(
            clawback=FRAUD,
            application=key,
            cause="fraud",
            document="示例人社追〔2022〕1号",
            reason="经发证机构核查，证书系伪造",
            maker=self._acts.staff.reviewer,
            floor=FRAUD_FLOOR_FEN,
        )
        await self._acts.ask(
            f"fraud|{key}", streams.payee(payee), today, self._acts.staff.reviewer, proposed
        )
        await self._judge(payee, FRAUD, today)

    async def _judge_overpayment(self, today: date) -> None:
        key = self._story.keys["died"]
        payee = await self._payee(key)
        if payee is not None:
            await self._judge(payee, debt_id(disbursement_id(key, 3), "deceased"), today)

    async def _judge(self, payee: str, clawback: str, today: date) -> None:
        if await self._debt(payee, clawback) == "proposed":
            body = JudgeClawback(
                clawback=clawback, checker=self._acts.staff.checker, verdict="confirm"
            )
            stream = streams.payee(payee)
            await self._acts.ask(f"judge|{clawback}", stream, today, self._acts.staff.checker, body)

    async def _top_up(self, month: str, by: int, today: date) -> None:
        line, document = streams.fund_line(*self._queue.line), f"示例财社追加〔{month}〕1号"
        known = await self._pool.fetchval(
            "SELECT count(*) FROM books.budget_adjustments WHERE line = $1 AND document = $2",
            line,
            document,
        )
        if known:
            return
        reason = "技能提升补贴超支，追加额度"
        proposed = ProposeAdjustment(
            document=document, by=by, reason=reason, maker=self._acts.staff.maker
        )
        await self._acts.ask(f"adjust|{document}", line, today, self._acts.staff.maker, proposed)
        agreed = ConfirmAdjustment(
            document=document, by=by, checker=self._acts.staff.checker, approve=True
        )
        await self._acts.ask(
            f"adjust|{document}|agree", line, today, self._acts.staff.checker, agreed
        )

    async def _payee(self, key: str) -> str | None:
        found: str | None = await self._pool.fetchval(
            "SELECT payee FROM books.applications WHERE application = $1", key
        )
        return found

    async def _debt(self, payee: str, clawback: str) -> str | None:
        state: str | None = await self._pool.fetchval(
            "SELECT state FROM books.clawbacks WHERE payee = $1 AND clawback = $2", payee, clawback
        )
        return state
