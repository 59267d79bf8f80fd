"""statistics: what was claimed, granted and paid, by programme and by district.

In:    claims and payments of a period at a position
Out:   two sheets
Units: fen
"""

from collections.abc import Callable, Iterable

from projections.queries.fund_report import ProgrammePaid
from projections.queries.report_statistics import ClaimStatistics
from services.reports.content import Cell, ReportColumn, ReportSheet, total
from services.spreadsheets.page_table import ColumnKind
from services.wording.languages import marked as _

Named = Callable[[str], str]

_PEOPLE = ReportColumn(_("核准人数或单位数"), ColumnKind.COUNT)
_FIGURES = (
    ReportColumn(_("受理（件）"), ColumnKind.COUNT),
    ReportColumn(_("核准（件）"), ColumnKind.COUNT),
    _PEOPLE,
    ReportColumn(_("核准金额（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("不予核准（件）"), ColumnKind.COUNT),
    ReportColumn(_("转人工（件）"), ColumnKind.COUNT),
    ReportColumn(_("撤销（件）"), ColumnKind.COUNT),
    ReportColumn(_("支付（笔）"), ColumnKind.COUNT),
    ReportColumn(_("支付（元）"), ColumnKind.AMOUNT),
)
_BY_PROGRAMME = (
    ReportColumn(_("补贴项目"), words=True),
    ReportColumn(_("代码"), ColumnKind.ID),
    *_FIGURES,
)
_BY_DISTRICT = (
    ReportColumn(_("区划"), words=True),
    ReportColumn(_("区划代码"), ColumnKind.ID),
    ReportColumn(_("补贴项目"), words=True),
    ReportColumn(_("代码"), ColumnKind.ID),
    *_FIGURES,
)
_NOTE = _("同一人或单位在几个项目、几个区划各计一次，人数不作合计。")


def by_programme(
    claims: list[ClaimStatistics], paid: list[ProgrammePaid], named: Named
) -> ReportSheet:
    """A line a programme."""
    programmes = sorted({row.programme for row in claims} | {row.programme for row in paid})
    rows = tuple(
        (
            named(programme),
            programme,
            *_figures(
                [row for row in claims if row.programme == programme],
                [row for row in paid if row.programme == programme],
            ),
        )
        for programme in programmes
    )
    return ReportSheet(
        _("分补贴项目"), _BY_PROGRAMME, rows, _without_people(_BY_PROGRAMME, rows), _NOTE
    )


def by_district(
    claims: list[ClaimStatistics], paid: list[ProgrammePaid], named: Named, region: Named
) -> ReportSheet:
    """A line a district and programme."""
    keys = {(row.region, row.programme) for row in claims}
    keys |= {(row.district, row.programme) for row in paid}
    rows = tuple(
        (
            region(district),
            district,
            named(programme),
            programme,
            *_figures(
                [row for row in claims if (row.region, row.programme) == (district, programme)],
                [row for row in paid if (row.district, row.programme) == (district, programme)],
            ),
        )
        for district, programme in sorted(keys)
    )
    return ReportSheet(_("分区划"), _BY_DISTRICT, rows, _without_people(_BY_DISTRICT, rows), _NOTE)


def _figures(claims: Iterable[ClaimStatistics], paid: Iterable[ProgrammePaid]) -> tuple[Cell, ...]:
    found, settled = list(claims), [row for row in paid if row.kind == "settled"]
    return (
        sum(row.filed for row in found),
        sum(row.granted for row in found),
        # a person who moves from one district to another is one in each
        sum(row.granted_people for row in found),
        sum(row.granted_fen for row in found),
        sum(row.denied for row in found),
        sum(row.referred for row in found),
        sum(row.revoked for row in found),
        sum(row.month_payments for row in settled),
        sum(row.month_fen for row in settled),
    )


def _without_people(
    columns: tuple[ReportColumn, ...], rows: tuple[tuple[Cell, ...], ...]
) -> tuple[Cell, ...]:
    return tuple(
        None if column is _PEOPLE else cell
        for column, cell in zip(columns, total(columns, rows), strict=False)
    )
