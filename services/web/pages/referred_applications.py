"""referred applications: what the rules leave to a person: the clause beside the fact seen, or what is lacking."""

from functools import partial
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from events.values import ClauseSeen
from projections.queries import keyset, worklists
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.parameters import Size
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.clauses import TrailClause, clauses
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.reasons import reason

router = APIRouter()

_OPEN = ("open", "judge")


class ToJudge(NamedTuple):
    """One application with the clauses that nobody but a person can judge."""

    own: worklists.ReferredApplication
    open: list[TrailClause]

    @property
    def quotes(self) -> str | None:
        """The clauses in the notice's own words; a convention where it says nothing."""
        texts = (f"{c.cite} {f'“{c.quote}”' if c.quote else c.assume}".strip() for c in self.open)
        return "；".join(dict.fromkeys(filter(None, texts))) or None

    @property
    def seen(self) -> str:
        """What was seen against what was needed, or which fact is missing."""
        return "；".join(dict.fromkeys(c.sentence for c in self.open)) or self.own.text


def to_judge(visit: Visit, row: worklists.ReferredApplication) -> ToJudge:
    """Read the open clauses of a decision's trail by the policy that made it."""
    law = visit.sources.policies
    policy = programmes.version(law, row.policy_hash) if row.policy_hash else None
    trail: list[ClauseSeen] = [tuple(line) for line in row.trail]
    open_clauses = [c for c in clauses(policy, trail) if c.verdict in _OPEN and not c.group]
    return ToJudge(row, open_clauses)


def table(visit: Visit, rows: list[ToJudge]) -> PageTable[ToJudge]:
    """The list as a table."""
    policies, as_of = visit.sources.policies, visit.scope.as_of

    def page_of(row: ToJudge) -> str:
        return visit.link(f"/applications/{segment(row.own.application)}")

    def form(row: ToJudge) -> str:
        return visit.link("/decisions/new", application=row.own.application)

    columns: list[PageColumn[ToJudge]] = [
        PageColumn(_("申请号"), lambda r: r.own.application, ColumnKind.ID, page_of),
        PageColumn(_("补贴项目"), lambda r: programmes.short(policies, r.own.programme)),
        PageColumn(_("区划"), lambda r: region_name(r.own.region), wide_only=True),
        PageColumn(_("转人工日"), lambda r: r.own.since, ColumnKind.DAY),
        PageColumn(_("已等（天）"), lambda r: (as_of - r.own.since).days, ColumnKind.COUNT),
        PageColumn(_("原因"), lambda r: reason(r.own.code)),
        PageColumn(_("所见或所缺"), lambda r: r.seen),
        PageColumn(_("条款"), lambda r: r.quotes),
        PageColumn(_("办理"), lambda _row: translate("审核"), ColumnKind.TEXT, form),
    ]
    empty = _("没有转人工的申请：缺少事实、标准未载明或须人工判断的申请会列在这里。")
    return PageTable("referred", _("转人工"), columns, rows, {}, empty)


@router.get("/tasks/referred")
async def overview(
    visit: Arrived,
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
) -> Response:
    """List what waits for a person's judgement, the longest wait first."""
    db, scope = visit.db, visit.scope
    at = read_page(after, before, size)
    total = await worklists.referred_total(db, scope)
    found = ListPage(
        visit,
        partial(worklists.referred, db, scope),
        lambda row: keyset.Mark(row.since, row.application),
        lambda rows: table(visit, [to_judge(visit, row) for row in rows]),
        total.number,
    )
    if csv:
        return found.csv()
    return visit.page(
        "referred.html",
        translate("转人工 {n} 件", n=figures.count(total.number)),
        table=await found.shown(at),
        total=total,
    )
