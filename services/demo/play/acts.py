"""Acts: what two people of the staff do about payments in any rehearsal, as on the pages.

In:   the books, by which they see what is to be done
Out:  commands, each by its own person; whoever agrees is never the one who asked
Holds: what the books show as done is not asked again.
"""

from collections.abc import Awaitable, Callable
from datetime import date

from asyncpg import Pool, Record

from events import streams
from events.contract.inbound.identity import Account
from events.disbursements import AskOutcome
from events.figures import StateFigure
from events.payees import JudgeAccount, ProposeAccount
from events.proposals import JudgeAct
from events.proposing import proposed
from events.values import Command
from services.demo.cast.script import FigureScript
from services.demo.play.staff import Staff

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
        answered: WaitForAnswer,
        keep_account: KeepAccount,
    ) -> None:
        self._pool = pool
        self.staff = staff
        self._answered = answered
        self._keep_account = keep_account

    async def confirm(self, reference: str, today: date) -> None:
        """Confirm, as the second person, cash that the bank's message names by its reference."""
        rows = await self._pool.fetch(
            """SELECT stream, proposal FROM books.proposals
               WHERE state = 'proposed' AND body LIKE '%' || $1 || '%'""",
            reference,
        )
        for row in rows:
            body = JudgeAct(proposal=row["proposal"], checker=self.staff.checker, verdict="confirm")
            await self.ask(f"confirm|{reference}", row["stream"], today, self.staff.checker, body)

    async def ask_the_bank(self, today: date) -> list[str]:
        """Ask what became of payments that the bank has not answered; their instructions."""
        rows = await self._pool.fetch(
            """SELECT disbursement, payee, instruction FROM books.disbursements
               WHERE state = 'sent' AND sent_on < $1 ORDER BY disbursement""",
            today,
        )
        for row in rows:
            body = AskOutcome(
                disbursement=row["disbursement"],
                instruction=row["instruction"],
                by=self.staff.checker,
            )
            stream = streams.payee(row["payee"])
            await self.ask(f"unheard|{row['instruction']}", stream, today, self.staff.checker, body)
        return [row["instruction"] for row in rows]

    async def correct_account(self, key: str, account: Account, today: date) -> None:
        """Propose another account where an application's payment came back, and agree as another."""
        payee = await self._pool.fetchval(
            "SELECT payee FROM books.disbursements WHERE application = $1 AND state = 'returned'",
            key,
        )
        if payee is None:
            return
        stream, proposal = streams.payee(payee), f"ZH-{key.rpartition(':')[2]}"
        proposed = ProposeAccount(
            proposal=proposal,
            application=key,
            account=await self._keep_account(payee, account),
            document=f"示例人社更〔{today.year}〕1号",
            reason="原账户已销户，本人提供新账户",
            maker=self.staff.reviewer,
        )
        await self.ask(f"account|{key}", stream, today, self.staff.reviewer, proposed)
        judged = JudgeAccount(proposal=proposal, checker=self.staff.checker, verdict="confirm")
        await self.ask(f"account|{key}|judge", stream, today, self.staff.checker, judged)

    async def state_figure(self, jurisdiction: str, figure: FigureScript, today: date) -> None:
        """Propose what a figure comes to from a day on, and confirm it as another."""
        stream, maker, checker = streams.figures(jurisdiction), self.staff.maker, self.staff.checker
        body = StateFigure(
            jurisdiction=jurisdiction,
            name=figure.name,
            from_on=figure.from_,
            value=figure.value,
            document=figure.document,
        )
        proposal = f"CS-{figure.document}"
        await self.ask(proposal, stream, today, maker, proposed(body, proposal, maker))
        judged = JudgeAct(proposal=proposal, checker=checker, verdict="confirm")
        await self.ask(f"{proposal}|judge", stream, today, checker, judged)

    async def ask(self, name: str, stream: str, today: date, by: str, body: Command) -> None:
        """Ask one thing of one stream, and wait for its answer."""
        await self._answered(await self.staff.ask(name, stream, today, by, body))
