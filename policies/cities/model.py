"""Model: a city as its folder says it, and all cities of one ledger.

Holds: a district lies in one city; an alias names one account among all cities
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field

from events.people import same_person
from events.values import Document
from policies.cities.accounts import BankAccount
from policies.cities.quotas import USUAL, SourceQuota
from policies.reference_data.regions import published_regions
from policies.reference_data.targets import Targets
from policies.vocabulary.places import jurisdictions, lies_in
from policies.vocabulary.words import Region, Told

SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]


class StaffMember(Document):
    """A member of staff, until people sign in: who, under which name, in which role."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    name: Told
    role: str


class ObjectionOffice(Document):
    """Who takes objections to what is published."""

    office: Told
    phone: Annotated[str, Field(pattern=r"^[0-9][0-9 -]{5,19}$")]


class CityFile(Document):
    """`city.yaml`: who the city is.

    Shape:  `code` is its region (four digits and 00); `payer` stands on payment files; `districts`
            are all of its regions by code, published or its own; `sources` says for which regions an
            upstream system may file, each region with what lies below it; `quotas` says how much
            one may send over HTTP within a minute, where not the usual; `objections` stands on
            public lists, and without it none is published; `treasury` names the funds of which the
            city's treasury states figures, each with the first month: without them no month is closed
    """

    code: Annotated[str, Field(pattern=r"^[0-9]{4}00$")]
    name: Told
    payer: Told
    districts: Annotated[dict[Region, Told], Field(min_length=1)]
    sources: dict[SourceName, Annotated[tuple[Region, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    quotas: dict[SourceName, SourceQuota] = Field(default_factory=dict)
    staff: tuple[StaffMember, ...] = ()
    objections: ObjectionOffice | None = None
    treasury: dict[str, Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]] = Field(
        default_factory=dict
    )


class AccountsFile(Document):
    """`accounts.yaml`: the accounts that the city pays from."""

    accounts: tuple[BankAccount, ...]


class City(NamedTuple):
    """One city: what its files say, and where they are."""

    folder: Path
    about: CityFile
    accounts: tuple[BankAccount, ...]
    targets: Targets | None = None

    @property
    def code(self) -> str:
        """The city's region."""
        return self.about.code

    @property
    def name(self) -> str:
        """The city's name."""
        return self.about.name

    def has(self, region: str) -> bool:
        """Whether a region is the city or one of its districts."""
        return region == self.code or region in self.about.districts

    def parts(self, name: str, pattern: str) -> Iterator[Path]:
        """The files of one of the city's folders, in their order."""
        yield from sorted((self.folder / name).glob(pattern))


_KNOWN_SENDERS = 8_192
"""For how many pairs of source and region it is kept whether the one may file for the other: each
claim asks, and a province has many cities."""


class Cities:
    """All cities of one ledger.

    Shape:  `digest` is the SHA-256 over every file of every folder: two processes with the same one
            decide by the same rules
    """

    def __init__(self, cities: tuple[City, ...], digest: str) -> None:
        self.by_code: Mapping[str, City] = {city.code: city for city in cities}
        self.digest = digest
        self.objection = lru_cache(_KNOWN_SENDERS)(self._objection)
        """Why an upstream system may not file for a region, both by name; empty where it may."""

    def __iter__(self) -> Iterator[City]:
        return iter(self.by_code.values())

    @cached_property
    def accounts(self) -> Mapping[str, BankAccount]:
        """Every city's accounts by alias, in the order of the files."""
        return {account.alias: account for city in self for account in city.accounts}

    @cached_property
    def regions(self) -> Mapping[str, str]:
        """Names by code: what is published for the province, and what the cities call theirs."""
        own = {code: name for city in self for code, name in city.about.districts.items()}
        return dict(sorted({**published_regions(), **own}.items()))

    @cached_property
    def served(self) -> Mapping[str, str]:
        """Names by code of the regions that money may be asked for: the cities, what lies in them,
        and their province; where there is no city, all that is published."""
        own = {code for city in self for code in (*jurisdictions(city.code), *city.about.districts)}
        return {code: name for code, name in self.regions.items() if code in own or not own}

    @cached_property
    def staff(self) -> Mapping[str, StaffMember]:
        """Every city's staff by id."""
        return {member.id: member for city in self for member in city.about.staff}

    def known_as(self, who: str) -> str:
        """The id of the member of staff who is meant by an id or a name, however it is written; what
        is said, where that is nobody or several."""
        found = [
            one.id
            for one in self.staff.values()
            if same_person(who, one.id) or same_person(who, one.name)
        ]
        return found[0] if len(found) == 1 else who

    def with_those_of(self, others: "Cities") -> "Cities":
        """The same cities, and others in the place of those with their code."""
        joined = {**self.by_code, **others.by_code}
        digest = hashlib.sha256(f"{self.digest}{others.digest}".encode()).hexdigest()
        return Cities(tuple(joined.values()), digest)

    def narrowed(self, regions: frozenset[str], accounts: frozenset[str]) -> "Cities":
        """The same cities, as far as only some of their regions and accounts are seen."""
        found = Cities(
            tuple(
                city._replace(
                    about=city.about.model_copy(
                        update={
                            "districts": {
                                code: name
                                for code, name in city.about.districts.items()
                                if code in regions
                            }
                        }
                    ),
                    accounts=tuple(one for one in city.accounts if one.alias in accounts),
                    targets=city.targets
                    and city.targets.narrowed(regions, whole=city.code in regions),
                )
                for city in self
                if not regions.isdisjoint((city.code, *city.about.districts))
            ),
            self.digest,
        )
        found.served = {code: name for code, name in self.served.items() if code in regions}
        return found

    def city_of(self, region: str) -> City | None:
        """The city that a region is or lies in."""
        return next((city for city in self if city.has(region)), None)

    def treasury_states(self, fund: str, region: str, month: str) -> bool:
        """Whether the treasury of a region's city states figures of a fund by a month."""
        city = self.city_of(region)
        first = city.about.treasury.get(fund) if city else None
        return first is not None and month >= first

    def city_of_account(self, alias: str) -> City | None:
        """The city that an account is one of."""
        return next((city for city in self for a in city.accounts if a.alias == alias), None)

    def account_for(self, fund: str, district: str, day: date) -> BankAccount | None:
        """Find the account that pays out of a fund in a district on a day."""
        return next(
            (a for a in self.accounts.values() if a.serves(fund, district) and a.pays_on(day)), None
        )

    def may_pay(self, alias: str, fund: str, district: str, day: date) -> bool:
        """Tell whether an account may pay a batch that is named by a fund and a district, on a day."""
        account = self.accounts.get(alias)
        return account is not None and account.owns(fund, district) and account.pays_on(day)

    def belongs(self, alias: str, fund: str, district: str) -> bool:
        """Tell whether an alias is a city's own account of a fund in a district."""
        account = self.accounts.get(alias)
        return account is not None and account.serves(fund, district)

    def may_file(self, source: str, region: str) -> bool:
        """Whether an upstream system may file for a region: one that a city lists, where it is listed
        for; any other, where no city that lists its systems is concerned."""
        listed = [city.about.sources[source] for city in self if source in city.about.sources]
        if listed:
            return any(lies_in(region, one) for regions in listed for one in regions)
        return not any(city.about.sources for city in self._concerned(region))

    def quota_of(self, source: str) -> SourceQuota:
        """How much an upstream system may send over HTTP; where two cities say it, the less of each."""
        said = [city.about.quotas[source] for city in self if source in city.about.quotas]
        if not said:
            return USUAL
        least = {name: min(getattr(one, name) for one in said) for name in SourceQuota.model_fields}
        return SourceQuota(**least)

    def _objection(self, source: str, region: str) -> str:
        if self.may_file(source, region):
            return ""
        own = [one for city in self for one in city.about.sources.get(source, ())]
        may = "、".join(self._called(one) for one in own)
        closed = "、".join(city.name for city in self._concerned(region) if city.about.sources)
        why = f"它可以报的是 {may}" if may else f"{closed}列明了报送系统，其中没有它"
        return f"来源 {source} 不能报 {self._called(region)}；{why}"

    def objection_to_account(self, source: str, alias: str) -> str:
        """Say why an upstream system may not speak of a bank account; empty where it may."""
        account = self.accounts.get(alias)
        wrong = account and self.objection(source, account.district)
        return f"账户 {alias}：{wrong}" if wrong else ""

    def objection_to_staff(self, member: str, region: str) -> str:
        """Say why a member of a city's staff may not act on a region; empty where they may."""
        known = self.known_as(member)
        own = next((c for c in self if any(one.id == known for one in c.about.staff)), None)
        if own is None or all(city is own for city in self._concerned(region)):
            return ""
        return f"{member} 是{own.name}的经办人员，不能办 {self._called(region)} 的事项"

    def _concerned(self, region: str) -> list[City]:
        """The cities that a region lies in, or that lie in it."""
        return [city for city in self if lies_in(region, city.code) or lies_in(city.code, region)]

    def _called(self, region: str) -> str:
        return f"{region} {self.regions.get(region, '')}".strip()


NO_CITY = Cities((), "")
"""The rules alone, of no city: nothing can be paid."""
