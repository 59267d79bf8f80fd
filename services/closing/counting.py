"""Counting: a month of a fund and district as it would be signed, counted from the books.

In:   the books, one snapshot; every bank account beside its bank at the month's end
Out:  PreparePeriod without a note and a maker; what differs where a signed month is counted again
Units: fen
Holds: what comes from the journal is counted at the position vector that is named, so it is the
       same for the page, for the command and years later; statements are as they are known now
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date

from events.periods import (
    BLOCKS,
    OPEN_ITEMS,
    ClosingCheck,
    PeriodBalance,
    PeriodPrepared,
    PeriodSigned,
    PeriodStatement,
    PreparePeriod,
)
from events.position_vector import PositionVector
from policies.cities import Cities
from projections.queries import periods
from projections.queries.connection import Db
from services.banking.reconciliation.reading import AccountOverview
from services.closing.three_way import ThreeWay, three_way_of

_BANK = "1002"


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month.

    Raises: ValueError where it is none
    """
    year, number = map(int, month.split("-"))
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


async def count(
    db: Db,
    cities: Cities,
    overview: Sequence[AccountOverview],
    fund: str,
    district: str,
    month: str,
    vector: PositionVector,
) -> PreparePeriod:
    """Count a month up to a vector; `overview` is that of the month's last day."""
    days = days_of(month)
    counted = await periods.counted(
        db, fund, district, days, vector, await periods.signings(db, fund, district)
    )
    balances = counted.balances
    accounts = _accounts(cities, fund, district, days, balances)
    beside = {one.account: one for one in overview}
    recorded = await periods.statement_months(db, month, accounts)
    statements = tuple(
        PeriodStatement(
            bank_account=alias,
            digest=recorded[alias].digest,
            lines=recorded[alias].lines,
            bank=one.bank_balance or 0,
            books=one.book_balance,
            differences=one.open_count,
            in_transit=one.in_transit.number,
        )
        for alias in accounts
        if (one := beside.get(alias)) is not None and one.bank_balance is not None
    )
    spoken_of = [beside[alias] for alias in accounts if alias in beside]
    found = {
        "books_unbalanced": int(sum(one.closing for one in balances) != 0),
        "statement_missing": len(accounts) - len(statements),
        "statement_days_missing": sum(
            bool(one.missing) for one in spoken_of if one.bank_balance is not None
        ),
        "statement_broken": sum(bool(one.breaks) for one in spoken_of),
        "unexplained": sum(one.unexplained != 0 for one in spoken_of),
        "differences": sum(one.differences for one in statements),
        **_beside_the_treasury(await three_way_of(db, cities, overview, fund, district, days)),
        **await periods.left_open(db, fund, district, accounts, days[1]),
    }
    return PreparePeriod(
        fund=fund,
        district=district,
        month=month,
        vector=vector.text,
        balances=balances,
        first_voucher=counted.first_voucher,
        days=counted.days,
        late=sum(day.vouchers for day in counted.days if day.on < days[0]),
        entries=counted.entries,
        statements=statements,
        checks=tuple(
            ClosingCheck(code=code, number=found[code]) for code in (*BLOCKS, *OPEN_ITEMS)
        ),
        note="",
        maker="",
    )


def _beside_the_treasury(found: ThreeWay | None) -> dict[str, int]:
    """What the treasury's figures stand in the way of; nothing where none are expected or stated."""
    expected = found is not None and found.expected
    differs = found.treasury_differs if found else 0
    return {
        "treasury_missing": int(expected and found is not None and not found.stated),
        "treasury_differs": differs if expected else 0,
        "treasury_unequal": 0 if expected else differs,
    }


def _accounts(
    cities: Cities,
    fund: str,
    district: str,
    days: tuple[date, date],
    balances: Iterable[PeriodBalance],
) -> list[str]:
    """The bank accounts of a month: those in use for it, and those that the books have money on."""
    in_use = {
        account.alias
        for account in cities.accounts.values()
        if account.serves(fund, district) and account.from_ <= days[1] and account.to >= days[0]
    }
    return sorted(in_use | {one.sub for one in balances if one.code == _BANK and one.sub})


async def differs(db: Db, signed: PeriodPrepared | PeriodSigned) -> str:
    """Count what was prepared or signed again from its vector; say what differs first, or nothing.

    Shape: ``balances 1002 ACCOUNT``, ``days 2022-08-15`` or ``entries``
    """
    earlier = await periods.signings(db, signed.fund, signed.district)
    if isinstance(signed, PeriodSigned):
        earlier = [one for one in earlier if one.signing < signed.signing]
    counted = await periods.counted(
        db,
        signed.fund,
        signed.district,
        days_of(signed.month),
        PositionVector.parse(signed.vector),
        earlier,
    )
    ours = {(one.code, one.sub): one for one in counted.balances}
    theirs = {(one.code, one.sub): one for one in signed.balances}
    for account in sorted(ours.keys() | theirs.keys()):
        if ours.get(account) != theirs.get(account):
            return f"balances {' '.join(account)}".strip()
    found = {day.on: day.vouchers for day in counted.days}
    stated = {day.on: day.vouchers for day in signed.days}
    for on in sorted(found.keys() | stated.keys()):
        if found.get(on) != stated.get(on):
            return f"days {on}"
    return "" if counted.entries == signed.entries else "entries"
