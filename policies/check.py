"""Check: everything that can be wrong with a policy file, before it decides anything.

In:    the folder of policies
Out:   problems with file, line and clause, in the order of the files
Holds: a clean check means: every file fits the vocabulary; every quote stands in its clause;
       every number stands in its quote or is signed off under ``assume``; every fact exists and
       has the type its condition needs; versions neither overlap nor leave a gap.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from policies.catalogue_check import wrong_in
from policies.catalogues import load_catalogues
from policies.cited import cited
from policies.facts_used import fact_problems
from policies.files import FileProblem, Parsed, parsed
from policies.nodes import nodes_of, params
from policies.places import FUNDS
from policies.quotes import Number, Registered, clause_text, load_notices, occurs, unstated
from policies.registry import ROOT
from policies.standards import Declared, FigureType, Row, Value, load_standards
from policies.vocabulary import (
    PolicyText,
)
from policies.windows import windows
from policies.words import Cited, fraction


class Problem(NamedTuple):
    """Something wrong, where it stands, and which clause it is about."""

    file: Path
    line: int
    clause: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.clause}: {self.message}"


class _Version(NamedTuple):
    file: Parsed
    text: PolicyText

    def problem(self, node: str, clause: str, message: str) -> Problem:
        """A problem at the line where a node stands."""
        line = next(
            (
                number
                for where, number in self.file.lines.items()
                if where[-1:] == ("id",) and _at(self.file.data, where) == node
            ),
            self.file.line((node,)),
        )
        return Problem(self.file.path, line, clause, f"{node}: {message}")


def check_all(root: Path | None = None) -> list[Problem]:
    """Everything wrong under `root`; an empty list means all is well."""
    root = root or ROOT
    try:
        notices = load_notices(root / "notices")
        declared = load_standards(root / "parameters").declared
    except FileProblem as problem:
        return [Problem(problem.path, problem.line, "", problem.message)]
    except ValueError as error:
        return [Problem(root, 1, "", str(error))]
    problems = list(_notices(notices))
    versions: list[_Version] = []
    for path in sorted((root / "programmes").glob("*/*.yaml")):
        try:
            file = parsed(path)
        except FileProblem as problem:
            problems.append(Problem(path, problem.line, "", problem.message))
            continue
        try:
            versions.append(_Version(file, PolicyText.model_validate(file.data)))
        except ValidationError as error:
            problems += _schema(file, error)
    for version in versions:
        problems += _version(version, notices, declared)
    problems += _parameters(root / "parameters", notices, declared)
    problems += _catalogues(root / "catalogues", notices)
    problems += _spans(versions)
    return problems


def _notices(notices: Mapping[str, Registered]) -> Iterator[Problem]:
    """Whether a notice's clauses are told apart, and its rules about others are registered."""
    for number, (notice, file) in notices.items():
        ids = [clause.id for clause in notice.clauses]
        for index, name in enumerate(ids):
            if name in ids[:index]:
                yield Problem(file.path, file.line(("clauses", index)), name, "registered twice")
        for key, clause in (
            ("in_force_by", notice.in_force_by),
            ("supersession", notice.supersession and notice.supersession.clause),
            ("grandfathering", notice.grandfathering and notice.grandfathering.clause),
        ):
            if clause and clause not in ids:
                message = f"{number}#{clause} is not registered"
                yield Problem(file.path, file.line((key,)), clause, message)


def _schema(file: Parsed, error: ValidationError) -> Iterator[Problem]:
    for wrong in error.errors():
        where = tuple(part for part in wrong["loc"])
        known = tuple(part for part in where if not isinstance(part, str) or _known(file, part))
        yield Problem(file.path, file.line(known), ".".join(map(str, where)), wrong["msg"])


def _known(file: Parsed, part: str) -> bool:
    """Whether a part of a schema error's path is a key of the file, not the name of a kind."""
    return any(part in where for where in file.lines)


def _at(data: Any, where: tuple[str | int, ...]) -> Any:
    for part in where:
        data = data[part]
    return data


