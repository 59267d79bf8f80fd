"""fields: what each part of an address or a form is called, and how strictly it is read.

In:   the text of one field
Out:  its value, or NotUnderstood with the field's name and what it must be
Holds: a day has bounds, so that no arithmetic on it overflows; digits are ASCII after NFKC; a text
       has no control character and no half of a surrogate, so that the database can hold it
"""

import re
from collections.abc import Collection
from datetime import date

from fastapi.exceptions import RequestValidationError

from events.canonical import (
    FIRST_DAY,
    LAST_DAY,
    UNSEEN,
    is_number,
    iso_day,
    iso_month,
    named,
    plain,
    whole,
)
from services.wording.languages import marked as _
from services.wording.languages import translate

YEARS = range(FIRST_DAY.year, LAST_DAY.year + 1)
LONGEST = 500

NAMES: dict[str, str] = {
    "as_of": _("截至"),
    "known": _("已知至"),
    "district": _("区划"),
    "fund": _("基金"),
    "lang": _("语言"),
    "from": _("起始日期"),
    "to": _("截止日期"),
    "since": _("起始日期"),
    "until": _("截止日期"),
    "year": _("年度"),
    "quarter": _("季度"),
    "month": _("月份"),
    "size": _("每页行数"),
    "after": _("翻页位置"),
    "before": _("翻页位置"),
    "state": _("状态"),
    "programme": _("补贴项目"),
    "policy": _("政策版本"),
    "code": _("代码"),
    "kind": _("种类"),
    "age": _("账龄"),
    "account": _("账户"),
    "by": _("排列方式"),
    "sub": _("明细"),
    "group": _("变动"),
    "area": _("区划"),
    "on": _("截至"),
    "vector": _("台账位置"),
    "count": _("指标"),
    "batch": _("批次号"),
    "of": _("基金和区划"),
    "q": _("查找内容"),
    "back": _("返回地址"),
    "layout": _("回盘格式"),
    "csv": _("导出"),
    "paper": _("导出"),
    "xlsx": _("导出"),
    "application": _("申请号"),
    "key": _("编号"),
    "number": _("编号"),
    "digest": _("摘要"),
    "payee": _("收款人"),
    "clawback": _("追回编号"),
    "disbursement": _("支付号"),
    "instruction": _("指令"),
    "submission": _("批量申报"),
    "proposal": _("更正编号"),
    "version": _("版本"),
    "command": _("表单编号"),
    "line": _("额度"),
    "direction": _("方向"),
    "amount": _("金额"),
    "selection": _("所选"),
    "member": _("所选"),
    "matched": _("已勾对的"),
    "days": _("天数"),
    "place": _("次序"),
    "window": _("天数"),
    "use": _("采用"),
    "floor": _("每笔留给本人"),
    "total": _("合计"),
    "planned": _("计划全额"),
    "rate": _("比例"),
    "nets": _("抵减方式"),
    "settle_by": _("应结算日"),
    "received_on": _("入账日期"),
    "bank_account": _("收款账户"),
    "bank_reference": _("银行流水号"),
    "bank": _("开户银行"),
    "holder": _("户名"),
    "cause": _("事由"),
    "ground": _("事由"),
    "objection": _("异议编号"),
    "grade": _("信用等级"),
    "document": _("文书（文号）"),
    "reason": _("理由"),
    "verdict": _("意见"),
    "file": _("文件"),
    "region": _("区划"),
    "source": _("报送来源"),
    "who": _("演示身份"),
    "told": _("已提交行数"),
    "opening": _("期初余额"),
    "letter": _("死信"),
    "opened": _("查看记录"),
    "purpose": _("目的或理由"),
    "corrected": _("更正后的报文"),
    "stream": _("记录"),
    "rejects": _("命令号"),
    "other": _("另一个证件名下的申请号"),
    "lead": _("一个证件"),
    "jurisdiction": _("地区"),
    "from_on": _("起始日期"),
    "to_on": _("截止日期"),
    "value": _("数值"),
    "supersedes": _("所取代的文号"),
    "note": _("说明"),
    "clause": _("条款"),
    "failed": _("不符合"),
    "step": _("决定"),
    "role": _("身份"),
    "country": _("护照的国家代码"),
    "more": _("说明"),
    "item": _("申请号"),
    "again": _("再抽一次对照"),
    "rule": _("规则"),
    "seed": _("种子"),
    "granted_from": _("核准日起"),
    "granted_to": _("核准日止"),
    "threshold": _("阈值"),
    "owner": _("核查人"),
    "said": _("说明情况"),
    "entry": _("建议处理"),
    "expected_on": _("预计一致日"),
    "notes": _("已看到的记录数"),
    "evidence": _("证据"),
    "appropriated": _("财政拨款"),
    "paid": _("已支付"),
    "balance": _("余额"),
    "city": _("市"),
    "corrects": _("所更正的文号"),
    "address": _("页面地址"),
    "title": _("任务"),
    "job": _("任务"),
    "csrf": _("表单校验"),
    "done": _("办理结果"),
    "former": _("现用口令"),
    "password": _("口令"),
    "session": _("会话"),
    "user": _("用户名"),
    "detail": _("项目"),
    "name": _("姓名"),
    "wanted": _("新口令"),
    "why": _("更正原因"),
}
"""What people call a field; one that is not here goes by its own name."""

