"""budgets: what each line may commit, has committed and paid, and who waits for it."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from projections.queries import budgets
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act
from services.web.overview.alarms import reached_share
from services.web.parts import bar_charts
from services.web.request.actors import name_of
from services.web.request.parameters import BudgetYear, Year
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.budget_line_names import line_name, year_name
from services.wording.city_names import region_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

ADJUSTMENTS = {"proposed": _("待复核"), "made": _("已调整"), "rejected": _("未同意")}
KINDS = {"fund": _("基金"), "ceiling": _("上限")}


def table(visit: Visit, rows: list[budgets.BudgetLineRow]) -> PageTable[budgets.BudgetLineRow]:
    """Budget lines as a table."""

    def paid(row: budgets.BudgetLineRow) -> str | None:
        if row.kind != "fund":
            return None
        return visit.link("/disbursements", fund=row.name, district=row.district, state="settled")

    def waiting(row: budgets.BudgetLineRow) -> str:
        return visit.link("/applications", state="held", district=row.district)

    def granted(row: budgets.BudgetLineRow) -> str:
        return visit.link("/applications", state="granted", district=row.district)

    def alarm(row: budgets.BudgetLineRow) -> str | None:
        reached = reached_share(row)
        return f"≥ {reached}%" if reached else None

    columns: list[PageColumn[budgets.BudgetLineRow]] = [
        PageColumn(_("种类"), lambda r: translate(KINDS.get(r.kind, r.kind))),
        PageColumn(_("资金"), lambda r: FUND_NAMES.get(r.name, r.name)),
        PageColumn(_("区划"), lambda r: region_name(r.district)),
        PageColumn(_("额度（元）"), lambda r: r.allocated_fen, ColumnKind.AMOUNT),
        PageColumn(_("占用（元）"), lambda r: r.committed_fen, ColumnKind.AMOUNT, granted),
        PageColumn(_("占用率"), lambda r: figures.share(r.committed_fen, r.allocated_fen)),
        PageColumn(_("报警"), alarm),
        PageColumn(_("已付（元）"), lambda r: r.paid_fen, ColumnKind.AMOUNT, paid),
        PageColumn(_("可用（元）"), lambda r: r.available_fen, ColumnKind.AMOUNT),
        PageColumn(_("排队（件）"), lambda r: r.queued, ColumnKind.COUNT, waiting),
        PageColumn(
            _("排队（元）"), lambda r: r.queued_fen, ColumnKind.AMOUNT, waiting, wide_only=True
        ),
    ]
    funds = [row for row in rows if row.kind == "fund"]
    totals: dict[str, object] = {
        _("额度（元）"): sum(r.allocated_fen for r in funds),
        _("占用（元）"): sum(r.committed_fen for r in funds),
        _("已付（元）"): sum(r.paid_fen for r in funds),
        _("可用（元）"): sum(r.available_fen for r in funds),
        _("排队（件）"): sum(r.queued for r in rows),
        _("排队（元）"): sum(r.queued_fen for r in rows),
    }
    return PageTable("budgets", _("预算"), columns, rows, totals, _("这一年还没有下达预算额度。"))


@router.get("/budgets")
async def overview(visit: Arrived, year: Year = None, csv: str | None = None) -> Response:
    """Show the lines of a year, and how the money was used by month."""
    years = await budgets.years(visit.db)
    asked = visit.scope.as_of.year if year is None else year
    shown = asked if year is not None or asked in years or not years else years[0]
    rows = await budgets.lines(visit.db, visit.scope, shown)
    lines = table(visit, rows)
    if csv:
        return visit.csv(lines)
    months = await budgets.months(visit.db, visit.scope, shown)
    changes = await budgets.adjustments(visit.db, visit.scope, shown)
    return visit.page(
        "budgets.html",
        translate("预算 {year}", year=year_name(shown)),
        table=lines,
        year=shown,
        years=years,
        months=months,
        changes=adjustment_table(changes),
        pending=[change for change in changes if change.state == "proposed"],
        open_lines=[(row.line, line_name(row.line)) for row in rows if row.closed_on is None],
        line_name=line_name,
        year_name=year_name,
        name_of=name_of,
        act=Act.new,
        month_table=month_table(visit, months, shown),
        burn=visit.link("/budgets/burn.json", year=shown),
    )


def adjustment_table(
    rows: list[budgets.BudgetAdjustmentRow],
) -> PageTable[budgets.BudgetAdjustmentRow]:
    """Adjustments, with both persons."""
    columns: list[PageColumn[budgets.BudgetAdjustmentRow]] = [
        PageColumn(_("额度"), lambda r: line_name(r.line)),
        PageColumn(_("文号"), lambda r: r.document, ColumnKind.ID),
        PageColumn(_("状态"), lambda r: translate(ADJUSTMENTS[r.state])),
        PageColumn(_("增减（元）"), lambda r: r.by_fen, ColumnKind.AMOUNT),
        PageColumn(_("原因"), lambda r: r.reason),
        PageColumn(_("提出"), lambda r: name_of(r.maker) if r.maker else None),
        PageColumn(_("复核"), lambda r: name_of(r.checker) if r.checker else None),
        PageColumn(_("日期"), lambda r: r.decided_on or r.proposed_on, ColumnKind.DAY),
    ]
    return PageTable("budget-adjustments", _("预算调整"), columns, rows)


def month_table(
    visit: Visit, months: list[budgets.BudgetMonthRow], year: int
) -> PageTable[budgets.BudgetMonthRow]:
    """The same figures as the chart, as a table of links."""

    def paid(row: budgets.BudgetMonthRow) -> str:
        return visit.link("/disbursements", state="settled", to=_last_day(row.month))

    def granted(row: budgets.BudgetMonthRow) -> str:
        return visit.link("/applications", state="granted", to=_last_day(row.month))

    columns: list[PageColumn[budgets.BudgetMonthRow]] = [
        PageColumn(_("月份"), lambda r: r.month),
        PageColumn(_("累计额度（元）"), lambda r: r.allocated_fen, ColumnKind.AMOUNT),
        PageColumn(_("累计占用（元）"), lambda r: r.committed_fen, ColumnKind.AMOUNT, granted),
        PageColumn(_("累计已付（元）"), lambda r: r.paid_fen, ColumnKind.AMOUNT, paid),
    ]
    return PageTable(f"budget-months-{year}", _("按月累计"), columns, months)


def _last_day(month: str) -> str:
    year, number = map(int, month.split("-"))
    return bar_charts.last_day(year, number).isoformat()


@router.get("/budgets/burn.json")
async def burn(visit: Arrived, year: BudgetYear) -> Response:
    """The months of a year for the chart, in yuan as text, so that nothing is rounded twice."""
    months = await budgets.months(visit.db, visit.scope, year)
    return JSONResponse(
        {
            "title": translate("{year} 年占用与已付（万元，累计）", year=year),
            "months": [m.month for m in months],
            "series": [
                {
                    "name": translate("额度"),
                    "step": True,
                    "data": [m.allocated_fen / 1e6 for m in months],
                },
                {"name": translate("占用"), "data": [m.committed_fen / 1e6 for m in months]},
                {"name": translate("已付"), "data": [m.paid_fen / 1e6 for m in months]},
            ],
        }
    )
