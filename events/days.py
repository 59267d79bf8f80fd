"""Days: which legal day an instant falls on.

Holds: the legal day is that of Asia/Shanghai, eight hours ahead of UTC since 1991
"""

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def legal_day(at: datetime) -> date:
    """Tell the legal day of an instant that knows its time zone."""
    return at.astimezone(SHANGHAI).date()
