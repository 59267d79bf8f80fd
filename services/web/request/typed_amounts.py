"""typed amounts: read what a person types as money; full-width digits pass, a third decimal does not.

Units: yuan in, fen out
"""

from events import money
from events.canonical import plain
from events.contract.inbound.fields import MAX_FEN
from services.web.request.fields import NotUnderstood
from services.wording.languages import translate


class NotAnAmount(ValueError):
    """A text that is no amount of money."""


def read_yuan(text: str) -> int:
    """Read ``１，２００.５`` as 120050.

    Raises: NotAnAmount, also for a third decimal: nothing is rounded
    """
    written = plain(text).replace("。", ".").replace(" ", "")
    if written[:1] in ("+", "-"):
        raise NotAnAmount(text)
    try:
        return money.read_yuan(written, most_fen=MAX_FEN)
    except money.NotMoney as error:
        raise NotAnAmount(text) from error


def typed_yuan(field: str, text: str) -> int:
    """Read a field of a form as money.

    Raises: NotUnderstood
    """
    try:
        return read_yuan(text)
    except NotAnAmount as error:
        needs = translate("须为金额：数字，最多两位小数，例如 1200.50")
        raise NotUnderstood(field, needs, text) from error
