"""actors: who acts: whoever has signed in; before there are accounts, whom a labelled switch says.

Holds: the switch is for loopback alone; who acts is written into every command, and the ledger keeps
       maker and checker apart
"""

from collections.abc import Iterable
from typing import NamedTuple

from events.authority import RoleGrant
from events.ids import by_staff
from policies.access import access
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


def signed_in_as(user: str, name: str, grants: Iterable[RoleGrant]) -> Actor:
    """Whoever has signed in, by what an administrator has granted."""
    roles = dict.fromkeys(one.role for one in grants)
    table = access().roles
    called = "、".join(table[role].name for role in roles if role in table)
    return Actor(user, name, called or NOBODY.role)


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
