"""amounts: read what a person types as money; full-width digits pass, a third decimal does not.

Units: yuan in, fen out
"""

import re
import unicodedata

_WRITTEN = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")


class NotAnAmount(ValueError):
    """A text that is no amount of money."""


def read_yuan(text: str) -> int:
    """Read ``１，２００.５`` as 120050.

    Raises: NotAnAmount, also for a third decimal: nothing is rounded
    """
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").replace(" ", "")
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        raise NotAnAmount(text)
    whole, part = found.groups()
    return int(whole.replace(",", "")) * 100 + int((part or "").ljust(2, "0"))
