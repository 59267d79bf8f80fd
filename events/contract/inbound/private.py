"""Private: identities that stand in a text which should carry none, in whatever way they are written.

In:    a text; whether it is words (a reason, a purpose) or a number (of a document, a certificate)
Out:   what was found, or the text with it blotted out, as long as before
Holds: resident ids of 18 characters are found in every text, also with spaces, hyphens, brackets,
       full-width or foreign digits; ids of 15 digits and bank cards in words, and in numbers of which they are
       the whole; names cannot be found, since any word may be one
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from events.contract.inbound.identity import resident_id

_SHORTEST, _LONGEST = 15, 19
_BETWEEN = r"[ ._/\\:·,、()\[\]〔〕【】*+-]"
_RUN = re.compile(rf"[0-9](?:{_BETWEEN}{{0,3}}[0-9Xx]){{14,}}")
_GROUP = re.compile(r"[0-9]+[Xx]?|[Xx]")
_DASHES = frozenset("‐‑‒–—―−⁃﹘﹣－")
_EXES = frozenset("ХхΧχ×✕✖")
"""Letters and signs of other alphabets that are typed for the X of a check character."""
_PROVINCES = frozenset(
    f"{area}{place}"
    for area, places in {1: 5, 2: 3, 3: 7, 4: 6, 5: 4, 6: 5, 7: 1, 8: 3}.items()
    for place in range(0 if area == 5 else 1, places + 1)
)
"""The first two digits of GB/T 2260."""
_BORN = ("1930", "1999")
"""Whom an id of 15 digits may name: it was given out until 1999, and a number of an application
that begins with a region and a day (211202220901…) names nobody born in 1922."""
_MISTYPED = re.compile(
    rf"(?<![0-9A-Za-z])(?:{'|'.join(sorted(_PROVINCES))})[0-9]{{4}}(?:19[3-9][0-9]|200[0-9]|201[0-2])"
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
"""An id by its form alone; born before 2013, since a number with a later day is a bank's own."""
_CARD = re.compile(r"62[0-9]{14,17}")


class _Span(NamedTuple):
    start: int
    end: int


def names_a_person(text: str, *, words: bool = True) -> bool:
    """Tell whether somebody's id or bank card stands in a text."""
    return len(text) >= _SHORTEST and any(True for _ in _found(text, words))


def without_identities(text: str, *, words: bool = True) -> str:
    """Blot out what stands in a text that is not ours to refuse, such as a bank's own words.

    Shape:  in words a number of 18 digits with a region and a day of birth too, whose check digit is
            wrong: somebody's id all the same, mistyped
    """
    if len(text) < _SHORTEST:
        return text
    mistyped = (found.span() for found in _MISTYPED.finditer(text)) if words else ()
    for start, end in [*_found(text, words), *mistyped]:
        text = text[:start] + "*" * (end - start) + text[end:]
    return text


def _found(text: str, words: bool) -> Iterator[_Span]:
    plainly = text if text.isascii() else "".join(map(_plainly, text))
    for run in _RUN.finditer(plainly):
        yield from _in_run(run, words, run.start() == 0 and run.end() == len(plainly))


def _plainly(character: str) -> str:
    """One character as a digit, a letter or a separator, so that places stay what they are."""
    if character.isascii():
        return character
    if character in _DASHES:
        return "-"
    if character in _EXES:
        return "X"
    number = unicodedata.decimal(character, None)
    if number is not None:
        return str(number)
    normal = unicodedata.normalize("NFKC", character)
    return normal if len(normal) == 1 else character


def _in_run(run: re.Match[str], words: bool, whole: bool) -> Iterator[_Span]:
    """Look at every row of groups: 2022-08-31 219999 19900307 000X holds an id from the second on."""
    groups = [(found.start(), found.end(), found[0]) for found in _GROUP.finditer(run[0])]
    first = 0
    while first < len(groups):
        compact, found = "", None
        if (within := _within(groups[first][2], words)) is not None:
            start = run.start() + groups[first][0] + within
            yield _Span(start, start + 18)
            first += 1
            continue
        for _, end, group in groups[first : first + _LONGEST + 1]:  # so a long text takes no longer
            compact += group
            if len(compact) > _LONGEST:
                break
            if _is_identity(compact, words, whole):
                found = end
        if found is None:
            first += 1
            continue
        yield _Span(run.start() + groups[first][0], run.start() + found)
        later = range(first + 1, len(groups))
        first = next((n for n in later if groups[n][0] >= found), len(groups))


def _within(group: str, words: bool) -> int | None:
    """Where an id stands among more digits: in words anywhere, in a number only before its X."""
    if len(group) <= 18:
        return None
    places = range(len(group) - 17) if words else range(len(group) - 18, len(group) - 17)
    for place in places:
        number = group[place : place + 18]
        closed = number[-1] in "Xx"
        lifted = resident_id(number) if closed or words else None
        if lifted and lifted[:2] in _PROVINCES and lifted[6:10] >= _BORN[0]:
            return place
    return None


def _is_identity(number: str, words: bool, whole: bool) -> bool:
    match len(number):
        case 18:
            return resident_id(number) is not None or (words and _is_card(number))
        case 15:
            return (words or whole) and _is_old_id(number)
        case 16 | 17 | 19:
            return words and _is_card(number)
        case _:
            return False


def _is_old_id(number: str) -> bool:
    lifted = resident_id(number)
    if lifted is None or number[:2] not in _PROVINCES:
        return False
    return _BORN[0] <= lifted[6:10] <= _BORN[1]


def _is_card(number: str) -> bool:
    """A bank card by its first digits and its check digit (ISO/IEC 7812-1)."""
    if _CARD.fullmatch(number) is None:
        return False
    doubled = (int(digit) * (1 + n % 2) for n, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
