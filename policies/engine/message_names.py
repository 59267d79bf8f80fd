"""Message names: what messages may name, by the policies and the cities of one ledger.

In:   Policies
Out:  Known, which the reader of messages checks against
Holds: pure; who publishes, who takes in and who prepares a file all check against the same names
"""

from events.application_facts.checking import BORN_ON
from events.contract.inbound.semantics import Known
from policies.engine.facts_used import facts_used
from policies.engine.registry import Policies
from policies.vocabulary.places import FUNDS


def names_of_policies(policies: Policies) -> Known:
    """What messages may name: the programmes that have a policy, the regions of this ledger's cities,
    funds; and which sources may file where."""
    asking_birth = {policy.text.policy for policy in policies if BORN_ON in facts_used(policy.text)}
    return Known(
        frozenset(policies.programmes),
        policies.cities.served,
        frozenset(FUNDS.values()),
        frozenset(asking_birth),
        policies.cities.regions,
        tuple(city.name for city in policies.cities),
        policies.cities.objection,
        policies.cities.objection_to_account,
    )
