"""audit: search by person or unit, by programme and clause, by who acted.

Holds: a number is typed into a form and goes to the vault alone; who looked for whom and what for is
       recorded before the answer, found or not
"""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from events.contract.inbound.documents import CALLED, person_id
from events.contract.inbound.identity import Party, unit_code
from events.people import person
from projections.queries import audit_acts, audit_claims
from services.audit.clause_search import clauses_like, places_of
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.looking import why_of
from services.web.pages.audit_looks import looks_at, looks_table
from services.web.parts.filters import between, chips, if_set, quoted
from services.web.parts.list_page import ListPage
from services.web.parts.paging import read_page
from services.web.request.accounts_in_scope import aliases
from services.web.request.actors import name_of, staff_of
from services.web.request.fields import NotUnderstood, one_of
from services.web.request.parameters import Since, Size, Text, Until
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field, Note
from services.web.request.visit import Arrived, Visit
from services.wording import figures, programmes
from services.wording.city_names import region_name
from services.wording.fact_names import FACTS, fact_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

router = APIRouter()

PURPOSES = (
    _("审计抽查"), _("信访答复"), _("核实身份"), _("联系申请人"), _("更正账户"),
)  # fmt: skip
STEPS = {
    "granted": State(_("核准"), "blue"),
    "denied": State(_("不予核准"), "grey"),
    "referred": State(_("转人工"), "amber"),
    "revoked": State(_("撤销核准"), "grey"),
}
ROLES = {
    "maker": _("制单、提出"),
    "checker": _("复核、放行"),
    "reviewer": _("审核"),
    "operator": _("经办"),
    "by": _("办理"),
}
_MOST_CLAUSES = 60


def claims_table(
    visit: Visit, rows: list[audit_claims.ClaimRow], total_fen: int | None = None
) -> PageTable[audit_claims.ClaimRow]:
    """Decisions as a table."""
    policies = visit.sources.policies

    def application(row: audit_claims.ClaimRow) -> str:
        return visit.link(f"/applications/{segment(row.application)}")

    def case(row: audit_claims.ClaimRow) -> str:
        return visit.link(f"/cases/{segment(row.application)}")

    columns: list[PageColumn[audit_claims.ClaimRow]] = [
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("决定"), lambda r: STEPS[r.step], ColumnKind.STATE),
        PageColumn(_("决定日"), lambda r: r.decided_on, ColumnKind.DAY),
        PageColumn(
            _("补贴项目"), lambda r: r.programme and programmes.short(policies, r.programme)
        ),
        PageColumn(_("区划"), lambda r: r.region and region_name(r.region), wide_only=True),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, application),
        PageColumn(
            _("政策"), lambda r: r.policy_hash and r.policy_hash[:12], ColumnKind.ID, wide_only=True
        ),
        PageColumn(_("案卷"), lambda _r: translate("调取"), ColumnKind.TEXT, case, wide_only=True),
    ]
    totals: dict[str, object] = {} if total_fen is None else {_("金额（元）"): total_fen}
    return PageTable("decisions", _("决定"), columns, rows, totals, _("没有符合条件的决定。"))


def decisions(
    visit: Visit, wanted: audit_claims.ClaimFilter, count: int
) -> ListPage[audit_claims.ClaimRow, audit_claims.ClaimRow]:
    """The decisions that are wanted, page by page, and whole as a file."""
    return ListPage(
        visit,
        partial(audit_claims.page, visit.db, visit.scope, wanted),
        audit_claims.mark_of,
        lambda rows: claims_table(visit, rows),
        count,
    )


