"""Month: one round of the played half year, from its applications to its bank statement.

In:   the demo's messages; the books
Out:  what upstream, staff, clerk and bank do on the days of the calendar
Holds: every step waits until the books show it; nothing waits for time to pass.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import asyncpg

from events.ids import debt_id, disbursement_id
from services.demo.bank.statements import OPENING_FEN
from services.demo.cast.calendar import MONTHS, NEXT_YEAR, OPENED_ON, PlayedMonth
from services.demo.cast.city import bank_accounts
from services.demo.cast.messages import Events, Published
from services.demo.cast.read_back import arrivals, claims, refusals, reviews
from services.demo.cast.story import FRAUD, FRAUD_CASH_FEN, SERVED_BY, MonthlyMessages
from services.demo.play.acts import Acts
from services.demo.play.paying import OVERDUE, pay, reconcile
from services.demo.play.stage import Participants
from services.demo.play.waiting import ProgressLine, Reached

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
_NO_MESSAGES = MonthlyMessages([], [], [])
_UNDECIDED = ("filed", "proposed")

_DECIDED = """SELECT count(*) FROM books.applications
    WHERE application = ANY($1) AND NOT state = ANY($2)"""
"""Some applications that are in none of some states."""

_UNUSED = """SELECT count(*) FROM books.vouchers
    WHERE state IN ('issued', 'claimed', 'verified') AND valid_until < $1"""
"""Vouchers that nobody has used in time, and that have not expired yet."""


@dataclass(kw_only=True)
class HalfYear(Participants):
    """One run of the demo."""

    acts: Acts = field(init=False)

    def __post_init__(self) -> None:
        self._arrivals = arrivals(self.demo.applications, self.known)

    # --- the rounds -----------------------------------------------------------------------------

    async def open(self, waits: ProgressLine) -> None:
        """Allocate budgets and open the books of every bank account, once."""
        self.waits = waits
        events = Events(f"{self.demo.run}-opening")
        references = [f"示例结转-{alias}" for alias in bank_accounts()]
        opening_balances = [
            events.event(
                "finance.tieling",
                "account.opening-balance",
                {
                    "bank_account": account.alias,
                    "month": f"{OPENED_ON:%Y-%m}",
                    "fund": account.fund,
                    "district": account.district,
                    "amount_fen": OPENING_FEN,
                    "document": f"示例结转-{account.alias}",
                },
            )
            for account in bank_accounts().values()
        ]
        await self.upstream.publish([*self.demo.money, *opening_balances])
        await self.until(
            "期初余额",
            "SELECT count(*) FROM books.entries WHERE kind = 'opening' AND reference = ANY($1)",
            len(opening_balances),
            references,
        )
        await self.until(
            "预算下达",
            "SELECT count(*) FROM books.budgets WHERE allocated_fen > 0",
            len(self.demo.money),
        )
        waits.done(f"预算 {len(self.demo.money)} 条，银行账户 {len(opening_balances)} 个")

    async def month(self, month: PlayedMonth, waits: ProgressLine) -> None:
        """Play one month."""
        self.waits = waits
        messages = self.demo.story.messages_by_month.get(month.name, _NO_MESSAGES)
        self.turn_to(month.acts_on)
        await self._file("先报来的", messages.early)
        await self._cash(month)
        await self._follow_ups(month)
        asked = await self.acts.ask_the_bank(month.acts_on)
        await self.upstream.publish(self.bank.asked(asked))
        await self.until(
            "银行补回",
            "SELECT count(*) FROM books.disbursements"
            " WHERE instruction = ANY($1) AND state = 'settled'",
            len(asked),
            asked,
        )
        await self.acts.of(month.name, month.acts_on)
        await self.until(
            "排队补付",
            "SELECT count(*) FROM books.applications"
            " WHERE application = ANY($1) AND state = 'granted'",
            len(served := self._served(month)),
            served,
        )
        self.turn_to(month.pays_on)
        await self._apply(month, messages.applied)
        sent = await pay(self, month)
        self.turn_to(month.late_on)
        await self._file("晚报来的", messages.late)
        await self._found_late(month)
        await reconcile(self, month)
        waits.done(f"发出 {sent} 笔")

    async def close(self, waits: ProgressLine) -> None:
        """Let the new year come: unsettled advances are called, unused vouchers have expired."""
        self.waits = waits
        self.turn_to(NEXT_YEAR)

        async def called() -> Reached:
            await self.round()
            late = await self.pool.fetchval(OVERDUE, NEXT_YEAR)
            unused = await self.pool.fetchval(_UNUSED, NEXT_YEAR)
            return Reached(-int(late) - int(unused), 0)

        await self.wait("预拨和培训券到期", called)
        owed = "SELECT count(*) FROM books.clawbacks WHERE application = $1 AND state = 'open'"
        await self.until("转应收", owed, 1, self.demo.story.keys["unsettled"])
        waits.done("到期未结算的预拨已转应收")

    async def _apply(self, month: PlayedMonth, applied: list[Published]) -> None:
        """Publish what was applied for until the pay day; wait until each is decided."""
        first, last = month is MONTHS[0], month is MONTHS[-1]
        since = date.min if first else MONTHS[MONTHS.index(month) - 1].pays_on
        arrived = [m for day, m in self._arrivals if since < day <= month.pays_on]
        letters = "SELECT count(*) FROM books.dead_letters"
        before = await self.pool.fetchval(letters)
        if first:
            await self.upstream.publish(self.demo.status)
        await self._file("申请受理与审核", [*arrived, *applied])
        if first:
            await self._review()
        if month.name == "2022-03":
            await self._look_at_the_forger()
        if last:
            await self.upstream.publish(self.demo.malformed)
            wrong = sum(refusals(message, self.known) for message in self.demo.malformed)
            await self.until("坏报文退回", letters, before + wrong)
            await self.upstream.publish(self.demo.repeated)
            again = """SELECT sum(corrections + conflicts) FROM books.applications
                WHERE application = ANY($1)"""
            wanted = self.demo.corrections + self.demo.conflicts
            await self.until("更正与内容冲突", again, wanted, self.keys)
            await self._decided("更正后重新审核")

    async def _file(self, what: str, messages: list[Published]) -> None:
        """Publish, and wait until every application in it is decided."""
        await self.upstream.publish(messages)
        self.keys += [claim.key for message in messages for claim in claims(message, self.known)]
        await self._decided(what)

    async def _decided(self, what: str) -> None:
        await self.until(what, _DECIDED, len(self.keys), self.keys, list(_UNDECIDED))

    async def _review(self) -> None:
        """Let a reviewer answer the applications that the notice leaves to a person."""
        rows = await self.pool.fetch(
            """SELECT application, state FROM books.applications
               WHERE application = ANY($1) AND programme = 'unemployment-assistance'
                 AND (state = 'referred' OR reviewer IS NOT NULL)
               ORDER BY application""",
            self.keys,
        )
        answered = [row["application"] for row in rows]
        answers = zip(rows, reviews(self.demo.run, answered), strict=True)
        await self.upstream.publish(answer for row, answer in answers if row["state"] == "referred")
        open_states = [*_UNDECIDED, "referred"]
        await self.until("转人工审核", _DECIDED, len(answered), answered, open_states)

    async def _look_at_the_forger(self) -> None:
        """Let a reviewer look at what was claimed by somebody who is marked for fraud."""
        key = self.demo.story.keys["again"]
        found = "SELECT state FROM books.applications WHERE application = $1"
        if await self.pool.fetchval(found, key) == "referred":
            await self.upstream.publish([self.demo.story.looked_at])
        open_states = [*_UNDECIDED, "referred"]
        await self.until("有标记的申请人工复核", _DECIDED, 1, [key], open_states)

    # --- the story ------------------------------------------------------------------------------

    async def _cash(self, month: PlayedMonth) -> None:
        """Let debtors pay back, on the bank's account and in the books."""
        story = self.demo.story
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
            amount = await self.pool.fetchval(
                "SELECT amount_fen FROM books.clawbacks WHERE clawback = $1", clawback
            )
            await self.upstream.publish([story.heirs_repay(amount)])
        self.bank.receive("icbc-1281", amount, on, reference, "退回多领待遇")
        waits = "SELECT count(*) FROM books.proposals WHERE body LIKE '%' || $1 || '%'"
        await self.until("回款待第二人确认", waits, 1, reference)
        await self.acts.confirm(reference, month.acts_on)
        await self.until(
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
            await self.until("家庭移出", query, 3)

    async def _found_late(self, month: PlayedMonth) -> None:
        if month.name == "2022-04":
            debt = debt_id(disbursement_id(self.demo.story.keys["died"], 3), "deceased")
            query = "SELECT count(*) FROM books.clawbacks WHERE clawback = $1"
            await self.until("多领待追回", query, 1, debt)

    def _served(self, month: PlayedMonth) -> list[str]:
        return [self.demo.story.keys[name] for name in SERVED_BY.get(month.name, ())]
