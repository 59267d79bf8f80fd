"""Own: the rows that a city adds for programmes of its own, joined to the tables that ship.

In:    `duties/<table>.yaml` of a city's folder: rows, and the conventions that they rest on
Out:   the tables with these rows; what ships stands as it is
Holds: a row names only programmes that the city has brought in itself; a row or a convention does
       not take an id that is taken; a table that is about no programme stays ours alone

| table | what a city may say of its own programmes |
|---|---|
| months | which months a claim is for, and when a part falls due |
| plans | what a month's payment rests on, whether it may be prolonged |
| stops | what ends the payments to come |
| services | the term that is promised, and what is due back of one that is left |
| matches | who is paid without applying, and by which day |
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from policies.duties.matches import Match
from policies.duties.months import ByMonth
from policies.duties.plans import Plan
from policies.duties.services import Service
from policies.duties.stops import Stop
from policies.duties.words import Convention
from policies.vocabulary.files import (
    FileProblem,
    FileProblems,
    Parsed,
    each_problem,
    parsed,
    unread,
)
from policies.vocabulary.schema_words import error_in_words, in_words
from policies.vocabulary.words import Words

_Table = TypeVar("_Table", bound=Words)


OPEN: Mapping[str, type[Words]] = {
    "months": ByMonth,
    "plans": Plan,
    "stops": Stop,
    "services": Service,
    "matches": Match,
}
"""A row of each table to which a city may add; the list of rows is called like the table."""


class OwnTable(NamedTuple):
    """A city's file of one table."""

    name: str
    file: Parsed
    rows: tuple[Any, ...]
    assume: tuple[Convention, ...]


def own_tables(
    folder: Path, own: Collection[str], has: Callable[[str], bool]
) -> tuple[OwnTable, ...]:
    """Read a city's tables of duties; `own` are the programmes that the city brings in, `has` tells
    its regions.

    Raises: FileProblems, with everything that is wrong in any of them
    """
    tables, problems = list[OwnTable](), list[FileProblem]()
    for path in unread(folder, ()) if folder.is_dir() else ():
        if path.parent != folder or path.suffix != ".yaml" or path.stem not in OPEN:
            words = f"本市只能为自己的项目写 duties/{'、'.join(f'{one}.yaml' for one in OPEN)}"
            problems.append(FileProblem(path, 1, words))
            continue
        try:
            tables.append(_read(path, own, has))
        except FileProblem as error:
            problems += each_problem(error)
    if problems:
        raise FileProblems(problems)
    return tuple(tables)


def joined(ours: _Table, added: OwnTable) -> _Table:
    """Join a city's rows to a table.

    Raises: FileProblem
    """
    parts: dict[str, Any] = {}
    for key, rows in ((added.name, added.rows), ("assume", added.assume)):
        before: list[Any] = getattr(ours, key)
        taken = {one.id for one in before}
        for index, row in enumerate(rows):
            if row.id in taken:
                words = f"编号 {row.id} 已经有了，请用本市自己的编号"
                raise FileProblem(added.file.path, added.file.line((key, index)), words)
        parts[key] = [*before, *rows]
    whole = {name: getattr(ours, name) for name in type(ours).model_fields} | parts
    try:
        return type(ours).model_validate(whole)
    except ValidationError as error:
        raise FileProblem(added.file.path, 1, in_words(error)) from error


def _read(path: Path, own: Collection[str], has: Callable[[str], bool]) -> OwnTable:
    file = parsed(path)
    name, row = path.stem, OPEN[path.stem]
    rows: Any = _part(file, name, TypeAdapter(list[row]))  # type: ignore[valid-type]  # by its name
    assume: list[Convention] = _part(file, "assume", TypeAdapter(list[Convention]))
    problems = [
        FileProblem(path, file.line((key,)), f"{key}：没有这个词，请核对拼写")
        for key in file.data
        if key not in (name, "assume")
    ]
    signed = {note.id for note in assume}
    for index, one in enumerate(rows):
        wrong = _wrong(one, own, signed, has)
        problems += (FileProblem(path, file.line((name, index)), f"{one.id}：{w}") for w in wrong)
    if problems:
        raise FileProblems(problems)
    return OwnTable(name, file, tuple(rows), tuple(assume))


def _part(file: Parsed, name: str, adapter: TypeAdapter[Any]) -> Any:
    """One list of a file; without the key there is nothing in it."""
    if not isinstance(file.data, dict):
        raise FileProblem(file.path, 1, "应为键值对")
    try:
        return adapter.validate_python(file.data.get(name, []))
    except ValidationError as error:
        raise FileProblems(
            [
                FileProblem(file.path, file.line((name, *one["loc"])), error_in_words(one))
                for one in error.errors()
            ]
        ) from error


def _wrong(
    row: Any, own: Collection[str], signed: Collection[str], has: Callable[[str], bool]
) -> Iterator[str]:
    """What is wrong with a row beyond its form."""
    programmes = [row.programme] if isinstance(row, Match) else row.programmes
    for programme in programmes:
        if programme not in own:
            yield f"{programme} 不是本市自己的项目，本市不能另定它的办法"
    if isinstance(row, Match) and not has(row.jurisdiction):
        yield f"{row.jurisdiction} 不在 city.yaml 的区划里"
    if row.assume is not None and row.assume not in signed:
        yield f"{row.assume} 没有在 assume 下签认"
