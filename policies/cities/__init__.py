"""Cities: what a city decides itself, in a folder of its own outside the package.

In:    a folder with `city.yaml`, `accounts.yaml`, `figures/` … (docs/how-to/set-up-your-city.md)
Out:   Cities, which every process hands to its deciders and pages with the policies
"""

from policies.cities.accounts import BankAccount
from policies.cities.model import NO_CITY, Cities, City, StaffMember
from policies.cities.reading import read_cities

__all__ = ["NO_CITY", "BankAccount", "Cities", "City", "StaffMember", "read_cities"]
