"""Reason texts: the words of how a line ended, and of why; they carry nothing of a message's content."""

from events.codes import words_of
from events.contract.inbound.rejections import WORDINGS, Code
from events.submissions import Ending

ENDING_WORDS: dict[Ending, str] = {
    "granted": "核准",
    "denied": "不予核准",
    "referred": "转人工",
    "held": "待预算",
    "lapsed": "已过期",
    "withdrawn": "已撤回",
    "revoked": "已撤销核准",
    "refused": "退回",
    "conflicted": "内容冲突",
}


def reason_text(code: str, field: str) -> str:
    """Say why, in words that carry nothing of the message."""
    if code in Code.__members__:
        words = WORDINGS[Code(code)]
        where = f"字段 {field}：" if field else ""
        return f"{where}{words.wrong_zh}。{words.remedy_zh}"
    return words_of(code)
