"""A message that was put aside twice is answered once; what is remembered is bounded."""

import orjson
import pytest

from services.outcomes import repeated_letters
from services.outcomes.repeated_letters import MINUTES, RecentLetters

MINUTE_MS = 60_000


def letter(offset: int, line: int | None = None) -> bytes:
    return orjson.dumps({"topic": "t", "partition": 0, "offset": offset, "line": line})


def test_the_second_letter_about_a_place_is_a_repeat() -> None:
    recent = RecentLetters()
    assert not recent.is_repeat(letter(7), 0)
    assert not recent.is_repeat(letter(8), 0)
    assert not recent.is_repeat(letter(7, line=1), 0)
    assert recent.is_repeat(letter(7), MINUTE_MS)
    assert recent.is_repeat(letter(7, line=1), MINUTE_MS)


def test_a_place_is_forgotten_after_its_time() -> None:
    recent = RecentLetters()
    assert not recent.is_repeat(letter(7), 0)
    assert not recent.is_repeat(letter(8), (MINUTES + 1) * MINUTE_MS)
    assert not recent.is_repeat(letter(7), (MINUTES + 1) * MINUTE_MS)


def test_a_flood_of_letters_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated_letters, "MOST_LETTERS", 3)
    recent = RecentLetters()
    assert not any(recent.is_repeat(letter(offset), 0) for offset in range(10))
    assert [recent.is_repeat(letter(offset), 0) for offset in (9, 8, 7)] == [True] * 3
    assert not recent.is_repeat(letter(6), 0)


@pytest.mark.parametrize("raw", [None, b"", b"[]", b'{"topic": "t"}'])
def test_what_is_no_letter_repeats_nothing(raw: bytes | None) -> None:
    recent = RecentLetters()
    assert not recent.is_repeat(raw, 0)
    assert not recent.is_repeat(raw, 0)
