"""Clock: what time it is; for rehearsals, what time a file says it is.

In:    the wall's clock, or the setting `practice_clock`
Out:   the instant, UTC
Holds: a practice clock starts at the instant in its file when that file is written, and goes on
       from there; half a year is rehearsed in a minute by writing it again. Without one, the wall's.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from services.runtime.errors import OperatingFailure

Clock = Callable[[], datetime]


class ClockUnreadable(OperatingFailure):
    """The practice clock's file holds no instant."""

    def __init__(self, path: Path, holds: str) -> None:
        super().__init__(
            f"演练时钟 {path} 的内容“{holds}”不是时刻。",
            "请写入如 2022-03-01T09:00:00+08:00 的时刻。",
        )


def clock(practice: str = "") -> Clock:
    """Make the clock that a setting names.

    Raises: ClockUnreadable, when it is read and its file holds something else
    """
    return _practice(Path(practice)) if practice else _wall


def set_practice_clock(path: Path, at: datetime) -> None:
    """Let a practice clock start again at an instant; readers see the old or the new one whole."""
    fresh = path.with_suffix(".new")
    fresh.write_text(at.isoformat(), "utf-8")
    fresh.replace(path)


def _wall() -> datetime:
    return datetime.now(UTC)


def _practice(path: Path) -> Clock:
    def now() -> datetime:
        try:
            with path.open(encoding="utf-8") as file:
                holds = file.read(64).strip()
                since = datetime.now(UTC).timestamp() - path.stat().st_mtime
        except FileNotFoundError:
            return _wall()
        try:
            start = datetime.fromisoformat(holds)
        except ValueError as error:
            raise ClockUnreadable(path, holds) from error
        if start.tzinfo is None:
            raise ClockUnreadable(path, holds)
        return datetime.fromtimestamp(start.timestamp() + max(0.0, since), UTC)

    return now
