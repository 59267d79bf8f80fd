"""Documents: by what a person is named who has no resident id, each number in one canonical form.

In:    the kind of document, its number as it was typed, the country of a passport
Out:   the person's id inside the ledger, or None where the number cannot be of this kind
Holds: the same number on another kind of document is another person until staff link the two;
       numbers of 18 digits stand in one space (GB 11643), whatever card they are printed on
Source: GB 11643-1999
"""

import re
from datetime import date
from typing import Final, Literal, NamedTuple

from events.canonical import compact, iso_day
from events.contract.inbound.identity import born_after, resident_id

DocumentKind = Literal[
    "resident_id",
    "residence_permit",
    "permanent_residence",
    "hk_macao_permit",
    "taiwan_permit",
    "passport",
]

CALLED: Final[dict[DocumentKind, str]] = {
    "resident_id": "居民身份证",
    "residence_permit": "港澳台居民居住证",
    "permanent_residence": "外国人永久居留身份证",
    "hk_macao_permit": "港澳居民来往内地通行证",
    "taiwan_permit": "台湾居民来往大陆通行证",
    "passport": "护照",
}

_RESIDENCE_PERMITS = ("810000", "820000", "830000")
_OLD_CARD = re.compile(r"[A-Z]{3}[0-9]{4}(?P<born>[0-9]{6})[0-9]{2}")
_HK_MACAO = re.compile(r"(?P<number>[HM][0-9]{8})([0-9]{2})?")
_TAIWAN = re.compile(r"[0-9]{8}|[0-9]{10}\(?[A-Z]\)?")
_BRACKETS = re.compile(r"[()]")
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,12}")
_COUNTRY = re.compile(r"[A-Z]{3}")
_MARK: Final[dict[str, DocumentKind]] = {
    "PR": "permanent_residence",
    "HM": "hk_macao_permit",
    "TW": "taiwan_permit",
    "PP": "passport",
}
"""What leads the id of whoever has no number of 18 digits."""


class Printed(NamedTuple):
    """A person's id taken apart: the document and what is printed on it."""

    document: DocumentKind
    number: str
    country: str = ""


def person_id(document: DocumentKind, text: str, country: str = "") -> str | None:
    """Bring a document's number to the person's id, or None when it cannot be one."""
    number = compact(text)
    match document:
        case "resident_id":
            return resident_id(text)
        case "residence_permit":
            lifted = resident_id(text)
            return lifted if lifted and lifted.startswith(_RESIDENCE_PERMITS) else None
        case "permanent_residence":
            if len(number) == 18:
                lifted = resident_id(text)
                return lifted if lifted and lifted[0] == "9" else None
            return f"PR:{number}" if _is_old_card(number) else None
        case "hk_macao_permit":
            found = _HK_MACAO.fullmatch(number)
            return f"HM:{found['number']}" if found else None
        case "taiwan_permit":
            return f"TW:{_BRACKETS.sub('', number)}" if _TAIWAN.fullmatch(number) else None
        case "passport":
            nation = compact(country)
            fits = _PASSPORT.fullmatch(number) and _COUNTRY.fullmatch(nation)
            return f"PP:{nation}:{number}" if fits else None


def printed(identifier: str) -> Printed:
    """Tell which document a person's id is of, and the number that is printed on it."""
    mark, colon, number = identifier.partition(":")
    if colon:
        if mark == "PP":
            country, _, number = number.partition(":")
            return Printed("passport", number, country)
        return Printed(_MARK[mark], number)
    if identifier.startswith(_RESIDENCE_PERMITS):
        return Printed("residence_permit", identifier)
    if identifier.startswith("9"):
        return Printed("permanent_residence", identifier)
    return Printed("resident_id", identifier)


def birth_of(identifier: str) -> str | None:
    """The day of birth that a person's id tells, or None: only 18 digits tell the whole year."""
    if ":" in identifier or len(identifier) != 18:
        return None
    return f"{identifier[6:10]}-{identifier[10:12]}-{identifier[12:14]}"


def not_yet_born(identifier: str, day: date) -> bool:
    """Tell whether an id names a birth after this day."""
    return birth_of(identifier) is not None and born_after(identifier, day)


def _is_old_card(number: str) -> bool:
    """Fifteen characters: nationality, place of issue, birth as yymmdd, two more."""
    found = _OLD_CARD.fullmatch(number)
    if found is None:
        return False
    born = found["born"]
    days = (f"{century}{born[:2]}-{born[2:4]}-{born[4:]}" for century in ("19", "20"))
    return any(iso_day(day) for day in days)
