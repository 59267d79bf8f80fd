"""budgets: what each line may commit, has committed and paid, and who waits for it."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from policies.vocabulary.places import REGIONS
from projections.queries import budgets
from services.web import charts, figures
from services.web.actors import name_of
from services.web.acts import Act
from services.web.alarms import reached_share
from services.web.budget_lines import line_name, year_name
from services.web.languages import marked as _
from services.web.languages import translate
from services.web.parameters import BudgetYear, Year
from services.web.scope import FUND_NAMES
from services.web.tables import Column, Kind, Table
from services.web.visit import Arrived, Visit

router = APIRouter()

ADJUSTMENTS = {"proposed": _("待复核"), "made": _("已调整"), "rejected": _("未同意")}
KINDS = {"fund": _("基金"), "ceiling": _("上限")}


def table(visit: Visit, rows: list[budgets.Line]) -> Table[budgets.Line]:
    """Budget lines as a table."""

    def paid(row: budgets.Line) -> str | None:
        if row.kind != "fund":
            return None
        return visit.link("/disbursements", fund=row.name, district=row.district, state="settled")

    def waiting(row: budgets.Line) -> str:
        return visit.link("/applications", state="held", district=row.district)

    def granted(row: budgets.Line) -> str:
        return visit.link("/applications", state="granted", district=row.district)

    def alarm(row: budgets.Line) -> str | None:
        reached = reached_share(row)
        return f"≥ {reached}%" if reached else None

    columns: list[Column[budgets.Line]] = [
        Column(_("种类"), lambda r: translate(KINDS.get(r.kind, r.kind))),
        Column(_("资金"), lambda r: FUND_NAMES.get(r.name, r.name)),
        Column(_("区划"), lambda r: REGIONS.get(r.district, r.district)),
        Column(_("额度（元）"), lambda r: r.allocated_fen, Kind.AMOUNT),
        Column(_("占用（元）"), lambda r: r.committed_fen, Kind.AMOUNT, granted),
        Column(_("占用率"), lambda r: figures.share(r.committed_fen, r.allocated_fen)),
        Column(_("报警"), alarm),
        Column(_("已付（元）"), lambda r: r.paid_fen, Kind.AMOUNT, paid),
        Column(_("可用（元）"), lambda r: r.available_fen, Kind.AMOUNT),
        Column(_("排队（件）"), lambda r: r.queued, Kind.COUNT, waiting),
        Column(_("排队（元）"), lambda r: r.queued_fen, Kind.AMOUNT, waiting, wide_only=True),
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
    return Table("budgets", _("预算"), columns, rows, totals, _("这一年还没有下达预算额度。"))


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
        knows=("year", "csv"),
    )


def adjustment_table(rows: list[budgets.Adjustment]) -> Table[budgets.Adjustment]:
    """Adjustments, with both persons."""
    columns: list[Column[budgets.Adjustment]] = [
        Column(_("额度"), lambda r: line_name(r.line)),
        Column(_("文号"), lambda r: r.document, Kind.ID),
        Column(_("状态"), lambda r: translate(ADJUSTMENTS[r.state])),
        Column(_("增减（元）"), lambda r: r.by_fen, Kind.AMOUNT),
        Column(_("原因"), lambda r: r.reason),
        Column(_("提出"), lambda r: name_of(r.maker) if r.maker else None),
        Column(_("复核"), lambda r: name_of(r.checker) if r.checker else None),
        Column(_("日期"), lambda r: r.decided_on or r.proposed_on, Kind.DAY),
    ]
    return Table("budget-adjustments", _("预算调整"), columns, rows)


def month_table(visit: Visit, months: list[budgets.Month], year: int) -> Table[budgets.Month]:
    """The same figures as the chart, as a table of links."""

    def paid(row: budgets.Month) -> str:
        return visit.link("/disbursements", state="settled", to=_last_day(row.month))

    def granted(row: budgets.Month) -> str:
        return visit.link("/applications", state="granted", to=_last_day(row.month))

    columns: list[Column[budgets.Month]] = [
        Column(_("月份"), lambda r: r.month),
        Column(_("累计额度（元）"), lambda r: r.allocated_fen, Kind.AMOUNT),
        Column(_("累计占用（元）"), lambda r: r.committed_fen, Kind.AMOUNT, granted),
        Column(_("累计已付（元）"), lambda r: r.paid_fen, Kind.AMOUNT, paid),
    ]
    return Table(f"budget-months-{year}", _("按月累计"), columns, months)


def _last_day(month: str) -> str:
    year, number = map(int, month.split("-"))
    return charts.last_day(year, number).isoformat()


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
