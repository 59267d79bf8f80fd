"""Decide how far a bank's file goes: held, taken by another, on record, taken back.

Source: docs/adr/0041-a-statement-is-taken-by-two-people.md
"""

from datetime import date, timedelta
from typing import assert_never

from events import statement_files, streams
from events.days import legal_day
from events.envelope import Asked, Recorded, follow_up
from events.statements import ReverseStatementDays
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders import file_of_two
from services.deciders.refusal import refuse, refuse_first
from services.deciders.statement_file.state import StatementFileState
from services.deciders.stream import Decider, FollowUps, members_of

_MAY_BE_HELD = ("new", "held", "rejected", "declined", "reversed")


def decide(
    file: StatementFileState,
    command: statement_files.StatementFileCommand,
    asked: Asked,
    policies: Policies,
) -> list[Fact]:
    """Answer one request about the file.

    Refuses: as each step below; a repeat of a step already taken changes nothing
    """
    match command:
        case statement_files.HoldStatement():
            return _hold(file, command, legal_day(asked.sent_at), policies)
        case statement_files.ReleaseStatement():
            return _release(file, command)
        case statement_files.RejectStatement():
            return _reject(file, command)
        case statement_files.AnswerStatementPart():
            return _part(file, command)
        case statement_files.ReverseStatement():
            return _reverse(file, command)
        case statement_files.AnswerStatementReversal():
            return _reversal(file, command)
        case _:
            assert_never(command)


def _hold(
    file: StatementFileState,
    command: statement_files.HoldStatement,
    today: date,
    policies: Policies,
) -> list[Fact]:
    """Refuses: WRONG_ACCOUNT, DAY_AHEAD, ENDS_BEFORE_IT_BEGINS, PERIOD_TOO_LONG, SUMS_DIFFER
    (first match wins).
    The same file again changes nothing, unless it was sent back, declined or taken back."""
    if file.state not in _MAY_BE_HELD:
        return []
    if file.state == "held" and file.held == statement_files.StatementHeld(**dict(command)):
        return []
    if refused := refuse_first(
        command,
        command.number,
        (
            command.bank_account not in policies.cities.accounts,
            "WRONG_ACCOUNT",
            command.bank_account,
        ),
        (command.last > today, "DAY_AHEAD", f"{command.last}"),
        (command.last < command.first, "ENDS_BEFORE_IT_BEGINS", f"{command.first}"),
        (
            (command.last - command.first).days >= statement_files.MOST_DAYS,
            "PERIOD_TOO_LONG",
            f"{command.first} / {command.last}",
        ),
        (
            command.opening + command.came_in - command.went_out != command.closing,
            "SUMS_DIFFER",
            command.number,
        ),
    ):
        return refused
    return [statement_files.StatementHeld(**dict(command))]


def _release(file: StatementFileState, command: statement_files.ReleaseStatement) -> list[Fact]:
    """Refuses: as every file of two people; each release is an attempt of its own."""
    return file_of_two.release(
        file,
        command,
        command.number,
        statement_files.StatementReleased,
        beyond=("released", "taken"),
        attempt=file.attempt + 1,
    )


def _reject(file: StatementFileState, command: statement_files.RejectStatement) -> list[Fact]:
    """Refuses: as every file of two people. One that was taken and cannot be recorded, since the file is
    gone or reads otherwise now, may still go back; what is recorded stays."""
    rejected = statement_files.StatementRejected
    waits = ("held", "released")
    return file_of_two.reject(file, command, command.number, rejected, waits=waits)


def _part(file: StatementFileState, command: statement_files.AnswerStatementPart) -> list[Fact]:
    """Note what a month says; an answer to an earlier attempt, or the same again, changes nothing."""
    if command.attempt != file.attempt or command.part in file.parts or file.held is None:
        return []
    answered = statement_files.StatementPartAnswered(**dict(command))
    verdicts = [*file.parts.values(), command.verdict]
    if len(verdicts) == file.held.parts and "declined" not in verdicts:
        taken = statement_files.StatementTaken(number=command.number, attempt=file.attempt)
        return [answered, taken]
    return [answered]


def _reverse(file: StatementFileState, command: statement_files.ReverseStatement) -> list[Fact]:
    """Refuses: NOT_TAKEN"""
    if file.state == "reversing":
        return []
    if file.state not in ("taken", "declined") or file.held is None:
        return refuse(command, "NOT_TAKEN", command.number)
    return [
        statement_files.StatementReversing(
            number=command.number,
            bank_account=file.held.bank_account,
            reason=command.reason,
            months=tuple(
                month
                for month in months_between(file.held.first, file.held.last)
                if file.months.get(month) != "taken"
            ),
        )
    ]


def _reversal(
    file: StatementFileState, command: statement_files.AnswerStatementReversal
) -> list[Fact]:
    """Note what a month says; the file is taken back once every month has."""
    if file.months.get(command.month) != "":
        return []
    answered = statement_files.StatementReversalAnswered(**dict(command))
    verdicts = {**file.months, command.month: command.verdict}
    if all(verdict == "taken" for verdict in verdicts.values()):
        return [answered, statement_files.StatementReversed(number=command.number)]
    return [answered]


def months_between(first: date, last: date) -> list[str]:
    """Each month that two days and what lies between touch, ``yyyy-mm``."""
    months = dict.fromkeys(
        f"{first + timedelta(days=number):%Y-%m}" for number in range((last - first).days + 1)
    )
    return list(months)


def evolve(file: StatementFileState, fact: statement_files.StatementFileFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case statement_files.StatementHeld():
            file.state, file.held, file.checker = "held", fact, ""
        case statement_files.StatementReleased():
            file.state, file.checker, file.attempt = "released", fact.checker, fact.attempt
            file.parts, file.months = {}, {}
        case statement_files.StatementRejected():
            file.state = "rejected"
        case statement_files.StatementPartAnswered():
            file.parts[fact.part] = fact.verdict
            if fact.verdict == "declined":
                file.state = "declined"
        case statement_files.StatementTaken():
            file.state = "taken"
        case statement_files.StatementReversing():
            file.state = "reversing"
            file.months |= dict.fromkeys(fact.months, "")
        case statement_files.StatementReversalAnswered():
            file.months[fact.month] = fact.verdict
            if fact.verdict == "declined":
                # what other months have given back stays back; the rest is asked for again
                file.state = "declined"
        case statement_files.StatementReversed():
            file.state = "reversed"
        case _:
            assert_never(fact)


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask every month of a file that is taken back.

    Holds: a pure function of one committed fact
    """
    match recorded.body:
        case statement_files.StatementReversing() as fact:
            return [
                follow_up(
                    recorded,
                    ordinal,
                    streams.account(fact.bank_account, month),
                    ReverseStatementDays(
                        bank_account=fact.bank_account,
                        month=month,
                        statement=fact.number,
                        reason=fact.reason,
                    ),
                )
                for ordinal, month in enumerate(fact.months)
            ]
        case _:
            return []


FOLLOW_UPS: dict[type[Fact], FollowUps] = {statement_files.StatementReversing: follow_ups}

DECIDER = Decider[
    StatementFileState,
    statement_files.StatementFileCommand,
    statement_files.StatementFileFact,
](
    kind="statement",
    initial=StatementFileState,
    decide=decide,
    evolve=lambda file, fact, recorded: evolve(file, fact),
    commands=members_of(statement_files.StatementFileCommand),
    facts=members_of(statement_files.StatementFileFact),
    follow_ups=FOLLOW_UPS,
)
