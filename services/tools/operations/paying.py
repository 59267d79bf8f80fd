"""Paying: whether what is due can be paid: banks' layouts, account numbers, files that stand still.

In:   the cities, the books, the vault
Out:  findings for the doctor
Holds: an account without its number is bad from the day on which something waits to be paid from it
"""

from collections.abc import AsyncIterator
from datetime import date

import asyncpg

from events.days import legal_day
from policies.cities import Cities
from projections.queries import batches, files_not_written, payments
from projections.queries.scope import Scope
from services.banking.banks.of_cities import city_banks
from services.runtime.clock import clock
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings
from services.tools.operations.doctor_finding import DoctorFinding
from services.tools.staff.paying_accounts import AccountState, account_states
from services.wording.unwritten_files import in_words

_MOST_SHOWN = 5
_ON_THEIR_WAY = ("requested", "prepared", "released", "sending")


def banks_finding(cities: Cities) -> DoctorFinding:
    """Whether every account names a bank from which can be paid."""
    try:
        banks = city_banks(cities)
    except OperatingFailure as failure:
        return DoctorFinding("银行格式", good=False, detail=f"{failure.what} {failure.do}")
    own = {city.name: banks.own_names(city.code) for city in cities}
    said = "；".join(f"{name}自有 {'、'.join(names)}" for name, names in own.items() if names)
    detail = f"{len(cities.accounts)} 个账户；{said or '都用随附的'}"
    return DoctorFinding("银行格式", good=True, detail=detail)


async def paying_findings(
    settings: Settings, cities: Cities, books: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[DoctorFinding]:
    """Whether every account that has something to pay has its number, and every file is written."""
    today = legal_day(clock(settings.practice_clock)())
    try:
        # without its key nothing of the vault can be told; that is a finding of its own
        states = await account_states(settings) if settings.vault_key_file.exists() else []
    except OperatingFailure as failure:
        yield DoctorFinding("付款账号", good=False, detail=f"{failure.what} {failure.do}")
    else:
        paying = await _paying(books, cities, today)
        in_use = [one for one in states if one.account.pays_on(today)]
        if states:
            yield _numbers(in_use, paying)
    unwritten = await files_not_written.listed(books)
    words = [(one.batch, in_words(one.code, one.detail)) for one in unwritten[:_MOST_SHOWN]]
    detail = "；".join(f"{batch}：{said.what}{said.do}" for batch, said in words)
    yield DoctorFinding("付款文件", not unwritten, detail or "没有写不出的付款文件")


async def _paying(
    books: "asyncpg.Connection[asyncpg.Record]", cities: Cities, today: date
) -> set[str]:
    """The accounts from which something is due, or in a batch that has not left."""
    scope = Scope(today)
    waiting = [
        cities.account_for(due.fund, due.district, today)
        for due in await payments.due(books, scope)
    ]
    open_ones = await batches.listed(books, scope, _ON_THEIR_WAY)
    return {one.alias for one in waiting if one} | {batch.bank_account for batch in open_ones}


def _numbers(states: list[AccountState], paying: set[str]) -> DoctorFinding:
    stopped = [one for one in states if one.obstacle]
    first = sorted(stopped, key=lambda one: one.account.alias not in paying)
    detail = "；".join(f"{one.account.alias}：{one.obstacle}" for one in first[:_MOST_SHOWN])
    if len(stopped) > _MOST_SHOWN:
        detail += f"；另有 {len(stopped) - _MOST_SHOWN} 个，见 accounts check"
    good = not any(one.account.alias in paying for one in stopped)
    if stopped:
        detail = (
            f"{len(stopped)} 个账户{'付款前要补账号' if good else '有款待付而没有账号'}，{detail}"
        )
    return DoctorFinding("付款账号", good, detail or f"{len(states)} 个在用的账户都能付款")
