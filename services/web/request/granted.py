"""granted: what of the books a user's grants let a request see, in the words of the database.

In:   the grants of a user, the cities of this ledger
Out:  a SessionSight
Holds: a region is granted with all that lies in it; who is granted every city with every fund sees
       everything; funds go with the districts that they were granted in, and an account is seen when
       all districts that it serves are
"""

from collections.abc import Iterable
from functools import lru_cache

from events.authority import EVERY, RoleGrant
from policies.cities import Cities
from policies.vocabulary.places import FUNDS, lies_in
from services.runtime.postgres.sight import SessionSight


def sight_of(user: str, grants: Iterable[RoleGrant], cities: Cities) -> SessionSight:
    """What a user may see by these grants together."""
    pairs: set[tuple[str, str]] = set()
    for grant in grants:
        districts = _below(grant.districts, cities)
        whole = EVERY in grant.districts or (
            bool(cities.by_code) and districts >= set(cities.by_code)
        )
        if whole and EVERY in grant.funds:
            return SessionSight(user=user, everything=True)
        funds = (EVERY, *FUNDS.values()) if EVERY in grant.funds else grant.funds
        pairs |= {(district, fund) for district in districts for fund in funds}
    districts = {district for district, _ in pairs}
    every_fund = all((district, EVERY) in pairs for district in districts)
    accounts = [
        alias
        for alias, account in cities.accounts.items()
        if all((district, account.fund) in pairs for district in account.districts)
    ]
    named = sorted(f"{district}/{fund}" for district, fund in pairs if fund != EVERY)
    return SessionSight(
        tuple(sorted(districts)),
        (EVERY,) if every_fund and districts else tuple(named),
        tuple(accounts),
        user,
    )


@lru_cache(256)
def cities_of(sight: SessionSight, cities: Cities) -> Cities:
    """The cities as far as a session sees them: their regions, and the accounts that it sees whole."""
    if sight.everything:
        return cities
    return cities.narrowed(frozenset(sight.districts), frozenset(sight.accounts))


def _below(granted: Iterable[str], cities: Cities) -> set[str]:
    """Every region that is granted or lies in one that is."""
    regions = [*cities.regions, *cities.by_code]
    return {
        region
        for area in granted
        for region in (area, *regions)
        if area == EVERY or lies_in(region, area)
    } - {EVERY}
