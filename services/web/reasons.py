"""reasons: why something was denied or referred, in words, and what was stated, as people read it."""

import re

from services.web.clauses import Clause
from services.web.languages import marked as _
from services.web.languages import translate

CHANNELS = {
    "window": _("窗口"),
    "counter": _("窗口"),
    "online": _("网上"),
    "app": _("手机端"),
    "employer": _("用人单位"),
    "school": _("院校"),
    "hall": _("窗口"),
    "auto": _("免申即享"),
}
REASONS = {
    "": "",
    "CAP_REACHED": _("达到上限"),
    "CLAUSE_FAILED": _("条款不满足"),
    "EXCLUDED": _("不重复享受"),
    "NO_POLICY": _("没有适用的政策"),
    "MISSING_FACT": _("缺少事实"),
    "NOT_STATED": _("标准未载明"),
    "TO_JUDGE": _("须人工判断"),
    "TWO_VERSIONS": _("有两个版本适用"),
    "REVIEWED": _("人工复核"),
    "NO_DATA_MATCH": _("文件没有规定免申即享"),
    "NO_PROMISE": _("不适用书面承诺"),
    "NOT_PROMISABLE": _("所列事实不能承诺"),
    "LOW_CREDIT": _("收款单位信用不足"),
    "MARKED_FOR_FRAUD": _("曾骗取、套取资金"),
}


def reason(code: str | None) -> str | None:
    """A reason code in words."""
    said = REASONS.get(code or "", code or "")
    return translate(said) if said else None


def failing(code: str, clauses: list[Clause], ids: tuple[str, ...]) -> str:
    """A denial in one sentence: the reason, and each failing clause in the notice's own words."""
    quotes = [
        f"“{clause.quote or clause.sentence}”（{clause.cite}）"
        for clause in clauses
        if clause.node in ids
    ]
    words = reason(code) or code
    return f"{words}：{'；'.join(quotes)}" if quotes else words


_SPAN = re.compile(r"(?P<what>.+)@(?P<start>[\d-]*)/(?P<end>[\d-]*)")


def stated(value: object) -> str:
    """A stated fact as people read it; a state with its days in brackets."""
    if isinstance(value, bool):
        return translate("是") if value else translate("否")
    if isinstance(value, list):
        return "、".join(stated(item) for item in value)
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return str(value)
    days = "至".join(part for part in (found["start"], found["end"]) if part)
    return f"{found['what']}（{days}{'' if found['end'] else '起'}）" if days else found["what"]
