"""Figures: what an authority states of a figure that notices leave to it."""

from typing import Annotated

from pydantic import Field

from events.contract.inbound.fields import (
    CHECKER,
    INTEGRAL,
    MAKER,
    Day,
    Document,
    Inbound,
    Number,
    Region,
    Words,
)

Whole = Annotated[int, Field(ge=0, le=10**9), INTEGRAL]
"""A count, or whole yuan, as documents write them."""

FigureName = Annotated[
    str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$", json_schema_extra={"examples": ["local.min_wage"]})
]


class FigureStated(Inbound):
    """一个参数自某日起的数值；以后的申请按申请日期适用，已决定的不变。"""

    jurisdiction: Region = Field(description="由谁规定：区、市或省的区划代码。")
    name: FigureName = Field(description="参数名称，见参数页和政策卡的“参数”。")
    from_on: Day = Field(description="起始日，含当日。")
    to_on: Day | None = Field(None, description="截止日，含当日；不填为长期。")
    value: (
        Whole | Words | list[Words] | dict[Words, Annotated[Whole | dict[Words, Whole], Field()]]
    ) = Field(
        description="数值，按参数的类型：次数、月数或金额（元）为整数；期限如 12M，月份如 2022-08，"
        "比例如 2/3、60%；清单为文字数组；标准表为 {名称: 元}，两级的为 {名称: {名称: 元}}。"
    )
    document: Document = Field(description="依据的文号。")
    supersedes: Document | None = Field(
        None, description="所取代的文号；新规定覆盖另一份文件的起始日时必填。"
    )
    maker: Number | None = Field(None, description=MAKER)
    checker: Number | None = Field(None, description=CHECKER)