_UNSEEN = re.compile(f"[{UNSEEN}\ud800-\udfff]")


class NotUnderstood(ValueError):
    """A field whose text means nothing here; `needs` says in Chinese what it must be."""

    def __init__(self, field: str, needs: str = "", value: str = "") -> None:
        super().__init__(field)
        self.field, self.needs = field, needs
        self.value = value

    @property
    def name(self) -> str:
        """What people call the field."""
        return translate(NAMES[self.field]) if self.field in NAMES else shown(self.field)


def shown(text: str) -> str:
    """Write what somebody sent so that a page can show it: short, and nothing invisible."""
    return _UNSEEN.sub("�", text)[:60]


def visible(name: str, text: str) -> str:
    """Let a text pass that a table can hold and a person can see.

    Raises: NotUnderstood
    """
    if len(text) > LONGEST:
        raise NotUnderstood(name, translate("最多 {n} 个字", n=LONGEST), text)
    if (found := _UNSEEN.search(text)) is not None:
        raise NotUnderstood(name, translate("含有看不见的字符 {name}", name=named(found[0])), text)
    return text


def day(name: str, text: str) -> date:
    """Read a legal day.

    Raises: NotUnderstood
    """
    read = iso_day(plain(text))
    if read is None:
        needs = translate(
            "须为 {first} 至 {last} 之间的日期，写法如 2022-08-31", first=FIRST_DAY, last=LAST_DAY
        )
        raise NotUnderstood(name, needs, text)
    return read


def month(name: str, text: str) -> str:
    """Let a month pass that is written ``yyyy-mm``.

    Raises: NotUnderstood
    """
    if iso_month(text) is None:
        raise NotUnderstood(name, translate("须为年月，写法如 2022-08"), text)
    return text


def number(name: str, text: str, allowed: range) -> int:
    """Read a whole number within bounds.

    Raises: NotUnderstood
    """
    read = whole(text)
    if read is None or read not in allowed:
        low, high = allowed[0], allowed[-1]
        needs = translate("须为 {low} 至 {high} 之间的整数", low=low, high=high)
        raise NotUnderstood(name, needs, text)
    return read


def one_of(name: str, wanted: str, allowed: Collection[str]) -> str:
    """Let a code pass that stands in a list; empty asks for nothing.

    Raises: NotUnderstood
    """
    if wanted and wanted not in allowed:
        raise NotUnderstood(name, translate("不在可选范围内"), wanted)
    return wanted


def each_of(name: str, wanted: Collection[str], allowed: Collection[str]) -> tuple[str, ...]:
    """Let codes pass that all stand in a list.

    Raises: NotUnderstood
    """
    return tuple(one_of(name, code, allowed) for code in wanted)


def problem_of(error: RequestValidationError) -> NotUnderstood:
    """Tell the first field that the framework could not read."""
    first = error.errors()[0]
    own = first.get("ctx", {}).get("error")
    place = [str(part) for part in first["loc"]]
    name = next((part for part in reversed(place) if not is_number(part)), "")
    if isinstance(own, NotUnderstood):
        return NotUnderstood(name, own.needs, own.value)
    value = first.get("input")
    text = value if isinstance(value, str) else ""
    match first["type"]:
        case "missing":
            needs = translate("没有填写")
        case "literal_error" | "enum":
            needs = translate("不在可选范围内")
        case kind if kind.startswith("int"):
            needs = translate("须为整数")
        case "greater_than_equal" | "less_than_equal":
            bounds = first.get("ctx", {})
            needs = (
                translate("不能小于 {n}", n=bounds["ge"])
                if "ge" in bounds
                else translate("不能大于 {n}", n=bounds["le"])
            )
        case _:
            needs = translate("写法不对")
    return NotUnderstood(name, needs, text)
