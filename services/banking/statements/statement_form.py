"""Statement form: whether a file is a message of a bank or a table, told by what stands in it.

Holds: the name of a file says nothing; what is neither message is read as a table, which names it
"""

import codecs
import re
from typing import Literal

StatementForm = Literal["camt", "mt940", "table"]

_BEGINNING = 20_000
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MESSAGE = re.compile(r"\A\s*<(?:.*?<)?(?:[A-Za-z0-9_.-]+:)?Document[\s>]", re.DOTALL)
_FIELDS = re.compile(r"^:20:.*?^:(?:25P?|28C?|60[FM]):", re.DOTALL | re.MULTILINE)


def form_of(raw: bytes) -> StatementForm:
    """Tell the form of a file by its beginning."""
    encoding = "utf-16" if raw.startswith(_WIDE) else "utf-8-sig"
    text = raw[:_BEGINNING].decode(encoding, errors="replace").replace("\r", "\n")
    if _MESSAGE.match(text):
        return "camt"
    return "mt940" if _FIELDS.search(text) else "table"
