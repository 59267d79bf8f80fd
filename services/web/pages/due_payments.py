"""due payments: what is to be paid: payments that wait for a batch, instalments that wait for their check."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from policies.cities import BankAccount
from projections.queries import due_instalments, keyset, payment_filter, payment_totals, payments
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.filters import between, chips, if_set
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.parameters import Since, Size, Text, Until
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import INSTALMENTS, state_of

router = APIRouter()

SHOWN = 200


def own_account(visit: Visit, fund: str, district: str) -> BankAccount | None:
    """The city's account that pays out of a fund in a district today."""
    return visit.cities.account_for(fund, district, visit.scope.as_of)


def account_name(account: BankAccount | None) -> str:
    """An account as people call it; without one nothing can be paid."""
    return f"{account.bank} ****{account.last_four}" if account else translate("未配置账户")


class DueFromAccount(NamedTuple):
    """What waits for a batch from one account, of however many districts; without one it waits on."""

    account: BankAccount | None
    fund: str
    district: str
    number: int
    amount_fen: int
    oldest_on: date


def by_account(visit: Visit, rows: list[payments.DuePaymentsTotal]) -> list[DueFromAccount]:
    """Put what waits together by the account that pays it today, the oldest first."""
    found: dict[tuple[str, str], DueFromAccount] = {}
    for row in rows:
        account = own_account(visit, row.fund, row.district)
        district = account.district if account else row.district
        one = found.get(key := (row.fund, account.alias if account else district))
        found[key] = DueFromAccount(
            account,
            row.fund,
            district,
            row.number + (one.number if one else 0),
            row.amount_fen + (one.amount_fen if one else 0),
            min(row.oldest_on, one.oldest_on) if one else row.oldest_on,
        )
    return list(found.values())


def groups_table(
    visit: Visit, rows: list[payments.DuePaymentsTotal], days: Mapping[str, object]
) -> PageTable[payments.DuePaymentsTotal]:
    """What waits for a batch, by fund, district and the account that pays."""
    as_of = visit.scope.as_of

    def batch(row: payments.DuePaymentsTotal) -> str | None:
        account = own_account(visit, row.fund, row.district)
        if visit.scope.historical or account is None:
            return None
        return visit.link("/batches/new", of=account.alias, **days)

    def own(row: payments.DuePaymentsTotal) -> str:
        return visit.link("/tasks/due", fund=row.fund, district=row.district, **days)

    columns: list[PageColumn[payments.DuePaymentsTotal]] = [
        PageColumn(_("基金"), lambda r: FUND_NAMES.get(r.fund, r.fund), ColumnKind.TEXT, own),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(_("付款账户"), lambda r: account_name(own_account(visit, r.fund, r.district))),
        PageColumn(_("最早应付日"), lambda r: r.oldest_on, ColumnKind.DAY),
        PageColumn(_("已等（天）"), lambda r: (as_of - r.oldest_on).days, ColumnKind.COUNT),
        PageColumn(_("笔数"), lambda r: r.number, ColumnKind.COUNT, own),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, own),
        PageColumn(_("办理"), lambda _row: translate("制批"), ColumnKind.TEXT, batch),
    ]
    totals: dict[str, object] = {
        _("笔数"): sum(r.number for r in rows),
        _("金额（元）"): sum(r.amount_fen for r in rows),
    }
    empty = _("没有到期应付、尚未制批的款项。分期到期并通过发放前比对后，会出现在这里。")
    return PageTable("due-groups", _("按基金、区划、付款账户"), columns, rows, totals, empty)


