"""filters: what a list's address asks for, and the chips that take a condition away again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from services.web.request.visit import Visit


class Chip(NamedTuple):
    """One condition in words, and the address without it."""

    words: str
    without: str


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """Read a parameter that may be repeated or hold commas; either way it means *or*."""
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def if_set(value: str, words: str | None = None) -> Mapping[str, str]:
    """The condition of one value in words; none where nothing is asked."""
    return {value: words or value} if value else {}


def quoted(text: str) -> Mapping[str, str]:
    """The condition of a text that is searched for."""
    return if_set(text, f"“{text}”")


def between(since: date | None, until: date | None, of: str = "") -> dict[str, Mapping[str, str]]:
    """The conditions of a span of days, by their parameters; `of` says which day is meant."""
    return {
        "from": {str(since): f"{of}≥ {since}"} if since else {},
        "to": {str(until): f"{of}≤ {until}"} if until else {},
    }


def chips(visit: Visit, **conditions: Mapping[str, str]) -> list[Chip]:
    """One chip for each value of each condition."""
    made = []
    for name, values in conditions.items():
        for value, words in values.items():
            left = [other for other in values if other != value]
            without = visit.here(**{name: ",".join(left) or None, "after": None, "before": None})
            made.append(Chip(words, without))
    return made
