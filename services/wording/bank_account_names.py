"""bank account names: what the city's bank accounts are called on screen; never their full numbers."""

from policies.bank_accounts import bank_accounts


def account_title(alias: str) -> str:
    """An account as people call it: 工行 ****1234 银州区 失业保险基金."""
    known = bank_accounts().get(alias)
    return f"{known.bank} ****{known.last_four} {known.title}" if known else alias
