"""app: the pages put together: addresses, files, headers, failures.

In:   sources (a pool, the policies, names, a sender of commands)
Out:  an ASGI application
Holds: every answer carries a strict content policy and is kept by no cache; a form that did not
       come from our own pages is refused
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import FileResponse, Response

from services.web import error_pages
from services.web.acts.forms import KeptForms
from services.web.pages import (
    account,
    acting_as,
    advances,
    alarms,
    application_files,
    applications,
    audit,
    audit_looks,
    bank_results,
    batches,
    budget_acts,
    budgets,
    cases,
    clawback_acts,
    clawbacks,
    commands,
    dated_figures,
    dead_letters,
    decisions,
    difference_evidence,
    difference_work,
    differences_by_owner,
    disbursements,
    disclosures,
    due_payments,
    head_count,
    held_applications,
    jobs,
    journal,
    kept_forms,
    later_years,
    manual_matches,
    matching_rules,
    objections,
    operations,
    periods,
    person_links,
    policies,
    policy_questions,
    prior_uses,
    probes,
    proposals,
    public,
    reconciliation,
    referred_applications,
    reports,
    resumptions,
    returned_payments,
    revealed_details,
    rule_texts,
    samples,
    settings,
    sign_in,
    sign_ins,
    statement_files,
    statement_lines,
    statement_trials,
    statements,
    submissions,
    targets,
    treasury,
    trial_balance,
    two_people,
    unmasked_files,
    users,
    voucher,
    vouchers,
    welfare_posts,
    workbench,
)
from services.web.parts.templates import environment
from services.web.reconciliation.matchings import Matchings
from services.web.request.sources import Sources
from services.web.request.troubles import NOT_ALLOWED, NOT_FOUND, PageRefused

HERE = Path(__file__).parent
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
ASSETS = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
}
_FONTS = "@fontsource/noto-sans-sc"
_TWO_YEARS_OF_TLS = "max-age=63072000; includeSubDomains"
_A_DAY = "public, max-age=86400"

Next = Callable[[Request], Awaitable[Response]]


def create_app(sources: Sources) -> FastAPI:
    """Put the workplace together over what it reads and sends."""
    app = FastAPI(title="benefit-ledger", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.sources = sources
    app.state.templates = environment()
    app.state.kept = KeptForms()
    app.state.matchings = Matchings()
    error_pages.install(app)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK_HOSTS, *sources.host_names])
    app.middleware("http")(_guarded)  # outside of it, so that its refusals have the headers too
    static = StaticFiles(directory=HERE / "static", packages=[("services.documents", "static")])
    app.mount("/static", static, name="static")
    _serve_packages(app, sources.node_modules)
    for page in (
        workbench,
        referred_applications,
        resumptions,
        due_payments,
        held_applications,
        later_years,
        proposals,
        two_people,
        alarms,
        application_files,
        unmasked_files,
        applications,
        revealed_details,
        submissions,
        prior_uses,
        disclosures,
        objections,
        public,
        targets,
        head_count,
        vouchers,
        voucher,
        welfare_posts,
        disbursements,
        bank_results,
        returned_payments,
        clawbacks,
        clawback_acts,
        advances,
        decisions,
        batches,
        budget_acts,
        budgets,
        reconciliation,
        difference_work,
        difference_evidence,
        differences_by_owner,
        manual_matches,
        matching_rules,
        statement_files,
        statement_lines,
        statement_trials,
        statements,
        trial_balance,
        journal,
        periods,
        treasury,
        reports,
        person_links,
        dated_figures,
        rule_texts,
        audit,
        audit_looks,
        samples,
        cases,
        policies,
        policy_questions,
        operations,
        dead_letters,
        sign_ins,
        users,
        settings,
        commands,
        acting_as,
        sign_in,
        account,
        jobs,
        kept_forms,
        probes,
    ):
        app.include_router(page.router)
    return app


def _serve_packages(app: FastAPI, node_modules: Path) -> None:
    """Serve the few files of installed packages that pages use; nothing comes from elsewhere.

    The pages work without any of them: a set-up without npm has system fonts and no script.
    """

    @app.get("/assets/fonts/{name:path}")
    async def font(name: str) -> Response:
        return _file(node_modules / _FONTS, name, {".css", ".woff2", ".woff"})

    @app.get("/assets/{name}")
    async def asset(name: str) -> Response:
        if name not in ASSETS:
            raise PageRefused(NOT_FOUND)
        return _file(node_modules, ASSETS[name], {".js"})


def _file(folder: Path, name: str, suffixes: set[str]) -> Response:
    root = folder.resolve()
    file = (root / name).resolve()
    if not file.is_relative_to(root) or file.suffix not in suffixes or not file.is_file():
        raise PageRefused(NOT_FOUND)
    return FileResponse(file, headers={"Cache-Control": _A_DAY})


async def _guarded(request: Request, call_next: Next) -> Response:
    """Refuse what other sites send, and put the headers on every answer."""
    if not request.url.path.isprintable():  # no file and no record has such a name
        response: Response = error_pages.page(request, NOT_FOUND)
    elif request.method not in {"GET", "HEAD"} and not _from_our_own_page(request):
        response = error_pages.page(request, NOT_ALLOWED)
    else:
        response = await call_next(request)
    response.headers.update(HEADERS)
    if request.url.scheme == "https":
        response.headers["Strict-Transport-Security"] = _TWO_YEARS_OF_TLS
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _from_our_own_page(request: Request) -> bool:
    """Tell a form of ours from one on another site; browsers send the origin with every post."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site") == "same-origin"
    return urlsplit(origin).netloc == request.headers.get("host")
