"""typed fields: what a person types into a form, in one canonical writing, or refused by name.

Holds: nothing unseen goes on; a document's number has the writing that a message's would have;
       what must say something is more than spaces
"""

from datetime import date
from typing import Annotated

from fastapi import Form
from pydantic import AfterValidator, BeforeValidator

from events.canonical import document_number, has_words
from services.web.request import fields
from services.web.request.parameters import read_day
from services.wording.languages import translate


def _words(text: str) -> str:
    """Lines become spaces; what nobody would see is refused.

    Raises: NotUnderstood
    """
    return fields.visible("", " ".join(text.replace("\t", " ").splitlines()).strip())


def _said(text: str) -> str:
    words = _words(text)
    if not has_words(words):
        raise fields.NotUnderstood("", translate("没有填写"))
    return words


Note = Annotated[str, AfterValidator(_words), Form()]
"""Words that may be left out: an opinion, an amount that defaults."""

Field = Annotated[str, AfterValidator(_said), Form()]
"""Words that must be there: a reason, a name, an account."""

DocumentTyped = Annotated[str, AfterValidator(_said), AfterValidator(document_number), Form()]
"""A document's number."""

OnDay = Annotated[date, BeforeValidator(read_day), Form()]
MaybeDay = Annotated[date | None, BeforeValidator(read_day), Form()]
