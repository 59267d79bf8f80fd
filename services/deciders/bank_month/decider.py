"""Decide what a bank statement adds to an account's month."""

from dataclasses import dataclass, field
from typing import assert_never

from events import statements
from events.days import legal_day
from events.envelope import Asked
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.refusal import refuse
from services.deciders.stream import Decider, members_of

CLASSIFIED_ON_ARRIVAL = ("funds_received", "interest", "fee")
"""Kinds that an authority may state with the line itself; the others are found by matching."""


@dataclass(slots=True)
class BankMonthState:
    """One bank account's month, as the bank tells it."""

    opened: statements.StatementOpened | None = None
    lines: dict[str, statements.StatementLineRecorded] = field(default_factory=dict)
    opening: dict[tuple[str, str], statements.OpeningBalance] = field(default_factory=dict)


def decide(
    month: BankMonthState, command: statements.StatementCommand, asked: Asked, policies: Policies
) -> list[Fact]:
    """Answer one message of the bank.

    Refuses: DAY_AHEAD (after the legal day of sending), OPENING_DIFFERS, LINE_DIFFERS, NO_FUND  (first match wins)
    """
    today = legal_day(asked.sent_at)
    match command:
        case statements.OpenStatement():
            if command.month > f"{today:%Y-%m}":
                return refuse(command, "DAY_AHEAD", f"{command.bank_account} {command.month}")
            opened = statements.StatementOpened(**dict(command))
            if month.opened is not None:
                about = f"{command.bank_account} {command.month}"
                same = month.opened == opened
                return [] if same else refuse(command, "OPENING_DIFFERS", about)
            return [opened]
        case statements.RecordStatementLine():
            if command.booked_on > today:
                return refuse(command, "DAY_AHEAD", command.line)
            return _line(month, command)
        case statements.RecordOpeningBalance():
            opening = statements.OpeningBalance(**dict(command))
            earlier = month.opening.get((command.fund, command.district))
            if earlier is not None:
                about = f"{command.bank_account} {command.fund} {command.district}"
                return [] if earlier == opening else refuse(command, "OPENING_DIFFERS", about)
            return [opening]
        case _:
            assert_never(command)


def _line(month: BankMonthState, command: statements.RecordStatementLine) -> list[Fact]:
    recorded = statements.StatementLineRecorded(
        bank_account=command.bank_account,
        line=command.line,
        booked_on=command.booked_on,
        amount=command.amount,
        reference=command.reference,
        purpose=command.purpose,
        balance_after=command.balance_after,
    )
    earlier = month.lines.get(command.line)
    if earlier is not None:
        return [] if earlier == recorded else refuse(command, "LINE_DIFFERS", command.line)
    if command.kind not in CLASSIFIED_ON_ARRIVAL:
        return [recorded]
    if not command.fund or not command.district:
        return refuse(command, "NO_FUND", command.line)
    classified = statements.StatementLineClassified(
        bank_account=command.bank_account,
        line=command.line,
        booked_on=command.booked_on,
        amount=command.amount,
        kind=command.kind,
        fund=command.fund,
        district=command.district,
    )
    return [recorded, classified]


def evolve(month: BankMonthState, fact: statements.StatementFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case statements.StatementOpened():
            month.opened = fact
        case statements.StatementLineRecorded():
            month.lines[fact.line] = fact
        case statements.StatementLineClassified():
            pass
        case statements.OpeningBalance():
            month.opening[fact.fund, fact.district] = fact
        case _:
            assert_never(fact)


DECIDER = Decider[BankMonthState, statements.StatementCommand, statements.StatementFact](
    kind="account",
    initial=BankMonthState,
    decide=decide,
    evolve=lambda month, fact, recorded: evolve(month, fact),
    commands=members_of(statements.StatementCommand),
    facts=members_of(statements.StatementFact),
)
