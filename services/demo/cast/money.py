"""Money: what the city's bank accounts hold when the books are opened, and its budgets.

Out:  messages of the finance bureau; every budget is plenty but that of the line that must run out
"""

from collections.abc import Mapping

from policies.cities import BankAccount
from services.demo.cast.messages import Events, Published
from services.demo.cast.script import QueueScript, Script

_PLENTY_FEN = 2_000_000_000


def budgets(
    events: Events,
    script: Script,
    accounts: Mapping[str, BankAccount],
    tight: QueueScript | None = None,
) -> list[Published]:
    """Allocate the lines of every account in the years claimed for; one of them too little."""
    allocated = []
    lines = [(one, district) for one in accounts.values() for district in one.districts]
    for account, district in lines:
        for year in script.claimed_in:
            short = tight is not None and tight.line == (account.fund, district, year)
            data = {
                "document": f"示例财社〔{year}〕{account.last_four}号",
                "fund": account.fund,
                "district": district,
                "year": year,
                "amount_fen": tight.allocated_fen if tight and short else _PLENTY_FEN,
            }
            allocated.append(events.event(script.sources.finance, "budget.allocated", data))
    return allocated


def opening_document(alias: str) -> str:
    """The document that an account's opening balance names."""
    return f"示例结转-{alias}"


def opening_balances(
    run: str, script: Script, accounts: Mapping[BankAccount, int]
) -> list[Published]:
    """State what every account holds, in fen, in the month in which the books are opened."""
    events = Events(f"{run}-opening")
    return [
        events.event(
            script.sources.finance,
            "account.opening-balance",
            {
                "bank_account": account.alias,
                "month": f"{script.calendar.opened_on:%Y-%m}",
                "fund": account.fund,
                "district": account.district,
                "amount_fen": amount_fen,
                "document": opening_document(account.alias),
            },
        )
        for account, amount_fen in accounts.items()
    ]
