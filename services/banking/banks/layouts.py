"""Layouts: what a bank's file may say of its payment files, its answers and its statements.

Out:  Bank, with a layout for each kind of file that the bank takes or writes
Holds: every layout of a sheet carries the instruction, out and back; a statement either has a paid
       and a received column, or one amount column, signed or marked; a heading is compared without
       blanks, whatever its width, and without what stands in square brackets
"""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from events.statements import LineKind
from events.values import Document
from services.spreadsheets.file_lines import ENCODINGS

FieldName = Literal[
    "no",
    "payer",
    "payer_name",
    "payer_agent",
    "instruction",
    "holder",
    "number",
    "bank",
    "amount",
    "purpose",
]
Form = Literal["csv", "xlsx", "pain.001.001.09"]
Names = tuple[str, ...]


def _known_encoding(name: str) -> str:
    try:
        "元".encode(name)
    except (LookupError, UnicodeError) as error:
        raise ValueError(f"{name} 不是写得了汉字的编码，常用的是 utf-8、gb18030") from error
    return name


def _format_of_days(form: str) -> str:
    """A form in which every day can be read back, as `strptime` has it."""
    day = date(2022, 8, 31)
    try:
        read = datetime.strptime(day.strftime(form), form).date()  # noqa: DTZ007 -- a day, not a time
    except ValueError:
        read = None
    if read != day:
        raise ValueError(f"{form} 不是日期的写法，例如 %Y-%m-%d、%Y%m%d")
    return form


Encoding = Annotated[str, AfterValidator(_known_encoding)]
Delimiter = Annotated[str, Field(pattern=r'^[^"\r\n]$')]
DateFormat = Annotated[str, AfterValidator(_format_of_days)]

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日")
_TIMES = ("", " %H:%M:%S", " %H:%M")
USUAL_DAYS = (
    *(f"{day}{time}" for day in _DAYS for time in _TIMES),
    "%Y%m%d%H%M%S",
    "%Y-%m-%dT%H:%M:%S",
)
"""How banks write a day; each begins with the year, so that none can be taken for another."""

_SHEETS = ("csv", "xlsx")
_NEEDED = {"instruction", "holder", "number", "amount"}


class FileColumn(Document):
    """One column of a payment file: its heading, and what stands in it."""

    heading: str
    field: FieldName


class PaymentFileLayout(Document):
    """How a bank wants to be told what to pay."""

    form: Form
    purpose: str
    encoding: Encoding = "utf-8"
    delimiter: Delimiter = ","
    columns: tuple[FileColumn, ...] = ()

    @model_validator(mode="after")
    def _names_the_payment(self) -> Self:
        lacking = _NEEDED - {column.field for column in self.columns}
        if self.is_sheet and lacking:
            raise ValueError(f"columns 缺少 {'、'.join(sorted(lacking))}，请各补一列")
        return self

    @property
    def is_sheet(self) -> bool:
        """Whether the file is a table, not an ISO 20022 message."""
        return self.form in _SHEETS

    @property
    def suffix(self) -> str:
        """The end of a payment file's name."""
        return self.form if self.is_sheet else "xml"


class AnswerColumns(Document):
    """The heading of each column of an answer, in any of its spellings."""

    instruction: Names
    outcome: Names
    amount: Names
    value_on: Names
    code: Names = ()
    reason: Names = ()
    bank_reference: Names = ()


class AnswerLayout(Document):
    """How a bank writes its answers in a sheet.

    `reversal` are words for money taken back again (冲正), `failed` those of `returned` that say that
    nothing was done, `footer` those that begin a row of totals.
    """

    columns: AnswerColumns
    settled: Names = Field(min_length=1)
    returned: Names = Field(min_length=1)
    pending: Names = ()
    reversal: Names = ()
    failed: Names = ()
    footer: Names = ()
    date_formats: tuple[DateFormat, ...] = Field(min_length=1)
    encodings: tuple[Encoding, ...] = ENCODINGS
    delimiter: Delimiter = ","


class StatementColumns(Document):
    """The heading of each column of a statement, in any of its spellings.

    Shape:  of two rows of headings the upper and the lower word are written as one (发生额/元借方);
            all columns of `reference` and of `purpose` are read, of `booked_on` the first named here that
            is there, of the others one may be there;
            `account` and `currency` are compared row by row, where the file has them
    """

    booked_on: Names
    paid: Names = ()
    received: Names = ()
    amount: Names = ()
    direction: Names = ()
    balance: Names = ()
    reference: Names = ()
    purpose: Names
    account: Names = ()
    currency: Names = ()

    @model_validator(mode="after")
    def _one_way_to_say_the_amount(self) -> Self:
        if bool(self.amount) == bool(self.paid and self.received):
            raise ValueError("金额列写法不明：请只写 amount，或同时写 paid 和 received")
        return self


class LineKindRule(Document):
    """Words in a line's purpose that tell what it is."""

    kind: LineKind
    direction: Literal["paid", "received"]
    patterns: Names


LineOrder = Literal["oldest_first", "newest_first", "newest_day_first", "by_balance"]
"""`newest_day_first`: the days run backwards, the lines within a day forwards; `by_balance`: whichever
of the four orders makes each balance follow from the one before."""


class StatementLayout(Document):
    """How a bank writes a statement.

    Units: `unit` is that of every amount of the file; of `fen` no cell has a point
    """

    encodings: tuple[Encoding, ...] = Field(default=ENCODINGS, min_length=1)
    delimiter: Delimiter = ","
    heading_rows: Literal[1, 2] = 1
    columns: StatementColumns
    unit: Literal["yuan", "fen"] = "yuan"
    paid_marks: Names = ()
    received_marks: Names = ()
    date_formats: tuple[DateFormat, ...] = Field(default=USUAL_DAYS, min_length=1)
    order: LineOrder = "oldest_first"
    footer: Names = ()
    kinds: tuple[LineKindRule, ...] = ()

    @model_validator(mode="after")
    def _marks_where_there_is_a_direction(self) -> Self:
        if bool(self.columns.direction) != bool(self.paid_marks and self.received_marks):
            raise ValueError(
                "有 direction 列的，须同时写 paid_marks 和 received_marks；没有的都不写"
            )
        if self.order == "by_balance" and not self.columns.balance:
            raise ValueError("order: by_balance 要靠余额排先后，columns 须写 balance")
        return self


class Bank(Document):
    """One bank: the file that describes it, and how it exchanges each kind of file.

    Shape:  without `payment_file` nothing is paid from it, without `statement` none is imported; a
            bank that answers by pain.002 needs no `answer`, which is for sheets
    """

    name: str
    title: str
    payment_file: PaymentFileLayout | None = None
    answer: AnswerLayout | None = None
    statement: StatementLayout | None = None

    @model_validator(mode="after")
    def _answers_what_it_is_sent(self) -> Self:
        if self.payment_file and self.payment_file.is_sheet and self.answer is None:
            raise ValueError("付款文件是表格的银行须写 answer，也可借用别家，例如 answer: city-csv")
        return self
