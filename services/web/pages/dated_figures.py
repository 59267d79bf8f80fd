"""dated figures: what notices leave to a city, from which day, by which document, stated by whom."""

from datetime import date
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from events import streams
from events.figures import StateFigure
from policies.engine.registry import Policies
from policies.reference_data.figure_history import Span, history
from policies.reference_data.figure_texts import read_value
from policies.reference_data.standards import Declared
from projections.queries import figures as figure_queries
from projections.queries.scope import Scope
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act
from services.web.acts.sending import propose as propose_act
from services.web.parts.paging import part
from services.web.parts.policies_now import policies_now
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import DocumentTyped, Field, MaybeDay, Note, OnDay
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.figure_values import UNSOURCED, how_written, said, said_row
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

router = APIRouter()

NOW = State(_("现行"), "blue")
OVER = State(_("已截止"), "grey")
TO_COME = State(_("尚未开始"), "violet")


class FigureSpan(NamedTuple):
    """One figure of one place on some days, after what it was before."""

    name: str
    declared: Declared
    place: str
    span: Span
    before: Span | None

    def state(self, today: date) -> State:
        """Whether it counts today."""
        if self.span.covers(today):
            return NOW
        return TO_COME if today < self.span.first else OVER

    @property
    def was(self) -> str | None:
        """What it was before, and since when."""
        if self.before is None:
            return None
        return translate(
            "{value}，自 {day} 起",
            value=said_row(self.declared, self.before.row),
            day=self.before.first,
        )


def spans_of(policies: Policies, scope: Scope, wanted: str = "") -> list[FigureSpan]:
    """Every span of every figure, or of one, that counts in a scope, the latest of each place first."""
    declared, stated = policies.standards
    found = []
    for (name, place), rows in sorted(stated.items()):
        if wanted in ("", name) and scope.goes_by(place):
            spans = history(rows)
            befores = [None, *spans[:-1]]
            one = [
                FigureSpan(name, declared[name], place, span, before)
                for span, before in zip(spans, befores, strict=True)
            ]
            found += one[::-1]
    return found


def table(visit: Visit, rows: list[FigureSpan], who: dict[str, str]) -> PageTable[FigureSpan]:
    """Figures by the days on which they count; `who` stated them, by document."""
    today = visit.scope.as_of
    regions = visit.sources.policies.cities.regions

    def page_of(row: FigureSpan) -> str:
        return visit.link(f"/policies/figures/{segment(row.name)}")

    columns: list[PageColumn[FigureSpan]] = [
        PageColumn(_("参数"), lambda r: r.declared.label, ColumnKind.TEXT, page_of),
        PageColumn(_("地区"), lambda r: regions.get(r.place, r.place)),
        PageColumn(_("状态"), lambda r: r.state(today), ColumnKind.STATE),
        PageColumn(_("起始日期"), lambda r: r.span.first, ColumnKind.DAY),
        PageColumn(_("截止日期"), lambda r: r.span.last, ColumnKind.DAY),
        PageColumn(_("数值"), lambda r: said_row(r.declared, r.span.row)),
        PageColumn(_("原值"), lambda r: r.was),
        PageColumn(_("依据"), lambda r: r.span.document.replace("#", " ") or translate(UNSOURCED)),
        PageColumn(_("规定"), lambda r: who.get(r.span.document)),
        PageColumn(_("名称"), lambda r: r.name, ColumnKind.ID, wide_only=True),
    ]
    return PageTable("figures", _("参数"), columns, rows, {}, _("还没有规定。"))


def stated_table(
    visit: Visit, rows: list[figure_queries.FigureStatement], declared: Declared
) -> PageTable[figure_queries.FigureStatement]:
    """What was stated on the running ledger, the latest first."""
    regions = visit.sources.policies.cities.regions
    columns: list[PageColumn[figure_queries.FigureStatement]] = [
        PageColumn(_("地区"), lambda r: regions.get(r.figure.jurisdiction, r.figure.jurisdiction)),
        PageColumn(_("起始日期"), lambda r: r.figure.from_on, ColumnKind.DAY),
        PageColumn(_("截止日期"), lambda r: r.figure.to_on, ColumnKind.DAY),
        PageColumn(_("数值"), lambda r: said(declared, r.figure.value)),
        PageColumn(_("依据"), lambda r: r.figure.document),
        PageColumn(_("取代"), lambda r: r.supersedes or None),
        PageColumn(_("提出人"), lambda r: name_of(r.figure.maker)),
        PageColumn(_("复核人"), lambda r: name_of(r.figure.checker)),
        PageColumn(_("时间"), lambda r: r.stated_at, ColumnKind.MOMENT),
    ]
    return PageTable("stated", _("台账运行中的规定"), columns, rows, {}, _("没有。"))


