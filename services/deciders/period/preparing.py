"""Preparing: what keeps a counted month from being put to another person.

In:   PreparePeriod, and what was signed before
Out:  a code and words, or None
Holds: pure; a month carries on where the one before ended, in balances, in numbers, on the ledger
"""

from datetime import date, timedelta

from events import periods, streams
from events.canonical import has_words, iso_month
from events.days import legal_day
from events.envelope import Asked
from events.position_vector import PositionVector
from policies.engine.registry import Policies
from policies.vocabulary.places import FUNDS
from services.deciders.period.state import PeriodState

Wrong = tuple[str, str]


def wrong_with(
    period: PeriodState, command: periods.PreparePeriod, asked: Asked, policies: Policies
) -> Wrong | None:
    """Say why a month cannot be prepared as it was counted.

    Refuses: UNKNOWN_FUND, UNKNOWN_DISTRICT, WRONG_MONTH, PERIOD_NOT_OVER, PERIOD_SIGNED,
             PERIOD_OUT_OF_ORDER, PERIOD_BEHIND, PERIOD_DOES_NOT_CARRY, PERIOD_UNBALANCED,
             VOUCHERS_HAVE_GAPS, CHECKS_MISSING, PERIOD_BLOCKED, OPEN_ITEMS_UNEXPLAINED
             (first match wins)
    """
    return (
        _place(command, asked, policies)
        or _order(period, command, asked)
        or _carried(period, command)
        or _numbers(period, command)
        or _closing_list(command)
    )


def closes_anew(period: PeriodState, month: str) -> bool:
    """Whether a month was signed and is open again."""
    return month in period.signed and month not in period.closed


def month_after(month: str) -> str:
    """The month that follows, ``yyyy-mm``."""
    return f"{date.fromisoformat(f'{month}-28') + timedelta(days=4):%Y-%m}"


def first_day(month: str) -> date:
    """The first day of a month."""
    return date.fromisoformat(f"{month}-01")


def last_day(month: str) -> date:
    """The last day of a month."""
    return first_day(month_after(month)) - timedelta(days=1)


def _place(command: periods.PreparePeriod, asked: Asked, policies: Policies) -> Wrong | None:
    if command.fund not in FUNDS.values():
        return "UNKNOWN_FUND", command.fund
    of_here = asked.stream == streams.period(command.fund, command.district)
    if command.district not in policies.cities.served or not of_here:
        return "UNKNOWN_DISTRICT", command.district
    return None


def _order(period: PeriodState, command: periods.PreparePeriod, asked: Asked) -> Wrong | None:
    month = command.month
    if iso_month(month) is None:
        return "WRONG_MONTH", month
    if month >= f"{legal_day(asked.sent_at):%Y-%m}":
        return "PERIOD_NOT_OVER", month
    if month in period.closed:
        return "PERIOD_SIGNED", month
    if (wanted := _next(period)) and month != wanted:
        return "PERIOD_OUT_OF_ORDER", wanted
    return None


def _next(period: PeriodState) -> str:
    """The one month that may be prepared; any, where none was ever signed."""
    if period.closed:
        return month_after(period.closed[-1])
    return min(period.signed, default="")


def _carried(period: PeriodState, command: periods.PreparePeriod) -> Wrong | None:
    try:
        vector = PositionVector.parse(command.vector)
    except ValueError:
        return "PERIOD_BEHIND", command.vector
    if period.last is not None and not vector.reaches(PositionVector.parse(period.last.vector)):
        return "PERIOD_BEHIND", ""
    accounts = [(one.code, one.sub) for one in command.balances]
    if accounts != sorted(set(accounts)):
        return "PERIOD_UNBALANCED", ""
    if differing := _differs(_opening(period, command.month), command):
        return "PERIOD_DOES_NOT_CARRY", differing
    for one in command.balances:
        if one.opening + one.debit - one.credit != one.closing:
            return "PERIOD_UNBALANCED", f"{one.code} {one.sub}".strip()
    if sum(one.closing for one in command.balances) or sum(one.opening for one in command.balances):
        return "PERIOD_UNBALANCED", ""
    return None


def _opening(period: PeriodState, month: str) -> dict[tuple[str, str], int] | None:
    """What a month must begin with; None for the first that is ever closed."""
    if period.closed:
        before = period.signed[period.closed[-1]]
        return {(one.code, one.sub): one.closing for one in before.balances}
    if month in period.signed:
        return {(one.code, one.sub): one.opening for one in period.signed[month].balances}
    return None


def _differs(
    expected: dict[tuple[str, str], int] | None, command: periods.PreparePeriod
) -> str | None:
    if expected is None:
        return None
    found = {(one.code, one.sub): one.opening for one in command.balances}
    for account in sorted(expected.keys() | found.keys()):
        if expected.get(account, 0) != found.get(account, 0):
            return " ".join(account).strip()
    return None


def _numbers(period: PeriodState, command: periods.PreparePeriod) -> Wrong | None:
    """Numbers go on where the month's own ended, and lie on days that the month may hold."""
    wanted = period.numbered.get(command.month, 0) + 1
    if command.first_voucher != wanted:
        return "VOUCHERS_HAVE_GAPS", str(wanted)
    days = [day.on for day in command.days]
    if days != sorted(set(days)) or any(day.vouchers < 1 for day in command.days):
        return "VOUCHERS_HAVE_GAPS", ""
    if days and days[-1] > last_day(command.month):
        return "VOUCHERS_HAVE_GAPS", str(days[-1])
    first = first_day(command.month)
    if command.late != sum(day.vouchers for day in command.days if day.on < first):
        return "VOUCHERS_HAVE_GAPS", str(command.late)
    return None


def _closing_list(command: periods.PreparePeriod) -> Wrong | None:
    if tuple(check.code for check in command.checks) != (*periods.BLOCKS, *periods.OPEN_ITEMS):
        return "CHECKS_MISSING", ""
    if found := periods.blocking(command.checks):
        return "PERIOD_BLOCKED", found[0].code
    if periods.left_open(command.checks) and not has_words(command.note):
        return "OPEN_ITEMS_UNEXPLAINED", str(periods.left_open(command.checks))
    return None
