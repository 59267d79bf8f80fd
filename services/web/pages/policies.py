"""policies: the cards of every dated version: clause, quote, condition, amount, cap, assumption."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from policies.authoring.card import policy_card
from policies.authoring.diff import differences
from policies.engine.versions import Policy
from projections.queries import applications
from services.documents.card_sheets import card_pdf
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.policies_now import policies_now
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import APPLICATIONS

router = APIRouter()

CARD_WORDS = (
    *(_("受理"), _("条件"), _("区分"), _("标准"), _("限额"), _("转人工"), _("资金"), _("参数")),
    *(_("约定"), _("申报事实"), _("版本"), _("新增"), _("删去"), _("改变")),
    *(_("受理中"), _("已截止"), _("尚未开始")),
)
"""Words of cards and differences that `policies` writes, marked here to be translated."""


def version_of(policy: Policy) -> str:
    """A version's name in an address."""
    return f"{policy.text.jurisdiction}-{policy.text.version}"


def table(visit: Visit, rows: list[Policy]) -> PageTable[Policy]:
    """All versions as a table."""

    def page_of(row: Policy) -> str:
        return visit.link(f"/policies/{row.text.policy}/{version_of(row)}")

    columns: list[PageColumn[Policy]] = [
        PageColumn(_("补贴项目"), lambda r: r.text.title, ColumnKind.TEXT, page_of),
        PageColumn(_("地区"), lambda r: region_name(r.text.jurisdiction)),
        PageColumn(_("依据"), lambda r: r.text.cite.replace("#", " ")),
        PageColumn(_("适用申请日"), lambda r: r.window.need),
        PageColumn(_("受理"), lambda r: translate(r.window.state_on(visit.scope.as_of))),
        PageColumn(_("资金"), lambda r: "、".join(r.text.fund.is_)),
        PageColumn(_("约定"), lambda r: len(r.text.assume), ColumnKind.COUNT, page_of),
        PageColumn(_("内容摘要"), lambda r: r.content_hash[:12], ColumnKind.ID, wide_only=True),
    ]
    return PageTable("policies", _("政策版本"), columns, rows)


def find(visit: Visit, programme: str, version: str) -> Policy:
    """One version by its address.

    Raises: PageRefused
    """
    for policy in visit.sources.policies:
        if policy.text.policy == programme and version_of(policy) == version:
            return policy
    raise PageRefused(NOT_FOUND)


@router.get("/policies")
async def overview(visit: Arrived, csv: str | None = None, xlsx: str | None = None) -> Response:
    """List every version of every programme."""
    rows = sorted(
        visit.sources.policies, key=lambda p: (p.text.policy, p.text.jurisdiction, p.text.version)
    )
    shown = table(visit, rows)
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "policies.html",
        translate("政策版本 {n} 个", n=figures.count(len(rows))),
        table=shown,
    )


@router.get("/policies/{programme}/{version}")
async def detail(visit: Arrived, programme: str, version: str) -> Response:
    """Show one version's card."""
    policy = find(visit, programme, version)
    law = await policies_now(visit, visit.scope.as_of)
    return visit.page(
        "policy.html",
        f"{policy.text.title} {policy.text.version}",
        policy=policy,
        version=version,
        others=[
            version_of(one)
            for one in visit.sources.policies
            if one.text.policy == programme and one is not policy
        ],
        card=policy_card(policy, law.standards, law.duties),
        place=region_name(policy.text.jurisdiction),
        decided=await applications.decided_by_policy(visit.db, visit.scope, policy.content_hash),
        states=APPLICATIONS,
        listed=lambda code: visit.link(
            "/applications", programme=programme, policy=policy.content_hash, state=code
        ),
    )


@router.get("/policies/{programme}/{version}/card.pdf")
async def paper(visit: Arrived, programme: str, version: str) -> Response:
    """Answer with one version's card as A4 sheets."""
    policy = find(visit, programme, version)
    law = await policies_now(visit, visit.scope.as_of)
    card = policy_card(policy, law.standards, law.duties)
    made = await run_in_threadpool(card_pdf, card, visit.sources.node_modules)
    name = f"{programme}-{version}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.get("/policies/{programme}/{version}/diff")
async def diff(visit: Arrived, programme: str, version: str, to: str) -> Response:
    """Show what changed from one version to another, clause by clause."""
    before, after = find(visit, programme, version), find(visit, programme, to)
    law = await policies_now(visit, visit.scope.as_of)
    was, now = (policy_card(one, law.standards, law.duties) for one in (before, after))
    changes = differences(was, now)
    return visit.page(
        "policy_diff.html",
        translate("{n} 处不同", n=figures.count(len(changes))),
        after=after,
        names=(version, to),
        changes=changes,
        page_of=lambda name: visit.link(f"/policies/{programme}/{name}"),
    )