@router.get("/policies/figures")
async def overview(visit: Arrived, csv: str | None = None, xlsx: str | None = None) -> Response:
    """List every figure that anybody states, with what it was before."""
    stated = await figure_queries.stated(visit.db)
    rows = spans_of(await policies_now(visit), visit.scope)
    who = {
        one.figure.document: f"{name_of(one.figure.maker)}、{name_of(one.figure.checker)}"
        for one in stated
    }
    shown = table(visit, rows, who)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    declared = visit.sources.policies.written.declared
    unstated = sorted(declared.keys() - {row.name for row in rows})
    return visit.page(
        "figures.html",
        translate("参数 {n} 项", n=figures.count(len(declared))),
        table=part(visit, shown, lambda r: f"{r.name}/{r.place}/{r.span.first}"),
        waiting=await _waiting(visit),
        unstated=[(name, declared[name].label, declared[name].why) for name in unstated],
        segment=segment,
    )


@router.get("/policies/figures/{name}")
async def detail(visit: Arrived, name: str) -> Response:
    """Show one figure: its history by place, what waits, and the form to state it anew."""
    declared = _declared(visit, name)
    stated = [
        one
        for one in await figure_queries.stated(visit.db)
        if one.figure.name == name and visit.scope.goes_by(one.figure.jurisdiction)
    ]
    rows = spans_of(await policies_now(visit), visit.scope, name)
    who = {
        one.figure.document: f"{name_of(one.figure.maker)}、{name_of(one.figure.checker)}"
        for one in stated
    }
    return visit.page(
        "figure.html",
        declared.label,
        name=name,
        declared=declared,
        how=how_written(declared),
        table=table(visit, rows, who),
        stated=stated_table(visit, stated[::-1], declared),
        waiting=[one for one in await _waiting(visit) if one.name == name],
        places=_places(visit),
        act=Act.new,
        segment=segment,
    )


@router.post("/policies/figures/{name}")
async def state(
    visit: Arrived,
    name: str,
    command: Field,
    jurisdiction: Field,
    from_on: OnDay,
    value: Field,
    document: DocumentTyped,
    to_on: MaybeDay = None,
    supersedes: Note = "",
) -> Response:
    """Propose what a figure comes to from a day on; another person confirms it."""
    declared = _declared(visit, name)
    if jurisdiction not in _places(visit):
        raise NotUnderstood("jurisdiction", translate("不在可选范围内"), jurisdiction)
    try:
        meant = read_value(declared, value)
    except ValueError as error:
        raise NotUnderstood("value", how_written(declared), value) from error
    body = StateFigure(
        jurisdiction=jurisdiction,
        name=name,
        from_on=from_on,
        to_on=to_on,
        value=meant,
        document=document,
        supersedes=supersedes,
    )
    back = f"/policies/figures/{segment(name)}"
    return await propose_act(visit, Act(command, streams.figures(jurisdiction), body), back)


class Waiting(NamedTuple):
    """One statement that waits for a second person, in words."""

    proposal: str
    name: str
    words: str
    maker: str


async def _waiting(visit: Visit) -> list[Waiting]:
    declared = visit.sources.policies.written.declared
    regions = visit.sources.policies.cities.regions
    found = []
    for one in await figure_queries.waiting(visit.db):
        figure = one.figure
        if not visit.scope.goes_by(figure.jurisdiction):
            continue
        named = declared.get(figure.name)
        value = said(named, figure.value) if named else str(figure.value)
        words = "，".join(
            (
                named.label if named else figure.name,
                regions.get(figure.jurisdiction, figure.jurisdiction),
                translate("自 {day} 起", day=figure.from_on),
                value,
                figure.document,
            )
        )
        found.append(Waiting(one.proposal, figure.name, words, name_of(one.maker)))
    return found


def _places(visit: Visit) -> dict[str, str]:
    """Whose figures may be stated: the province's, the cities' and their districts'."""
    cities = visit.sources.policies.cities
    served = set(cities.served) | {code[:2] + "0000" for code in cities.served}
    return {code: name for code, name in cities.regions.items() if code in served}


def _declared(visit: Visit, name: str) -> Declared:
    declared = visit.sources.policies.written.declared.get(name)
    if declared is None:
        raise PageRefused(NOT_FOUND)
    return declared
