"""Canonical text: one way of writing for everything that identifies, and what no text may hold.

In:   ids, codes, accounts, numbers, names, days, amounts as people and programs write them
Out:  NFKC text whose digits are ASCII, or None where it cannot be read so
Holds: two writings of one thing give one text; a digit of another script is never taken for a
       digit; whatever cannot be seen (control, format, bidirectional, filler) is named, not dropped
"""

import re
import unicodedata
from datetime import date
from typing import Final

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
"""No day of a claim, a certificate or a payment lies outside of these."""

UNSEEN: Final = (
    r"\u0000-\u001f\u007f-\u009f"  # control
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # ignorable, fillers
    r"\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # format, prefixed
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, separators, bidirectional
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"  # blanks that are no space, variation selectors
    r"\ufff0-\uffff"  # annotation, replacement, noncharacters
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What no text may hold, as the inside of a character class of Python, Rust and ECMAScript."""

SPACES: Final = r"\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Every space that may stand between words."""

PLAIN: Final = f"^[^{UNSEEN}]*$"
"""A text in which everything can be seen."""

SAYING: Final = f"[^{SPACES}]"
"""What a text holds that says something."""

_SIGN = f"[^{SPACES}.·•‧∙⋅・･˙ꞏ⸱⸳●᛫]"
NAMING: Final = f"{_SIGN}.*{_SIGN}"
"""What a name holds: two signs beside spaces and middle dots. One sign names nobody, and could not be
found again in a text that must not hold the name."""

DAY_PATTERN: Final = (
    "^((19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|(19(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26]))-02-29)$"
)
"""Every real day between the bounds, leap days too; a schema needs no format for it."""

INSTANT_PATTERN: Final = DAY_PATTERN[:-1] + (
    r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
"""RFC 3339 with a zone."""

MONTH_PATTERN: Final = "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"

_UNSEEN = re.compile(f"[{UNSEEN}]")
_SAYING = re.compile(SAYING)
_NAMING = re.compile(NAMING)
_NUMBER = re.compile(r"[0-9]+")
_DAY = re.compile(DAY_PATTERN[1:-1])
_MONTH = re.compile(MONTH_PATTERN[1:-1])
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−⁃﹘﹣－", "-"))
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･˙·ꞏ⸱⸳●᛫", "·"))
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_LETTER = f"[{_HAN}\u0600-\u06ff\u0f00-\u0fff\u1800-\u18af\uac00-\ud7af]"
_POINT_IN_NAME = re.compile(f"(?<={_LETTER})\\.(?={_LETTER})")
_HAS_HAN = re.compile(f"[{_HAN}]")
_BRACKETS = str.maketrans("()", "（）")

_CALLED: Final = {
    "\x00": "空字符",
    "\u00ad": "软连字符",
    "\u200b": "零宽空格",
    "\u200c": "零宽不连字",
    "\u200d": "零宽连字",
    "\u200e": "从左至右标记",
    "\u200f": "从右至左标记",
    "\u202a": "从左至右嵌入",
    "\u202b": "从右至左嵌入",
    "\u202c": "方向结束",
    "\u202d": "从左至右覆盖",
    "\u202e": "从右至左覆盖",
    "\u2060": "词连接符",
    "\u2066": "从左至右隔离",
    "\u2067": "从右至左隔离",
    "\u2068": "首字方向隔离",
    "\u2069": "隔离结束",
    "\ufeff": "零宽不换行空格",
    "\ufffd": "乱码替换符",
}


def unseen(text: str) -> str | None:
    """Name the first character of a text that nobody would see, or None: ``U+202E 从右至左覆盖``."""
    if text.isprintable() and text.isascii():
        return None
    found = _UNSEEN.search(text)
    return None if found is None else named(found[0])


def named(character: str) -> str:
    """Name a character by its code point, and in words where it is a usual one."""
    if character in _CALLED:
        words = _CALLED[character]
    elif unicodedata.category(character) == "Cc":
        words = "控制字符"
    elif unicodedata.category(character) == "Nd":
        words = "其他文字的数字"
    else:
        words = unicodedata.name(character, "看不见的字符")
    return f"U+{ord(character):04X} {words}"


def foreign_digit(text: str) -> str | None:
    """Name the first digit that is none of ours once the text is NFKC, or None."""
    if text.isascii():
        return None
    for character in unicodedata.normalize("NFKC", text):
        if not character.isascii() and unicodedata.category(character) == "Nd":
            return named(character)
    return None


def says_something(text: str) -> bool:
    """Tell whether a text is more than spaces."""
    return _SAYING.search(text) is not None


def names_somebody(text: str) -> bool:
    """Tell whether a text is long enough to be a person's, a unit's or a bank's name."""
    return _NAMING.search(text) is not None


def has_words(text: str) -> bool:
    """Tell whether a text holds a letter, a character or a digit: what a decision can rest on."""
    return any(
        unicodedata.category(char)[0] in "LN" for char in unicodedata.normalize("NFKC", text)
    )


def plain(text: str) -> str:
    """One writing of a text that names something: NFKC, one kind of dash, single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_DASHES))
    return _SPACES.sub(" ", text).strip(" ")


def compact(text: str) -> str:
    """One writing of an id, a code or an account: NFKC, capitals, no spaces, no hyphens."""
    if text.isascii():
        if text.isalnum():  # ASCII alone
            return text.upper()
    else:
        text = unicodedata.normalize("NFKC", text.translate(_DASHES))
    bare = _SPACES.sub("", text).replace("-", "").upper()
    return bare if bare.isascii() else unicodedata.normalize("NFKC", bare)


def same_words(text: str) -> str:
    """One writing of a thing that is called by words: capitals, no spaces within Chinese."""
    if text.isascii() and text.isalnum():  # ASCII alone
        return text.upper()
    return _BETWEEN_HAN.sub("", plain(text).upper())


def person_name(text: str) -> str:
    """One writing of a person's, unit's or bank's name.

    Chinese stands without spaces and with Chinese brackets; every kind of middle dot is ·.
    """
    if text.isascii():
        return _SPACES.sub(" ", text).strip(" ")
    name = plain(text.translate(_DOTS)).translate(_DOTS)
    name = _POINT_IN_NAME.sub("·", name)
    if _HAS_HAN.search(name):
        name = _BETWEEN_HAN.sub("", name).translate(_BRACKETS)
    return name.replace(" ·", "·").replace("· ", "·")


def document_number(text: str) -> str:
    """One writing of a document's number: ``人社发〔2021〕3号``, whatever brackets were typed."""
    number = plain(text)
    if number.isascii():
        return number
    return _BETWEEN_HAN.sub("", number).translate(_NUMBER_BRACKETS)


_NUMBER_BRACKETS = str.maketrans("[【()】]", "〔〔（）〕〕")


def is_number(text: str) -> bool:
    """Tell whether a text is ASCII digits and nothing else."""
    return _NUMBER.fullmatch(text) is not None


def whole(text: str) -> int | None:
    """Read a whole number as people type it (full-width digits pass), or None."""
    plainly = plain(text)
    return int(plainly) if len(plainly) <= 18 and is_number(plainly) else None


def iso_day(text: str) -> date | None:
    """Read ``yyyy-mm-dd`` in ASCII, a real day between the bounds, or None."""
    if _DAY.fullmatch(text) is None:
        return None
    return date(int(text[:4]), int(text[5:7]), int(text[8:]))


def iso_month(text: str) -> str | None:
    """Read ``yyyy-mm`` in ASCII between the bounds, or None."""
    return text if _MONTH.fullmatch(text) else None


def in_bounds(day: date) -> bool:
    """Tell whether a day is one that the ledger deals with."""
    return FIRST_DAY <= day <= LAST_DAY
