"""Breach words: what the checker of schemas says in English, in the words of whoever handed the file in.

In:   what libxml2 says of one breach of a schema
Out:  the field, what stands there, what is wrong and what is allowed
Holds: the words never repeat what a message says: a name or an account may stand there. What is not
       known is said in general, and never in English; the original stays beside it, for operators
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

_FIELDS = {
    "AccptncDtTm": "受理时间",
    "Acct": "账户",
    "AcctSvcrRef": "银行流水号",
    "Amt": "金额",
    "Bal": "余额",
    "BkToCstmrAcctRpt": "日间报告",
    "BkToCstmrDbtCdtNtfctn": "收支通知",
    "BkToCstmrStmt": "对账单报文",
    "BkTxCd": "交易代码",
    "BookgDt": "记账日",
    "Ccy": "币种",
    "Cd": "代码",
    "CdOrPrtry": "代码或自定名称",
    "CdtDbtInd": "借贷标志",
    "CreDtTm": "生成时间",
    "CstmrPmtStsRpt": "付款状态报文",
    "Dt": "日期",
    "DtTm": "日期时间",
    "EndToEndId": "指令号",
    "FrToDt": "起止日期",
    "GrpHdr": "报文头",
    "Id": "编号",
    "MsgId": "报文编号",
    "Ntry": "流水",
    "NtryDtls": "流水明细",
    "NtryRef": "流水编号",
    "Nm": "名称",
    "OrgnlEndToEndId": "原指令号",
    "OrgnlGrpInfAndSts": "原报文及状态",
    "OrgnlMsgId": "原报文编号",
    "OrgnlPmtInfAndSts": "原批次及状态",
    "Prtry": "自定名称",
    "Rpt": "报告",
    "Stmt": "对账单",
    "Sts": "状态",
    "Tp": "类型",
    "TxDtls": "交易明细",
    "TxInfAndSts": "交易及状态",
    "TxSts": "交易状态",
    "ValDt": "起息日",
}
_TYPES = (
    (re.compile("DateTime$"), "日期时间，应如 2022-08-31T08:00:00"),
    (re.compile("Date$"), "日期，应如 2022-08-31"),
    (re.compile("Amount|Rate|Number|decimal"), "数，应只有数字和小数点，如 1500.00"),
    (re.compile("Indicator|boolean"), "是或否，应为 true 或 false"),
)
_WHERE = re.compile(r"Element '(?:\{[^}]*\})?([^']+)'(?:, attribute '([^']+)')?: ")
_VALUE = re.compile(r"(?:: |The value )'([^']*)' (?:is|has) ")
_LISTED = r"(?: Expected is(?: one of)? \( (?P<expected>.+?) \)\.)?"


class BreachWords(NamedTuple):
    """One breach in words: the field (`Amt/@Ccy` for an attribute), what stands there, what is wrong."""

    field: str
    value: str
    wrong: str


def in_words(text: str) -> BreachWords:
    """Put into words what the checker says."""
    where = _WHERE.match(text)
    field = "/@".join(filter(None, where.groups())) if where else ""
    told = text[where.end() :] if where else text
    value = _VALUE.search(text)
    for pattern, words in _KINDS:
        if found := pattern.search(told):
            return BreachWords(field, value[1] if value else "", words(field, found.groupdict()))
    return BreachWords(field, value[1] if value else "", "写法不合标准")


def _named(name: str) -> str:
    """A field as its message writes it, and as people call it."""
    bare = re.sub(r"^\{[^}]*\}", "", name.strip())
    if bare.startswith("##") or "*" in bare:
        return "其他扩展字段"
    return f"{bare}（{_FIELDS[bare]}）" if bare in _FIELDS else bare


def _last(field: str) -> str:
    return _named(field.rpartition("/@")[2])


_Found = Mapping[str, str | None]


def _choice(found: _Found) -> str:
    names = (found["expected"] or "").split(",")
    return " 或 ".join(dict.fromkeys(_named(name) for name in names if name.strip()))


def _not_expected(field: str, found: _Found) -> str:
    wanted = _choice(found)
    return f"这里不应有 {_last(field)}，" + (f"应为 {wanted}" if wanted else "这一级已经写完")


def _missing(field: str, found: _Found) -> str:
    wanted = _choice(found)
    return f"{_last(field)} 里缺少{f' {wanted}' if wanted else '下级字段'}"


def _of_type(field: str, found: _Found) -> str:
    name = found["type"] or ""
    kind = next((words for pattern, words in _TYPES if pattern.search(name)), "标准规定的写法")
    return f"不是{kind}"


def _one_of(field: str, found: _Found) -> str:
    return "只能为 " + "、".join(re.findall("'([^']*)'", found["set"] or ""))


def _says(words: str) -> Callable[[str, _Found], str]:
    """Words with what was found in them; `{field}` is the field."""
    return lambda field, found: words.format(field=_last(field), **found)


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str, _Found], str]], ...] = (
    (re.compile(rf"This element is not expected\.{_LISTED}"), _not_expected),
    (re.compile(rf"Missing child element\(s\)\.{_LISTED}"), _missing),
    (re.compile(r"is not a valid value of the (?:[a-zA-Z]+ )*type '(?P<type>[^']+)'"), _of_type),
    (re.compile(r"is not an element of the set \{(?P<set>[^}]*)\}"), _one_of),
    (re.compile(r"not accepted by the pattern '\[A-Z\]\{3,3\}'"), _says("应为三个大写字母")),
    (re.compile(r"not accepted by the pattern '(?P<p>.*)'\.$"), _says("写法应合 {p}")),
    (re.compile(r"less than the minimum value allowed \('(?P<n>[^']*)'"), _says("不能小于 {n}")),
    (re.compile(r"greater than the maximum value allowed \('(?P<n>[^']*)'"), _says("不能大于 {n}")),
    (re.compile(r"more fractional digits than are allowed \('(?P<n>[0-9]+)'"), _says("小数至多 {n} 位")),
    (re.compile(r"more digits than are allowed \('(?P<n>[0-9]+)'"), _says("至多 {n} 位数字")),
    (re.compile(r"allowed minimum length of '1'"), _says("不能为空")),
    (re.compile(r"allowed minimum length of '(?P<n>[0-9]+)'"), _says("至少 {n} 个字")),
    (re.compile(r"allowed maximum length of '(?P<n>[0-9]+)'"), _says("至多 {n} 个字")),
    (re.compile(r"differs from the allowed length of '(?P<n>[0-9]+)'"), _says("应为 {n} 个字")),
    (re.compile(r"The attribute '(?P<a>[^']+)' is required but missing"), _says("{field} 缺少属性 {a}")),
    (re.compile(r"The attribute '(?P<a>[^']+)' is not allowed"), _says("不应有属性 {a}")),
    (re.compile("content type is 'element-only'"), _says("{field} 里只能有下级字段，不能直接写文字")),
    (re.compile("content type is empty"), _says("{field} 里不能写内容")),
    (re.compile("Element content is not allowed"), _says("{field} 里只能写值，不能有下级字段")),
    (re.compile("No matching global"), _says("{field} 不是这一版报文的字段")),
)  # fmt: skip
