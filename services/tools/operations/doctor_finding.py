"""Doctor finding: one thing that was looked at, good or bad, with what to do."""

from typing import NamedTuple


class DoctorFinding(NamedTuple):
    """One thing that was looked at."""

    what: str
    good: bool
    detail: str
