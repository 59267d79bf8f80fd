"""Check: everything that can be wrong with the policy files, before they decide anything.

In:    the folder of policies, and optionally a city's own parameters
Out:   problems with file, line and clause, in the order of the files
Holds: a clean check means: every file fits the vocabulary and what `policies.authoring.check_version` holds;
       versions neither overlap nor leave a gap; an exclusion stands in both programmes; what names
       another family's cap names one that exists; every cited figure stands in its clause.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from policies.authoring.catalogue_check import wrong_in
from policies.authoring.check_version import (
    Findings,
    Law,
    Problem,
    Version,
    source_problems,
    version_problems,
)
from policies.authoring.figure_remarks import covered_citations, figure_findings
from policies.authoring.quotes import (
    Notice,
    Number,
    Registered,
    Term,
    load_notices,
    prints,
)
from policies.authoring.walk import walk
from policies.duties import shipped as duties
from policies.engine.versions import ROOT
from policies.engine.windows import Window, windows
from policies.reference_data.catalogues import load_catalogues
from policies.reference_data.figure_reading import load_standards, read_standards
from policies.reference_data.standards import FigureRow, FigureType, Value
from policies.vocabulary import EitherOr, PolicyText, Used
from policies.vocabulary.files import FileProblem, Parsed, each_problem, parsed, unread
from policies.vocabulary.schema_words import file_problems
from policies.vocabulary.words import Cited, fraction

__all__ = [
    "Problem",
    "check_all",
    "figure_problems",
    "load_law",
    "look_over",
    "notice_problems",
    "problems_across",
]


class VersionsRead(NamedTuple):
    """What was read, and everything wrong with it."""

    versions: list[Version]
    problems: list[Problem]


def load_law(root: Path, overrides: Path | None = None) -> Law:
    """The notices and the declared parameters.

    Raises: FileProblems
    """
    declared = load_standards(root / "parameters", overrides).declared
    return Law(load_notices(root / "notices"), declared)


def check_all(root: Path | None = None, overrides: Path | None = None) -> list[Problem]:
    """Everything wrong under `root` and in a directory of overrides; an empty list is all well."""
    return look_over(root, overrides).errors


def look_over(root: Path | None = None, overrides: Path | None = None) -> Findings:
    """Everything wrong, and what is right but should be looked at."""
    root = root or ROOT
    read = read_standards(root / "parameters", overrides)
    wrong = list(read.problems)
    try:
        notices = load_notices(root / "notices")
    except FileProblem as error:
        return Findings([_of_file(one) for one in (*wrong, *each_problem(error))], [])
    law = Law(notices, read.standards.declared)
    problems = list(notice_problems(law.notices))
    versions, unread_versions = read_versions(root)
    problems += unread_versions
    for version in versions:
        problems += version_problems(version, law)
    problems += (_of_file(one) for one in (*wrong, *_nobody_reads(root)))
    refused = {problem.path for problem in wrong}
    shipped, own = (
        [path for path in sorted(folder.glob("*/*.yaml")) if path not in refused] if folder else []
        for folder in (root / "parameters", overrides)
    )
    for path in (*shipped, *own):
        problems += figure_problems(parsed(path), path.parent.name, law)
    if not any(path.parent == root / "catalogues" for path in refused):
        problems += _catalogues(root / "catalogues", law.notices)
    problems += problems_across(versions)
    found = figure_findings((*shipped, *own), read.standards, versions, duties())
    remarks = [
        *found.remarks,
        *covered_citations(own, read_standards(root / "parameters").standards),
    ]
    return Findings([*problems, *found.errors], remarks)


def _of_file(problem: FileProblem) -> Problem:
    return Problem(problem.path, problem.line, "", problem.message)


def _nobody_reads(root: Path) -> Iterator[FileProblem]:
    """The YAML files that lie where no rule, notice or table is read."""
    for folder, form in _READ.items():
        if (root / folder).is_dir():
            for path in unread(root / folder, set((root / folder).glob(form))):
                yield FileProblem(path, 1, f"没有人读这个文件：这里只读 {folder}/{form}")


_READ = {"programmes": "*/*.yaml", "notices": "*.yaml", "catalogues": "*.yaml"}


def read_versions(root: Path) -> VersionsRead:
    """Every policy file that can be read, and why the others cannot."""
    versions: list[Version] = []
    problems: list[Problem] = []
    for path in sorted((root / "programmes").glob("*/*.yaml")):
        try:
            file = parsed(path)
        except FileProblem as error:
            problems += map(_of_file, each_problem(error))
            continue
        try:
            versions.append(Version(file, PolicyText.model_validate(file.data)))
        except ValidationError as error:
            clause = str(file.data.get("cite", "")) if isinstance(file.data, dict) else ""
            problems += (
                _of_file(one)._replace(clause=clause) for one in file_problems(file, error)
            )
    return VersionsRead(versions, problems)


def problems_across(versions: Sequence[Version]) -> Iterator[Problem]:
    """What is wrong between files."""
    yield from _spans(versions)
    yield from _exclusions(versions)
    yield from _other_caps(versions)
    yield from _whom(versions)


def figure_problems(file: Parsed, group: str, law: Law) -> Iterator[Problem]:
    """Whether figures that are cited stand in their clause."""
    for short, texts in file.data.items():
        for index, row in enumerate(map(FigureRow.model_validate, texts)):
            if row.cite is None or row.quote is None or row.value is None:
                continue
            numbers = _figure_numbers(law.declared[f"{group}.{short}"].type, row.value)
            cited = Cited(cite=row.cite, quote=row.quote)
            for message in source_problems(cited, row.cite, numbers, set(), law):
                line = file.line((short, index))
                yield Problem(file.path, line, row.cite, f"{short}: {message}")


def notice_problems(notices: Mapping[str, Registered]) -> Iterator[Problem]:
    """Whether a notice's clauses are told apart, and its rules about others are registered."""
    for number, (notice, file) in notices.items():
        ids = [clause.id for clause in notice.clauses]
        for index, name in enumerate(ids):
            if name in ids[:index]:
                yield Problem(file.path, file.line(("clauses", index)), name, "登记了两次")
        for key, clause in (
            ("in_force_by", notice.in_force_by),
            ("supersession", notice.supersession and notice.supersession.clause),
            ("grandfathering", notice.grandfathering and notice.grandfathering.clause),
        ):
            if clause and clause not in ids:
                message = f"{number}#{clause} 没有登记"
                yield Problem(file.path, file.line((key,)), clause, message)
        for index, term in enumerate(notice.terms):
            for clause, message in _term(term, notice):
                yield Problem(file.path, file.line(("terms", index)), clause, message)


