"""Model: a city as its folder says it, and all cities of one ledger.

Holds: a district lies in one city; an alias names one account among all cities
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field

from events.values import Document
from policies.cities.accounts import BankAccount
from policies.reference_data.regions import published_regions
from policies.reference_data.targets import Targets
from policies.vocabulary.places import jurisdictions, lies_in
from policies.vocabulary.words import Region

SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]


class StaffMember(Document):
    """A member of staff, until people sign in: who, under which name, in which role."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    name: str
    role: str


class CityFile(Document):
    """`city.yaml`: who the city is.

    Shape:  `code` is its region (four digits and 00); `payer` stands on payment files; `districts`
            are all of its regions by code, published or its own; `sources` says for which regions an
            upstream system may file, each region with what lies below it
    """

    code: Annotated[str, Field(pattern=r"^[0-9]{4}00$")]
    name: str
    payer: str
    districts: Annotated[dict[Region, str], Field(min_length=1)]
    sources: dict[SourceName, Annotated[tuple[Region, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    staff: tuple[StaffMember, ...] = ()


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


class Cities:
    """All cities of one ledger.

    Shape:  `digest` is the SHA-256 over every file of every folder: two processes with the same one
            decide by the same rules
    """

    def __init__(self, cities: tuple[City, ...], digest: str) -> None:
        self.by_code: Mapping[str, City] = {city.code: city for city in cities}
        self.digest = digest

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

    def with_those_of(self, others: "Cities") -> "Cities":
        """The same cities, and others in the place of those with their code."""
        joined = {**self.by_code, **others.by_code}
        digest = hashlib.sha256(f"{self.digest}{others.digest}".encode()).hexdigest()
        return Cities(tuple(joined.values()), digest)

    def city_of(self, region: str) -> City | None:
        """The city that a region is or lies in."""
        return next((city for city in self if city.has(region)), None)

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
        """Whether an upstream system may file for a region; one that no city names may not be told off here."""
        stated = [city.about.sources[source] for city in self if source in city.about.sources]
        return not stated or any(lies_in(region, one) for some in stated for one in some)


NO_CITY = Cities((), "")
"""The rules alone, of no city: nothing can be paid."""
