"""Check version: everything that can be wrong inside one policy file.

In:    a file that fits the vocabulary, the notices, the declared parameters
Out:   problems with file, line and clause
Holds: every quote stands in its clause; every number stands in its quote or is signed off under
       ``assume``; every fact, fund and parameter exists; the file's name and day of issue are right.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from policies.authoring.quotes import (
    Number,
    Registered,
    clause_text,
    occurs,
    unstated,
)
from policies.authoring.unsourced_numbers import numbers_to_source
from policies.authoring.walk import walk
from policies.engine.facts_used import fact_problems
from policies.engine.nodes import nodes_of
from policies.engine.windows import windows
from policies.reference_data.standards import Declared
from policies.vocabulary import PolicyText
from policies.vocabulary.files import Parsed
from policies.vocabulary.places import FUNDS
from policies.vocabulary.words import Cited, ParamRef


class Problem(NamedTuple):
    """Something wrong, where it stands, and which clause it is about."""

    file: Path
    line: int
    clause: str
    message: str

    def __str__(self) -> str:
        about = f"{self.clause}: " if self.clause else ""
        return f"{self.file}:{self.line}: {about}{self.message}"


class Findings(NamedTuple):
    """What is wrong, and what is right and yet worth a look."""

    errors: list[Problem]
    remarks: list[Problem]


class Law(NamedTuple):
    """What policy files are held against."""

    notices: Mapping[str, Registered]
    declared: Mapping[str, Declared]


class Version(NamedTuple):
    """A file and what the vocabulary reads in it."""

    file: Parsed
    text: PolicyText

    def problem(self, node: str, clause: str, message: str) -> Problem:
        """A problem at the line where a node stands."""
        path = next(
            (place.path for place in walk(self.text) if getattr(place.node, "id", None) == node),
            None,
        )
        line = self.file.line((node,) if path is None else (*path, "id"))
        return Problem(self.file.path, line, clause, f"{node}: {message}")


def version_problems(version: Version, law: Law) -> Iterator[Problem]:
    """What is wrong inside one file."""
    text = version.text
    expected = f"{text.policy}/{text.jurisdiction}-{text.version}.yaml"
    if not str(version.file.path).endswith(expected):
        yield version.problem("version", text.cite, f"文件名应为 {expected}")
    wrong_facts = list(fact_problems(text))
    for name, message in wrong_facts:
        yield version.problem(name, text.cite, message)
    if wrong_facts:
        return
    try:
        nodes_of(text, windows([text])[0])
    except ValueError as error:
        yield version.problem("when", text.cite, str(error))
        return
    yield from _issued(version, law)
    yield from _sources(version, law)
    for fund in _funds(text):
        if fund not in FUNDS:
            yield version.problem("fund", text.cite, f"没有名为 {fund} 的资金")


def source_problems(
    cited: Cited, cite: str, numbers: list[Number], notes: set[str], law: Law
) -> Iterator[str]:
    """Whether what a node rests on is there."""
    if cited.quote is not None:
        clause = clause_text(law.notices, cite)
        if clause is None:
            yield f"{cite} 没有登记"
        elif not occurs(cited.quote, clause):
            yield f"{cite} 里没有这句原文：{cited.quote}"
    if cited.assume not in notes:
        for number in unstated(numbers, cited.quote or ""):
            yield f"所引原文没有 {number} 这个数字"


def _issued(version: Version, law: Law) -> Iterator[Problem]:
    """Whether the day of issue is that of the notice which the file cites."""
    text = version.text
    registered = law.notices.get(text.cite.partition("#")[0])
    if registered and registered.notice.issued != text.issued:
        day = registered.notice.issued
        yield version.problem("issued", text.cite, f"文件成文日期为 {day}")


def _sources(version: Version, law: Law) -> Iterator[Problem]:
    """Whether every node rests on a clause or on a convention, and every parameter is declared."""
    text, lines = version.text, version.file
    notes = {note.id for note in text.assume}
    for path, name, cite, node in walk(text, text.cite):
        found: list[str] = []
        if isinstance(node, Cited):
            found += source_problems(node, cite, numbers_to_source(node), notes, law)
        if isinstance(node, ParamRef) and node.of not in law.declared:
            found.append(f"参数 {node.of} 没有声明")
        note = getattr(node, "assume", None)
        if isinstance(note, str) and note not in notes:
            found.append(f"{note} 没有在 assume 下签认")
        for message in found:
            yield Problem(lines.path, lines.line((*path, "id")), cite, f"{name}: {message}")


def _funds(text: PolicyText) -> list[str]:
    return [*text.fund.is_, *(one for case in text.fund.cases for one in case.then)]
