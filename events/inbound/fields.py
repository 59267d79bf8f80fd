"""Fields: the small forms that every inbound message is built of.

Holds: money is a whole number of fen, a day is ISO text, nothing unknown is let through, and no
       text carries a control character.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

FORMAT_ERROR = "iso_day"


def _day(value: Any) -> Any:
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError(FORMAT_ERROR, "no day of the form yyyy-mm-dd")


Day = Annotated[
    date,
    BeforeValidator(_day, json_schema_input_type=str),
    Field(json_schema_extra={"type": "string", "format": "date"}),
]
"""A legal day in Asia/Shanghai."""

MAX_FEN = 10**15

AmountFen = Annotated[int, Field(gt=0, le=MAX_FEN)]
"""Money that moves or is allocated, more than nothing."""

AnyFen = Annotated[int, Field(ge=-MAX_FEN, le=MAX_FEN)]
"""Money with a direction: positive comes in."""

Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
"""A number that an upstream system gives: of an application, a line, a document's record."""

Source = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,62}$")]
"""An upstream system, as in the CloudEvents attribute `source`."""

Region = Annotated[str, Field(pattern=r"^[0-9]{6}$", json_schema_extra={"examples": ["211202"]})]
"""GB/T 2260, six digits."""

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
"""A programme, fund or channel by its id."""

_PLAIN = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=_PLAIN)]
Text = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Document = Annotated[str, Field(min_length=1, max_length=100, pattern=_PLAIN)]
IdNumber = Annotated[str, Field(min_length=1, max_length=40)]
BankAccount = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
"""One of the city's own bank accounts, by its alias."""

Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""``yyyy-mm``."""


class Inbound(BaseModel):
    """What one type of message carries as its data: strict, frozen, nothing unknown."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class PartyStated(Inbound):
    """一个自然人或一个单位。"""

    kind: Literal["person", "unit"] = Field(
        description="person 自然人（公民身份号码），unit 单位（统一社会信用代码）。"
    )
    id: IdNumber = Field(
        description="公民身份号码（GB 11643，15 位的自动升为 18 位）或统一社会信用代码（GB 32100）；"
        "全角数字、空格、小写 x 自动规范。"
    )
    name: Name = Field(description="姓名或单位名称，与证件一致。")


class AccountStated(Inbound):
    """一个银行账户。"""

    bank: Name = Field(description="开户银行全称。")
    number: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="账号或卡号；空格、连字符自动去除。"
    )
    holder: Name = Field(description="户名，与银行登记一致。")
