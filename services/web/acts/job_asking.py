"""job asking: a page that takes long is kept as a job, for whoever asked for it.

In:   a page that was asked for
Out:  the way to the job's page
Raises: PageRefused where no jobs are kept; NotUnderstood where somebody has too many open
"""

from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from services.jobs.stored import JobStore, TooManyJobs
from services.web.request.fields import NotUnderstood
from services.web.request.replayed import PageAsked
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Visit
from services.wording.languages import translate


def store_of(visit: Visit) -> JobStore:
    """Where jobs are kept.

    Raises: PageRefused
    """
    if visit.sources.jobs is None:
        raise PageRefused(NOT_FOUND)
    return visit.sources.jobs


def whose(visit: Visit) -> str:
    """By what one's own jobs are known: who has signed in, or whom the labelled switch says."""
    return visit.actor.id or "-"


async def begin(visit: Visit, title: str, page: PageAsked) -> Response:
    """Keep a job, and go to its page.

    Raises: PageRefused, NotUnderstood
    """
    path = urlsplit(page.address).path
    try:
        number = await store_of(visit).ask(whose(visit), title, path, page.encoded())
    except TooManyJobs as error:
        needs = translate("已有 {n} 项在排队或办理，请等其中一项办完，或取消一项", n=error.open)
        raise NotUnderstood("job", needs) from error
    return RedirectResponse(visit.link(f"/jobs/{number}"), status_code=303)
