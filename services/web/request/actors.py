"""actors: who acts, for as long as there is no sign-in: demo people chosen by a labelled switch.

Holds: only on loopback; who acts is written into every command, and the ledger keeps maker and
       checker apart
"""

from typing import NamedTuple

from events.ids import by_staff
from services.wording.languages import marked as _

COOKIE = "acting_as"


class Actor(NamedTuple):
    """A member of the demo staff."""

    id: str
    name: str
    role: str

    @property
    def by(self) -> str:
        """As commands name it."""
        return by_staff(self.id)


NOBODY = Actor("", _("未选择"), _("只读"))
DEMO_STAFF: dict[str, Actor] = {
    actor.id: actor
    for actor in (
        Actor("li-jing", "李静", _("财务 · 制单")),
        Actor("wang-fang", "王芳", _("复核员 · 放行")),
        Actor("zhao-min", "赵敏", _("审核员")),
        Actor("sun-hong", "孙红", _("审计员")),
    )
}


def actor(cookie: str | None) -> Actor:
    """Who acts in this request; nobody, until somebody is chosen."""
    return DEMO_STAFF.get(cookie or "", NOBODY)


def name_of(staff: str | None) -> str:
    """How a member of staff is called on paper."""
    if not staff:
        return "—"
    known = DEMO_STAFF.get(staff.removeprefix("staff:"))
    return known.name if known else staff
