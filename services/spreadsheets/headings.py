"""Headings: a heading without what people put around it, so that a template may say more than its name."""

import re
import unicodedata


def plain_heading(heading: str) -> str:
    """A heading without spaces, stars and remarks in brackets."""
    text = unicodedata.normalize("NFKC", heading)
    return re.sub(r"\(.*?\)|[ \t\r\n*]", "", text)
