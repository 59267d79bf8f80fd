"""Covering: which tests run a line, measured once for a state of the code.

Out:   for a line, the tests that run it, those of the same noun first, properties last
Holds: measured anew whenever a module or a test has changed
"""

import ast
import hashlib
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from coverage import CoverageData

from tests.mutants.changes import ROOT

_TESTS = ("tests/unit", "tests/properties")
_SETTINGS = """[run]
dynamic_context = test_function
source = services,projections,events,policies
data_file = {data}
"""


class Covering:
    """The tests of each line."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        data, mark = folder / "coverage.data", folder / "coverage.of"
        now = _digest()
        if not data.exists() or not mark.exists() or mark.read_text() != now:
            _measure(folder, data)
            mark.write_text(now)
        self._failing = set(re.findall(r"^FAILED (\S+?::\w+)", _log(folder), re.MULTILINE))
        self._data = CoverageData(str(data))
        self._data.read()
        self._lines: dict[str, Mapping[int, list[str]]] = {}

    def tests(self, file: str, line: int) -> list[str]:
        """What pytest is to run, in this order."""
        if file not in self._lines:
            self._lines[file] = self._data.contexts_by_lineno(str(ROOT / file))
        of_file: dict[str, set[str]] = defaultdict(set)
        lines = _of_statement(ROOT / file, line) or self._lines[file]
        for context in {name for one in lines for name in self._lines[file].get(one, [])}:
            if found := re.fullmatch(r"(tests\.[\w.]+)\.(test_\w+)", context):
                of_file[found[1].replace(".", "/") + ".py"].add(found[2])
        noun = file.split("/")[1]
        near = f"test_{noun}"

        def turn(path: str) -> tuple[bool, bool, int]:
            return "properties" in path, near not in path, len(of_file[path])

        return [
            f"{path}::{name}"
            for path in sorted(of_file, key=turn)
            for name in sorted(of_file[path])
        ]


def _of_statement(path: Path, line: int) -> range | None:
    """The lines of the statement that a line belongs to; of one with a body, its head alone.

    None outside of functions: what is made when a module is loaded counts for all of its tests.
    """
    found: range | None = None
    tree = ast.parse(path.read_text("utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.stmt) and (head := _head(node)) and line in head:
                    found = head
    return found


def _head(node: ast.stmt) -> range:
    """The lines of a statement without those of its body."""
    last = node.end_lineno or node.lineno
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.stmt):
            last = min(last, max(node.lineno, inner.lineno - 1))
        elif isinstance(inner, ast.match_case):
            last = min(last, max(node.lineno, inner.pattern.lineno - 1))
    return range(node.lineno, last + 1)


def _log(folder: Path) -> str:
    """What the tests said when they were measured: those that fail anyway notice nothing."""
    return (folder / "measured.log").read_text("utf-8")


def _measure(folder: Path, data: Path) -> None:
    settings = folder / "coverage.ini"
    settings.write_text(_SETTINGS.format(data=data))
    data.unlink(missing_ok=True)
    command = [sys.executable, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest"]
    more = ["-q", "-m", "not servers", "-p", "no:cacheprovider", *_TESTS]
    with (folder / "measured.log").open("w") as log:
        ran = subprocess.run([*command, *more], cwd=ROOT, check=False, stdout=log, stderr=log)
    if ran.returncode not in (0, 1):
        raise SystemExit(f"the tests were not run: {folder / 'measured.log'}")


def _digest() -> str:
    found = hashlib.sha256()
    for folder in ("events", "policies", "projections", "services", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.update(str(path).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
