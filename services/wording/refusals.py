"""refusals: why something was not done, in words: what happened, to what, and what to do.

Holds: the words of every code are those of `events.codes`; what staff may be told also has English
"""

from events.codes import OF_IMPORTS, REFUSED, words_of
from services.wording.languages import chosen, translate
from services.wording.languages import marked as _

__all__ = ["left_out", "refused", "words_of"]

_LEFT_OUT = {
    "INCOMPATIBLE_ACTS": _("制单人审核过这件申请，没有列入。请由另一名制单的人为它制单。"),
}


def refused(command: str, code: str, text: str = "") -> str:
    """Say a refusal of a command in the language of this request."""
    own = OF_IMPORTS if command.endswith("Import") else {}
    if refusal := own.get(code) or REFUSED.get(code):
        return f"{translate(refusal.text)}{_on_what(code, text)}"
    if chosen() == "en":
        return text or code.replace("_", " ").capitalize()
    return text or words_of(code, command) or code


def left_out(code: str) -> str:
    """Say why a batch went on without a payment, and who can pay it."""
    own = _LEFT_OUT.get(code)
    return translate(own) if own else refused("PrepareBatch", code)


def _on_what(code: str, text: str) -> str:
    """Name what somebody did before that excludes this: the reason in Chinese alone, the ids in any language."""
    if code != "INCOMPATIBLE_ACTS" or not text:
        return ""
    reason, _colon, named = text.partition("：")
    return f" {named or reason}" if chosen() == "en" else text
