"""Identity: who is meant, in one canonical form, or why the number cannot be anybody's.

In:    numbers as people type them: full-width digits, spaces, a small x, 15-digit ids
Out:   resident ids of 18 characters (GB 11643), unified social credit codes (GB 32100), accounts
Holds: two ways of writing one number give one canonical text; an unknown region of a resident id
       is no error, because regions are abolished while their people live on.
"""

import re
import unicodedata
from datetime import date
from operator import mul
from typing import Literal, NamedTuple

from stdnum.cn import uscc

PartyKind = Literal["person", "unit"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ZEROS = ord("0") * sum(_WEIGHTS)
_CHECK = "10X98765432"
_RESIDENT = re.compile(r"[1-9]\d{16}[\dX]")
_OLD_RESIDENT = re.compile(r"[1-9]\d{14}")
_UNIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_ACCOUNT = re.compile(r"\d{6,32}")
_IN_TEXT = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?![\dXx])")
_DOTS = str.maketrans(dict.fromkeys("•‧・∙⋅．.", "·"))
_EARLIEST_BIRTH = "1850"


class Party(NamedTuple):
    """A person or a unit, canonical."""

    kind: PartyKind
    id: str
    name: str


class Account(NamedTuple):
    """A bank account, canonical; `holder` as the bank knows the name."""

    bank: str
    number: str
    holder: str


def resident_id(text: str) -> str | None:
    """Bring a resident id to its 18 characters, or None when it cannot be one.

    Source: GB 11643-1999 (length, birth date, check character ISO 7064 MOD 11-2)
    """
    number = _compact(text)
    if not _RESIDENT.fullmatch(number):
        if not _OLD_RESIDENT.fullmatch(number):
            return None
        number = f"{number[:6]}19{number[6:]}"
        number += check_character(number)
    elif check_character(number) != number[17]:
        return None
    return number if _has_birth_day(number) else None


def check_character(number: str) -> str:
    """Compute the 18th character of a resident id from its first 17."""
    return _CHECK[(sum(map(mul, number.encode(), _WEIGHTS)) - _ZEROS) % 11]


def _has_birth_day(number: str) -> bool:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return number[6:10] >= _EARLIEST_BIRTH


def born_after(number: str, day: date) -> bool:
    """Tell whether a canonical resident id names a birth after this day."""
    return number[6:14] > day.isoformat().replace("-", "")


def unit_code(text: str) -> str | None:
    """Bring a unified social credit code to its 18 characters, or None when it cannot be one.

    The form is ours, the check digit python-stdnum's: its own `validate` wants digits in the first
    two places and so refuses the units registered under A, N or Y.

    Source: GB 32100-2015
    """
    code = _compact(text)
    if not _UNIT.fullmatch(code) or uscc.calc_check_digit(code[:17]) != code[17]:
        return None
    return code


def account_number(text: str) -> str | None:
    """Bring a bank account number to its digits, or None when it cannot be one."""
    number = _compact(text)
    return number if _ACCOUNT.fullmatch(number) else None


def person_name(text: str) -> str:
    """Bring a name to one way of writing: composed, single spaces, one kind of middle dot."""
    name = text if text.isalpha() else " ".join(text.split())
    if name.isascii():
        return name
    name = unicodedata.normalize("NFC", name)
    return name if name.isalpha() else name.translate(_DOTS)


def names_a_person(text: str) -> bool:
    """Tell whether a resident id stands somewhere in a text that should not carry one."""
    return len(text) >= 18 and any(resident_id(found) for found in _IN_TEXT.findall(text))


def without_resident_ids(text: str) -> str:
    """Blot out the resident ids in a text that is not ours to refuse, such as a bank's own words."""
    return _IN_TEXT.sub(lambda found: "*" * 18 if resident_id(found[0]) else found[0], text)


def _compact(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text.upper()
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
