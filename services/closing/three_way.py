"""Three-way: a fund's month by the books, by the bank and by the treasury, every difference named.

In:   what each side states; every bank account beside its bank at the month's end
Out:  ThreeWay, one a fund and place
Units: fen; a difference is the other side's amount less the books'
Holds: a fen is a difference; all three agree only where each measure is equal on every side and the
       bank has proved the month; what nobody has stated is nothing, never 0
Source: docs/adr/0056-the-treasury-is-a-third-side.md
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from policies.cities import Cities
from projections.queries import treasury
from projections.queries.connection import Db
from projections.queries.treasury import AccountFlows, TreasuryFigure
from services.banking.reconciliation.reading import AccountOverview

ThreeWayVerdict = Literal["agreed", "differs", "bank_missing", "treasury_missing", "no_treasury"]
MeasureName = Literal["appropriated", "paid", "balance"]


class Measure(NamedTuple):
    """One measure on three sides; a side that has said nothing is None."""

    name: MeasureName
    books: int
    bank: int | None
    treasury: int | None

    @property
    def bank_less_books(self) -> int | None:
        """What the bank has more than the books."""
        return None if self.bank is None else self.bank - self.books

    @property
    def treasury_less_books(self) -> int | None:
        """What the treasury has more than the books."""
        return None if self.treasury is None else self.treasury - self.books

    @property
    def differs(self) -> bool:
        """Whether two sides that have spoken are unequal."""
        return bool(self.bank_less_books) or bool(self.treasury_less_books)


class ThreeWay(NamedTuple):
    """A fund in a place in a month; several districts make one place where one account serves them.

    Shape: `expected`: the city says that its treasury states figures of the fund by then; `stated`
           are the latest figures; `proved`: the bank's words reach the month's end, and are whole
    """

    fund: str
    place: str
    districts: tuple[str, ...]
    accounts: tuple[str, ...]
    month: str
    measures: tuple[Measure, ...]
    stated: tuple[TreasuryFigure, ...]
    expected: bool
    proved: bool

    @property
    def verdict(self) -> ThreeWayVerdict:
        """How the three sides stand; what is unequal goes before what is missing."""
        if any(one.differs for one in self.measures):
            return "differs"
        if not self.stated:
            return "treasury_missing" if self.expected else "no_treasury"
        return "agreed" if self.proved else "bank_missing"

    @property
    def treasury_differs(self) -> int:
        """In how many measures the treasury and the books are unequal."""
        return sum(bool(one.treasury_less_books) for one in self.measures)


class _Place(NamedTuple):
    fund: str
    place: str
    districts: tuple[str, ...]
    accounts: tuple[str, ...]


async def three_ways(
    db: Db,
    cities: Cities,
    overview: Iterable[AccountOverview],
    days: tuple[date, date],
    known_on: date = date.max,
) -> list[ThreeWay]:
    """Every fund and place of a month, by its first and last day, that has an account or figures;
    `overview` is of its last day."""
    month = f"{days[0]:%Y-%m}"
    beside = {one.account: one for one in overview}
    books = await treasury.by_the_books(db, days, known_on)
    bank = await treasury.by_the_bank(db, month, known_on)
    figures = await treasury.of_month(db, month, known_on)
    return [
        _three_way(cities, place, days[1], beside, books, bank, figures)
        for place in _places(cities, days, beside, figures)
    ]


def _places(
    cities: Cities,
    days: tuple[date, date],
    beside: dict[str, AccountOverview],
    figures: list[TreasuryFigure],
) -> list[_Place]:
    """Accounts by fund and place, then figures of which no account serves the district."""
    found: dict[tuple[str, str], tuple[set[str], list[str]]] = {}
    for account in cities.accounts.values():
        in_use = account.from_ <= days[1] and account.to >= days[0]
        if in_use and account.alias in beside:
            districts, aliases = found.setdefault((account.fund, account.district), (set(), []))
            districts.update(account.districts, (account.district,))
            aliases.append(account.alias)
    served = {(fund, one) for (fund, _), (districts, _) in found.items() for one in districts}
    for figure in figures:
        if (figure.fund, figure.district) not in served:
            found.setdefault((figure.fund, figure.district), ({figure.district}, []))
    return [
        _Place(fund, place, tuple(sorted(districts)), tuple(sorted(aliases)))
        for (fund, place), (districts, aliases) in sorted(found.items())
    ]


def _three_way(
    cities: Cities,
    place: _Place,
    last: date,
    beside: dict[str, AccountOverview],
    books: dict[str, AccountFlows],
    bank: dict[str, AccountFlows],
    figures: list[TreasuryFigure],
) -> ThreeWay:
    stated = tuple(f for f in figures if f.fund == place.fund and f.district in place.districts)
    own = [beside[alias] for alias in place.accounts]
    spoken = bool(own) and all(one.bank_balance is not None and not one.missing for one in own)
    nothing = AccountFlows(0, 0)
    ours = [books.get(alias, nothing) for alias in place.accounts]
    theirs = [bank.get(alias, nothing) for alias in place.accounts]
    sides: tuple[tuple[MeasureName, int, int, int], ...] = (
        (
            "appropriated",
            sum(one.appropriated for one in ours),
            sum(one.appropriated for one in theirs),
            sum(one.appropriated_fen for one in stated),
        ),
        (
            "paid",
            sum(one.paid for one in ours),
            sum(one.paid for one in theirs),
            sum(one.paid_fen for one in stated),
        ),
        (
            "balance",
            sum(one.book_balance for one in own),
            sum(one.bank_balance or 0 for one in own),
            sum(one.balance_fen for one in stated),
        ),
    )
    return ThreeWay(
        fund=place.fund,
        place=place.place,
        districts=place.districts,
        accounts=place.accounts,
        month=f"{last:%Y-%m}",
        measures=tuple(
            Measure(name, book, said if spoken else None, told if stated else None)
            for name, book, said, told in sides
        ),
        stated=stated,
        expected=cities.treasury_states(place.fund, place.place, f"{last:%Y-%m}"),
        proved=spoken and all(one.proved_on(last) for one in own),
    )


async def three_way_of(
    db: Db,
    cities: Cities,
    overview: Iterable[AccountOverview],
    fund: str,
    district: str,
    days: tuple[date, date],
    known_on: date = date.max,
) -> ThreeWay | None:
    """The three sides of a fund and district; with those beside it where one account serves several."""
    found = await three_ways(db, cities, overview, days, known_on)
    own = (one for one in found if one.fund == fund and district in one.districts)
    return next(own, None)
