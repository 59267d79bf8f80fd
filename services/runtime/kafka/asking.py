"""Asking: the command of a member of staff, as every tool that acts for people makes it.

In:   who asks what of which stream
Out:  the command, with an id of its own, of this instant and its legal day, by `staff:<who>`
"""

from datetime import UTC, datetime
from uuid import uuid4

from events.days import legal_day
from events.envelope import Asked
from events.ids import by_staff
from events.values import Command


def asked_by_staff(stream: str, staff: str, body: Command) -> Asked:
    """Make a command of a member of staff, never asked before."""
    now = datetime.now(UTC)
    return Asked(str(uuid4()), stream, now, legal_day(now), by_staff(staff), body)
