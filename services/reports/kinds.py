"""kinds: every kind of report: what it is called, what it is asked for, how its sheets are made.

Holds: a kind whose figures or layout change gets the next `form`; what was issued under an earlier
       form is proved by its kept file, and its figures can no longer be asked again
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, cast

import asyncpg

from policies.duties.counts import counts
from policies.engine.registry import Policies
from projections.engine import tables_at_position
from projections.queries import (
    clawbacks,
    fund_report,
    keyset,
    posts,
    report_statistics,
    signed_months,
    targets,
    treasury,
    worklists,
)
from projections.queries.connection import Db
from projections.queries.position_vector import PositionVector
from projections.queries.scope import Scope
from services.reports import closed_month, fund_month, fund_treasury, lists, statistics
from services.reports import progress as yearly_progress
from services.reports.content import ReportSheet
from services.reports.parameters import period
from services.runtime import progress
from services.runtime.errors import OperatingFailure
from services.wording import programmes
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _


class Making(NamedTuple):
    """What the sheets of a report are made from."""

    db: asyncpg.Connection
    policies: Policies
    parameters: Mapping[str, str]
    vector: PositionVector

    @property
    def scope(self) -> Scope:
        """The frame of a page's query on the last day of the report."""
        area, fund = self.parameters["area"], self.parameters.get("fund") or None
        return Scope(period(self.parameters).last, district=area, fund=fund)

    async def tables(self, *names: str) -> Db:
        """Read models as they were at the position, for the queries of pages."""
        asked = await tables_at_position.tables_at(self.db, names, self.vector)
        return cast("Db", asked)

    def programme(self, code: str) -> str:
        """What a benefit is called."""
        return programmes.short(self.policies, code)

    def region(self, code: str) -> str:
        """What a region is called."""
        return self.policies.cities.regions.get(code, code)

    def fund(self, code: str) -> str:
        """What a fund is called."""
        return FUND_NAMES.get(code, code)


class ReportKind(NamedTuple):
    """One kind of report; `faults` says what of its sheets does not add up."""

    id: str
    title: str
    form: int
    asks: tuple[str, ...]
    sheets: Callable[[Making], Awaitable[tuple[ReportSheet, ...]]]
    faults: Callable[[Sequence[ReportSheet]], list[str]] = lambda sheets: []


class UnknownKind(OperatingFailure):
    """No report is of this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"没有“{kind[:40]}”这种报表。",
            "报表种类：" + "、".join(f"{one.id}（{one.title}）" for one in KINDS.values()) + "。",
        )


async def _fund_month(making: Making) -> tuple[ReportSheet, ...]:
    first, last = period(making.parameters)
    books = fund_report.ReportBooks(
        making.parameters["area"], making.parameters["fund"], first, last, making.vector
    )
    progress.expect(3)
    flows = await fund_report.flows(making.db, books)
    progress.add(1)
    paid = await fund_report.paid(making.db, books)
    progress.add(1)
    cities = making.policies.cities
    month = making.parameters["month"]
    stated = await treasury.stated_by(making.db, cities.by_code, month, making.vector)
    progress.add(1)
    return (
        fund_month.cash(flows),
        fund_month.accounts(flows),
        fund_month.programmes(flows, paid, making.programme),
        fund_month.districts(flows, making.fund, making.region),
        fund_treasury.sheet(flows, stated, cities, books, (making.fund, making.region)),
    )


async def _closed_month(making: Making) -> tuple[ReportSheet, ...]:
    first, last = period(making.parameters)
    books = fund_report.ReportBooks(
        making.parameters["area"], making.parameters["fund"], first, last, making.vector
    )
    months = await signed_months.signed(making.db, books)
    return tuple(closed_month.sheets(months, making.fund, making.region))


async def _statistics(making: Making) -> tuple[ReportSheet, ...]:
    first, last = period(making.parameters)
    books = fund_report.ReportBooks(making.parameters["area"], "", first, last, making.vector)
    progress.expect(2)
    claims = await report_statistics.claims(making.db, books)
    progress.add(1)
    paid = await fund_report.paid(making.db, books)
    progress.add(1)
    return (
        statistics.by_programme(claims, paid, making.programme),
        statistics.by_district(claims, paid, making.programme, making.region),
    )


async def _progress(making: Making) -> tuple[ReportSheet, ...]:
    area, (_first, on) = making.parameters["area"], period(making.parameters)
    db = await making.tables("head_count", "targets", "vouchers")
    rules = {one.id: one for one in counts().counts}
    steps = {one.id: one.step for one in counts().vouchers}

    async def counted(name: str) -> targets.ByDistrict:
        if name in steps:
            return await targets.vouchers(db, making.scope, steps[name], on.year, area)
        wanted = targets.CountFilter(name, on.year, rules[name].persons, area)
        return await targets.by_district(db, making.scope, wanted)

    city = making.policies.cities.city_of(area.lstrip("="))
    return tuple(await yearly_progress.progress(city, on.year, counted))


async def _debts(making: Making) -> tuple[ReportSheet, ...]:
    db = await making.tables("clawbacks")
    rows = await clawbacks.listed(db, making.scope, ())
    on = period(making.parameters).last
    return tuple(lists.debts(rows, on, making.programme, making.region))


async def _held(making: Making) -> tuple[ReportSheet, ...]:
    db = await making.tables("applications", "approvals", "budgets")
    queues = await worklists.queues(db, making.scope)
    waiting: list[worklists.HeldApplication] = []
    async for page in keyset.pages(partial(worklists.held, db, making.scope), _since):
        waiting += page
    return tuple(lists.held(queues, waiting, making.programme, making.region))


def _since(row: worklists.HeldApplication) -> keyset.Mark:
    return keyset.Mark(row.since, row.application)


async def _posts(making: Making) -> tuple[ReportSheet, ...]:
    db = await making.tables("posts")
    year, number = making.parameters["quarter"].split("-")
    quarter = posts.Quarter(int(year), int(number))
    rows = await posts.of_quarter(db, making.scope, quarter)
    return tuple(lists.posts_of_quarter(rows, making.region))


_AS_OF = ("area", "on")
KINDS: dict[str, ReportKind] = {
    kind.id: kind
    for kind in (
        ReportKind(
            "fund-month",
            _("基金收支月报"),
            2,
            ("area", "fund", "month"),
            _fund_month,
            fund_month.faults,
        ),
        ReportKind("closed-month", _("月结报表"), 1, ("area", "fund", "month"), _closed_month),
        ReportKind(
            "statistics-month", _("补贴项目和区划统计（月）"), 1, ("area", "month"), _statistics
        ),
        ReportKind(
            "statistics-year", _("补贴项目和区划统计（年）"), 1, ("area", "year"), _statistics
        ),
        ReportKind("targets", _("年度目标完成情况"), 1, _AS_OF, _progress),
        ReportKind("debts", _("追回款情况"), 1, ("area", "fund", "on"), _debts),
        ReportKind("held", _("待预算情况"), 1, ("area", "fund", "on"), _held),
        ReportKind("posts", _("公益性岗位季报"), 1, ("area", "quarter"), _posts),
    )
}
"""Every kind by its id, in the order in which pages list them."""


def kind_of(kind: str) -> ReportKind:
    """The kind with this id.

    Raises: UnknownKind
    """
    if kind not in KINDS:
        raise UnknownKind(kind)
    return KINDS[kind]
