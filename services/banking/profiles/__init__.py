"""Bank profiles: how each bank writes a statement, as data.

In:   the YAML files of this folder
Out:  BankProfile
Holds: a profile either has a paid and a received column, or one amount column, signed or marked.
"""

from functools import cache
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import Field, model_validator

from events.statements import LineKind
from events.values import Document

Names = tuple[str, ...]


class Columns(Document):
    """The heading of each column, in any of its spellings."""

    booked_on: Names
    paid: Names = ()
    received: Names = ()
    amount: Names = ()
    direction: Names = ()
    balance: Names = ()
    reference: Names
    purpose: Names

    @model_validator(mode="after")
    def _one_way_to_say_the_amount(self) -> Self:
        if bool(self.amount) == bool(self.paid and self.received):
            raise ValueError("give either `amount`, or both `paid` and `received`")
        return self


class KindRule(Document):
    """Words in a line's purpose that tell what it is."""

    kind: LineKind
    direction: Literal["paid", "received"]
    patterns: Names


class BankProfile(Document):
    """One bank's way of writing a statement."""

    profile: str
    title: str
    encodings: Names = Field(min_length=1)
    delimiter: str = ","
    columns: Columns
    paid_marks: Names = ()
    received_marks: Names = ()
    date_formats: Names = Field(min_length=1)
    order: Literal["oldest_first", "newest_first"] = "oldest_first"
    footer: Names = ()
    kinds: tuple[KindRule, ...] = ()


@cache
def bank_profiles() -> dict[str, BankProfile]:
    """Read every profile of this folder, by its name."""
    found = (
        BankProfile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in sorted(files(__name__).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".yaml")
    )
    return {profile.profile: profile for profile in found}
