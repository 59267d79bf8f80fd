"""parameters: the parts of an address as handlers take them, each read strictly.

Holds: a field left empty asks for nothing; what is not understood raises NotUnderstood, whose page
       names the field
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator

from events.canonical import plain
from services.web.request import fields


def empty_is_none(value: object) -> object:
    """Read a field left empty as none."""
    return None if value == "" else value


def read_day(value: object) -> object:
    """Read a day strictly; nothing written is none.

    Raises: NotUnderstood
    """
    if isinstance(value, date) or value is None:
        return value
    return fields.day("", str(value)) if str(value).strip() else None


def read_number(allowed: range) -> Callable[[object], object]:
    """Make a reader of a whole number within bounds; nothing written is none."""

    def read(value: object) -> object:
        if isinstance(value, int) or value is None:
            return value
        return fields.number("", str(value), allowed) if str(value).strip() else None

    return read


Text = Annotated[str, AfterValidator(plain), Query()]
Texts = Annotated[list[str], Query()]
Since = Annotated[date | None, BeforeValidator(read_day), Query(alias="from")]
Until = Annotated[date | None, BeforeValidator(read_day), Query(alias="to")]
Year = Annotated[int | None, BeforeValidator(read_number(range(2100)))]
"""A budget year; 0 has what holds for a whole term. Bounds keep calendars and tables from overflow."""
BudgetYear = Annotated[int, BeforeValidator(read_number(range(2100)))]
Quarter = Annotated[int | None, BeforeValidator(read_number(range(1, 5)))]
Size = Annotated[int, BeforeValidator(read_number(range(1, 1001)))]
