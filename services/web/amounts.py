"""amounts: read what a person types as money; full-width digits pass, a third decimal does not.

Units: yuan in, fen out
"""

import re

from events.canonical import plain
from events.contract.inbound.fields import MAX_FEN
from services.web.fields import NotUnderstood
from services.web.languages import translate

_WRITTEN = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2}))?")


_MOST_DIGITS = 20


class NotAnAmount(ValueError):
    """A text that is no amount of money."""


def read_yuan(text: str) -> int:
    """Read ``１，２００.５`` as 120050.

    Raises: NotAnAmount, also for a third decimal: nothing is rounded
    """
    found = _WRITTEN.fullmatch(plain(text).replace("。", ".").replace(" ", ""))
    if found is None:
        raise NotAnAmount(text)
    whole, part = found.groups()
    if len(whole) > _MOST_DIGITS:
        raise NotAnAmount(text)
    fen = int(whole.replace(",", "")) * 100 + int((part or "").ljust(2, "0"))
    if fen > MAX_FEN:
        raise NotAnAmount(text)
    return fen


def typed_yuan(field: str, text: str) -> int:
    """Read a field of a form as money.

    Raises: NotUnderstood
    """
    try:
        return read_yuan(text)
    except NotAnAmount as error:
        needs = translate("须为金额：数字，最多两位小数，例如 1200.50")
        raise NotUnderstood(field, needs, text) from error
