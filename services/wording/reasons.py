"""reasons: why something was denied or referred, in words, and what was stated, as people read it."""

import re

from events import codes
from services.wording.clauses import TrailClause
from services.wording.languages import marked as _
from services.wording.languages import translate

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
REASONS = {"": "", **{code: said.wrong for code, said in codes.REASONS.items()}}


def reason(code: str | None) -> str | None:
    """A reason code in words."""
    words = REASONS.get(code or "", code or "")
    return translate(words) if words else None


def failing(code: str, clauses: list[TrailClause], ids: tuple[str, ...]) -> str:
    """A denial in one sentence: the reason, and each failing clause in the notice's own words."""
    quotes = [
        f"“{clause.quote or clause.sentence}”（{clause.cite}）"
        for clause in clauses
        if clause.node in ids
    ]
    words = reason(code) or code
    return f"{words}：{'；'.join(quotes)}" if quotes else words


_SPAN = re.compile(r"(?P<what>.+)@(?P<start>[0-9-]*)/(?P<end>[0-9-]*)")


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
