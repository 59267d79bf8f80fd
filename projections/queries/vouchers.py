"""vouchers: training vouchers, listed and counted, as they stood at the close of a day."""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.keyset import Page
from projections.queries.scope import Scope, within

DAYS = {
    "issued": "issued_on",
    "claimed": "claimed_on",
    "verified": "verified_on",
    "used": "used_on",
    "expired": "expired_on",
}
"""The day of each step."""

_STATE = """
CASE WHEN expired_on <= $1 THEN 'expired' WHEN used_on <= $1 THEN 'used'
     WHEN verified_on <= $1 THEN 'verified' WHEN claimed_on <= $1 THEN 'claimed'
     WHEN issued_on <= $1 THEN 'issued' ELSE 'unissued' END"""


class VoucherFilter(NamedTuple):
    """What of the list is asked for; `since` and `until` bound the day of the step `by`."""

    states: tuple[str, ...] = ()
    by: str = "issued"
    since: date | None = None
    until: date | None = None
    area: str = ""
    text: str = ""


class VoucherRow(NamedTuple):
    """One voucher."""

    voucher: str
    state: str
    district: str | None
    holder: str | None
    listed_on: date
    issued_on: date | None
    valid_until: date | None
    claimed_on: date | None
    verified_on: date | None
    used_on: date | None
    programme: str | None
    course: str | None
    application: str | None
    waits: int


def _where(scope: Scope, wanted: VoucherFilter) -> tuple[str, list[object]]:
    values: list[object] = [scope.as_of, scope.known_until]
    parts = ["listed_on <= $1", "first_at < $2"]
    day = DAYS[wanted.by]
    if wanted.since or wanted.until:
        parts.append(f"{day} <= $1")
    for condition, value in (
        ("district LIKE {}", scope.districts),
        ("district LIKE {}", wanted.area and within(wanted.area)),
        (f"({_STATE}) = ANY({{}})", list(wanted.states)),
        (f"{day} >= {{}}", wanted.since),
        (f"{day} <= {{}}", wanted.until),
        ("strpos(voucher, {}) > 0", wanted.text),
    ):
        if value:
            values.append(value)
            parts.append(condition.format(f"${len(values)}"))
    return " AND ".join(parts), values


async def page(db: Db, scope: Scope, wanted: VoucherFilter, at: Page) -> list[VoucherRow]:
    """One page, newest first; one row more than asked where there are further ones."""
    where, values = _where(scope, wanted)
    beyond = ""
    mark = at.before or at.after
    if mark is not None:
        values += [mark.on, mark.id]
        sign = ">" if at.before else "<"
        beyond = f"AND (listed_on, voucher) {sign} (${len(values) - 1}, ${len(values)})"
    order = "ASC" if at.backwards else "DESC"
    rows = await db.fetch(
        f"""
        SELECT voucher, {_STATE} AS state, district, holder, listed_on, issued_on, valid_until,
               claimed_on, verified_on, used_on, programme, course,
               nullif(application, '') AS application,
               (SELECT count(*) FROM books.voucher_steps AS s
                WHERE s.voucher = v.voucher AND s.state = 'kept') AS waits
        FROM books.vouchers AS v WHERE {where} {beyond}
        ORDER BY listed_on {order}, voucher {order} LIMIT {at.size + 1}
        """,  # noqa: S608 -- conditions are ours, values are bound
        *values,
    )
    found = [VoucherRow(**dict(row)) for row in rows]
    return found[::-1] if at.backwards else found


async def by_state(db: Db, scope: Scope, wanted: VoucherFilter) -> dict[str, int]:
    """How many vouchers are in each state, whatever states the filter asks for."""
    where, values = _where(scope, wanted._replace(states=()))
    rows = await db.fetch(
        f"SELECT {_STATE} AS state, count(*) AS number FROM books.vouchers WHERE {where} GROUP BY 1",  # noqa: S608
        *values,
    )
    return {row["state"]: row["number"] for row in rows}
