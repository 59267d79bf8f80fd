"""Days of a file: which of its lines are new, and whether the record then equals what the bank says.

In:   RecordStatementDays, ReverseStatementDays
Out:  StatementDaysRecorded | StatementDaysDeclined, with StatementLineClassified;
      StatementDaysReversed | StatementReversalDeclined, with LineClassificationReversed
Holds: after a part is taken, opening + every line on record of a day = closing, for each of its
       complete days; the days beside the file's own fit it, where they are known
Source: docs/adr/0041-a-statement-is-taken-by-two-people.md
"""

from collections import Counter
from datetime import date, timedelta
from typing import Any, NamedTuple

from events import statements
from events.statements import (
    RecordedBankDay,
    RecordedBankLine,
    ReversedBankDay,
    StatedDay,
    StatedLine,
)
from events.values import Fact
from services.deciders.bank_month.state import BankDayState, BankMonthState

CLASSIFIED_ON_ARRIVAL = ("funds_received", "interest", "fee")
"""Kinds that an authority, or the words of a layout, may state with the line itself."""

_ONE_DAY = timedelta(days=1)


class _Unfit(Exception):
    """A day does not fit what is on record."""

    def __init__(self, code: str, about: str) -> None:
        super().__init__(code)
        self.code, self.about = code, about


class _Addition(NamedTuple):
    day: RecordedBankDay
    classified: list[statements.StatementLineClassified]


def record(
    month: BankMonthState, command: statements.RecordStatementDays, today: date
) -> list[Fact]:
    """Take a part of a file, whole or not at all.

    Declines: EMPTY, DAY_AHEAD, OUTSIDE_THE_MONTH, BALANCE_BREAKS (within), OPENING_DIFFERS,
              LINE_MISSING, SUMS_DIFFER, BALANCE_BREAKS (beside)  (first match wins)
    """
    key = (command.statement, command.attempt, command.part)
    if key in month.answered:
        return []
    whose: dict[str, Any] = {
        "bank_account": command.bank_account,
        "month": command.month,
        "statement": command.statement,
        "attempt": command.attempt,
        "part": command.part,
    }
    try:
        _fits_itself(month, command, today)
        added = [_added(month, command, day) for day in command.days]
        _fits_beside(month, command)
    except _Unfit as unfit:
        return [statements.StatementDaysDeclined(**whose, code=unfit.code, about=unfit.about)]
    recorded = statements.StatementDaysRecorded(**whose, days=tuple(one.day for one in added))
    return [recorded, *(fact for one in added for fact in one.classified)]


def _fits_itself(
    month: BankMonthState, command: statements.RecordStatementDays, today: date
) -> None:
    """Compare the part's days with each other, and with how the month was opened."""
    if not command.days:
        raise _Unfit("EMPTY", command.statement)
    earlier: StatedDay | None = None
    for day in command.days:
        if day.day > today:
            raise _Unfit("DAY_AHEAD", f"{day.day}")
        if f"{day.day:%Y-%m}" != command.month or not command.first <= day.day <= command.last:
            raise _Unfit("OUTSIDE_THE_MONTH", f"{day.day}")
        follows = earlier is not None and earlier.day != day.day
        if earlier is not None and follows and earlier.closing != day.opening:
            raise _Unfit("BALANCE_BREAKS", f"{day.day}")
        earlier = day
    first, opened = command.days[0], month.opened
    if opened is not None and first.day.day == 1 and opened.opening_balance != first.opening:
        raise _Unfit("OPENING_DIFFERS", command.month)


def _fits_beside(month: BankMonthState, command: statements.RecordStatementDays) -> None:
    """Compare the part's ends with the days beside the file, where other files have proved them."""
    first, last = command.days[0], command.days[-1]
    before, after = month.word_on(first.day - _ONE_DAY), month.word_on(last.day + _ONE_DAY)
    # a day that the file covers itself may change with it; one beside it may not
    if before is not None and first.day == command.first and before.closing != first.opening:
        raise _Unfit("BALANCE_BREAKS", f"{first.day}")
    if after is not None and last.day == command.last and after.opening != last.closing:
        raise _Unfit("BALANCE_BREAKS", f"{last.day + _ONE_DAY}")


