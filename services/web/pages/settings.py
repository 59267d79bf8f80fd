"""settings: by what a city works: bank accounts and layouts, holidays, figures, sources and their tokens.

Holds: nothing is changed here: a city's folder is the source of its accounts, layouts and sources, and
       figures are stated by two people on their own page; each part says who set it, and how it changes
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from policies.cities import BankAccount
from policies.vocabulary.calendar import rest_day
from projections.queries import figures as figure_queries
from services.runtime.configuration import configuration_of
from services.runtime.postgres import desk_configurations, sight, source_tokens
from services.runtime.postgres.source_tokens import TokenRow
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.actors import name_of
from services.web.request.visit import Arrived, Visit
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

router = APIRouter()

_PAID_FROM = State(_("两人已确认"), "blue")
_WAITS = State(_("待另一人确认"), "amber")
_NOT_STATED = State(_("未录入账号"), "grey")
_IN_USE, _OVER = State(_("在用"), "blue"), State(_("已失效"), "grey")
_SATURDAY = 5
_WEEKDAYS = (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))  # fmt: skip


class AccountLine(NamedTuple):
    """One of the city's accounts, and who stated its number; the number itself is the vault's."""

    account: BankAccount
    state: State
    stated_by: str
    confirmed_by: str
    confirmed_at: datetime | None


class HolidayLine(NamedTuple):
    """One day on which people rest although it is a weekday, or work although it is none."""

    day: date
    rests: bool


async def _accounts(visit: Visit) -> list[AccountLine]:
    vault = visit.sources.vault
    kept = await vault.city_accounts() if vault else {}
    waiting: Mapping[str, str] = await vault.city_accounts_waiting() if vault else {}
    found = []
    for account in visit.cities.accounts.values():
        number, waits = kept.get(account.alias), waiting.get(account.alias, "")
        state = _WAITS if waits else _PAID_FROM if number else _NOT_STATED
        found.append(
            AccountLine(
                account,
                state,
                waits or (number.stated_by if number else ""),
                number.confirmed_by if number and not waits else "",
                number.confirmed_at if number and not waits else None,
            )
        )
    return found


def _accounts_table(rows: list[AccountLine]) -> PageTable[AccountLine]:
    columns: list[PageColumn[AccountLine]] = [
        PageColumn(_("代号"), lambda r: r.account.alias, ColumnKind.ID),
        PageColumn(_("开户银行"), lambda r: f"{r.account.bank} ****{r.account.last_four}"),
        PageColumn(_("基金"), lambda r: translate(FUND_NAMES.get(r.account.fund, r.account.fund))),
        PageColumn(_("区划"), lambda r: "、".join(map(region_name, r.account.districts))),
        PageColumn(_("付款和回盘格式"), lambda r: r.account.layout, ColumnKind.ID),
        PageColumn(_("流水格式"), lambda r: r.account.statement_layout, ColumnKind.ID),
        PageColumn(_("自"), lambda r: _bound(r.account.from_), ColumnKind.DAY, wide_only=True),
        PageColumn(_("至"), lambda r: _bound(r.account.to), ColumnKind.DAY, wide_only=True),
        PageColumn(_("账号"), lambda r: r.state, ColumnKind.STATE),
        PageColumn(_("录入人"), lambda r: name_of(r.stated_by)),
        PageColumn(_("确认人"), lambda r: name_of(r.confirmed_by)),
        PageColumn(_("确认时间"), lambda r: r.confirmed_at, ColumnKind.MOMENT, wide_only=True),
    ]
    return PageTable("accounts", _("付款账户和格式"), columns, rows, {}, _("没有付款账户。"))


def _bound(day: date) -> date | None:
    return None if day in (date.min, date.max) else day


def holidays_of(year: int) -> list[HolidayLine] | None:
    """The days of a year that are not as their weekday says; None while it is not published."""
    first, found = date(year, 1, 1), []
    for number in range((date(year + 1, 1, 1) - first).days):
        day = first + timedelta(days=number)
        rests = rest_day(day)
        if rests is None:
            return None
        if rests is not (day.weekday() >= _SATURDAY):
            found.append(HolidayLine(day, rests))
    return found


def _holidays_table(rows: list[HolidayLine]) -> PageTable[HolidayLine]:
    columns: list[PageColumn[HolidayLine]] = [
        PageColumn(_("日期"), lambda r: r.day, ColumnKind.DAY),
        PageColumn(_("星期"), lambda r: translate(_WEEKDAYS[r.day.weekday()])),
        PageColumn(_("安排"), lambda r: translate("放假") if r.rests else translate("上班")),
    ]
    return PageTable("holidays", _("放假和调休"), columns, rows, {}, _("没有。"))


def _tokens_table(rows: list[TokenRow], today: date) -> PageTable[TokenRow]:
    def state(row: TokenRow) -> State:
        over = row.withdrawn_at is not None or (row.ends_on is not None and row.ends_on < today)
        return _OVER if over else _IN_USE

    columns: list[PageColumn[TokenRow]] = [
        PageColumn(_("编号"), lambda r: r.number, ColumnKind.ID),
        PageColumn(_("报送来源"), lambda r: r.source, ColumnKind.ID),
        PageColumn(_("状态"), state, ColumnKind.STATE),
        PageColumn(_("可发送"), lambda r: "、".join(r.types), wide_only=True),
        PageColumn(_("最近使用"), lambda r: r.used_at, ColumnKind.MOMENT),
        PageColumn(_("发于"), lambda r: r.made_at, ColumnKind.MOMENT),
        PageColumn(_("经手"), lambda r: name_of(r.made_by)),
        PageColumn(_("用到"), lambda r: r.ends_on, ColumnKind.DAY),
        PageColumn(_("撤销"), lambda r: r.withdrawn_at, ColumnKind.MOMENT),
        PageColumn(_("撤销人"), lambda r: name_of(r.withdrawn_by), wide_only=True),
    ]
    return PageTable("tokens", _("HTTP 受理的令牌"), columns, rows, {}, _("还没有发过令牌。"))


@router.get("/settings")
async def overview(visit: Arrived) -> Response:
    """Show by what this city works, who set it, and how it is changed."""
    own = {source for city in visit.cities for source in city.about.sources}
    tokens = await source_tokens.listed(visit.db)
    today = visit.scope.as_of
    holidays = holidays_of(today.year)
    stated = await figure_queries.stated(visit.db)
    desks = await desk_configurations.seen(visit.db)
    policies = visit.sources.policies
    mine = configuration_of(policies)
    return visit.page(
        "settings.html",
        translate("设置"),
        accounts=_accounts_table(await _accounts(visit)),
        holidays=_holidays_table(holidays or []),
        year=today.year,
        published=holidays is not None,
        next_published=holidays_of(today.year + 1) is not None,
        figures=len(stated),
        last_figure=max((one.stated_at for one in stated), default=None),
        tokens=_tokens_table(
            [one for one in tokens if sight.seen().everything or one.source in own], today
        ),
        configuration=mine,
        others=sorted({one.configuration for one in desks} - {mine}),
        partitions=len(desks),
    )
