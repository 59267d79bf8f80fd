"""Kinds of facts: how a fact is written down, and how it is described."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from events.values import FactValue

EXAMPLE_REGION: Final[str] = json.loads(
    Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
)["region"]
"""A published code, as references show it."""


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
