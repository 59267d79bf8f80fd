"""Month: one round of the played half year, from its applications to its bank statement.

In:   the demo's messages; the books
Out:  what upstream, staff, clerk and bank do on the days of the calendar
Holds: every step waits until the books show it; nothing waits for time to pass.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias

import asyncpg

from policies.registry import Policies
from services.clerk.worker import OUTBOX, Clerk
from services.demo.acts import Acts
from services.demo.bank import OPENING_FEN, Bank
from services.demo.bank_files import layout_for
from services.demo.calendar import (
    MONTHS,
    NEXT_YEAR,
    OPENED_ON,
    SILENT_IN,
    SLIPS_FROM,
    Month,
    at,
)
from services.demo.generator import Demo, arrivals, claims, refusals, reviews
from services.demo.messages import Events, Published
from services.demo.staff import Staff
from services.demo.story import (
    FRAUD,
    FRAUD_CASH_FEN,
    MONTHLY_FEN,
    SERVED_BY,
    Told,
)
from services.demo.upstream import Upstream
from services.demo.waiting import Look, Seen, Waits
from services.intake.take import known_of
from services.reconciliation.bank_accounts import bank_accounts
from services.runtime.clock import Clock, set_practice_clock
from services.runtime.settings import Settings
from services.runtime.vault import Vault

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
_NOBODY = Told([], [], [])
_UNDECIDED = ("filed", "proposed")

_ANSWERED = """SELECT (EXISTS (SELECT FROM books.facts WHERE cause = $1::text::uuid)
    OR EXISTS (SELECT FROM books.unchanged WHERE command = $1::text))::int"""
_DECIDED = """SELECT count(*) FROM books.applications
    WHERE application = ANY($1) AND NOT state = ANY($2)"""
_DUE = """SELECT count(*) FROM books.instalments
    WHERE application = ANY($1) AND due_on <= $2 AND state <> 'withdrawn'"""
_CHECKED = """SELECT count(*) FROM books.instalments AS i LEFT JOIN books.disbursements AS d
      ON d.disbursement = i.application || '#' || i.instalment
    WHERE i.application = ANY($1) AND i.due_on <= $2 AND i.state <> 'withdrawn'
      AND (i.state = 'stopped' OR d.disbursement IS NOT NULL)"""
_OVERDUE = """SELECT count(*) FROM books.advances
    WHERE settle_by < $1 AND amount_fen > settled_fen + called_fen + cancelled_fen"""
_ANSWERED_ATTEMPTS = """SELECT count(*) FROM books.disbursement_attempts
    WHERE batch = ANY($1) AND (state = 'returned' OR state = 'settled')"""
_RETURNED = """SELECT count(*) FROM books.disbursement_attempts
    WHERE batch = ANY($1) AND state = 'returned'"""


@dataclass(kw_only=True)
class Play:
    """One run of the demo: everybody who takes part."""

    demo: Demo
    settings: Settings
    pool: Pool
    vault: Vault
    upstream: Upstream
    staff: Staff
    clerk: Clerk
    bank: Bank
    now: Clock
    acts: Acts = field(init=False)
    keys: list[str] = field(default_factory=list)
    """Every application that was published so far."""

    def __post_init__(self) -> None:
        self._known = known_of(Policies.load())
        self._arrivals = arrivals(self.demo.applications, self._known)
        self._waits: Waits | None = None

    def turn_to(self, day: date) -> None:
        """Let it be nine o'clock of a day."""
        set_practice_clock(Path(self.settings.practice_clock), at(day))

    async def answered(self, command: str) -> None:
        """Wait until a command has its answer."""
        await self._until("办理", _ANSWERED, 1, command)

    # --- the rounds -----------------------------------------------------------------------------

    async def open(self, waits: Waits) -> None:
        """Allocate budgets and open the books of every bank account, once."""
        self._waits = waits
        events = Events(f"{self.demo.run}-opening")
        references = [f"示例结转-{alias}" for alias in bank_accounts()]
        openings = [
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
        await self.upstream.publish([*self.demo.money, *openings])
        await self._until(
            "期初余额",
            "SELECT count(*) FROM books.entries WHERE kind = 'opening' AND reference = ANY($1)",
            len(openings),
            references,
        )
        await self._until(
            "预算下达",
            "SELECT count(*) FROM books.budgets WHERE allocated_fen > 0",
            len(self.demo.money),
        )
        waits.done(f"预算 {len(self.demo.money)} 条，银行账户 {len(openings)} 个")

    async def month(self, month: Month, waits: Waits) -> None:
        """Play one month."""
        self._waits = waits
        told = self.demo.story.told.get(month.name, _NOBODY)
        self.turn_to(month.acts_on)
        await self._file("先报来的", told.early)
        await self._cash(month)
        await self._follow_ups(month)
        asked = await self.acts.ask_the_bank(month.acts_on)
        await self.upstream.publish(self.bank.asked(asked))
        await self._until(
            "银行补回",
            "SELECT count(*) FROM books.disbursements"
            " WHERE instruction = ANY($1) AND state = 'settled'",
            len(asked),
            asked,
        )
        await self.acts.of(month.name, month.acts_on)
        await self._until(
            "排队补付",
            "SELECT count(*) FROM books.applications"
            " WHERE application = ANY($1) AND state = 'granted'",
            len(served := self._served(month)),
            served,
        )
        self.turn_to(month.pays_on)
        await self._apply(month, told.applied)
        sent = await self._pay(month)
        self.turn_to(month.late_on)
        await self._file("晚报来的", told.late)
        await self._found_late(month)
        await self._reconcile(month)
        waits.done(f"发出 {sent} 笔")

    async def close(self, waits: Waits) -> None:
        """Let the new year come: what was paid ahead and never settled is called."""
        self._waits = waits
        self.turn_to(NEXT_YEAR)

        async def called() -> Seen:
            await self._round()
            return Seen(-int(await self.pool.fetchval(_OVERDUE, NEXT_YEAR)), 0)

        await self._wait("预拨到期", called)
        owed = "SELECT count(*) FROM books.clawbacks WHERE application = $1 AND state = 'open'"
        await self._until("转应收", owed, 1, self.demo.story.keys["unsettled"])
        waits.done("到期未结算的预拨已转应收")

    async def _apply(self, month: Month, told: list[Published]) -> None:
        """Publish what was applied for until the pay day; wait until each is decided."""
        first, last = month is MONTHS[0], month is MONTHS[-1]
        since = date.min if first else MONTHS[MONTHS.index(month) - 1].pays_on
        arrived = [m for day, m in self._arrivals if since < day <= month.pays_on]
        letters = "SELECT count(*) FROM books.dead_letters"
        before = await self.pool.fetchval(letters)
        if first:
            await self.upstream.publish(self.demo.status)
        await self._file("申请受理与审核", [*arrived, *told])
        if first:
            await self._review()
        if last:
            await self.upstream.publish(self.demo.malformed)
            wrong = sum(refusals(message, self._known) for message in self.demo.malformed)
            await self._until("坏报文退回", letters, before + wrong)
            await self.upstream.publish(self.demo.repeated)
            again = """SELECT sum(corrections + conflicts) FROM books.applications
                WHERE application = ANY($1)"""
            wanted = self.demo.corrections + self.demo.conflicts
            await self._until("更正与内容冲突", again, wanted, self.keys)
            await self._decided("更正后重新审核")

    async def _file(self, what: str, told: list[Published]) -> None:
        """Publish, and wait until every application in it is decided."""
        await self.upstream.publish(told)
        self.keys += [claim.key for message in told for claim in claims(message, self._known)]
        await self._decided(what)

    async def _decided(self, what: str) -> None:
        await self._until(what, _DECIDED, len(self.keys), self.keys, list(_UNDECIDED))

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
        await self._until("转人工审核", _DECIDED, len(answered), answered, open_states)

    # --- the story ------------------------------------------------------------------------------

    async def _cash(self, month: Month) -> None:
        """Let debtors pay back, on the bank's account and in the books."""
        story = self.demo.story
        key = story.keys["died"]
        paid = {
            "2022-05": (FRAUD, FRAUD_CASH_FEN, "FC20220512"),
            "2022-06": (f"{key}#4-deceased", MONTHLY_FEN, "FC20220610"),
        }.get(month.name)
        if paid is None:
            return
        clawback, amount, reference = paid
        on = date(2022, 5, 12) if month.name == "2022-05" else date(2022, 6, 10)
        if month.name == "2022-06":
            await self.upstream.publish([story.heirs_repay()])
        self.bank.receive("icbc-1281", amount, on, reference, "退回多领待遇")
        await self._until(
            "追回到账",
            "SELECT count(*) FROM books.clawbacks WHERE clawback = $1 AND recovered_fen = $2",
            1,
            clawback,
            amount,
        )

    async def _follow_ups(self, month: Month) -> None:
        """Wait for what one message leads to in other people's histories."""
        if month.name == "2022-03":
            query = "SELECT count(*) FROM books.facts WHERE type = 'CategoryLost'"
            await self._until("家庭移出", query, 3)

    async def _found_late(self, month: Month) -> None:
        if month.name == "2022-04":
            debt = f"{self.demo.story.keys['died']}#4-deceased"
            query = "SELECT count(*) FROM books.clawbacks WHERE clawback = $1"
            await self._until("多领待追回", query, 1, debt)

    def _served(self, month: Month) -> list[str]:
        return [self.demo.story.keys[name] for name in SERVED_BY.get(month.name, ())]

    # --- the money ------------------------------------------------------------------------------

    async def _pay(self, month: Month) -> int:
        """Check what is due, prepare and release batches, send them, and let the bank answer."""
        due = await self.pool.fetchval(_DUE, self.keys, month.pays_on)

        async def checked() -> Seen:
            await self._round()
            late = await self.pool.fetchval(_OVERDUE, month.pays_on)
            done = await self.pool.fetchval(_CHECKED, self.keys, month.pays_on)
            return Seen(int(done) - int(late), int(due))

        await self._wait("到期检查与应付", checked)
        batches = await self.staff.prepare(month.pays_on)
        names = [batch for batch, _ in batches]
        await self._until(
            "制单",
            "SELECT count(*) FROM books.batches WHERE batch = ANY($1) AND state <> 'requested'",
            len(names),
            names,
        )
        if month is MONTHS[0]:
            await self.staff.release_own(names, month.pays_on)
        await self.staff.release(names, month.pays_on)

        async def sent() -> Seen:
            await self._round()
            query = """SELECT count(*) FROM books.batches
                WHERE batch = ANY($1) AND state IN ('sent', 'closed')"""
            return await self._seen(query, len(names), names)

        await self._wait("放行与发送", sent)
        await self._answers(month, names)
        return sum(count for _, count in batches)

    async def _answers(self, month: Month, names: list[str]) -> None:
        """Let the bank pay, and tell it by message or file."""
        self.turn_to(month.bank_on)
        answered = returned = 0
        outbox = self.settings.data_dir / OUTBOX
        silent = month.name >= SILENT_IN and not self.bank.has_been_silent
        for one in self.bank.pay(outbox, month.bank_on, silent=silent):
            if one.answer is None:
                await self.upstream.publish(one.results)
            else:
                await self.upstream.publish_answer(one.answer, layout_for(one.file))
            answered, returned = answered + one.answered, returned + one.returned
        await self._until("银行回盘", _ANSWERED_ATTEMPTS, answered, names)
        await self._until("退回入账", _RETURNED, returned, names)

    async def _round(self) -> None:
        await self.clerk.round(self.now())

    async def _reconcile(self, month: Month) -> None:
        """Import the month's statement of every account; the books do the rest."""
        slips = month.name >= SLIPS_FROM and not self.bank.damages and self.bank.can_slip
        self.bank.book(month.bank_on, slips=slips)
        self.turn_to(month.closes_on)
        folder = self.settings.data_dir / "demo" / "statements"
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for alias in bank_accounts():
            file = folder / f"{alias}-{month.closes_on:%Y-%m}.csv"
            file.write_bytes(self.bank.statement(alias, month.closes_on))
            written.append(file)
        sent_at: datetime = at(month.closes_on).astimezone(UTC)
        lines = await self.staff.import_statements(written, sent_at)
        query = "SELECT count(*) FROM books.statement_lines WHERE line = ANY($1)"
        await self._until("银行流水入账", query, len(lines), lines)

    # --- waiting --------------------------------------------------------------------------------

    async def _until(self, what: str, query: str, wanted: int, *values: object) -> None:
        await self._wait(what, lambda: self._seen(query, wanted, *values))

    async def _wait(self, what: str, look: Look) -> None:
        assert self._waits is not None
        await self._waits.until(what, look)

    async def _seen(self, query: str, wanted: int, *values: object) -> Seen:
        return Seen(int(await self.pool.fetchval(query, *values) or 0), wanted)
