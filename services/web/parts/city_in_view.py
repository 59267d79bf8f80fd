"""city in view: whose targets a page shows, and for which years.

Holds: one city's goals, for one city's people; where several cities have goals, one is chosen
"""

from policies.cities import City
from policies.reference_data.targets import Targets
from services.web.request.visit import Visit

_NONE = Targets()
_EARLIER = 2


def city_in_view(visit: Visit) -> City | None:
    """The city of the scope; without a scope the only city, or the only one that has targets."""
    every = list(visit.cities)
    if visit.scope.district is not None:
        own = visit.cities.city_of(visit.scope.district)
        return own or (every[0] if len(every) == 1 else None)
    if len(every) > 1:
        every = [city for city in every if city.targets is not None]
    return every[0] if len(every) == 1 else None


def targets_of(city: City | None) -> Targets:
    """What a city's notices want reached, if anything."""
    return (city and city.targets) or _NONE


def years_of(visit: Visit, city: City | None) -> list[int]:
    """The years that can be looked at, the latest first: those with targets, or the latest ones."""
    last = visit.scope.as_of.year
    return targets_of(city).years or list(range(last, last - _EARLIER - 1, -1))


def year_shown(visit: Visit, years: list[int], asked: int | None) -> int:
    """The year that is asked for, that of the scope's day, or the latest that can be looked at."""
    return asked or (visit.scope.as_of.year if visit.scope.as_of.year in years else years[0])
