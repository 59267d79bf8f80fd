"""Account numbers: an invented number for each account of a city, the same in every run.

Holds: none is real; each ends with the four digits that the city's file states
"""

from hashlib import sha256

from policies.cities import BankAccount, Cities
from services.banking.payment_files.orders import Payer
from services.runtime.vault import Vault

_TYPED_BY, _TYPED_AGAIN_BY = "invented one", "invented two"


class UnknownPayer(ValueError):
    """A payment file names an account that this bank does not keep."""


def invented_number(account: BankAccount) -> str:
    """Sixteen digits for an account.

    Holds: they have the check digits of the city's file where that states any
    """
    start = int(sha256(account.alias.encode()).hexdigest(), 16)
    numbers = (f"99{(start + nth) % 10**10:010d}{account.last_four}" for nth in range(10_000))
    return next(number for number in numbers if not account.misfit_of(number))


def payer_known(payer: Payer, cities: Cities) -> str:
    """Whose account a payment file names, as the invented bank knows its accounts: an alias.

    Raises: UnknownPayer, also where the name or the bank's own number is another's
    """
    for account in cities.accounts.values():
        city = cities.city_of_account(account.alias)
        if invented_number(account) != payer.number or city is None:
            continue
        if payer.name not in ("", city.about.payer):
            raise UnknownPayer(f"{account.alias} is not an account of {payer.name}")
        if payer.agent not in ("", account.agent):
            raise UnknownPayer(f"{account.alias} is not kept by {payer.agent}")
        return account.alias
    raise UnknownPayer("the payment file names an account that this bank does not keep")


async def keep_invented_numbers(vault: Vault, cities: Cities) -> None:
    """Let two people type every account's number, as a city does with its real ones; once."""
    kept = await vault.city_accounts()
    for account in cities.accounts.values():
        number = invented_number(account)
        if account.alias not in kept:
            await vault.state_city_account(account.alias, number, _TYPED_BY)
            await vault.confirm_city_account(account.alias, number, _TYPED_AGAIN_BY)
