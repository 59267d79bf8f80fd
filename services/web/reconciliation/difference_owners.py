"""difference owners: whose differences a list shows: everybody's, nobody's, one's own, somebody's."""

from collections.abc import Iterable

from services.web.request.actors import Actor
from services.wording.languages import marked as _
from services.wording.languages import translate

NOBODY, ME = "none", "me"
WORDS = {ME: _("我"), NOBODY: _("尚未指定")}


def is_of(owner: str, wanted: str, me: str) -> bool:
    """Whether a difference of an owner, empty for nobody's, is one of those that are asked for."""
    if wanted in ("", owner):
        return True
    return not owner if wanted == NOBODY else wanted == ME and bool(me) and owner == me


def choices(staff: Iterable[Actor]) -> dict[str, str]:
    """What may be asked for, with its words: oneself, nobody, then everybody by name."""
    return {code: translate(word) for code, word in WORDS.items()} | {
        one.id: one.name for one in staff
    }
