"""Decide what a bank statement adds to an account's month."""

from typing import assert_never

from events import statements
from events.bank_marks import marks_of
from events.days import legal_day
from events.envelope import Asked
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.bank_month import days
from services.deciders.bank_month.classifying import classify, reverse_classification
from services.deciders.bank_month.days import CLASSIFIED_ON_ARRIVAL
from services.deciders.bank_month.follow_ups import FOLLOW_UPS
from services.deciders.bank_month.state import BankMonthState, DayWord, KnownLine
from services.deciders.refusal import refuse
from services.deciders.stream import Decider, members_of


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
        case statements.RecordStatementDays():
            return days.record(month, command, today)
        case statements.ReverseStatementDays():
            return days.reverse(month, command)
        case statements.ClassifyStatementLine():
            return classify(month, command, asked, policies)
        case statements.ReverseClassification():
            return reverse_classification(month, command, asked)
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
            day = month.day(fact.booked_on)
            day.lines.append(KnownLine(fact.line, fact.amount, "", _names_a_payment(fact)))
            day.ever[fact.amount] += 1
        case statements.StatementLineClassified():
            month.classified[fact.line] = fact
        case statements.LineClassificationReversed():
            month.classified.pop(fact.line, None)
        case statements.StatementDaysRecorded():
            month.answered.add((fact.statement, fact.attempt, fact.part))
            _add(month, fact)
        case statements.StatementDaysDeclined():
            month.answered.add((fact.statement, fact.attempt, fact.part))
        case statements.StatementDaysReversed():
            _take_back(month, fact)
        case statements.StatementReversalDeclined():
            pass
        case statements.OpeningBalance():
            month.opening[fact.fund, fact.district] = fact
        case _:
            assert_never(fact)


def _names_a_payment(line: statements.StatementLineRecorded | statements.RecordedBankLine) -> bool:
    marks = marks_of(line.reference, line.purpose)
    return marks.instruction is not None or marks.batch is not None


def _add(month: BankMonthState, fact: statements.StatementDaysRecorded) -> None:
    month.taken_back.discard(fact.statement)
    for recorded in fact.days:
        day = month.day(recorded.day)
        for line in recorded.lines:
            day.lines.append(
                KnownLine(line.line, line.amount, fact.statement, _names_a_payment(line))
            )
            day.ever[line.amount] += 1
        if recorded.complete:
            word = DayWord(fact.statement, fact.attempt, recorded.opening, recorded.closing)
            day.words.append(word)


def _take_back(month: BankMonthState, fact: statements.StatementDaysReversed) -> None:
    month.taken_back.add(fact.statement)
    gone = set(fact.lines)
    for day in month.days.values():
        day.lines = [line for line in day.lines if line.line not in gone]
        day.words = [word for word in day.words if word.statement != fact.statement]


DECIDER = Decider[BankMonthState, statements.StatementCommand, statements.StatementFact](
    kind="account",
    initial=BankMonthState,
    decide=decide,
    evolve=lambda month, fact, recorded: evolve(month, fact),
    commands=members_of(statements.StatementCommand),
    facts=members_of(statements.StatementFact),
    follow_ups=FOLLOW_UPS,
)
