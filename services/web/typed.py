"""Typed: what a person types into a form, in one canonical writing, or refused by name.

Holds: nothing unseen goes on; a document's number has the writing that a message's would have
"""

from typing import Annotated

from fastapi import Form
from pydantic import AfterValidator

from events.canonical import document_number, unseen


def _words(text: str) -> str:
    """Lines become spaces; what nobody would see is refused.

    Raises: ValueError
    """
    words = " ".join(text.replace("\t", " ").splitlines()).strip()
    if (hidden := unseen(words)) is not None:
        raise ValueError(f"含有看不见的字符 {hidden}")
    return words


Typed = Annotated[str, AfterValidator(_words), Form()]
"""Words: a reason, a name, an account."""

DocumentTyped = Annotated[str, AfterValidator(_words), AfterValidator(document_number), Form()]
"""A document's number."""