@router.get("/audit")
async def search(
    visit: Arrived,
    clause: Text = "",
    failed: Text = "",
    step: Text = "",
    programme: Text = "",
    q: Text = "",
    since: Since = None,
    until: Until = None,
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """Find decisions by programme and clause; find clauses by their words."""
    policies = visit.sources.policies
    titles = programmes.titles(policies)
    wanted = audit_claims.ClaimFilter(
        (step,) if one_of("step", step, STEPS) else (),
        one_of("programme", programme, titles),
        places_of(policies, clause) if clause else None,
        bool(failed),
        "",
        since,
        until,
    )
    at = read_page(after, before, size)
    counted = await audit_claims.by_step(visit.db, visit.scope, wanted)
    total = counted.get("granted", (0, 0))[1]
    count = sum(number for number, _fen in counted.values())
    found = decisions(visit, wanted, count)
    if (file := await found.exported(csv, xlsx)) is not None:
        return file
    first = {"after": None, "before": None}
    return visit.page(
        "audit.html",
        translate("决定 {n} 项", n=figures.count(count)),
        table=await found.shown(at),
        count=count,
        total=total,
        wanted=wanted,
        steps=STEPS,
        by_step=[
            (state, counted[code][0], visit.here(step=code, **first))
            for code, state in STEPS.items()
            if code in counted
        ],
        programmes=titles,
        clause=clause,
        failed=failed,
        q=q,
        cited=[
            (cited, visit.here(clause=cited.key, q=None, **first))
            for cited in clauses_like(policies, q)[:_MOST_CLAUSES]
        ],
        documents=CALLED,
        purposes=PURPOSES,
        chips=chips(
            visit,
            clause=if_set(clause),
            failed=if_set(failed, translate("只列这一条不符合的")),
            step=if_set(step, translate(STEPS[step].word) if step else None),
            programme=if_set(programme, titles.get(programme, programme)),
            **between(since, until),
            q=quoted(q),
        ),
    )


@router.post("/audit/search")
async def find_party(
    visit: Arrived,
    document: Annotated[
        Literal[
            "unit",
            "resident_id",
            "residence_permit",
            "permanent_residence",
            "hk_macao_permit",
            "taiwan_permit",
            "passport",
        ],
        Form(),
    ],
    number: Field,
    purpose: Field,
    country: Note = "",
    more: Note = "",
) -> Response:
    """Find whoever has a number; the answer is their page, and that somebody looked is recorded."""
    vault = visit.sources.vault
    if vault is None:
        raise PageRefused(NOT_FOUND)
    if not visit.actor.id:
        return visit.page("not_allowed.html", translate("不能办理"), back=visit.link("/audit"))
    known = unit_code(number) if document == "unit" else person_id(document, number, country)
    if known is None:
        raise NotUnderstood("number", translate("不可能是任何人或单位的号码，请核对号码和证件种类"))
    party = Party("unit" if document == "unit" else "person", known, "")
    token = await vault.search(party, why_of(purpose, more), visit.actor.id)
    if token is None:
        return visit.page("party_unknown.html", translate("没有此人"))
    return RedirectResponse(visit.link(f"/parties/{token}"), status_code=303)


@router.get("/parties/{token}")
async def party(
    visit: Arrived, token: str, csv: str | None = None, xlsx: str | None = None
) -> Response:
    """Everything decided about one person or unit, and who has looked at them."""
    wanted = audit_claims.ClaimFilter(party=token)
    counted = await audit_claims.by_step(visit.db, visit.scope, wanted)
    names = await visit.names([token])
    if not counted and token not in names:
        raise PageRefused(NOT_FOUND)
    found = decisions(visit, wanted, sum(number for number, _fen in counted.values()))
    if (file := await found.exported(csv, xlsx)) is not None:
        return file
    asked = visit.request.query_params
    at = read_page(asked.get("after"), asked.get("before"), 50)
    table = await found.shown(at)
    latest = [row for row in table.rows if row.application]
    return visit.page(
        "party.html",
        translate("人员和单位"),
        token=token,
        who=names.get(token),
        table=table,
        by_step=[(state, counted[code][0]) for code, state in STEPS.items() if code in counted],
        total=counted.get("granted", (0, 0))[1],
        looks=await looks_table(visit, await looks_at(visit, party=token, most=200)),
        latest=latest[0].application if latest else "",
        segment=segment,
    )


def acts_table(visit: Visit, rows: list[audit_acts.ActRow]) -> PageTable[audit_acts.ActRow]:
    """Acts as a table."""

    def application(row: audit_acts.ActRow) -> str | None:
        return row.application and visit.link(f"/applications/{segment(row.application)}")

    columns: list[PageColumn[audit_acts.ActRow]] = [
        PageColumn(_("日期"), lambda r: r.effective_on, ColumnKind.DAY),
        PageColumn(
            _("经办人"), lambda r: name_of(r.person), ColumnKind.TEXT,
            lambda r: visit.here(who=r.person, after=None, before=None),
        ),
        PageColumn(_("身份"), lambda r: translate(ROLES[r.role])),
        PageColumn(_("事项"), lambda r: fact_name(r.type)),
        PageColumn(_("申请号"), lambda r: r.application, ColumnKind.ID, application),
        PageColumn(_("记录"), lambda r: f"{r.stream} {r.seq}", ColumnKind.ID, wide_only=True),
        PageColumn(_("记录时间"), lambda r: r.recorded_at, ColumnKind.MOMENT, wide_only=True),
    ]  # fmt: skip
    return PageTable("acts", _("经办记录"), columns, rows, empty=_("没有符合条件的记录。"))


@router.get("/audit/acts")
async def acts(
    visit: Arrived,
    who: Text = "",
    role: Text = "",
    kind: Text = "",
    since: Since = None,
    until: Until = None,
    after: str | None = None,
    before: str | None = None,
    size: Size = 50,
    csv: str | None = None,
    xlsx: str | None = None,
) -> Response:
    """List what members of the staff did."""
    wanted = audit_acts.ActFilter(
        person(who),
        one_of("role", role, ROLES),
        one_of("kind", kind, FACTS),
        since,
        until,
        aliases(visit.scope, visit.cities),
    )
    at = read_page(after, before, size)
    count = await audit_acts.count(visit.db, visit.scope, wanted)
    found = ListPage(
        visit,
        partial(audit_acts.page, visit.db, visit.scope, wanted),
        audit_acts.mark_of,
        lambda rows: acts_table(visit, rows),
        count,
    )
    if (file := await found.exported(csv, xlsx)) is not None:
        return file
    return visit.page(
        "audit_acts.html",
        translate("经办记录 {n} 条", n=figures.count(count)),
        table=await found.shown(at),
        count=count,
        wanted=wanted,
        roles=ROLES,
        people=[*staff_of(visit.cities).values()],
        chips=chips(
            visit,
            who=if_set(wanted.person, name_of(wanted.person)),
            role=if_set(role, translate(ROLES[role]) if role else None),
            kind=if_set(kind, fact_name(kind) if kind else None),
            **between(since, until),
        ),
    )
