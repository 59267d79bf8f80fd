"""difference evidence: a file that stands behind an explanation, handed out as it was kept."""

from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import difference_notes
from services.web.request.accounts_in_scope import shows
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived

router = APIRouter()


@router.get("/differences/{account}/{name}/evidence/{digest}")
async def evidence(visit: Arrived, account: str, name: str, digest: str) -> Response:
    """Hand the file out, where a note about this difference names it and the vault keeps it."""
    notes = await difference_notes.of(visit.db, name, visit.scope.known_on)
    named = any(note.bank_account == account and note.evidence == digest for note in notes)
    if not digest or not named or not shows(account, visit.scope, visit.cities):
        raise PageRefused(NOT_FOUND)
    file = await visit.vault("取出证据").load_file(digest)
    if file is None:
        raise PageRefused(NOT_FOUND)
    disposition = f"attachment; filename*=UTF-8''{quote(file.name or digest[:12])}"
    return Response(
        file.content,
        media_type="application/octet-stream",
        headers={"Content-Disposition": disposition},
    )
