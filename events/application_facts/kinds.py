"""Kinds of facts: how a fact is written down, and how it is described."""

from enum import StrEnum
from typing import NamedTuple

from events.values import FactValue


class FactType(StrEnum):
    """How a fact is written down."""

    ENUM = "enum"
    ENUMS = "enums"
    STATUS = "status"
    DATE = "date"
    WHOLE = "int"
    FEN = "fen"
    FLAG = "bool"
    REGION = "region"
    TEXT = "text"
    MONTH = "month"
    MONTHS = "months"


class FactName(NamedTuple):
    """One name of the registry: its type, words and an example."""

    name: str
    type: FactType
    label: str
    example: FactValue
    values: tuple[str, ...] = ()
    unit: str = ""
    description: str = ""
