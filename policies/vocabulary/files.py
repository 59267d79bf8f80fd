"""Files: read YAML strictly, and remember on which line everything stands.

Holds: a key may not occur twice, only ``true`` and ``false`` are yes and no, a quote with a comma
       must be quoted; every error names file and line.
"""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml


class FileProblem(ValueError):
    """A file that cannot be read: where, and what is wrong."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


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
        text = json.dumps(
            self.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso
        )
        return hashlib.sha256(text.encode()).hexdigest()


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
    """Read one file.

    Raises: FileProblem
    """
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        lines: dict[tuple[str | int, ...], int] = {}
        if node is not None:
            _walk(node, (), lines, path)
        return Parsed(path, loader.construct_document(node) if node is not None else {}, lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileProblem(path, line, f"YAML 写法不对：{error.problem}") from error


def _walk(
    node: yaml.Node,
    where: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    path: Path,
) -> None:
    lines[where] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*where, index), lines, path)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*where, key.value)
            if inner in lines:
                raise FileProblem(path, key.start_mark.line + 1, f"键 {key.value} 写了两次")
            _walk(value, inner, lines, path)
            lines[inner] = key.start_mark.line + 1


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a policy file")
