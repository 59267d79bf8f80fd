"""Acts: what two people of the staff do about the people of the story, as on the pages.

In:   the books, by which they see what is to be done; the story's cast
Out:  commands, each by its own person; whoever agrees is never the one who asked
Holds: what the books show as done is not asked again.
"""

from collections.abc import Awaitable, Callable
from datetime import date

from asyncpg import Pool, Record

from events import streams
from events.budgets import ConfirmAdjustment, ProposeAdjustment
from events.clawbacks import JudgeClawback, ProposeClawback
from events.contract.inbound.identity import Account
from events.disbursements import AskOutcome
from events.ids import debt_id, disbursement_id
from events.payees import JudgeAccount, ProposeAccount
from events.proposals import JudgeAct
from events.values import Command
from services.demo.cast.story import FRAUD, FRAUD_FLOOR_FEN, TIGHT_LINE, TOP_UPS_FEN, Story
from services.demo.play.staff import CHECKER, MAKER, Staff

WaitForAnswer = Callable[[str], Awaitable[None]]
"""Waits until a command has its answer."""

KeepAccount = Callable[[str, Account], Awaitable[str]]
"""Puts an account into the vault, and gives its token."""


class Acts:
    """What has to be done in a month before its payments leave."""

    def __init__(
        self,
        pool: "Pool[Record]",
        staff: Staff,
        story: Story,
        answered: WaitForAnswer,
        keep_account: KeepAccount,
    ) -> None:
        self._pool = pool
        self._staff = staff
        self._story = story
        self._answered = answered
        self._keep_account = keep_account

    async def of(self, month: str, today: date) -> None:
        """Do what this month asks for."""
        if month == "2022-02":
            await self._correct_account(today)
            await self._claw_back(today)
        if month == "2022-05":
            await self._judge_overpayment(today)
        if month in TOP_UPS_FEN:
            await self._top_up(month, TOP_UPS_FEN[month], today)

    async def confirm(self, reference: str, today: date) -> None:
        """Confirm, as the second person, cash that the bank's message names by its reference."""
        rows = await self._pool.fetch(
            """SELECT stream, proposal FROM books.proposals
               WHERE state = 'proposed' AND body LIKE '%' || $1 || '%'""",
            reference,
        )
        for row in rows:
            body = JudgeAct(proposal=row["proposal"], checker=CHECKER, verdict="confirm")
            await self._ask(f"confirm|{reference}", row["stream"], today, CHECKER, body)

    async def ask_the_bank(self, today: date) -> list[str]:
        """Ask what became of payments that the bank has not answered; their instructions."""
        rows = await self._pool.fetch(
            """SELECT disbursement, payee, instruction FROM books.disbursements
               WHERE state = 'sent' AND sent_on < $1 ORDER BY disbursement""",
            today,
        )
        for row in rows:
            body = AskOutcome(
                disbursement=row["disbursement"], instruction=row["instruction"], by=MAKER
            )
            stream = streams.payee(row["payee"])
            await self._ask(f"unheard|{row['instruction']}", stream, today, MAKER, body)
        return [row["instruction"] for row in rows]

    async def _correct_account(self, today: date) -> None:
        key, person = self._story.keys["moved"], self._story.moved
        payee = await self._pool.fetchval(
            "SELECT payee FROM books.disbursements WHERE application = $1 AND state = 'returned'",
            key,
        )
        if payee is None:
            return
        stream, proposal = streams.payee(payee), f"ZH-{key.rpartition(':')[2]}"
        account = Account(person.bank, self._story.new_account, person.name)
        proposed = ProposeAccount(
            proposal=proposal,
            application=key,
            account=await self._keep_account(payee, account),
            document="示例人社更〔2022〕1号",
            reason="原账户已销户，本人提供新账户",
            maker=MAKER,
        )
        await self._ask(f"account|{key}", stream, today, MAKER, proposed)
        judged = JudgeAccount(proposal=proposal, checker=CHECKER, verdict="confirm")
        await self._ask(f"account|{key}|judge", stream, today, CHECKER, judged)

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
            maker=MAKER,
            floor=FRAUD_FLOOR_FEN,
        )
        await self._ask(f"fraud|{key}", streams.payee(payee), today, MAKER, proposed)
        await self._judge(payee, FRAUD, today)

    async def _judge_overpayment(self, today: date) -> None:
        key = self._story.keys["died"]
        payee = await self._payee(key)
        if payee is not None:
            await self._judge(payee, debt_id(disbursement_id(key, 3), "deceased"), today)

    async def _judge(self, payee: str, clawback: str, today: date) -> None:
        if await self._debt(payee, clawback) == "proposed":
            body = JudgeClawback(clawback=clawback, checker=CHECKER, verdict="confirm")
            stream = streams.payee(payee)
            await self._ask(f"judge|{clawback}", stream, today, CHECKER, body)

    async def _top_up(self, month: str, by: int, today: date) -> None:
        line, document = streams.fund_line(*TIGHT_LINE), f"示例财社追加〔{month}〕1号"
        known = await self._pool.fetchval(
            "SELECT count(*) FROM books.budget_adjustments WHERE line = $1 AND document = $2",
            line,
            document,
        )
        if known:
            return
        reason = "技能提升补贴超支，追加额度"
        proposed = ProposeAdjustment(document=document, by=by, reason=reason, maker=MAKER)
        await self._ask(f"adjust|{document}", line, today, MAKER, proposed)
        agreed = ConfirmAdjustment(document=document, by=by, checker=CHECKER, approve=True)
        await self._ask(f"adjust|{document}|agree", line, today, CHECKER, agreed)

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

    async def _ask(self, name: str, stream: str, today: date, by: str, body: Command) -> None:
        await self._answered(await self._staff.ask(name, stream, today, by, body))
