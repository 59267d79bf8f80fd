"""Samples: what people and units of the invented city claim under the smaller programmes.

In:   `services/demo/cast/samples/*.yaml`: for each programme the facts of a good claim, and what some
      others state instead
Out:  Sample
"""

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Sample(BaseModel):
    """One programme as it is claimed: by whom, for whose account, when, on which facts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    programme: str
    beneficiary: Literal["person", "unit"] = "person"
    payee: Literal["beneficiary", "unit"] = "beneficiary"
    first_on: date = Field(alias="from")
    last_on: date = Field(alias="to")
    facts: dict[str, Any]
    others: list[dict[str, Any]]
    """What later claims state instead, in turn; null takes a fact away."""

    def stated(self, nth: int) -> dict[str, Any]:
        """The facts of the `nth` claim: good ones and others take turns."""
        other = self.others[nth // 2 % len(self.others)] if nth % 2 and self.others else {}
        merged = {**self.facts, **other}
        return {name: _plain(value) for name, value in merged.items() if value is not None}


@cache
def samples() -> tuple[Sample, ...]:
    """Read every sample, by file and in each file's order."""
    folder = files("services.demo.cast") / "samples"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=str)
    rows = [row for file in found for row in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return tuple(Sample.model_validate(row) for row in rows)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
