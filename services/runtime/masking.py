"""Identity on screens: names, ids and accounts as everybody may see them.

The canonical forms themselves belong to the public contract: `events.contract.inbound.identity`.

Holds: a mask keeps the length of a name and never shows more than its first and last character.
"""

from typing import NamedTuple

from events.canonical import person_name
from events.contract.inbound.documents import printed
from events.contract.inbound.identity import (
    Account,
    Party,
    account_number,
    resident_id,
    unit_code,
)

__all__ = [
    "Account",
    "Masked",
    "Party",
    "account_number",
    "masked_account",
    "masked_name",
    "masked_number",
    "person_name",
    "resident_id",
    "unit_code",
]

_DOT = "·"
_LONG = 15


class Masked(NamedTuple):
    """A person or unit as screens may show it.

    `document` names the kind of document where it is no resident id; `others` are the names under
    which the same id was stated later, masked too.
    """

    name: str
    number: str
    unit: bool = False
    document: str = ""
    others: tuple[str, ...] = ()


def masked_name(name: str) -> str:
    """Mask a person's name: 张*, 张*三, 欧**明, 阿**·**提."""
    if _DOT in name:
        first, *middle, last = name.split(_DOT)
        parts = [
            first[:1] + "*" * (len(first) - 1),
            *("*" * len(part) for part in middle),
            "*" * (len(last) - 1) + last[-1:],
        ]
        return _DOT.join(parts)
    if len(name) <= 1:
        return "*" * len(name)
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def masked_number(number: str, *, shown_last: int = 4) -> str:
    """Mask an identity document's number: of a resident id its first 3 and last 4 characters stay
    (2 on public lists), of a shorter number its first and its last 2."""
    number = printed(number).number
    if len(number) <= 3 + shown_last:
        return "*" * len(number)
    if len(number) < _LONG:
        return number[0] + "*" * (len(number) - 3) + number[-2:]
    return number[:3] + "*" * (len(number) - 3 - shown_last) + number[-shown_last:]


def masked_account(number: str) -> str:
    """Mask an account or phone number: its last 4 digits stay."""
    return "****" + number[-4:] if len(number) > 4 else "*" * len(number)
