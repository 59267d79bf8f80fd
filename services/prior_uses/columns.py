"""Columns: what a file of earlier benefits states, and how its headings may be written.

In:   the policies, whose caps say which facts of a prior use they need
Out:  columns in the order of the template
Holds: a heading that is not known is named, never dropped in silence.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME
from events.contract.inbound.documents import CALLED
from policies.engine.prior import cap_facts
from policies.engine.registry import Policies
from services.spreadsheets.headings import plain_heading


class PriorUseColumn(NamedTuple):
    """One column: its heading, other ways to write it, the field or fact that it states."""

    heading: str
    field: str
    required: bool
    example: str
    what: str
    others: tuple[str, ...] = ()
    fact: str = ""


_FIXED = (
    PriorUseColumn(
        "身份证号/统一社会信用代码",
        "id",
        True,
        "按文本填写",
        "受益人的公民身份号码，或单位的统一社会信用代码；单元格设为文本格式",
        ("身份证号", "公民身份号码", "统一社会信用代码", "证件号码", "身份证号码"),
    ),
    PriorUseColumn(
        "姓名",
        "name",
        True,
        "张示例",
        "姓名或单位名称",
        ("单位名称", "姓名/单位名称", "姓名或单位名称"),
    ),
    PriorUseColumn(
        "证件种类",
        "id_kind",
        False,
        "",
        "不填即居民身份证；其他填 "
        + "、".join(one for one in CALLED.values() if one != "居民身份证"),
    ),
    PriorUseColumn("签发国家", "country", False, "", "护照的签发国家，三位字母代码，例如 KOR"),
    PriorUseColumn(
        "项目", "programme", True, "技能提升补贴", "补贴项目的名称或代码", ("补贴项目",)
    ),
    PriorUseColumn(
        "享受次数所属年度",
        "year",
        False,
        "2021",
        "按年计次的限额算在哪一年；不填即享受日期所在年",
        ("所属年度", "年度"),
    ),
    PriorUseColumn(
        "职业", "occupation", False, "电工", "证书所列职业", ("工种",), "certificate.occupation"
    ),
    PriorUseColumn("等级", "level", False, "四级", "证书所列等级", (), "certificate.level"),
    PriorUseColumn("证书编号", "number", False, "S0001", "证书编号", (), "certificate.number"),
    PriorUseColumn("月数", "months", False, "12", "按月计的限额已用几个月", ("已享受月数",)),
    PriorUseColumn(
        "享受月份", "month_list", False, "2021-03至2021-08", "逐月享受的补贴是哪几个月；顿号或“至”"
    ),
    PriorUseColumn("金额", "amount", True, "1500.00", "已享受的金额，元"),
    PriorUseColumn("享受日期", "granted_on", True, "2021-06-15", "批准或发放日期", ("批准日期",)),
    PriorUseColumn(
        "依据文号", "document", True, "人社发〔2021〕3号", "原批准文书编号", ("文号", "批准文号")
    ),
    PriorUseColumn(
        "区划代码", "region", False, "", "受理地行政区划代码；不填用导入时选定的", ("区划",)
    ),
)
"""Every file's; the example of a region is one of the ledger's own."""

_COVERED = frozenset(column.fact for column in _FIXED if column.fact)


@lru_cache(maxsize=16)
def columns(policies: Policies) -> tuple[PriorUseColumn, ...]:
    """List the columns: those of every file, then one for each other fact that a cap needs."""
    more = [
        PriorUseColumn(fact.label, name, False, _example(fact.example), fact.label, (name,), name)
        for name in cap_facts(policies)
        if name not in _COVERED
        and (fact := BY_NAME[name]).type is not FactType.MONTHS
        and fact.label not in {column.heading for column in _FIXED}
    ]
    districts = [code for code in policies.cities.served if not code.endswith("00")]
    fixed = [
        column._replace(example=districts[0]) if column.field == "region" else column
        for column in _FIXED
    ]
    return (*fixed, *more)


@lru_cache(maxsize=16)
def by_heading(policies: Policies) -> Mapping[str, PriorUseColumn]:
    """Find a column by any way of writing its heading."""
    return {
        plain_heading(word): column
        for column in columns(policies)
        for word in (column.heading, *column.others)
    }


def _example(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
