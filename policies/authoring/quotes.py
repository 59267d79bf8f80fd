"""Quotes: whether a rule says what the notice says.

In:    a quote, a clause's registered text, the numbers and dates of a rule
Out:   whether the quote stands there verbatim, and which numbers it does not state
Holds: only white space and the width of brackets and punctuation are forgiven; ``……`` leaves
       words out, in order; a number may be written 12个月 or 1年, 2.5万 or 25000, 30% or 3/10.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from policies.vocabulary.dated import check_order
from policies.vocabulary.files import FileProblem, FileProblems, Parsed, each_problem, parsed
from policies.vocabulary.schema_words import file_problems
from policies.vocabulary.words import Words

Number = Fraction | date | str
"""A number, a printed day, or a printed month as ``2022-06``."""

_SPACE = re.compile(r"\s+")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_DAY = re.compile(r"(?:([0-9]{4})年)?([0-9]{1,2})月([0-9]{1,2})日")
_CALENDAR = re.compile(r"(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日|(?:19|20)[0-9][0-9]年")
_YEAR = re.compile(r"((?:19|20)[0-9][0-9])年")
_FIGURE = re.compile(
    r"(?P<n>[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百]+)(?P<scale>万|%)?(?:个)?(?P<unit>年|月)?"
)
_SCALE = {"": Fraction(1), "万": Fraction(10_000), "%": Fraction(1, 100)}
_FRACTION = re.compile(r"([0-9]+)/([0-9]+)")
_COUNTED = re.compile(r"[年月日次个天人名岁周届]|周岁")


class NoticeClause(Words):
    """One clause of a notice, verbatim."""

    id: str
    text: str


class NoticeRule(Words):
    """A rule of the notice about other notices, and the clause that states it."""

    rule: Literal[
        "earlier_where_they_conflict",
        "accepted_in_2020_may_run_out",
        "whatever_is_enjoyed_runs_out",
    ]
    clause: str


class Term(Words):
    """The days between which clauses, or what they say about one thing, apply; both included.
    A day that no clause prints rests on a convention."""

    clauses: Annotated[list[str], Field(min_length=1)]
    about: str | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    convention: str | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        check_order(self.from_, self.to)
        return self


class Notice(Words):
    """A registered document."""

    number: str
    title: str
    issuer: str
    issued: date
    in_force_from: date
    in_force_by: str | None = None  # the clause that says so; without one, the day of issue
    supersession: NoticeRule | None = None
    grandfathering: NoticeRule | None = None
    terms: Annotated[list[Term], Field(default_factory=list)]
    clauses: list[NoticeClause]


class Registered(NamedTuple):
    """A notice and its file."""

    notice: Notice
    file: Parsed


def load_notices(directory: Path) -> Mapping[str, Registered]:
    """Every registered notice by its number.

    Raises: FileProblems, with everything that is wrong in any file
    """
    return joined_notices([directory])


def joined_notices(directories: Iterable[Path]) -> Mapping[str, Registered]:
    """Every notice that is registered in any of several folders.

    Raises: FileProblems, as for one
    """
    found, problems = dict[str, Registered](), list[FileProblem]()
    for path in (path for one in directories for path in sorted(one.glob("*.yaml"))):
        try:
            file = parsed(path)
        except FileProblem as error:
            problems += each_problem(error)
            continue
        try:
            notice = Notice.model_validate(file.data)
        except ValueError as error:
            problems += file_problems(file, error)
            continue
        if notice.number in found:
            first = found[notice.number].file.path
            words = f"{notice.number} 在 {first.name} 里已经登记，两份只有一份算数"
            problems.append(FileProblem(path, file.line(("number",)), words))
        found[notice.number] = Registered(notice, file)
    if problems:
        raise FileProblems(problems)
    return found


def clause_text(notices: Mapping[str, Registered], cite: str) -> str | None:
    """The text of ``number#clause``, or None where no such clause is registered."""
    number, _, clause = cite.partition("#")
    known = notices.get(number)
    for candidate in known.notice.clauses if known else ():
        if candidate.id == clause:
            return candidate.text
    return None


def prints(text: str, day: date) -> bool:
    """Whether a text prints a day, or a month without a day that it lies in."""
    month = rf"{day.year}年{day.month}月(?![0-9])"
    return day in numbers_in(text) or re.search(month, normalised(text)) is not None


@lru_cache(maxsize=16_384)
def normalised(text: str) -> str:
    """Text without white space, with one width of brackets, punctuation and digits."""
    plain = unicodedata.normalize("NFKC", text.replace("……", "\0"))
    return _SPACE.sub("", plain).translate({0x201C: '"', 0x201D: '"', 0x3014: "(", 0x3015: ")"})


def occurs(quote: str, text: str) -> bool:
    """Whether a quote stands in a text; parts around ``……`` in order."""
    where, plain = 0, normalised(text)
    for part in normalised(quote).split("\0"):
        where = plain.find(part, where)
        if not part or where < 0:
            return False
        where += len(part)
    return True


def numbers_in(quote: str) -> set[Number]:
    """Every number and day that a quote states."""
    text = normalised(quote)
    found: set[Number] = set(_days(text))
    found |= {f"{day.year}-{day.month:02d}" for day in found if isinstance(day, date)}
    found |= {Fraction(int(year)) for year in _YEAR.findall(text)}
    text = _CALENDAR.sub(" ", text)
    found |= {Fraction(int(top), int(bottom)) for top, bottom in _FRACTION.findall(text)}
    for figure in _FIGURE.finditer(text):
        if figure["n"].isascii():
            value = Fraction(figure["n"])
        elif _COUNTED.match(text, figure.end("n")):
            value = Fraction(_chinese(figure["n"]))
        else:
            continue
        value *= _SCALE[figure["scale"] or ""]
        found.add(value)
        if figure["unit"] == "年":
            found.add(value * 12)
    return found


def unstated(numbers: Iterable[Number], quote: str) -> list[Number]:
    """The numbers of a rule that its quote does not state."""
    stated = numbers_in(quote)
    return [number for number in numbers if number not in stated]


def _days(text: str) -> Iterable[date]:
    """Printed days; one without a year belongs to the year printed before it."""
    year = ""
    for found in _DAY.finditer(text):
        year = found[1] or year
        if year:
            yield date(int(year), int(found[2]), int(found[3]))


def _chinese(numeral: str) -> int:
    """A numeral up to 999 in Chinese characters."""
    total, digit = 0, 0
    for character in numeral:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit
