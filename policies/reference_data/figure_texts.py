"""Figure texts: a figure's value as people write it in one line, and read back.

In:    a declared figure; a text that somebody typed
Out:   the value; the text again
Holds: what is written is read back as the same value
"""

import re
from collections.abc import Mapping, Sequence

from events.canonical import plain, whole
from events.figures import FigureValue
from policies.reference_data.standards import Declared

_BETWEEN = re.compile(r"[,，、;；\n]+")
_CELL = re.compile(r"^(?P<key>.+?)\s*[:：=＝\s]\s*(?P<yuan>\S+?)\s*元?$")

Written = int | str | Sequence[str] | Mapping[str, int | Mapping[str, int]]
"""A value of a file or of a statement."""

HOW: dict[str, str] = {
    "count": "整数",
    "yuan": "整数，单位元",
    "period": "期限，如 12M（月）、90D（日）、3Y（年）",
    "month": "月份，如 2022-08",
    "fraction": "比例，如 2/3、60%",
    "word": "所列用语之一",
    "list": "各项以顿号分开",
    "table": "各项写作“名称 元”，以顿号分开，如 五级 1000、四级 1500",
    "rates": "各项写作“名称/名称 元”，以顿号分开，如 甲类/五级 1000、甲类/四级 1500",
}
"""How a value of each type is written."""


def read_value(declared: Declared, text: str) -> FigureValue:
    """Read what somebody typed.

    Raises: ValueError where it is no value of the declared type
    """
    match declared.type:
        case "count" | "yuan":
            return _whole(text)
        case "list":
            return _parts(text)
        case "table":
            return dict(_cell(part) for part in _parts(text))
        case "rates":
            rows: dict[str, int | dict[str, int]] = {}
            for part in _parts(text):
                key, yuan = _cell(part)
                row, slash, column = key.partition("/")
                if not slash:
                    raise ValueError(part)
                cells = rows.setdefault(row.strip(), {})
                assert isinstance(cells, dict)
                cells[column.strip()] = yuan
            return rows
        case _:
            return text.strip()


def write_value(value: Written) -> str:
    """Write a value in one line."""
    match value:
        case list():
            return "、".join(value)
        case dict():
            return "、".join(
                f"{key} {cell}"
                if isinstance(cell, int)
                else "、".join(f"{key}/{column} {yuan}" for column, yuan in cell.items())
                for key, cell in value.items()
            )
        case _:
            return str(value)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def _cell(part: str) -> tuple[str, int]:
    found = _CELL.match(part)
    if found is None:
        raise ValueError(part)
    return found["key"].strip(), _whole(found["yuan"])


def _whole(text: str) -> int:
    number = whole(plain(text.strip().removesuffix("元").replace(",", "")))
    if number is None:
        raise ValueError(text)
    return number
