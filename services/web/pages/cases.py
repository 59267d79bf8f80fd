"""cases: what a case holds, and the case itself as a ZIP, for a purpose that is recorded."""

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import audit_cases, position_vector, samples
from services.audit.case_writing import written
from services.web.acts.looking import why_of
from services.web.pages.audit import PURPOSES
from services.web.pages.samples import RULES
from services.web.request import long_work
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field, Note
from services.web.request.visit import Arrived
from services.wording.coded_words import CONCLUSIONS
from services.wording.fact_names import fact_name
from services.wording.languages import translate

router = APIRouter()


@router.get("/cases/{key}")
async def case(visit: Arrived, key: str) -> Response:
    """Say what the case of an application holds."""
    vector = await position_vector.current(visit.db)
    facts = await audit_cases.facts(visit.db, key, vector)
    if not facts:
        raise PageRefused(NOT_FOUND)
    entries = await audit_cases.entries(visit.db, key, vector)
    inspected = await samples.of_application(visit.db, key)
    return visit.page(
        "case.html",
        translate("案卷 {key}", key=key),
        key=key,
        page=f"/cases/{segment(key)}",
        application=visit.link(f"/applications/{segment(key)}"),
        facts=[(fact, fact_name(fact.type)) for fact in sorted(facts, key=lambda f: f.recorded_at)],
        entries=entries,
        vector=vector.text,
        purposes=PURPOSES,
        inspections=[
            (
                one,
                translate(RULES[one.rule]),
                translate(CONCLUSIONS[one.conclusion]) if one.conclusion else "",
            )
            for one in inspected
        ],
    )


@router.post("/cases/{key}")
async def take_out(visit: Arrived, key: str, purpose: Field, more: Note = "") -> Response:
    """Give the case out; who takes it and what for is recorded first."""
    vault, fetch = visit.sources.vault, visit.sources.fetch_records
    if vault is None or fetch is None:
        raise PageRefused(NOT_FOUND)
    if not visit.actor.id:
        back = visit.link(f"/cases/{segment(key)}")
        return visit.page("not_allowed.html", translate("不能办理"), back=back)
    await long_work.of_the_ledger(visit, translate("调取案卷 {key}", key=key))
    found = await written(visit.db, key, None, visit.sources.policies, fetch)
    why = why_of(purpose, more)
    await vault.record_case(found.beneficiary, why, visit.actor.id)
    name = "".join(one if one.isascii() and (one.isalnum() or one in ".-") else "-" for one in key)
    return Response(
        found.content,
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="case-{name}.zip"'},
    )
