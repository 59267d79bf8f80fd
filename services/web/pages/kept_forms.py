"""kept forms: what was typed too late, or before a code was given, stands there again, filled."""

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response

from services.sign_in import kept_forms
from services.web.acts import forms
from services.web.request.scope import inside
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived
from services.wording.languages import translate

router = APIRouter()


@router.get("/kept/{number}")
async def kept(visit: Arrived, number: str) -> Response:
    """Show a form as its person has left it; nothing of it has been done."""
    entrance, session = visit.sources.sign_in, visit.visitor.session
    if entrance is None or session is None:
        raise PageRefused(NOT_FOUND)
    now = datetime.now(UTC)
    form = await kept_forms.find(entrance.pool, entrance.key, session.user, number, now)
    if form is None:
        raise PageRefused(NOT_FOUND)
    back = form.back if inside(form.back) else "/"
    accounts = visit.cities.accounts.values()
    drawn = forms.filled(form.route, form.action, form.fields, accounts)
    said = [(forms.word(name), value) for name, value in form.fields if name in forms.WORDED]
    return visit.page("kept.html", translate("尚未提交"), form=drawn, said=said, back=back)
