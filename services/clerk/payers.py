"""Payers: who pays a batch: the city's name, its account's real number from the vault, its bank.

In:   the cities; the numbers that the vault keeps
Out:  Payer
Holds: a number that two people have not stated, or that does not fit the city's own file, pays nothing
"""

from policies.cities import Cities
from services.banking.banks.of_cities import AccountWithoutBank
from services.banking.payment_files.orders import Payer
from services.runtime.vault import Vault


class NumberMissing(Exception):
    """The vault has no number of an account that two people have stated."""

    def __init__(self, alias: str) -> None:
        super().__init__(f"no confirmed number of {alias} in the vault")
        self.alias = alias


class NumberUnfit(Exception):
    """The number that the vault keeps is not that of the account in the city's file."""

    def __init__(self, alias: str, misfit: str) -> None:
        super().__init__(f"the number of {alias} does not fit accounts.yaml")
        self.alias, self.misfit = alias, misfit


async def payer_of(cities: Cities, vault: Vault, alias: str) -> Payer:
    """Find who pays from an account.

    Raises: AccountWithoutBank, NumberMissing, NumberUnfit  (first match wins)
    """
    account, city = cities.accounts.get(alias), cities.city_of_account(alias)
    if account is None or city is None:
        raise AccountWithoutBank(alias)
    kept = (await vault.city_accounts()).get(alias)
    if kept is None:
        raise NumberMissing(alias)
    if misfit := account.misfit_of(kept.number):
        raise NumberUnfit(alias, misfit)
    return Payer(city.about.payer, kept.number, account.agent)
