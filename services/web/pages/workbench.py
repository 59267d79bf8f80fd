"""workbench: the first screen: are the books equal, what waits for me, where is the money?

Holds: nothing is green that bank or digest has not proved; every figure leads to what it sums
"""

from datetime import date
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from policies.cities import Cities
from projections.queries import account_balances, budgets, operations, payment_totals, statements
from projections.queries.differences import BankDifference
from services.banking.reconciliation.reading import AccountOverview
from services.web.overview import alarms, waiting_work
from services.web.parts import bar_charts
from services.web.reconciliation.matchings import matched
from services.web.request.accounts_in_scope import aliases, in_scope
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import DISBURSEMENTS, State, state_of

router = APIRouter()

AGES = (("0-1", 0, 1), ("2-5", 2, 5), ("6-30", 6, 30), ("31-", 31, 100_000))


class Equality(NamedTuple):
    """Books against bank; the state follows the count of open items, never a netted sum."""

    state: State
    open_count: int
    open_absolute: int
    difference: int
    book: int
    bank: int
    agreed: int
    so_far: int
    to_explain: int
    unexplained: int
    lacking: int
    without: int
    accounts: int
    worst: AccountOverview | None
    worst_name: str
    latest: date | None


class Burn(NamedTuple):
    """One fund of a year: what is committed of what was allocated."""

    name: str
    href: str
    allocated: int
    committed: int
    paid: int
    paid_width: int
    committed_width: int
    tone: str
    share: str


_NOT_RED = frozenset({"agreed", "days_missing"})
"""States of an account that show no difference by themselves."""


def equality(
    overview: list[AccountOverview], latest: date | None, on: date, cities: Cities
) -> Equality:
    """Sum up the accounts that have a statement; the others are counted apart."""
    compared = [account for account in overview if account.bank_balance is not None]
    with_items = [a for a in compared if a.state not in _NOT_RED]
    so_far = [a for a in compared if a.state == "agreed" and not a.proved_on(on)]
    without = len(overview) - len(compared)
    lacking = sum(a.state == "days_missing" for a in compared)
    worst = max(with_items, key=lambda a: (a.open_absolute, a.open_count), default=None)
    if with_items:
        state = State(_("待查"), "red")
    elif not compared:
        state = State(_("缺对账单"), "amber") if overview else State(_("未开始"), "grey")
    elif without or lacking:
        state = State(_("缺对账单"), "amber")
    elif so_far:
        state = State(_("相符至流水末日"), "blue")
    else:
        state = State(_("相符"), "green")
    names = cities.accounts
    return Equality(
        state,
        sum(a.open_count for a in compared),
        sum(a.open_absolute for a in compared),
        sum(a.difference or 0 for a in compared),
        sum(a.book_balance for a in compared),
        sum(a.bank_balance or 0 for a in compared),
        sum(a.proved_on(on) for a in compared),
        len(so_far),
        sum(a.state == "to_explain" for a in compared),
        sum(a.state in ("unexplained", "misstated") for a in compared),
        lacking,
        without,
        len(overview),
        worst,
        names[worst.account].title if worst and worst.account in names else "",
        latest,
    )


def by_age(visit: Visit, found: list[BankDifference]) -> list[bar_charts.Bar]:
    """Differences in four ages: absolute amounts, never netted."""
    groups = [[d for d in found if low <= d.age_days <= high] for _name, low, high in AGES]
    sums = [sum(abs(d.difference) for d in group) for group in groups]
    return [
        bar_charts.Bar(
            translate("{days} 天", days=">30" if name == "31-" else name),
            width,
            translate("{n} 笔", n=figures.count(len(group))),
            figures.yuan(amount),
            visit.link("/differences", age=name),
            "amber" if low < 6 else "red",
        )
        for (name, low, _high), group, amount, width in zip(
            AGES, groups, sums, bar_charts.widths(sums), strict=True
        )
    ]


@router.get("/")
async def first_screen(visit: Arrived) -> Response:
    """Show what this morning needs."""
    reconciled = await matched(visit)
    overview = in_scope(reconciled.overview, visit.scope, visit.cities)
    open_items = in_scope(reconciled.differences, visit.scope, visit.cities)
    compared = {a.account for a in overview if a.bank_balance is not None}
    found = [item for item in open_items if item.account in compared]
    balances = await account_balances.by_account(visit.db, visit.scope)
    year = visit.scope.as_of.year
    years = await budgets.years(visit.db)
    shown_year = year if year in years or not years else max(y for y in [*years] if y)
    return visit.page(
        "workbench.html",
        translate("工作台"),
        equality=equality(
            overview,
            await statements.latest_day(visit.db, visit.scope, aliases(visit.scope, visit.cities)),
            visit.scope.as_of,
            visit.cities,
        ),
        bars=by_age(visit, found),
        debit=sum(balance.debit_fen for _sub, balance in balances),
        credit=sum(balance.credit_fen for _sub, balance in balances),
        ledger=await operations.ledger(visit.db, count_facts=visit.sees_everything),
        generation=await operations.live_generation(visit.db),
        tasks=await waiting_work.tasks(visit, found),
        alarms=by_kind(visit, await alarms.found(visit)),
        year=shown_year,
        burns=burns(visit, await budgets.lines(visit.db, visit.scope, shown_year)),
        states=await payment_states(visit),
    )


def by_kind(visit: Visit, listed: list[alarms.Alarm]) -> list[tuple[State, str, int, str]]:
    """Alarms counted by kind, the worst state of each first."""
    grouped: dict[str, list[alarms.Alarm]] = {}
    for alarm in listed:
        grouped.setdefault(alarm.kind, []).append(alarm)
    return [
        (
            own[0].state,
            translate(alarms.KINDS[kind]),
            len(own) if kind == "budget" else sum(one.number or 0 for one in own),
            visit.link("/alarms", kind=kind),
        )
        for kind, own in grouped.items()
    ]


def burns(visit: Visit, lines: list[budgets.BudgetLineRow]) -> list[Burn]:
    """Fund lines summed by fund."""
    funds: dict[str, list[budgets.BudgetLineRow]] = {}
    for line in lines:
        if line.kind == "fund":
            funds.setdefault(line.name, []).append(line)
    shown = []
    for fund, own in funds.items():
        allocated = sum(line.allocated_fen for line in own)
        committed = sum(line.committed_fen for line in own)
        paid = sum(line.paid_fen for line in own)
        first, second = bar_charts.stacked([paid, committed - paid], allocated)
        full = allocated > 0 and committed * 10 >= allocated * 9
        shown.append(
            Burn(
                FUND_NAMES.get(fund, fund),
                visit.link("/budgets", fund=fund, year=own[0].year),
                allocated,
                committed,
                paid,
                first.width,
                second.width,
                "amber" if full else "s1",
                figures.share(committed, allocated),
            )
        )
    return shown


async def payment_states(visit: Visit) -> list[tuple[State, payment_totals.PaymentStateTotal, str]]:
    """Payments by state, in the order of their life."""
    found = {item.state: item for item in await payment_totals.by_state(visit.db, visit.scope)}
    return [
        (
            state_of(DISBURSEMENTS, code),
            found[code],
            visit.link("/disbursements", state=code),
        )
        for code in DISBURSEMENTS
        if code in found
    ]
