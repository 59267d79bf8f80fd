"""policies: the cards of every dated version: clause, quote, condition, amount, cap, assumption."""

from fastapi import APIRouter
from starlette.responses import Response

from policies.card import policy_card
from policies.places import REGIONS
from policies.registry import Policy
from services.web import figures
from services.web.errors import NOT_FOUND, Refused
from services.web.languages import marked as _
from services.web.languages import translate
from services.web.states import APPLICATIONS
from services.web.tables import Column, Kind, Table
from services.web.visit import Arrived, Visit

router = APIRouter()


def version_of(policy: Policy) -> str:
    """A version's name in an address."""
    return f"{policy.text.jurisdiction}-{policy.text.version}"


def table(visit: Visit, rows: list[Policy]) -> Table[Policy]:
    """All versions as a table."""

    def page_of(row: Policy) -> str:
        return visit.link(f"/policies/{row.text.policy}/{version_of(row)}")

    columns: list[Column[Policy]] = [
        Column(_("补贴项目"), lambda r: r.text.title, Kind.TEXT, page_of),
        Column(_("地区"), lambda r: REGIONS.get(r.text.jurisdiction, r.text.jurisdiction)),
        Column(_("依据"), lambda r: r.text.cite.replace("#", " ")),
        Column(_("适用申请日"), lambda r: r.window.need),
        Column(_("资金"), lambda r: "、".join(r.text.fund.is_)),
        Column(_("约定"), lambda r: len(r.text.assume), Kind.COUNT, page_of),
        Column(_("内容摘要"), lambda r: r.content_hash[:12], Kind.ID, wide_only=True),
    ]
    return Table("policies", _("政策版本"), columns, rows)


@router.get("/policies")
async def overview(visit: Arrived, csv: str | None = None) -> Response:
    """List every version of every programme."""
    rows = sorted(
        visit.sources.policies, key=lambda p: (p.text.policy, p.text.jurisdiction, p.text.version)
    )
    shown = table(visit, rows)
    if csv:
        return visit.csv(shown)
    return visit.page(
        "policies.html",
        translate("政策版本 {n} 个", n=figures.count(len(rows))),
        table=shown,
        knows=("csv",),
    )


@router.get("/policies/{programme}/{version}")
async def detail(visit: Arrived, programme: str, version: str) -> Response:
    """Show one version's card."""
    for policy in visit.sources.policies:
        if policy.text.policy == programme and version_of(policy) == version:
            break
    else:
        raise Refused(NOT_FOUND)
    decided = await visit.db.fetch(
        """SELECT state, count(*) AS count FROM books.applications
           WHERE policy_hash = $1 AND filed_on <= $2 AND filed_at < $3 GROUP BY state""",
        policy.content_hash,
        visit.scope.as_of,
        visit.scope.known_until,
    )
    return visit.page(
        "policy.html",
        f"{policy.text.title} {policy.text.version}",
        policy=policy,
        card=policy_card(policy, visit.sources.policies.standards),
        place=REGIONS.get(policy.text.jurisdiction, policy.text.jurisdiction),
        decided={row["state"]: row["count"] for row in decided},
        states=APPLICATIONS,
        listed=lambda code: visit.link(
            "/applications", programme=programme, policy=policy.content_hash, state=code
        ),
    )
