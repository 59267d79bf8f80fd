"""Access: what each role may do and see, which permissions no person may join; as one table of data.

In:    `policies/access/roles.yaml`
Out:   `access()`, the table, read once
Holds: every act is of one permission; a role has no two permissions that exclude each other; what is not in
       the table may be done by nobody
Source: docs/adr/0052-what-a-person-may-do-is-decided-by-the-ledger.md
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from events.authority import EVERY, RoleGrant
from policies.vocabulary.files import FileProblems, parsed
from policies.vocabulary.places import lies_in
from policies.vocabulary.schema_words import file_problems
from policies.vocabulary.words import Words

FILE = Path(__file__).parent / "roles.yaml"

PUBLIC = "public"
"""The area of whoever asks, without signing in."""

EVERYBODY = "everybody"
"""The area of whoever has signed in."""

FOR_ALL = frozenset({PUBLIC, EVERYBODY})

Name = Annotated[str, Field(min_length=1, max_length=20)]


class Permission(Words):
    """Acts that belong together, by the names of their commands."""

    name: Name
    acts: list[str]


class Area(Words):
    """A group of pages, by the first segments of their addresses; the longest that fits counts."""

    name: Name
    pages: Annotated[list[str], Field(min_length=1)]


class Role(Words):
    """What a person is: permissions, areas of pages, and whether personal data may be seen unmasked."""

    name: Name
    permissions: list[str]
    areas: list[str]
    personal: bool


class Pair(Words):
    """Two permissions that exclude each other: granted to one person, or done by one person in one case."""

    permissions: Annotated[list[str], Field(min_length=2, max_length=2)]
    where: Annotated[list[Literal["role", "case"]], Field(min_length=1)]
    why: str


class Clash(NamedTuple):
    """Two grants of one person that may not come together."""

    one: str
    other: str
    why: str


class Access(Words):
    """The table.

    Shape: `areas` are groups of pages, two of which are no role's (`FOR_ALL`); `code_again` are permissions that ask for a one-time code anew
    """

    permissions: dict[str, Permission]
    areas: dict[str, Area]
    roles: dict[str, Role]
    pairs: list[Pair]
    code_again: list[str]
    assume: str

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        known, acts = (
            set(self.permissions),
            [act for one in self.permissions.values() for act in one.acts],
        )
        if twice := sorted({act for act in acts if acts.count(act) > 1}):
            raise ValueError(f"不能属于两项职责：{twice}")
        named = {
            *self.code_again,
            *(permission for role in self.roles.values() for permission in role.permissions),
            *(permission for pair in self.pairs for permission in pair.permissions),
        }
        if unknown := sorted(named - known):
            raise ValueError(f"没有这项职责：{unknown}")
        if unknown := sorted(
            {a for role in self.roles.values() for a in role.areas} - set(self.areas)
        ):
            raise ValueError(f"没有这组页面：{unknown}")
        for name, role in self.roles.items():
            if why := self._excluded(role.permissions, role.permissions):
                raise ValueError(f"角色 {name} 自己的两项职责不相容：{why}")
        return self

    @cached_property
    def permission_of(self) -> Mapping[str, str]:
        """The permission that each act belongs to."""
        return {
            act: name for name, permission in self.permissions.items() for act in permission.acts
        }

    @cached_property
    def area_of(self) -> Mapping[str, str]:
        """The area of each address that the table names."""
        return {page: name for name, area in self.areas.items() for page in area.pages}

    def may(self, role: str, permission: str) -> bool:
        """Whether a role has a permission; a role that is not in the table has none."""
        return role in self.roles and permission in self.roles[role].permissions

    def sees(self, role: str, area: str) -> bool:
        """Whether a role may open the pages of an area."""
        if area in FOR_ALL:
            return True
        return role in self.roles and area in self.roles[role].areas

    def excluding(self, permission: str) -> Iterator[tuple[str, str]]:
        """The permissions that whoever has this one may not have done in the same case, with the reason."""
        for pair in self.pairs:
            if permission in pair.permissions and "case" in pair.where:
                yield next(one for one in pair.permissions if one != permission), pair.why

    def clashes(self, grants: Iterable[RoleGrant]) -> list[Clash]:
        """The grants of one person that may not come together: over one district and fund."""
        return [
            Clash(one.role, other.role, why)
            for one, other in combinations(grants, 2)
            if _meet(one, other)
            and (
                why := self._excluded(
                    self.roles[one.role].permissions if one.role in self.roles else [],
                    self.roles[other.role].permissions if other.role in self.roles else [],
                )
            )
        ]

    def _excluded(self, some: list[str], others: list[str]) -> str:
        for pair in self.pairs:
            first, second = pair.permissions
            if "role" not in pair.where:
                continue
            if (first in some and second in others) or (second in some and first in others):
                return pair.why
        return ""


def covers(grant: RoleGrant, region: str) -> bool:
    """Whether a grant is for a region: one of its districts, or what lies in one."""
    return (
        not region
        or EVERY in grant.districts
        or any(lies_in(region, district) for district in grant.districts)
    )


def _meet(one: RoleGrant, other: RoleGrant) -> bool:
    """Whether two grants have a district and a fund in common."""
    return _share(one.funds, other.funds) and (
        EVERY in (*one.districts, *other.districts)
        or any(lies_in(a, b) or lies_in(b, a) for a in one.districts for b in other.districts)
    )


def _share(some: Iterable[str], others: Iterable[str]) -> bool:
    some, others = set(some), set(others)
    return EVERY in some or EVERY in others or bool(some & others)


@cache
def access() -> Access:
    """Read the table.

    Raises: FileProblems
    """
    file = parsed(FILE)
    try:
        return Access.model_validate(file.data)
    except ValueError as error:
        raise FileProblems(tuple(file_problems(file, error))) from error
