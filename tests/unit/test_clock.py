"""Clock: the wall's; in rehearsals what a file says, going on from there."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.runtime.clock import ClockUnreadable, clock, set_practice_clock

MARCH = datetime.fromisoformat("2022-03-01T09:00:00+08:00")


def test_without_a_file_it_is_the_walls_time(tmp_path: Path) -> None:
    for name in ("", str(tmp_path / "none")):
        assert datetime.now(UTC) - clock(name)() < timedelta(minutes=1)


def test_a_practice_clock_starts_where_it_is_set_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    now = clock(str(file))
    set_practice_clock(file, MARCH)
    assert MARCH <= now() < MARCH + timedelta(minutes=1)
    hour_ago = datetime.now(UTC).timestamp() - 3600
    os.utime(file, (hour_ago, hour_ago))
    assert timedelta(hours=1) <= now() - MARCH < timedelta(hours=1, minutes=1)
    set_practice_clock(file, MARCH + timedelta(days=31))
    assert now() >= MARCH + timedelta(days=31)


@pytest.mark.parametrize("holds", ["", "soon", "2022-03-01T09:00:00"])
def test_a_file_with_something_else_says_what_to_write(tmp_path: Path, holds: str) -> None:
    file = tmp_path / "clock"
    file.write_text(holds)
    with pytest.raises(ClockUnreadable, match="2022-03-01T09:00:00"):
        clock(str(file))()