def payments_table(
    visit: Visit, rows: list[payments.PaymentRow], amount_fen: int
) -> PageTable[payments.PaymentRow]:
    """The payments that wait for a batch, one by one."""
    policies, as_of = visit.sources.policies, visit.scope.as_of

    def application(row: payments.PaymentRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}") + "#payment"

    columns: list[PageColumn[payments.PaymentRow]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("期"), lambda r: r.instalment, ColumnKind.COUNT),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        PageColumn(_("基金"), lambda r: FUND_NAMES.get(r.fund, r.fund), wide_only=True),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(
            _("付款账户"),
            lambda r: account_name(own_account(visit, r.fund, r.district)),
            wide_only=True,
        ),
        PageColumn(_("应付日"), lambda r: r.ordered_on, ColumnKind.DAY),
        PageColumn(_("已等（天）"), lambda r: (as_of - r.ordered_on).days, ColumnKind.COUNT),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, application),
    ]
    totals: dict[str, object] = {_("金额（元）"): amount_fen}
    empty = _("这一范围内没有等待制批的支付。")
    return PageTable("due", _("等待制批的支付"), columns, rows, totals, empty)


def instalments_table(
    visit: Visit, rows: list[due_instalments.InstalmentRow], total: due_instalments.InstalmentTotal
) -> PageTable[due_instalments.InstalmentRow]:
    """Instalments whose day has come and that are not ordered."""
    policies = visit.sources.policies

    def application(row: due_instalments.InstalmentRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}") + "#payment"

    columns: list[PageColumn[due_instalments.InstalmentRow]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("期"), lambda r: r.instalment, ColumnKind.COUNT),
        PageColumn(_("状态"), lambda r: state_of(INSTALMENTS, r.awaits), ColumnKind.STATE),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.programme)),
        PageColumn(
            _("基金"), lambda r: FUND_NAMES.get(r.fund or "", r.fund) or None, wide_only=True
        ),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(_("所发月份"), lambda r: r.months),
        PageColumn(_("到期日"), lambda r: r.due_on, ColumnKind.DAY),
        PageColumn(_("计划金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, application),
    ]
    totals: dict[str, object] = {_("计划金额（元）"): total.amount_fen}
    empty = _("没有到期而未比对的分期：到期的都已比对并转入应付，或已停发。")
    return PageTable("due-instalments", _("到期、待发放前比对的分期"), columns, rows, totals, empty)


@router.get("/tasks/due")
async def overview(
    visit: Arrived,
    since: Since = None,
    until: Until = None,
    account: Text = "",
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
) -> Response:
    """List what is to be paid; each group leads to a batch of exactly what it shows."""
    db, scope, paying = visit.db, visit.scope, visit.cities.accounts.get(account)
    wanted = payment_filter.WAITING._replace(since=since, until=until)
    if account:  # an account that nobody knows pays nothing
        fund, districts = (paying.fund, paying.districts) if paying else ("-", ("-",))
        wanted = wanted._replace(fund=fund, districts=districts)
    at = read_page(after, before, size)
    days = {"from": since, "to": until}
    groups = groups_table(visit, await payments.due(db, scope, wanted), days)
    unchecked = await due_instalments.instalments_total(db, scope)
    if csv == groups.name:
        return visit.csv(groups)
    if csv == "due-instalments":
        return visit.csv(
            instalments_table(visit, await due_instalments.instalments(db, scope), unchecked)
        )
    number, amount = await payment_totals.total(db, scope, wanted)
    found = ListPage(
        visit,
        partial(payments.page, db, scope, wanted),
        lambda row: keyset.Mark(row.ordered_on, row.disbursement),
        lambda rows: payments_table(visit, rows, amount),
        number,
    )
    if csv:
        return found.csv()
    plain = not (account or since or until)
    return visit.page(
        "due.html",
        translate("到期应付 {n} 笔", n=figures.count(number)),
        grouped=groups,
        table=await found.shown(at),
        number=number,
        amount=amount,
        wanted=wanted,
        account=account,
        accounts={alias: account_name(one) for alias, one in visit.cities.accounts.items()},
        instalments=instalments_table(
            visit, await due_instalments.instalments(db, scope, SHOWN), unchecked
        )
        if plain
        else None,
        unchecked=unchecked,
        most=SHOWN,
        chips=chips(
            visit,
            **between(since, until),
            account=if_set(account, account_name(paying)),
        ),
    )
