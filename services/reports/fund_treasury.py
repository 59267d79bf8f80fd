"""fund treasury: what the treasury states of a month, beside the books of a fund's accounts.

In:    flows of accounts at a position, what the treasury has stated by then, a city's accounts
Out:   one sheet, a line a place and measure
Units: fen; a difference is the treasury's amount less the books'
Holds: what nobody has stated is nothing, never 0; the same measures as the page on three sides
Source: docs/adr/0056-the-treasury-is-a-third-side.md
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from policies.cities import Cities
from policies.cities.accounts import BankAccount
from policies.vocabulary.places import lies_in
from projections.definition.chart_of_accounts import APPROPRIATION, BANK
from projections.queries.fund_report import AccountFlow, ReportBooks
from projections.queries.treasury import CLASSIFIED, StatedTreasuryFigure
from services.reports.content import Cell, ReportColumn, ReportSheet
from services.reports.fund_month import summed
from services.spreadsheets.page_table import ColumnKind
from services.wording.figures import yuan
from services.wording.languages import marked as _

Named = Callable[[str], str]

NAME = _("财政核对")
_COLUMNS = (
    ReportColumn(_("基金"), words=True),
    ReportColumn(_("基金代码"), ColumnKind.ID),
    ReportColumn(_("区划"), words=True),
    ReportColumn(_("区划代码"), ColumnKind.ID),
    ReportColumn(_("项目")),
    ReportColumn(_("账面（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("财政（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("财政 − 账面（元）"), ColumnKind.DIFFERENCE),
    ReportColumn(_("状态")),
    ReportColumn(_("文书")),
)
_NOTHING = _("这个月没有财政数据，也没有应与财政核对的基金。")
_SHARED = _("与范围外的区划共用一个账户的，财政数据见全市的月报。")


class _Place(NamedTuple):
    """A fund where the treasury can be laid beside the books; several districts where one account is
    theirs."""

    fund: str
    place: str
    districts: tuple[str, ...]
    accounts: tuple[str, ...]


def sheet(
    flows: Sequence[AccountFlow],
    stated: Sequence[StatedTreasuryFigure],
    cities: Cities,
    books: ReportBooks,
    named: tuple[Named, Named],
) -> ReportSheet:
    """Each place of which the treasury has stated figures, or should have; `named` are funds and
    regions."""
    fund, region = named
    stated = [one for one in stated if books.fund in ("", one.fund)]
    whole, shared = _places(cities, books, stated)
    rows: list[tuple[Cell, ...]] = []
    for place in whole:
        own = [one for one in stated if (one.fund, one.district) in _keys(place)]
        expected = cities.treasury_states(place.fund, place.place, f"{books.last:%Y-%m}")
        if not own and not expected:
            continue
        documents = "、".join(dict.fromkeys(one.document for one in own))
        ours = _books(flows, place)
        theirs = _stated(own)
        for name, book, told in zip(_MEASURES, ours, theirs, strict=True):
            rows.append(
                (
                    fund(place.fund),
                    place.fund,
                    region(place.place),
                    place.place,
                    name,
                    book,
                    told,
                    None if told is None else told - book,
                    _("缺财政数据") if told is None else _("相符") if told == book else _("待查"),
                    documents,
                )
            )
    notes = [] if rows else [_NOTHING]
    return ReportSheet(
        NAME, _COLUMNS, tuple(rows), note="".join([*notes, *([_SHARED] if shared else [])])
    )


def lines(sheet: ReportSheet) -> list[str]:
    """The sheet in words, a line a place and measure, as a terminal has it."""
    told: list[str] = []
    for row in sheet.rows:
        said = [
            (column, "—" if cell is None else yuan(cell) if isinstance(cell, int) else str(cell))
            for column, cell in zip(sheet.columns, row, strict=True)
            if column.kind is not ColumnKind.ID and cell != ""
        ]
        words = [text if column.words else f"{column.header} {text}" for column, text in said]
        told.append("　".join(words))
    return told


_MEASURES = (_("拨款"), _("支出净额"), _("月末余额"))


def _keys(place: _Place) -> set[tuple[str, str]]:
    return {(place.fund, district) for district in place.districts}


def _books(flows: Sequence[AccountFlow], place: _Place) -> tuple[int, int, int]:
    """Appropriated, paid and left by the books."""

    def credit(*codes: str) -> int:
        moved = summed(f for f in flows if f.code in codes and f.sub in place.accounts)
        return moved.month_credit - moved.month_debit

    bank = summed(f for f in flows if f.code == BANK.code and f.sub in place.accounts)
    paid = credit(*(one.code for one in CLASSIFIED)) + credit(BANK.code)
    return credit(APPROPRIATION.code), paid, bank.closing


def _stated(own: Sequence[StatedTreasuryFigure]) -> tuple[int | None, int | None, int | None]:
    if not own:
        return None, None, None
    return (
        sum(one.appropriated for one in own),
        sum(one.paid for one in own),
        sum(one.balance for one in own),
    )


def _places(
    cities: Cities, books: ReportBooks, stated: Sequence[StatedTreasuryFigure]
) -> tuple[list[_Place], bool]:
    """The places that lie whole in what is reported; whether one lies there in part."""
    accounts = [
        one
        for one in cities.accounts.values()
        if one.from_ <= books.last and one.to >= books.first and books.fund in ("", one.fund)
    ]
    reached = [one for one in accounts if any(_within(d, books.area) for d in one.districts)]
    whole = [one for one in reached if all(_within(d, books.area) for d in one.districts)]
    found: dict[tuple[str, str], tuple[set[str], list[str]]] = {}
    for account in whole:
        districts, aliases = found.setdefault((account.fund, account.district), (set(), []))
        districts.update(account.districts, (account.district,))
        aliases.append(account.alias)
    served = _served(accounts)
    for one in stated:
        if (one.fund, one.district) not in served and _within(one.district, books.area):
            found.setdefault((one.fund, one.district), ({one.district}, []))
    return [
        _Place(fund, place, tuple(sorted(districts)), tuple(sorted(aliases)))
        for (fund, place), (districts, aliases) in sorted(found.items())
    ], len(whole) < len(reached)


def _served(accounts: Sequence[BankAccount]) -> set[tuple[str, str]]:
    return {(one.fund, district) for one in accounts for district in (*one.districts, one.district)}


def _within(district: str, area: str) -> bool:
    return district == area[1:] if area.startswith("=") else lies_in(district, area)
