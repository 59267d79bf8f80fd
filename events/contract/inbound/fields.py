"""Fields: the small forms that every inbound message is built of.

Holds: money is a whole number of fen, a day is ISO text between two bounds, nothing unknown is let
       through, and no text carries what nobody would see (`events.canonical`).
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from events.application_facts.kinds import EXAMPLE_REGION
from events.canonical import (
    DAY_PATTERN,
    NAMING,
    PLAIN,
    SAYING,
    document_number,
    iso_day,
    names_somebody,
    says_something,
)
from events.contract.inbound.documents import DocumentKind

FORMAT_ERROR = "iso_day"


def _day(value: Any) -> Any:
    if isinstance(value, str) and (day := iso_day(value)) is not None:
        return day
    raise PydanticCustomError(FORMAT_ERROR, "no day of the form yyyy-mm-dd")


Day = Annotated[
    date,
    BeforeValidator(_day, json_schema_input_type=str),
    Field(json_schema_extra={"type": "string", "pattern": DAY_PATTERN}),
]
"""A legal day in Asia/Shanghai, from 1900 to 2099."""

MAX_FEN = 10**13
"""A hundred thousand million yuan: more than any city allocates, and sums of it still fit."""


def _integral(value: Any) -> Any:
    """JSON knows one kind of number: 1500.0 is the integer 1500, as JSON Schema has it."""
    if type(value) is float and value.is_integer() and abs(value) <= MAX_FEN:
        return int(value)
    return value


INTEGRAL = BeforeValidator(_integral)
"""Stands last, outside of the bounds, so that the schema keeps them."""

AmountFen = Annotated[int, Field(gt=0, le=MAX_FEN), INTEGRAL]
"""Money that moves or is allocated, more than nothing."""

AnyFen = Annotated[int, Field(ge=-MAX_FEN, le=MAX_FEN), INTEGRAL]
"""Money with a direction: positive comes in."""

Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
"""A number that an upstream system gives: of an application, a line, a document's record."""

Source = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,62}$")]
"""An upstream system, as in the CloudEvents attribute `source`."""

Region = Annotated[
    str, Field(pattern=r"^[0-9]{6}$", json_schema_extra={"examples": [EXAMPLE_REGION]})
]
"""GB/T 2260, six digits."""

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
"""A programme, fund or channel by its id."""


def _saying(text: str) -> str:
    if not says_something(text):
        raise PydanticCustomError("blank", "nothing but spaces")
    return text


_SAYS = (
    AfterValidator(_saying),
    Field(json_schema_extra={"allOf": [{"type": "string", "pattern": SAYING}]}),
)

NAME_ERROR = "name"


def _naming(text: str) -> str:
    if not names_somebody(text):
        raise PydanticCustomError(NAME_ERROR, "less than two signs")
    return text


Name = Annotated[
    str,
    Field(min_length=1, max_length=100, pattern=PLAIN),
    AfterValidator(_naming),
    Field(json_schema_extra={"allOf": [{"type": "string", "pattern": NAMING}]}),
]
"""A person's, a unit's or a bank's name, of two signs at least."""

LONGEST_TEXT = 200
Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=PLAIN)]
"""Words that may be missing."""

Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=PLAIN), *_SAYS]
"""Words that must say something."""

Words = Annotated[str, Field(min_length=1, max_length=100, pattern=PLAIN), *_SAYS]
Document = Annotated[Words, AfterValidator(document_number)]
"""A document's number, in one writing: it tells one allocation or revocation from another."""

IdNumber = Annotated[str, Field(min_length=1, max_length=40, pattern=PLAIN), *_SAYS]
PhoneStated = Annotated[str, Field(min_length=1, max_length=24, pattern=PLAIN), *_SAYS]
"""A phone's number as people write it."""

BankAccount = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
"""One of the city's own bank accounts, by its alias."""

Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""``yyyy-mm``."""


MAKER = "经办人工号；不得写身份号码。与复核人都写明且不是同一人的，直接办理；否则作为提出，由本市工作人员确认。"
CHECKER = "复核人工号；不得写身份号码。"


class Inbound(BaseModel):
    """What one type of message carries as its data: strict, frozen, nothing unknown."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Country = Annotated[str, Field(pattern=r"^[A-Z]{3}$", json_schema_extra={"examples": ["KOR"]})]


def when(properties: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """Say in a schema what holds where some fields have these values."""
    stated = {"type": "object", "properties": properties, "required": list(properties)}
    return {"if": stated, "then": {"type": "object", **then}}


NOT_NULL: dict[str, Any] = {"not": {"type": "null"}}
_PASSPORT: dict[str, Any] = {"document": {"const": "passport"}}
_NO_COUNTRY: dict[str, Any] = {"country": {"type": "null"}}


class PartyStated(Inbound):
    """一个自然人或一个单位。"""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                when(
                    {"kind": {"const": "unit"}},
                    {"properties": {"document": {"const": "resident_id"}, **_NO_COUNTRY}},
                ),
                {
                    **when(
                        _PASSPORT, {"properties": {"country": NOT_NULL}, "required": ["country"]}
                    ),
                    "else": {"type": "object", "properties": _NO_COUNTRY},
                },
            ]
        }
    )

    kind: Literal["person", "unit"] = Field(
        description="person 自然人（公民身份号码），unit 单位（统一社会信用代码）。"
    )
    id: IdNumber = Field(
        description="公民身份号码（GB 11643，15 位的自动升为 18 位）或统一社会信用代码（GB 32100）；"
        "其他证件填证件号码。全角数字、空格、小写 x 自动规范；其他文字的数字不受理。"
    )
    name: Name = Field(description="姓名或单位名称，与证件一致，至少两个字。")
    document: DocumentKind = Field(
        "resident_id",
        description="自然人的证件种类，不填即居民身份证：resident_id 居民身份证，residence_permit "
        "港澳台居民居住证（18 位），permanent_residence 外国人永久居留身份证（旧版 15 位、新版 18 位），"
        "hk_macao_permit 港澳居民来往内地通行证，taiwan_permit 台湾居民来往大陆通行证，passport 护照。"
        "同一个人用两种证件申请，在经办人员关联之前按两个人计。",
    )
    country: Country | None = Field(
        None, description="护照的签发国家或地区（ISO 3166 三位字母代码），护照必填。"
    )


class AccountStated(Inbound):
    """一个银行账户。"""

    bank: Name = Field(description="开户银行全称，至少两个字。")
    number: Annotated[str, Field(min_length=1, max_length=64, pattern=PLAIN), *_SAYS] = Field(
        description="账号或卡号；空格、连字符自动去除。"
    )
    holder: Name = Field(description="户名，与银行登记一致，至少两个字。")
