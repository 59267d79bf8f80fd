"""Layouts: how each bank wants payment files and writes its answers, as data.

In:   the YAML files of this folder
Out:  BankLayout
Holds: every layout of a sheet carries the instruction, out and back
"""

from functools import cache
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import Field, model_validator

from events.values import Document

FieldName = Literal["no", "payer", "instruction", "holder", "number", "bank", "amount", "purpose"]
Form = Literal["csv", "xlsx", "pain.001.001.09"]
Names = tuple[str, ...]


class FileColumn(Document):
    """One column of a payment file: its heading, and what stands in it."""

    heading: str
    field: FieldName


class ResultColumns(Document):
    """The heading of each column of an answer, in any of its spellings."""

    instruction: Names
    outcome: Names
    amount: Names
    value_on: Names
    code: Names = ()
    reason: Names = ()
    bank_reference: Names = ()


class ResultLayout(Document):
    """How a bank writes its answers in a sheet.

    `reversal` are words for money taken back again (冲正), `failed` those of `returned` that say that
    nothing was done, `footer` those that begin a row of totals.
    """

    columns: ResultColumns
    settled: Names = Field(min_length=1)
    returned: Names = Field(min_length=1)
    pending: Names = ()
    reversal: Names = ()
    failed: Names = ()
    footer: Names = ()
    date_formats: Names = Field(min_length=1)
    encodings: Names = ("utf-8-sig", "gb18030")
    delimiter: str = ","


class BankLayout(Document):
    """How one bank exchanges files."""

    profile: str
    title: str
    form: Form
    purpose: str
    encoding: str = "utf-8"
    delimiter: str = ","
    columns: tuple[FileColumn, ...] = ()
    payer: str = ""
    results: ResultLayout | None = None

    @model_validator(mode="after")
    def _names_the_payment(self) -> Self:
        fields = {column.field for column in self.columns}
        needed = {"instruction", "holder", "number", "amount"}
        if self.form in ("csv", "xlsx") and not (needed <= fields and self.results):
            raise ValueError(f"a sheet needs `results` and the columns {sorted(needed)}")
        if self.form not in ("csv", "xlsx") and not self.payer:
            raise ValueError("an ISO 20022 file needs the name of the `payer`")
        return self

    @property
    def suffix(self) -> str:
        """The end of a payment file's name."""
        return self.form if self.form in ("csv", "xlsx") else "xml"


@cache
def bank_layouts() -> dict[str, BankLayout]:
    """Read every layout of this folder, by its name."""
    found = (
        BankLayout.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in sorted(files(__name__).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".yaml")
    )
    return {layout.profile: layout for layout in found}
