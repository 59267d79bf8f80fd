"""parameters: the parts of an address as handlers take them; a field left empty asks for nothing."""

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator


def empty_is_none(value: object) -> object:
    """Read a field left empty as none."""
    return None if value == "" else value


Text = Annotated[str, Query()]
Texts = Annotated[list[str], Query()]
Since = Annotated[date | None, BeforeValidator(empty_is_none), Query(alias="from")]
Until = Annotated[date | None, BeforeValidator(empty_is_none), Query(alias="to")]
