"""report tables: the sheets of a report as tables of a page; figures lead to the entries behind them."""

from collections.abc import Callable

from projections.queries.issued_reports import IssuedReport
from services.reports import fund_treasury
from services.reports.content import Cell, MadeReport, ReportColumn, ReportSheet
from services.reports.kinds import KINDS
from services.reports.parameters import named, period
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.actors import name_of
from services.web.request.scope import segment
from services.web.request.visit import Visit
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import REPORTS, state_of

Line = tuple[Cell, ...]


def report_tables(visit: Visit, report: MadeReport) -> list[PageTable[Line]]:
    """Every sheet of a report, in its order."""
    return [
        _table(visit, report, sheet, f"{report.kind}-{number}")
        for number, sheet in enumerate(report.sheets, 1)
    ]


def _table(visit: Visit, report: MadeReport, sheet: ReportSheet, name: str) -> PageTable[Line]:
    columns = [
        _column(column, place, _behind(visit, report, sheet))
        for place, column in enumerate(sheet.columns)
    ]
    totals: dict[str, object] = {
        column.header: value
        for column, value in list(zip(sheet.columns, sheet.totals, strict=False))[1:]
        if value is not None
    }
    return PageTable(
        name, sheet.name, columns, sheet.rows, totals,
        _("这一期间没有要列的内容。"), cards=False, hidden_caption=False,
    )  # fmt: skip


def _column(
    column: ReportColumn, place: int, behind: Callable[[Line], str | None]
) -> PageColumn[Line]:
    figure = column.kind in (ColumnKind.AMOUNT, ColumnKind.DIFFERENCE, ColumnKind.COUNT)
    leads = figure or column.header in ("申请号", "追回编号")

    def value(line: Line) -> object:
        cell = line[place]
        if isinstance(cell, str) and column.kind is ColumnKind.TEXT:
            inner = cell.lstrip("　")
            return "　" * (len(cell) - len(inner)) + (translate(inner) if inner else "")
        return cell

    return PageColumn(column.header, value, column.kind, behind if leads else None)


def _behind(visit: Visit, report: MadeReport, sheet: ReportSheet) -> Callable[[Line], str | None]:
    """Where the figures of a line lead."""
    first, last = period(report.parameters)
    days = {"from": first.isoformat(), "to": last.isoformat()}

    def of(line: Line) -> str | None:
        said = {column.header: cell for column, cell in zip(sheet.columns, line, strict=True)}
        match report.kind, sheet.name:
            case "fund-month", "科目余额":
                return visit.link("/journal", code=said["科目"], **days)
            case "fund-month", "补贴项目":
                return visit.link("/disbursements", programme=said["代码"])
            case "fund-month", "分基金区划":
                books = {"fund": said["基金代码"], "district": said["区划代码"]}
                return visit.link("/journal", code="1002", **days, **books)
            case "fund-month", fund_treasury.NAME:
                place = (str(said["基金代码"]), str(said["区划代码"]), report.parameters["month"])
                return visit.link("/treasury/" + "/".join(segment(one) for one in place))
            case "closed-month", _:
                month = (str(said["基金代码"]), str(said["区划代码"]), report.parameters["month"])
                return visit.link("/periods/" + "/".join(segment(one) for one in month))
            case "fund-month", _:
                return visit.link("/journal", code="1002", **days)
            case _, "待预算明细" | "岗位名单":
                return visit.link(f"/applications/{segment(str(said['申请号']))}")
            case "debts", _:
                return visit.link("/clawbacks", district=said["区划代码"])
            case "held", _:
                return visit.link("/tasks/held", line=said["额度"])
            case "posts", _:
                year, quarter = report.parameters["quarter"].split("-")
                return visit.link("/posts", year=year, quarter=quarter, area=said["区划代码"])
            case "statistics-month" | "statistics-year", "分补贴项目":
                return visit.link("/applications", programme=said["代码"])
            case "statistics-month" | "statistics-year", _:
                books = {"programme": said["代码"], "district": said["区划代码"]}
                return visit.link("/applications", **books)
            case "targets", "年度目标":
                count = {"count": said["指标代码"], "year": report.through.year}
                return visit.link("/head-count", **count, area=report.parameters["area"])
            case _:
                return None

    return of


def issued_table(visit: Visit, rows: list[IssuedReport]) -> PageTable[IssuedReport]:
    """Reports that were issued, as a list."""

    def page_of(row: IssuedReport) -> str:
        return visit.link(f"/reports/{segment(row.number)}")

    def asked(row: IssuedReport) -> str:
        said = named(row.parameters, visit.sources.policies)
        return "　".join(value for _name, value in said)

    columns: list[PageColumn[IssuedReport]] = [
        PageColumn(_("报表编号"), lambda r: r.number, ColumnKind.ID, page_of),
        PageColumn(_("报表"), lambda r: title_of(r.kind)),
        PageColumn(_("范围"), asked),
        PageColumn(_("截至账务日"), lambda r: r.through, ColumnKind.DAY),
        PageColumn(_("状态"), lambda r: state_of(REPORTS, r.state), ColumnKind.STATE),
        PageColumn(_("签发日"), lambda r: r.issued_on, ColumnKind.DAY),
        PageColumn(_("签发"), lambda r: name_of(r.maker)),
        PageColumn(_("数字摘要"), lambda r: r.digest[:16], ColumnKind.ID, wide_only=True),
    ]
    return PageTable("reports", _("已签发报表"), columns, rows, empty=_("还没有签发过报表。"))


def title_of(kind: str) -> str:
    """What a kind of report is called; one that this software does not know is its id."""
    return translate(KINDS[kind].title) if kind in KINDS else kind
