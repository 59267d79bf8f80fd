"""Programme names: which programme somebody means who writes its title, or its id.

In:   the policies; a text; the region of a claim
Out:  ids of the programmes that are called so and that some version of this region judges
"""

from collections.abc import Mapping
from functools import lru_cache

from policies.engine.prior import versions_for
from policies.engine.registry import Policies
from policies.vocabulary.places import jurisdictions


def programmes_anywhere(policies: Policies, name: str) -> tuple[str, ...]:
    """The programmes that are called so, whatever the region."""
    return _programmes(policies).get(name, ())


def programmes_called(policies: Policies, name: str, region: str) -> list[str]:
    """The programmes of a region that are called so; more than one where a title is not enough."""
    served = region in policies.cities.served
    found = programmes_anywhere(policies, name)
    return [one for one in found if served and versions_for(policies, one, region)]


@lru_cache(maxsize=16)
def programmes_served(policies: Policies) -> tuple[str, ...]:
    """The programmes that some version of a region of this ledger's cities judges."""
    places = {place for region in policies.cities.served for place in jurisdictions(region)}
    judged = {one.text.policy for one in policies if one.text.jurisdiction in places}
    return tuple(one for one in policies.programmes if one in judged)


@lru_cache(maxsize=16)
def _programmes(policies: Policies) -> Mapping[str, tuple[str, ...]]:
    """Which programmes each way of naming one may mean: id, title, title without brackets."""
    found: dict[str, dict[str, None]] = {}
    for policy in policies:
        title = policy.text.title
        for name in (policy.text.policy, title, title.partition("（")[0]):
            found.setdefault(name, {})[policy.text.policy] = None
    return {name: tuple(ids) for name, ids in found.items()}
