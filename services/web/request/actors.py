"""actors: who acts, for as long as there is no sign-in: the staff of the cities, by
a labelled switch.

Holds: only on loopback; who acts is written into every command, and the ledger keeps maker and
       checker apart
"""

from typing import NamedTuple

from events.ids import by_staff
from policies.cities import Cities
from services.wording.city_names import staff_name
from services.wording.languages import marked as _

COOKIE = "acting_as"


class Actor(NamedTuple):
    """A member of a city's staff."""

    id: str
    name: str
    role: str

    @property
    def by(self) -> str:
        """As commands name it."""
        return by_staff(self.id)


NOBODY = Actor("", _("未选择"), _("只读"))


def staff_of(cities: Cities) -> dict[str, Actor]:
    """Who may be chosen, by id: the staff whom the cities of this ledger name."""
    return {one.id: Actor(one.id, one.name, one.role) for one in cities.staff.values()}


def actor(cookie: str | None, cities: Cities) -> Actor:
    """Who acts in this request; nobody, until somebody is chosen."""
    return staff_of(cities).get(cookie or "", NOBODY)


def name_of(staff: str | None) -> str:
    """How a member of staff is called on paper."""
    if not staff:
        return "—"
    member = staff.removeprefix("staff:")
    name = staff_name(member)
    return staff if name == member else name
