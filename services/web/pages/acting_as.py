"""acting as: who acts (a labelled switch until there is a sign-in), and the search for a record."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from events.canonical import plain
from events.ids import application_in
from projections.queries import applications, batches
from services.web.request import actors
from services.web.request.fields import one_of, visible
from services.web.request.scope import inside, segment
from services.web.request.typed_fields import Field, Note
from services.web.request.visit import Arrived
from services.wording.languages import translate

router = APIRouter()


@router.get("/acting-as")
async def choose_form(visit: Arrived, back: str = "/") -> Response:
    """Choose who acts."""
    back = back if inside(back) else "/"
    return visit.page("acting_as.html", translate("演示身份"), back=back)


@router.post("/acting-as")
async def choose(visit: Arrived, who: Field, back: Note = "/") -> Response:
    """Act as one of the staff from now on, in this browser, where one was before."""
    staff = actors.staff_of(visit.cities)
    chosen = staff.get(one_of("who", who, staff), actors.NOBODY)
    answer = RedirectResponse(visit.link(back if inside(back) else "/"), status_code=303)
    answer.set_cookie(actors.COOKIE, chosen.id, httponly=True, samesite="strict", path="/")
    return answer


@router.get("/find")
async def find(visit: Arrived, q: str = "") -> Response:
    """Go to the record with this id; the search box takes ids alone, never a name."""
    text = plain(visible("q", q))
    checks = (
        (batches.exists, "/batches/{}", text[:11]),
        (applications.exists, "/applications/{}", application_in(text)),
    )
    for exists, path, key in checks:
        if key and await exists(visit.db, key):
            return RedirectResponse(visit.link(path.format(segment(key))), status_code=303)
    if text.upper().startswith("J-"):
        return RedirectResponse(visit.link(f"/journal/{segment(text.upper())}"), status_code=303)
    return RedirectResponse(visit.link("/applications", q=text), status_code=303)
