"""Columns: what a file of applications states, and how its headings may be written.

In:   the policies, whose rules say which facts a programme asks for
Out:  columns in the order of the template; those that a reader knows
Holds: every fact that an application may state has a column; a heading that is not known is named,
       never dropped in silence
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from events.application_facts import REGISTRY, FactName, FactType
from events.application_facts.checking import BY_NAME, PAYEE_KIND
from events.contract.inbound.documents import CALLED
from policies.engine.facts_used import facts_used
from policies.engine.prior import versions_for
from policies.engine.registry import Policies
from services.spreadsheets.headings import plain_heading


class ApplicationColumn(NamedTuple):
    """One column: its heading, the field of the message or the fact that it states.

    Shape:  `field` is the message's own, ``beneficiary.id``, or ``facts.`` and the fact's name; `choices`
            are what may be written, where that is few; `private` cells are never repeated
    """

    heading: str
    field: str
    required: bool
    example: str
    what: str
    others: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    private: bool = False
    fact: str = ""


_DOCUMENTS = tuple(CALLED.values())
_FIXED = (
    ApplicationColumn(
        "申请编号",
        "application",
        True,
        "2022-0001",
        "每件一个，不重复；字母、数字、点、横线，不含身份号码。更正重传用同一编号",
        ("编号", "业务编号"),
    ),
    ApplicationColumn(
        "补贴项目", "programme", True, "技能提升补贴", "补贴项目的名称或代码", ("项目",)
    ),
    ApplicationColumn(
        "受理区划代码", "region", False, "", "六位代码；不填用提交时选定的", ("区划代码", "区划")
    ),
    ApplicationColumn("申请日期", "applied_on", True, "2022-08-12", "申请人提出申请的日期"),
    ApplicationColumn(
        "受理渠道",
        "channel",
        False,
        "hall",
        "不填即 file；hall 窗口、app 手机、employer 单位、auto 免申即享",
    ),
    ApplicationColumn(
        "受益人证件号码",
        "beneficiary.id",
        True,
        "按文本填写",
        "公民身份号码，或单位的统一社会信用代码；单元格设为文本格式",
        ("身份证号", "身份证号码", "公民身份号码", "证件号码"),
        private=True,
    ),
    ApplicationColumn(
        "受益人姓名",
        "beneficiary.name",
        True,
        "张示例",
        "姓名或单位名称，与证件一致",
        ("姓名", "受益人", "受益人姓名或单位名称"),
        private=True,
    ),
    ApplicationColumn(
        "受益人证件种类",
        "beneficiary.document",
        False,
        "",
        "不填即居民身份证",
        ("证件种类",),
        _DOCUMENTS,
    ),
    ApplicationColumn(
        "受益人签发国家",
        "beneficiary.country",
        False,
        "",
        "护照的签发国家，三位字母代码，例如 KOR",
        ("签发国家",),
    ),
    ApplicationColumn(
        "收款人证件号码",
        "payee.id",
        False,
        "按文本填写",
        "收款人不是受益人本人的才填：身份证号码或统一社会信用代码",
        private=True,
    ),
    ApplicationColumn(
        "收款人名称",
        "payee.name",
        False,
        "",
        "收款人不是受益人本人的才填",
        ("收款人", "收款人姓名"),
        private=True,
    ),
    ApplicationColumn(
        "开户银行",
        "account.bank",
        True,
        "中国工商银行示例市分行示例支行",
        "全称",
        ("开户行",),
        private=True,
    ),
    ApplicationColumn(
        "银行账号",
        "account.number",
        True,
        "按文本填写",
        "收款账户；单元格设为文本格式",
        ("账号", "卡号", "银行卡号"),
        private=True,
    ),
    ApplicationColumn(
        "户名", "account.holder", False, "", "不填即收款人的名称", ("账户名称",), private=True
    ),
    ApplicationColumn(
        "联系电话",
        "phone",
        False,
        "按文本填写",
        "申请人的手机号，或带区号的固定电话；可不填",
        ("电话", "手机", "手机号", "手机号码"),
        private=True,
    ),
)
_INTAKES_OWN = frozenset({PAYEE_KIND})
"""Facts that intake notes and nobody states."""

CHANNEL = "file"
"""The channel of applications whose file names none."""


@lru_cache(maxsize=1)
def all_columns() -> tuple[ApplicationColumn, ...]:
    """Every column that a file may have."""
    facts = tuple(_of_fact(fact) for fact in REGISTRY if fact.name not in _INTAKES_OWN)
    return (*_FIXED, *facts)


@lru_cache(maxsize=1)
def by_heading() -> Mapping[str, ApplicationColumn]:
    """Find a column by any way of writing its heading."""
    return {
        plain_heading(word): column
        for column in all_columns()
        for word in (column.heading, *column.others)
    }


@lru_cache(maxsize=1)
def by_field() -> Mapping[str, ApplicationColumn]:
    """Find a column by what it states."""
    return {column.field: column for column in all_columns()}


def columns_of(
    policies: Policies, programmes: Iterable[str], region: str = ""
) -> tuple[ApplicationColumn, ...]:
    """The columns of a template for these programmes: those of every file, then the facts that their
    versions ask for, in this region or anywhere."""
    wanted: dict[str, None] = {}
    for programme in programmes:
        for policy in policies:
            if policy.text.policy == programme and (
                not region or policy in versions_for(policies, programme, region)
            ):
                wanted |= dict.fromkeys(facts_used(policy.text))
    stated = by_field()
    facts = (f"facts.{name}" for name in wanted if name in BY_NAME)
    return (*_FIXED, *(stated[field] for field in facts if field in stated))


def _of_fact(fact: FactName) -> ApplicationColumn:
    choices = ("是", "否") if fact.type is FactType.FLAG else fact.values
    what = f"{fact.description}{_HOW.get(fact.type, '')}"
    return ApplicationColumn(
        fact.label,
        f"facts.{fact.name}",
        False,
        _written(fact),
        what,
        (fact.name,),
        choices,
        fact=fact.name,
    )


_HOW: Mapping[FactType, str] = {
    FactType.FEN: "填元，最多两位小数。",
    FactType.FLAG: "填是或否。",
    FactType.ENUMS: "多项以顿号分开；一项都没有填“无”。",
    FactType.STATUS: "多项以顿号分开；带日期段的写作 状态@起始日/终止日。",
    FactType.MONTHS: "多个月以顿号分开，或写作 2021-03至2021-08。",
    FactType.DATE: "写作 2022-03-15。",
}


def _written(fact: FactName) -> str:
    """An example as it stands in a cell."""
    example = fact.example
    if fact.type is FactType.FLAG:
        return "是" if example else "否"
    if fact.type is FactType.FEN:
        assert isinstance(example, int)
        return f"{example // 100}.{example % 100:02d}"
    return "、".join(map(str, example)) if isinstance(example, list) else str(example)
