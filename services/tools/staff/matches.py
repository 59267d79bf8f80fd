"""Matches: match by hand from a terminal, undo it, list what may be matched; try other rules.

In:   an account, members by name, a reason, who acts; a set of rules as a file
Out:  ProposeAct of MakeManualMatch and UndoManualMatch, and what the ledger answered; a preview
Holds: how much each member is, the books say, nobody types it; another person confirms in the workplace
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from events import streams
from events.manual_matches import MakeManualMatch, MatchedLine, MatchedMovement, UndoManualMatch
from projections.matching import rule_set
from projections.matching.rule_set import CURRENT, RuleSet, RuleStep, WrongRuleSet
from projections.queries import manual_matches, rule_preview
from projections.queries.command_answers import CommandAnswer
from projections.queries.connection import Lent
from projections.queries.manual_matches import ManualMatch, MatchItem, WaitingMatch
from projections.queries.rule_preview import RulePreview
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings
from services.tools.staff.asking import propose_and_wait

_ANSWER_SECONDS = 20.0


class NotThere(OperatingFailure):
    """A member is named that the account does not have."""

    def __init__(self, account: str, names: Sequence[str]) -> None:
        super().__init__(
            f"账户 {account} 没有：{'、'.join(names)}。",
            "用 matches open 查看可以勾对的；流水写作 月份/行号，如 2022-08/20220815.out.150.1。",
        )


class UnfitRules(OperatingFailure):
    """A set of rules that no matching can go by."""

    def __init__(self, why: str) -> None:
        super().__init__(f"这套勾对规则不能用：{why}。", "写法见 docs/how-to/match-by-hand.md。")


async def listed(
    settings: Settings, account: str = ""
) -> tuple[list[ManualMatch], list[WaitingMatch]]:
    """Every match by hand, the latest first, and what waits for a second person."""
    async with _snapshot(settings) as db:
        rows = await manual_matches.made(db, None, account=account)
        return rows, await manual_matches.waiting(db, None, account)


async def open_items(settings: Settings, account: str) -> list[MatchItem]:
    """What no match has, of an account; as many as one look gives."""
    async with _snapshot(settings) as db:
        return await manual_matches.items(db, account)


async def propose(
    settings: Settings, account: str, names: Sequence[str], reason: str, maker: str
) -> CommandAnswer | None:
    """Propose that these belong together.

    Raises: NotThere, DatabaseAway, BrokerAway, NotAcknowledged
    """
    async with _snapshot(settings) as db:
        found = await manual_matches.named(db, account, list(names))
    there = {one.name for one in found}
    if missing := [name for name in names if name not in there]:
        raise NotThere(account, missing)
    act = MakeManualMatch(
        bank_account=account,
        movements=tuple(
            MatchedMovement(movement=one.movement, amount=one.amount_fen)
            for one in found
            if one.movement
        ),
        lines=tuple(
            MatchedLine(month=one.month, line=one.line, amount=one.amount_fen)
            for one in found
            if one.line and one.month
        ),
        reason=reason,
    )
    stream = streams.matching(account)
    _, answer = await propose_and_wait(settings, stream, act, maker, _ANSWER_SECONDS)
    return answer


async def undo(
    settings: Settings, account: str, number: int, reason: str, maker: str
) -> CommandAnswer | None:
    """Propose to take a match back."""
    act = UndoManualMatch(bank_account=account, number=number, reason=reason)
    stream = streams.matching(account)
    _, answer = await propose_and_wait(settings, stream, act, maker, _ANSWER_SECONDS)
    return answer


def rules_of(
    file: Path | None, windows: Sequence[str], without: Sequence[str], order: str
) -> RuleSet:
    """Make the rules to try: those of a file, or those that count, with windows, steps left out, an order.

    Raises: UnfitRules
    """
    try:
        base = rule_set.read(file.read_text("utf-8")) if file else CURRENT
        days = {step: int(text) for step, _, text in (one.partition("=") for one in windows)}
        unknown = {*days, *without} - {one.step for one in base.steps}
        if unknown:
            raise WrongRuleSet(f"没有 {'、'.join(sorted(unknown))} 这一步")
        steps = [
            RuleStep(one.step, days.get(one.step, one.days))
            for one in base.steps
            if one.step not in without
        ]
        if order:
            wanted = [name.strip() for name in order.split(",")]
            known = {one.step: one for one in steps}
            if sorted(wanted) != sorted(known):
                raise WrongRuleSet(f"--order 须恰好写出这些步骤：{','.join(known)}")
            steps = [known[name] for name in wanted]
        return rule_set.checked(0, steps)
    except (WrongRuleSet, ValueError, OSError, UnicodeDecodeError) as error:
        raise UnfitRules(str(error)) from error


async def preview(
    settings: Settings, rules: RuleSet, account: str, first: date, last: date
) -> RulePreview:
    """Try rules on an account and a period; nothing is written.

    Raises: DatabaseAway, BooksMissing
    """
    async with _snapshot(settings) as db:
        return await rule_preview.preview(db, rules, account, first, last)


@asynccontextmanager
async def _snapshot(settings: Settings) -> AsyncIterator[Lent]:
    """One consistent view of the books."""
    async with (
        books(settings.postgres_dsn) as db,
        db.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield db
