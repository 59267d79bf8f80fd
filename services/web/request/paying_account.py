"""paying account: what keeps an account from paying, said before anybody prepares or releases."""

from policies.cities import BankAccount
from services.web.request.visit import Visit
from services.wording.languages import translate


async def obstacle_of(visit: Visit, account: BankAccount | None) -> str:
    """In words; empty where nothing does, or where this page has no vault to look into."""
    vault = visit.sources.vault
    if account is None or vault is None:
        return ""
    kept = (await vault.city_accounts()).get(account.alias)
    if kept is None:
        return translate(
            "身份库里没有付款账户 {alias} 经两人录入的账号，付款文件写不出来。"
            "请先由一人运行 benefit-ledger accounts set {alias}，另一人运行 accounts confirm {alias}。",
            alias=account.alias,
        )
    misfit = account.misfit_of(kept.number)
    if misfit:
        return translate(
            "身份库里的付款账号与 accounts.yaml 不符（{misfit}），付款文件写不出来。",
            misfit=misfit,
        )
    return ""
