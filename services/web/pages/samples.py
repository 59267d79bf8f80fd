"""samples: grants drawn for inspection: the plan, the list, a conclusion for each, drawn again."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.samples import MOST_ITEMS, CloseSample, ConcludeItem, Conclusion, SamplePlan, SampleRule
from projections.queries import position_vector, samples
from services.audit.drawing import RULES_VERSION, THRESHOLDS
from services.audit.sampling import differences, drawn, plan_of
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.sending import Act, send
from services.web.parts.paging import part
from services.web.request import fields, long_work
from services.web.request.actors import name_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field, Note, OnDay
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.coded_words import CONCLUSIONS
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import APPLICATIONS, State, state_of

router = APIRouter()

RULES: dict[str, str] = {
    "random": _("随机"),
    "shared_account": _("一个账户收多人的款"),
    "minutes_apart": _("几分钟内接连申请"),
    "above_peers": _("单位远高于同类"),
    "same_certificate": _("同一证书申报多次"),
    "shared_phone": _("一个电话为多人申请"),
}
STATES = {
    "open": State(_("待结论"), "amber"),
    "sound": State(CONCLUSIONS["sound"], "grey"),
    "doubtful": State(CONCLUSIONS["doubtful"], "amber"),
    "wrong": State(CONCLUSIONS["wrong"], "red"),
    "closed": State(_("已办结"), "grey"),
}


def _page(number: str) -> str:
    return f"/samples/{segment(number)}"


def table(visit: Visit, rows: list[samples.SampleRow]) -> PageTable[samples.SampleRow]:
    """Samples as a table."""

    def page_of(row: samples.SampleRow) -> str:
        return visit.link(_page(row.number))

    columns: list[PageColumn[samples.SampleRow]] = [
        PageColumn(_("抽查编号"), lambda r: r.number, ColumnKind.ID, page_of),
        PageColumn(
            _("状态"), lambda r: STATES["closed" if r.closed_on else "open"], ColumnKind.STATE
        ),
        PageColumn(_("规则"), lambda r: translate(RULES[r.rule])),
        PageColumn(_("核准日起"), lambda r: r.granted_from, ColumnKind.DAY, wide_only=True),
        PageColumn(_("核准日止"), lambda r: r.granted_to, ColumnKind.DAY, wide_only=True),
        PageColumn(_("总体（件）"), lambda r: r.population, ColumnKind.COUNT, page_of),
        PageColumn(
            _("规则发现（件）"), lambda r: r.found, ColumnKind.COUNT, page_of, wide_only=True
        ),
        PageColumn(_("抽取（件）"), lambda r: r.drawn, ColumnKind.COUNT, page_of),
        PageColumn(_("待结论（件）"), lambda r: r.open, ColumnKind.COUNT, page_of),
        PageColumn(_("存疑（件）"), lambda r: r.doubtful, ColumnKind.COUNT, page_of),
        PageColumn(_("有误（件）"), lambda r: r.wrong, ColumnKind.COUNT, page_of),
        PageColumn(_("抽取人"), lambda r: name_of(r.operator)),
        PageColumn(_("抽取日"), lambda r: r.drawn_on, ColumnKind.DAY),
    ]
    return PageTable("samples", _("抽查"), columns, rows, empty=_("还没有抽查。"))


async def items_table(
    visit: Visit, number: str, rows: list[samples.SampleItemRow]
) -> PageTable[samples.SampleItemRow]:
    """The applications of a sample as a table, with masked names."""
    policies = visit.sources.policies
    names = await visit.names(row.beneficiary or "" for row in rows)

    def application(row: samples.SampleItemRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    def conclude(row: samples.SampleItemRow) -> str:
        return visit.link(_page(number), item=row.application)

    def who(row: samples.SampleItemRow) -> str:
        found = names.get(row.beneficiary or "")
        return found.name if found else "***"

    columns: list[PageColumn[samples.SampleItemRow]] = [
        PageColumn(_("序号"), lambda r: r.no, ColumnKind.COUNT),
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("申请人"), who),
        PageColumn(
            _("补贴项目"), lambda r: r.programme and programmes.short(policies, r.programme)
        ),
        PageColumn(_("区划"), lambda r: r.region and region_name(r.region), wide_only=True),
        PageColumn(
            _("现状"), lambda r: r.state and state_of(APPLICATIONS, r.state), ColumnKind.STATE
        ),
        PageColumn(_("核定金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, application),
        PageColumn(_("同组"), lambda r: r.grouping or None, ColumnKind.ID, wide_only=True),
        PageColumn(_("结论"), lambda r: STATES[r.conclusion or "open"], ColumnKind.STATE, conclude),
        PageColumn(_("说明"), lambda r: r.finding or None),
        PageColumn(_("检查人"), lambda r: r.operator and name_of(r.operator), wide_only=True),
        PageColumn(_("结论日"), lambda r: r.concluded_on, ColumnKind.DAY, wide_only=True),
    ]
    return PageTable("sample-items", _("抽中的申请"), columns, rows)


@router.get("/samples")
async def overview(visit: Arrived, csv: str | None = None, xlsx: str | None = None) -> Response:
    """Show every sample, and the form that draws one."""
    rows = await samples.listed(visit.db)
    whole = table(visit, rows)
    if csv:
        return visit.csv(whole)
    if xlsx:
        return visit.xlsx(whole)
    return visit.page(
        "samples.html",
        translate("抽查 {n} 份", n=figures.count(len(rows))),
        table=part(visit, whole, lambda row: row.number),
        rules=RULES,
        thresholds=THRESHOLDS,
        programmes=programmes.titles(visit.sources.policies),
        most=MOST_ITEMS,
        act=Act.new,
    )


@router.post("/samples")
async def draw(
    visit: Arrived,
    command: Field,
    rule: Annotated[SampleRule, Form()],
    seed: Field,
    size: Field,
    granted_from: OnDay,
    granted_to: OnDay,
    programme: Note = "",
    region: Note = "",
    threshold: Note = "",
) -> Response:
    """Draw a sample of what the books know now, and put it on record."""
    limit = THRESHOLDS.get(rule, 0)
    if limit and threshold:
        limit = fields.number("threshold", threshold, range(1, 100_000))
    plan = SamplePlan(
        rule=rule,
        rules_version=RULES_VERSION,
        seed=seed,
        size=fields.number("size", size, range(1, MOST_ITEMS + 1)),
        programme=fields.one_of("programme", programme, programmes.titles(visit.sources.policies)),
        region=fields.one_of("region", region, visit.cities.served),
        granted_from=granted_from,
        granted_to=granted_to,
        threshold=limit,
        vector=(await position_vector.current(visit.db)).text,
    )
    await long_work.of_the_ledger(visit, translate("抽查 {rule}", rule=translate(RULES[rule])))
    vault = visit.sources.vault
    found = await drawn(visit.db, plan, vault)
    if not found.items:
        raise fields.NotUnderstood(
            "rule", translate("没有抽到：总体 {n} 件，规则没有发现", n=found.population)
        )
    act = Act(command, streams.sample(plan.number), found.command(visit.actor.id))
    return await send(visit, act, _page(plan.number))


@router.get("/samples/{number}")
async def one(
    visit: Arrived,
    number: str,
    item: str = "",
    again: str = "",
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """Show one sample with its items; drawn again where that is asked for."""
    row = await samples.one(visit.db, number)
    if row is None:
        raise PageRefused(NOT_FOUND)
    items = await samples.items(visit.db, number)
    whole = await items_table(visit, number, items)
    if csv:
        return visit.csv(whole)
    if xlsx:
        return visit.xlsx(whole)
    told = None
    if again:
        await long_work.of_the_ledger(visit, translate("再抽 {number}", number=number))
        vault = visit.sources.vault
        new = await drawn(visit.db, plan_of(row), vault)
        told = differences(row, items, new)
    open_ones = [one.application for one in items if not one.conclusion]
    return visit.page(
        "sample.html",
        translate("抽查 {number}", number=number),
        sample=row,
        rule=RULES[row.rule],
        region=region_name(row.region) if row.region else "",
        programme=row.programme and programmes.title(visit.sources.policies, row.programme),
        table=part(visit, whole, lambda one: one.application),
        chosen=item if any(one.application == item for one in items) else "",
        items=[one.application for one in items],
        next=next(iter(open_ones), ""),
        conclusions=CONCLUSIONS,
        told=told,
        act=Act.new,
    )


@router.post("/samples/{number}/conclude")
async def conclude(
    visit: Arrived,
    number: str,
    command: Field,
    application: Field,
    verdict: Annotated[Literal["sound", "doubtful", "wrong"], Form()],
    reason: Note = "",
) -> Response:
    """Say what was found in one application."""
    said: Conclusion = verdict
    body = ConcludeItem(
        number=number,
        application=application,
        conclusion=said,
        finding=reason,
        operator=visit.actor.id,
    )
    return await send(visit, Act(command, streams.sample(number), body), _page(number))


@router.post("/samples/{number}/close")
async def close(visit: Arrived, number: str, command: Field) -> Response:
    """End a sample."""
    body = CloseSample(number=number, operator=visit.actor.id)
    return await send(visit, Act(command, streams.sample(number), body), _page(number))