def _term(term: Term, notice: Notice) -> Iterator[tuple[str, str]]:
    """Whether a term's clauses print its days; the first one may rest on a convention."""
    texts = {clause.id: clause.text for clause in notice.clauses}
    for clause in term.clauses:
        if clause not in texts:
            yield clause, f"{notice.number}#{clause} 没有登记"
            continue
        for day in (None if term.convention else term.from_, term.to):
            if day and not prints(texts[clause], day):
                yield clause, f"{notice.number}#{clause} 原文没有 {day} 这个日期"


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


def _spans(versions: Sequence[Version]) -> Iterator[Problem]:
    """Whether the versions of one programme and place neither overlap nor leave a gap."""
    spans = windows([version.text for version in versions])
    groups: dict[tuple[str, str], list[tuple[Window, Version]]] = {}
    for window, version in zip(spans, versions, strict=True):
        if window.to is not None and window.to < window.from_:
            message = f"{window.from_} 起、{window.to} 止，一天也不受理"
            yield version.problem("select", version.text.cite, message)
        key = (version.text.policy, version.text.jurisdiction)
        groups.setdefault(key, []).append((window, version))
    for members in groups.values():
        members.sort(key=lambda member: member[0].from_)
        for (before, earlier), (after, later) in pairwise(members):
            if before.to is None or before.to >= after.from_:
                if _partly(earlier, later):
                    continue
                message = f"与 {earlier.text.version} 版重叠，请写明 supersedes 取代哪一版"
                yield later.problem("select", later.text.cite, message)
            elif (after.from_ - before.to).days > 1:
                message = f"{before.to} 与 {after.from_} 之间没有版本覆盖"
                yield later.problem("select", later.text.cite, message)


def _partly(earlier: Version, later: Version) -> bool:
    """Whether a version says for whom it replaces an earlier one, which goes on for the others."""
    return any(old.version == earlier.text.version and old.for_ for old in later.text.supersedes)


def _exclusions(versions: Sequence[Version]) -> Iterator[Problem]:
    """Whether what a programme excludes excludes it as well, under the same name."""
    stated = {
        (version.text.family, cap.id, other)
        for version in versions
        for cap in _either_or(version)
        for other in cap.with_
    }
    families = {version.text.family for version in versions}
    for version in versions:
        family = version.text.family
        for cap in _either_or(version):
            for other in cap.with_:
                cite = cap.cite or version.text.cite
                if other not in families:
                    yield version.problem(cap.id, cite, f"没有项目属于 {other} 族")
                elif (other, cap.id, family) not in stated:
                    message = f"{other} 没有在 {cap.id} 下同样排除 {family}"
                    yield version.problem(cap.id, cite, message)


def _either_or(version: Version) -> list[EitherOr]:
    return [cap for cap in version.text.caps if isinstance(cap, EitherOr)]


def _other_caps(versions: Sequence[Version]) -> Iterator[Problem]:
    """Whether a cap of another family that a condition asks about exists."""
    caps = {(version.text.family, cap.id) for version in versions for cap in version.text.caps}
    for version in versions:
        for _, name, cite, node in walk(version.text, version.text.cite):
            if isinstance(node, Used) and (node.family, node.cap) not in caps:
                message = f"{node.family} 没有名为 {node.cap} 的限额"
                yield version.problem(name, cite, message)


def _whom(versions: Sequence[Version]) -> Iterator[Problem]:
    """Whether all caps of one family count the same beneficiary: the one who applies."""
    first: dict[str, str] = {}
    for version in versions:
        family = version.text.family
        for cap in version.text.caps:
            if first.setdefault(family, cap.per) != cap.per:
                message = f"{family} 的限额既按 {first[family]} 又按 {cap.per} 计"
                yield version.problem(cap.id, cap.cite or version.text.cite, message)
