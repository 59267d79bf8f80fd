"""Files: read YAML strictly, and remember on which line everything stands.

Holds: a key may not occur twice, only ``true`` and ``false`` are yes and no, a quote with a comma
       must be quoted; every error names file and line.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml


class FileProblem(ValueError):
    """A file that cannot be read: where, and what is wrong."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


class FileProblems(FileProblem):
    """Everything that is wrong with some files: it stands where the first problem stands.

    Holds: `problems` has one or more, each with its own file and line
    """

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        first, *others = problems
        super().__init__(first.path, first.line, first.message)
        self.args = ("\n".join(map(str, (first, *others))),)
        self.problems = (first, *others)


def each_problem(error: FileProblem) -> tuple[FileProblem, ...]:
    """The problems of an error, one or many."""
    return error.problems if isinstance(error, FileProblems) else (error,)


class Parsed(NamedTuple):
    """A file's data, and the line of every path in it."""

    path: Path
    data: Any
    lines: dict[tuple[str | int, ...], int]

    def line(self, where: tuple[str | int, ...]) -> int:
        """The line of a path, or of the nearest thing above it that stands in the file."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def content_hash(self) -> str:
        """SHA-256 over what the file says; comments and layout do not count."""
        return hashlib.sha256(self.content().encode()).hexdigest()

    def content(self) -> str:
        """What the file says as JSON, in one writing: the text behind its hash."""
        return json.dumps(
            self.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso
        )


_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.CSafeLoader):
    """YAML with the booleans of YAML 1.2 and without doubled keys."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in rules
        if tag != "tag:yaml.org,2002:bool" or first in "tTfF"
    ]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parsed(path: Path) -> Parsed:
    """Read one file. A text that was taken apart before is not taken apart again.

    Holds: nobody changes the data; who needs other data makes a copy
    Raises: FileProblem
    """
    try:
        return Parsed(path, *_taken_apart(_text(path)))
    except _Wrong as wrong:
        raise FileProblem(path, wrong.line, wrong.message) from wrong.__cause__


class _Wrong(ValueError):
    """What is wrong on a line of a text."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@lru_cache(maxsize=1024)
def _taken_apart(text: str) -> tuple[Any, dict[tuple[str | int, ...], int]]:
    """The data of a text, and the line of every path in it.

    Raises: _Wrong
    """
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[tuple[str | int, ...], int] = {}
        if node is not None:
            _walk(node, (), lines)
        return loader.construct_document(node) if node is not None else {}, lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _Wrong(line, f"YAML 写法不对：{error.problem}") from error
    except yaml.YAMLError as error:
        raise _Wrong(1, f"YAML 写法不对：{error}") from error


def unread(folder: Path, read: Collection[Path]) -> Iterator[Path]:
    """The YAML files of a folder, at any depth and however their ending is written, that nobody read;
    hidden ones are an editor's own."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in {".yaml", ".yml"} and not hidden and path not in read:
            yield path


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FileProblem(path, 1, "不是 UTF-8 文本，请以 UTF-8 另存") from error
    except OSError as error:
        raise FileProblem(path, 1, f"读不了：{error.strerror}") from error


def _walk(
    node: yaml.Node,
    where: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
) -> None:
    lines[where] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*where, index), lines)
    elif isinstance(node, yaml.ScalarNode):
        _real_day(node)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Wrong(key.start_mark.line + 1, "键应为文本")
            inner = (*where, key.value)
            if inner in lines:
                raise _Wrong(key.start_mark.line + 1, f"键 {key.value} 写了两次")
            _walk(value, inner, lines)
            lines[inner] = key.start_mark.line + 1


def _real_day(node: yaml.ScalarNode) -> None:
    """Whether what is written as a day is one: there is no 30th of February.

    Raises: _Wrong
    """
    if node.tag == _TIMESTAMP:
        try:
            _Loader("").construct_yaml_timestamp(node)
        except ValueError as error:
            line = node.start_mark.line + 1
            raise _Wrong(line, f"没有 {node.value} 这一天") from error


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a policy file")
