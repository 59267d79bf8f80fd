"""Identity: who is meant, in one canonical form, or why the number cannot be anybody's.

In:    numbers as people type them: full-width digits, spaces, a small x, 15-digit ids
Out:   resident ids of 18 characters (GB 11643), unified social credit codes (GB 32100), accounts
Holds: two ways of writing one number give one canonical text; an unknown region of a resident id
       is no error, because regions are abolished while their people live on.
"""

import re
from datetime import date
from operator import mul
from typing import Literal, NamedTuple

from stdnum.cn import uscc

from events.canonical import FIRST_DAY, compact

PartyKind = Literal["person", "unit"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ZEROS = ord("0") * sum(_WEIGHTS)
_CHECK = "10X98765432"
_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_RESIDENT = re.compile(r"[1-9][0-9]{14}")
_UNIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_ACCOUNT = re.compile(r"[0-9]{6,32}")
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[1-9][0-9]{8,10}")
_EARLIEST_BIRTH = str(FIRST_DAY.year)


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
    number = compact(text)
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
    code = compact(text)
    if not _UNIT.fullmatch(code) or uscc.calc_check_digit(code[:17]) != code[17]:
        return None
    return code


def phone_number(text: str) -> str | None:
    """Bring a phone's number to its digits without the country's, or None when it cannot be one."""
    number = compact(text)
    for country in ("+86", "0086"):
        number = number.removeprefix(country)
    return number if _PHONE.fullmatch(number) else None


def account_number(text: str) -> str | None:
    """Bring a bank account number to its digits, or None when it cannot be one."""
    number = compact(text)
    return number if _ACCOUNT.fullmatch(number) else None
