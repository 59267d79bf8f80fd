"""uploads: a file that somebody hands in by a form, read once and bounded before anything looks at it.

Out:   its name and its bytes, or NotUnderstood with the field's name
Holds: no file larger than what the readers of tables take is ever held whole
"""

from typing import NamedTuple

from fastapi import UploadFile

from services.spreadsheets.file_lines import MOST_BYTES
from services.web.request.fields import NotUnderstood
from services.wording.languages import translate

_LONGEST_NAME = 200


class Upload(NamedTuple):
    """A file as it was handed in; its name is what the browser said, and proves nothing."""

    name: str
    content: bytes


async def read_upload(file: UploadFile, field: str = "file") -> Upload:
    """Read a file that must say something.

    Raises: NotUnderstood
    """
    found = await read_upload_if_any(file, field)
    if found is None:
        raise NotUnderstood(field, translate("是空的"))
    return found


async def read_upload_if_any(file: UploadFile | None, field: str = "file") -> Upload | None:
    """Read a file that may be left out; an empty one is none.

    Raises: NotUnderstood
    """
    content = await file.read(MOST_BYTES + 1) if file else b""
    if len(content) > MOST_BYTES:
        raise NotUnderstood(field, translate("太大"))
    name = (file.filename or "")[:_LONGEST_NAME] if file else ""
    return Upload(name, content) if content else None