def _added(
    month: BankMonthState, command: statements.RecordStatementDays, day: StatedDay
) -> _Addition:
    """Find the lines of a day that are new; prove the day where this part completes it."""
    known = month.days.get(day.day) or BankDayState()
    ever, new = Counter(known.ever), list[RecordedBankLine]()
    on_record = Counter(line.amount for line in known.lines)
    classified: list[statements.StatementLineClassified] = []
    for line in day.lines:
        if line.nth <= on_record[line.amount]:
            continue
        ever[line.amount] += 1
        name = _name(day.day, line.amount, ever[line.amount])
        new.append(_recorded(name, line))
        if line.kind in CLASSIFIED_ON_ARRIVAL:
            classified.append(_classified(command, day.day, name, line))
    count = len(known.lines) + len(new)
    complete = count >= day.count
    if complete:
        if count > day.count:
            raise _Unfit("LINE_MISSING", _lacking(known, day))
        if day.opening + known.total + sum(line.amount for line in new) != day.closing:
            raise _Unfit("SUMS_DIFFER", f"{day.day}")
    recorded = RecordedBankDay(
        day=day.day,
        opening=day.opening,
        closing=day.closing,
        lines=tuple(new),
        complete=complete,
    )
    return _Addition(recorded, classified)


def _name(day: date, amount: int, serial: int) -> str:
    """Name a line by its day, direction and amount and its number among equals, ever recorded."""
    return f"{day:%Y%m%d}.{'out' if amount < 0 else 'in'}.{abs(amount)}.{serial}"


def _lacking(known: BankDayState, day: StatedDay) -> str:
    """Name a line that is on record and that the file does not have."""
    stated = Counter(line.amount for line in day.lines)
    for line in known.lines:
        stated[line.amount] -= 1
        if stated[line.amount] < 0:
            return line.line
    return f"{day.day}"


def _recorded(name: str, line: StatedLine) -> RecordedBankLine:
    return RecordedBankLine(
        line=name,
        amount=line.amount,
        reference=line.reference,
        purpose=line.purpose,
        balance_after=line.balance_after,
        kind=line.kind,
    )


def _classified(
    command: statements.RecordStatementDays, day: date, name: str, line: StatedLine
) -> statements.StatementLineClassified:
    return statements.StatementLineClassified(
        bank_account=command.bank_account,
        line=name,
        booked_on=day,
        amount=line.amount,
        kind=line.kind,
        fund=command.fund,
        district=command.district,
    )


def reverse(month: BankMonthState, command: statements.ReverseStatementDays) -> list[Fact]:
    """Take back what a file has added, unless a later file speaks of the same days.

    Declines: LATER_FILE
    Holds: a month of which the file has nothing answers so, once; taking back again changes nothing
    """
    if command.statement in month.taken_back:
        return []
    whose: dict[str, Any] = {
        "bank_account": command.bank_account,
        "month": command.month,
        "statement": command.statement,
    }
    days, lines, net = list[ReversedBankDay](), list[str](), list[int]()
    for day in sorted(month.days):
        known = month.days[day]
        spoken = [word.attempt for word in known.words if word.statement == command.statement]
        if spoken and known.words[-1].statement != command.statement:
            return [
                statements.StatementReversalDeclined(
                    **whose, code="LATER_FILE", about=known.words[-1].statement
                )
            ]
        own = [line for line in known.lines if line.statement == command.statement]
        days += [ReversedBankDay(day=day, attempt=attempt) for attempt in dict.fromkeys(spoken)]
        lines += [line.line for line in own]
        net += [line.amount for line in own]
    reversed_ = statements.StatementDaysReversed(
        **whose,
        reason=command.reason,
        days=tuple(days),
        lines=tuple(lines),
        came_in=sum(amount for amount in net if amount > 0),
        went_out=-sum(amount for amount in net if amount < 0),
    )
    back: list[Fact] = [
        statements.LineClassificationReversed(
            **dict(month.classified[line]), reason=command.reason, stays=False
        )
        for line in lines
        if line in month.classified
    ]
    return [reversed_, *back]
