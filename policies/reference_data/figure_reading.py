"""Figure reading: the declared figures and their dated rows, out of YAML, with all that is wrong.

In:    `policies/parameters`: `declared.yaml` names them, `<group>/<jurisdiction>.yaml` states them;
       the tables and lists of `policies/catalogues`; directories of overrides, which may declare
       figures of their own
Out:   `Standards`, and every problem with its file and line
Holds: what would do nothing in silence is a problem: rows of one figure and place that overlap, an
       end before a beginning, a name that is not declared, a file that nobody would read
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from policies.reference_data.catalogues import listed, load_catalogues
from policies.reference_data.figure_folders import DECLARED, figure_files
from policies.reference_data.regions import published_regions
from policies.reference_data.standards import Declared, FigureRow, Standards, inside
from policies.vocabulary.dated import Days, overlaps
from policies.vocabulary.files import FileProblem, FileProblems, each_problem, parsed
from policies.vocabulary.schema_words import in_words

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


class StandardsRead(NamedTuple):
    """The figures that could be read, and everything that is wrong with the others."""

    standards: Standards
    problems: tuple[FileProblem, ...]


def load_standards(
    directory: Path, *overrides: Path | None, regions: Collection[str] = ()
) -> Standards:
    """Read the declared names and every jurisdiction's rows, and the catalogues beside them;
    overrides go before shipped rows, the later before the earlier.

    Shape:  `regions` are those that cities name beside the published ones
    Raises: FileProblems, with everything that is wrong in any file
    """
    read = read_standards(directory, *overrides, regions=regions)
    if read.problems:
        raise FileProblems(read.problems)
    return read.standards


def read_standards(
    directory: Path, *overrides: Path | None, regions: Collection[str] = ()
) -> StandardsRead:
    """Read as far as possible, and name everything that is wrong; `regions` are known beside those
    that are published.

    Holds: rows of overrides may cover days that shipped rows cover: they are meant to go first
    """
    problems = list[FileProblem]()
    declared = dict(_declared(directory / DECLARED, problems))
    stated: dict[tuple[str, str], tuple[FigureRow, ...]] = {}
    try:
        catalogues = load_catalogues(directory.parent / "catalogues")
    except FileProblem as error:
        problems += each_problem(error)
        catalogues = {}
    for one in listed(catalogues):
        declared[one.name] = Declared(type=one.kind, label=one.title, why=one.why)
        for text in one.rows:
            key = (one.name, text.jurisdiction)
            row = FigureRow.model_validate(text.row)
            stated[key] = (*stated.get(key, ()), row)
    roots = [root for root in (directory, *overrides) if root is not None]
    for root in roots[1:]:
        if (root / DECLARED).is_file():
            _declare_more(root / DECLARED, declared, problems)
    groups = {name.partition(".")[0] for name in declared}
    follows = list[Follows]()
    known = {*published_regions(), *regions}
    for root in roots:
        found = figure_files(root, groups, known)
        problems += found.problems
        for path in found.files:
            for name, rows in _rows(path, declared, problems, follows).items():
                key = (name, path.stem)
                stated[key] = rows + stated.get(key, ())
    problems += _circles(follows)
    return StandardsRead(Standards(declared, stated), tuple(problems))


def _declared(path: Path, problems: list[FileProblem]) -> Iterator[tuple[str, Declared]]:
    """Every declared name that can be read."""
    try:
        file = parsed(path)
    except FileProblem as error:
        problems += each_problem(error)
        return
    if not isinstance(file.data, dict):
        problems.append(FileProblem(path, 1, "应为 组.名称: 下面写 type、label、why"))
        return
    for name, text in file.data.items():
        if not _NAME.fullmatch(str(name)):
            problems.append(FileProblem(path, file.line((name,)), f"{name} 应写成 组.名称"))
            continue
        try:
            yield name, Declared.model_validate(text)
        except ValueError as error:
            problems.append(FileProblem(path, file.line((name,)), f"{name}: {in_words(error)}"))


def _declare_more(path: Path, declared: dict[str, Declared], problems: list[FileProblem]) -> None:
    """Declare the figures of one more file, none of them in another way than before."""
    for name, text in _declared(path, problems):
        if declared.setdefault(name, text) != text:
            words = f"{name} 已经声明过，不能改成别的样子；本市的参数请另起名"
            problems.append(FileProblem(path, parsed(path).line((name,)), words))


def _rows(
    path: Path,
    declared: Mapping[str, Declared],
    problems: list[FileProblem],
    follows: list["Follows"],
) -> dict[str, tuple[FigureRow, ...]]:
    """One jurisdiction's rows of one group that fit, each checked against its declared type."""
    try:
        file = parsed(path)
    except FileProblem as error:
        problems += each_problem(error)
        return {}
    if not isinstance(file.data, dict):
        problems.append(FileProblem(path, 1, "文件里没有参数：应为 名称: 下面一行一个 - {from: …}"))
        return {}
    found: dict[str, tuple[FigureRow, ...]] = {}
    for short, texts in file.data.items():
        name = f"{path.parent.name}.{short}"
        wrong = _unreadable(name, texts, declared)
        if wrong:
            problems.append(FileProblem(path, file.line((short,)), wrong))
            continue
        rows, days = [], []
        for index, text in enumerate(texts):
            line = file.line((short, index))
            try:
                row = FigureRow.model_validate(text)
                _fits(row, declared, name)
            except ValueError as error:
                problems.append(FileProblem(path, line, f"{name}: {in_words(error)}"))
                continue
            rows.append(row)
            days.append(Days(row.from_, row.to, line))
            if row.same_as:
                follows.append(Follows(name, row.same_as, path, line))
        problems += (FileProblem(path, line, f"{name}: {words}") for line, words in overlaps(days))
        found[name] = tuple(rows)
    return found


class Follows(NamedTuple):
    """A row that is the same as another figure, and where it stands."""

    name: str
    same_as: str
    path: Path
    line: int


def _circles(follows: Sequence[Follows]) -> Iterator[FileProblem]:
    """The rows that follow other figures until they come back to themselves."""
    for row in follows:
        reached, new = {row.same_as}, {row.same_as}
        while new:
            new = {other.same_as for other in follows if other.name in new} - reached
            reached |= new
        if row.name in reached:
            words = f"{row.name}: same_as 转了一圈又回到自己，哪一个都没有数"
            yield FileProblem(row.path, row.line, words)


def _unreadable(name: str, texts: object, declared: Mapping[str, Declared]) -> str | None:
    """Say why nothing can be read under a name, or None."""
    if name not in declared:
        near = get_close_matches(name, declared, 1)
        meant = f"，是不是 {near[0]}？" if near else ""
        return f"{name} 没有在 declared.yaml 声明{meant}"
    if not isinstance(texts, list) or not texts:
        return f"{name}: 应为列表，一行一个 - {{from: …, value: …, source: …}}"
    return None


def _fits(row: FigureRow, declared: Mapping[str, Declared], name: str) -> None:
    """Whether a row states what its figure is declared to be.

    Raises: ValueError
    """
    if row.value is not None:
        inside(declared[name], row.value)
        return
    other = declared.get(row.same_as or "")
    if other is None or other.type != declared[name].type:
        raise ValueError(f"{row.same_as} 没有声明为 {declared[name].type} 类型")
