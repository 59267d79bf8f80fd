"""lists: debts, what waits for money, and the posts of a quarter, as sheets.

In:    rows that pages show too, asked at a position
Out:   sheets: sums first, then the list that they are sums of
Units: fen
Holds: no name and no token stands in a report: an application's or a debt's number leads to whom it is of
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from projections.queries import posts
from projections.queries.clawbacks import ClawbackRow
from projections.queries.posts import PostRow
from projections.queries.worklists import BudgetQueueTotal, HeldApplication
from services.reports.content import Cell, ReportColumn, ReportSheet, total
from services.spreadsheets.page_table import ColumnKind
from services.wording.act_names import CAUSES
from services.wording.languages import marked as _

Named = Callable[[str], str]
Line = tuple[Cell, ...]

_DEBT_SUMS = (
    ReportColumn(_("笔数"), ColumnKind.COUNT),
    ReportColumn(_("应追回（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("收回现金（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("抵扣（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("核销（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("尚欠（元）"), ColumnKind.AMOUNT),
)
_DEBTS_BY_CAUSE = (
    ReportColumn(_("区划"), words=True),
    ReportColumn(_("区划代码"), ColumnKind.ID),
    ReportColumn(_("事由"), words=True),
    ReportColumn(_("事由代码"), ColumnKind.ID),
    *_DEBT_SUMS,
)
_DEBTS = (
    ReportColumn(_("追回编号"), ColumnKind.ID),
    ReportColumn(_("区划代码"), ColumnKind.ID),
    ReportColumn(_("补贴项目"), words=True),
    ReportColumn(_("代码"), ColumnKind.ID),
    ReportColumn(_("事由"), words=True),
    ReportColumn(_("决定日"), ColumnKind.DAY),
    *_DEBT_SUMS[1:],
    ReportColumn(_("账龄（天）"), ColumnKind.COUNT),
)


def debts(
    rows: Sequence[ClawbackRow], on: date, programme: Named, region: Named
) -> list[ReportSheet]:
    """What is owed back: by district and cause, and every debt that is open."""
    ordered = [row for row in rows if row.ordered_on is not None]
    groups: dict[tuple[str, str], list[ClawbackRow]] = defaultdict(list)
    for row in ordered:
        groups[row.district or "", row.cause].append(row)
    sums: tuple[Line, ...] = tuple(
        (region(district), district, CAUSES.get(cause, cause), cause, len(of), *_owed(of))
        for (district, cause), of in sorted(groups.items())
    )
    open_ones = sorted(
        (row for row in ordered if row.left_fen),
        key=lambda row: (row.ordered_on or on, row.clawback, row.payee),
    )
    lines: tuple[Line, ...] = tuple(
        (
            row.clawback,
            row.district,
            programme(row.programme or ""),
            row.programme,
            CAUSES.get(row.cause, row.cause),
            row.ordered_on,
            *_owed([row]),
            (on - (row.ordered_on or on)).days,
        )
        for row in open_ones
    )
    owed = total(_DEBTS, lines)
    return [
        ReportSheet(_("分区划事由"), _DEBTS_BY_CAUSE, sums, total(_DEBTS_BY_CAUSE, sums)),
        ReportSheet(_("未结清明细"), _DEBTS, lines, (*owed[:-1], None) if owed else ()),
    ]


def _owed(rows: Iterable[ClawbackRow]) -> Line:
    of = list(rows)
    return (
        sum(row.amount_fen or 0 for row in of),
        sum(row.recovered_fen for row in of),
        sum(row.offset_fen for row in of),
        sum(row.written_off_fen for row in of),
        sum(row.left_fen or 0 for row in of),
    )


_QUEUES = (
    ReportColumn(_("额度"), ColumnKind.ID),
    ReportColumn(_("排队（件）"), ColumnKind.COUNT),
    ReportColumn(_("排队金额（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("可用额度（元）"), ColumnKind.AMOUNT),
    ReportColumn(_("最早一件"), ColumnKind.DAY),
)
_HELD = (
    ReportColumn(_("申请号"), ColumnKind.ID),
    ReportColumn(_("补贴项目"), words=True),
    ReportColumn(_("代码"), ColumnKind.ID),
    ReportColumn(_("区划"), words=True),
    ReportColumn(_("区划代码"), ColumnKind.ID),
    ReportColumn(_("额度"), ColumnKind.ID),
    ReportColumn(_("排队位次"), ColumnKind.COUNT),
    ReportColumn(_("自何日"), ColumnKind.DAY),
    ReportColumn(_("金额（元）"), ColumnKind.AMOUNT),
)


def held(
    queues: Sequence[BudgetQueueTotal],
    waiting: Sequence[HeldApplication],
    programme: Named,
    region: Named,
) -> list[ReportSheet]:
    """What waits for money: by line, and every application."""
    sums: tuple[Line, ...] = tuple(
        (row.line, row.number, row.amount_fen, row.available_fen, row.oldest_on)
        for row in sorted(queues, key=lambda row: row.line or "")
    )
    lines: tuple[Line, ...] = tuple(
        (
            row.application,
            programme(row.programme),
            row.programme,
            region(row.region),
            row.region,
            row.line,
            row.place,
            row.since,
            row.amount_fen,
        )
        for row in sorted(
            waiting, key=lambda row: (row.line or "", row.place or 0, row.application)
        )
    )
    summed = total(_QUEUES, sums)
    listed = total(_HELD, lines)
    return [
        ReportSheet(_("分额度"), _QUEUES, sums, (*summed[:3], None, None) if summed else ()),
        ReportSheet(
            _("待预算明细"), _HELD, lines, (*listed[:6], None, *listed[7:]) if listed else ()
        ),
    ]


_COUNTED = {
    "held": _("实有（人）"),
    "new": _("新安置（人）"),
    "vacated": _("腾退（人）"),
    "again": _("再次安置（人）"),
    "filed": _("再次安置已备案（人）"),
}
_POST_SUMS = (
    ReportColumn(_("区划"), words=True),
    ReportColumn(_("区划代码"), ColumnKind.ID),
    *(ReportColumn(words, ColumnKind.COUNT) for words in _COUNTED.values()),
)
_POSTS = (
    ReportColumn(_("申请号"), ColumnKind.ID),
    ReportColumn(_("变动"), words=True),
    ReportColumn(_("变动代码"), ColumnKind.ID),
    ReportColumn(_("区划"), words=True),
    ReportColumn(_("区划代码"), ColumnKind.ID),
    ReportColumn(_("第几次安置"), ColumnKind.COUNT),
    ReportColumn(_("安置方案备案")),
    ReportColumn(_("季内月数"), ColumnKind.COUNT),
)
_MOVED = {"kept": _("实有"), "new": _("新安置"), "vacated": _("腾退")}
_NO_NAMES = _("姓名和身份号码不印在报表上：按申请号在工作台“公益性岗位季报”中查看。")


def posts_of_quarter(rows: Sequence[PostRow], region: Named) -> list[ReportSheet]:
    """The posts of a quarter: by district, and every post."""
    districts = sorted({row.district for row in rows})
    sums: tuple[Line, ...] = tuple(
        (
            region(district),
            district,
            *(
                sum(row.district == district and posts.GROUPS[group](row) for row in rows)
                for group in _COUNTED
            ),
        )
        for district in districts
    )
    lines: tuple[Line, ...] = tuple(
        (
            row.application,
            _MOVED[row.movement],
            row.movement,
            region(row.district),
            row.district,
            row.placement,
            ("" if row.placement < 2 else "已备案" if row.plan_filed else "未备案"),
            row.months,
        )
        for row in sorted(rows, key=lambda row: (row.district, row.movement, row.application))
    )
    return [
        ReportSheet(_("分区划"), _POST_SUMS, sums, total(_POST_SUMS, sums)),
        ReportSheet(_("岗位名单"), _POSTS, lines, note=_NO_NAMES),
    ]