def _version(
    version: _Version, notices: Mapping[str, Registered], declared: Mapping[str, Declared]
) -> Iterator[Problem]:
    """What is wrong inside one file."""
    text = version.text
    expected = f"{text.policy}/{text.jurisdiction}-{text.version}.yaml"
    if not str(version.file.path).endswith(expected):
        yield version.problem("version", "", f"the file should be called {expected}")
    wrong_facts = list(fact_problems(text))
    for name, message in wrong_facts:
        yield version.problem(name, text.cite, message)
    if wrong_facts:
        return
    try:
        nodes = nodes_of(text, windows([text])[0])
    except ValueError as error:
        yield version.problem("when", "", str(error))
        return
    notes = {note.id for note in text.assume}
    for name, source, numbers in cited(text):
        cite = nodes[name].cite if name in nodes else source.cite or text.cite
        for message in _source(source, cite, numbers, notes, notices):
            yield version.problem(name, cite, message)
    for name, ref in params(text):
        if ref.of not in declared:
            yield version.problem(name, text.cite, f"parameter {ref.of} is not declared")
    for fund in {*text.fund.is_, *(name for case in text.fund.cases for name in case.then)}:
        if fund not in FUNDS:
            yield version.problem("fund", text.cite, f"no fund is called {fund}")
    used = {one.assume for _, one, _ in cited(text)} | {old.assume for old in text.supersedes}
    for loose in sorted({note for note in used if note} - notes):
        yield version.problem("assume", text.cite, f"{loose} is not signed off under assume")


def _source(
    cited: Cited,
    cite: str,
    numbers: list[Number],
    notes: set[str],
    notices: Mapping[str, Registered],
) -> Iterator[str]:
    """Whether what a node rests on is there."""
    if cited.quote is not None:
        clause = clause_text(notices, cite)
        if clause is None:
            yield f"{cite} is not registered"
        elif not occurs(cited.quote, clause):
            yield f"the quote does not stand in {cite}: {cited.quote}"
    if cited.assume not in notes:
        for number in unstated(numbers, cited.quote or ""):
            yield f"the quote does not state {number}"


def _parameters(
    directory: Path, notices: Mapping[str, Registered], declared: Mapping[str, Declared]
) -> Iterator[Problem]:
    """Whether figures that are cited stand in their clause."""
    for path in sorted(directory.glob("*/*.yaml")):
        file = parsed(path)
        for short, texts in file.data.items():
            for index, row in enumerate(map(Row.model_validate, texts)):
                if row.cite is None or row.quote is None or row.value is None:
                    continue
                kind = declared[f"{path.parent.name}.{short}"].type
                numbers = _figure_numbers(kind, row.value)
                source = Cited(cite=row.cite, quote=row.quote)
                for message in _source(source, row.cite, numbers, set(), notices):
                    yield Problem(path, file.line((short, index)), row.cite, f"{short}: {message}")


def _catalogues(directory: Path, notices: Mapping[str, Registered]) -> Iterator[Problem]:
    """Whether tables and lists say what their clauses say."""
    for loaded in load_catalogues(directory).values():
        for where, clause, message in wrong_in(loaded, notices):
            yield Problem(loaded.file.path, loaded.file.line(where), clause, message)


def _figure_numbers(kind: FigureType, value: Value) -> list[Number]:
    """The numbers that a stated figure must find in its quote."""
    match value:
        case dict():
            return [Fraction(yuan) for yuan in value.values() if isinstance(yuan, int)]
        case int():
            return [Fraction(value)]
        case str() if kind == "period":
            return [Fraction(int(value[:-1]))]
        case str() if kind == "fraction":
            return [fraction(value)]
        case str() if kind == "month":
            return [value]
        case _:
            return []


def _spans(versions: list[_Version]) -> Iterator[Problem]:
    """Whether the versions of one programme and place neither overlap nor leave a gap."""
    spans = windows([version.text for version in versions])
    groups: dict[tuple[str, str], list[int]] = {}
    for at, version in enumerate(versions):
        groups.setdefault((version.text.policy, version.text.jurisdiction), []).append(at)
    for members in groups.values():
        ordered = sorted(members, key=lambda at: spans[at].from_)
        for before, after in pairwise(ordered):
            end, begin = spans[before].to, spans[after].from_
            if _narrows(versions[after].text, versions[before].text):
                continue  # a version for some persons, beside the one for all others
            if end is None or end >= begin:
                message = f"overlaps {versions[before].text.version}: say which one it supersedes"
                yield versions[after].problem("select", versions[after].text.cite, message)
            elif (begin - end).days > 1:
                message = f"nothing covers the days between {end} and {begin}"
                yield versions[after].problem("select", versions[after].text.cite, message)


def _narrows(later: PolicyText, earlier: PolicyText) -> bool:
    """Whether a version replaces another one for some claims only."""
    return any(old.version == earlier.version and old.for_ for old in later.supersedes)
