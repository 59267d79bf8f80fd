"""Mutants: break every policy file in every small way, and see that somebody notices.

In:    the policy files and their golden cases
Out:   a report by file, the survivors with file, line and change; exit code 1 if there are any
Holds: a file whose own text, cases and surroundings are as in the last run is not run again.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from fnmatch import fnmatchcase
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from policies.authoring.mutation_testing import (
    Equivalent,
    MutantResult,
    MutationTesting,
    equivalents,
)
from policies.cities import NO_CITY, Cities
from services.tools.authoring.mutants_memory import remember, remembered
from services.tools.authoring.mutants_report import MutationReport, print_report, report_as_json

EXIT_SURVIVORS = 1
ROOT = Path(__file__).parents[3]
CODE = ("policies/**/*.py", "events/**/*.py", "services/tools/authoring/mutants*.py")
"""All code that can change what becomes of a mutant: the rules' own, and the facts that they ask."""

_WORKERS = 2
_SLICE = 40
"""Mutants of one task: small enough for the bar to move, large enough to be worth sending."""


def mutants(
    console: Console,
    root: Path,
    cases: Path,
    *,
    only: Sequence[str] = (),
    known: Path | None = None,
    report: Path | None = None,
    cities: Cities = NO_CITY,
) -> int:
    """Run every mutant of a set of policies, or of one city's own files, and print what was found.

    Shape:  the exit code: 0 when every mutant is noticed or listed as equivalent
    """
    found = run(root, cases, only=only, known=known, console=console, cities=cities)
    print_report(console, found)
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(report_as_json(found), encoding="utf-8")
    return EXIT_SURVIVORS if found.survivors or found.stale else 0


def run(
    root: Path,
    cases: Path,
    *,
    only: Sequence[str] = (),
    known: Path | None = None,
    console: Console | None = None,
    cities: Cities = NO_CITY,
) -> MutationReport:
    """Put every mutant of the chosen programmes (none chosen: of all files) to the test."""
    begun = time.monotonic()
    testing = MutationTesting(root, cases, cities)
    chosen = [one for one in testing.files if not only or testing.programme_of(one) in only]
    marks = {path: _mark(testing, root, cases, path) for path in chosen}
    before = remembered(known)
    found: dict[str, list[Part | MutantResult]] = {}
    tasks: list[tuple[Path, int, int]] = []
    for path in chosen:
        name = path.relative_to(root).as_posix()
        found[name] = []
        if (old := before.get(name)) and old[0] == marks[path]:
            found[name] = [*old[1]]
            continue
        count = len(testing.mutants(path))
        tasks += [(path, at, min(at + _SLICE, count)) for at in range(0, count, _SLICE)]
    fresh = sum(end - start for _, start, end in tasks)
    for path, start, results in _run((root, cases, cities), tasks, console):
        found[path.relative_to(root).as_posix()].append((start, results))
    files = {name: _in_order(parts) for name, parts in found.items()}
    remember(known, before, {p.relative_to(root).as_posix(): m for p, m in marks.items()}, files)
    listed = equivalents(cases)
    survivors = [one for results in files.values() for one in results if not one.by]
    excused = [one for one in survivors if any(excuses(note, one) for note in listed)]
    stale = [
        note for note in listed if not only and not any(excuses(note, one) for one in survivors)
    ]
    left = [one for one in survivors if one not in excused]
    return MutationReport(files, left, excused, stale, fresh, time.monotonic() - begun)


def excuses(note: Equivalent, mutant: MutantResult) -> bool:
    """Whether an entry of the list of equivalents is about a mutant; ``*`` stands for any."""
    asked = (mutant.file, mutant.place, mutant.change)
    return all(fnmatchcase(value, pattern) for value, pattern in zip(asked, note.key, strict=True))


Part = tuple[int, list[MutantResult]]


def _in_order(parts: Sequence[Part | MutantResult]) -> list[MutantResult]:
    """What several tasks found, in the file's order."""
    tasks = sorted(part for part in parts if not isinstance(part, MutantResult))
    whole = [part for part in parts if isinstance(part, MutantResult)]
    return whole + [result for _, found in tasks for result in found]


def _run(
    tested: tuple[Path, Path, Cities],
    tasks: Sequence[tuple[Path, int, int]],
    console: Console | None,
) -> Iterator[tuple[Path, int, list[MutantResult]]]:
    """Run tasks over processes and move the bar."""
    if not tasks:
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    bar = Progress("{task.description}", *columns, console=console, disable=console is None)
    with (
        bar,
        ProcessPoolExecutor(_WORKERS, initializer=_prepare, initargs=tested) as pool,
    ):
        shown = bar.add_task("变异", total=sum(end - start for _, start, end in tasks))
        waiting = {pool.submit(_slice, *task): task for task in tasks}
        for done in as_completed(waiting):
            path, start, end = waiting[done]
            yield path, start, done.result()
            bar.advance(shown, end - start)


_TESTING: dict[str, MutationTesting] = {}
"""What a worker process has read once."""


def _prepare(root: Path, cases: Path, cities: Cities) -> None:
    _TESTING["here"] = MutationTesting(root, cases, cities)


def _slice(path: Path, start: int, end: int) -> list[MutantResult]:
    testing = _TESTING["here"]
    return [testing.result_of(path, mutant) for mutant in testing.mutants(path)[start:end]]


def _mark(testing: MutationTesting, root: Path, cases: Path, path: Path) -> str:
    """A digest of all that can change what becomes of a file's mutants."""
    programme = testing.programme_of(path)
    related = testing.related(programme) if programme else {"*"}
    read: list[Path] = [path]
    for pattern in CODE:
        found = sorted(ROOT.glob(pattern))
        assert found, f"{pattern} names no file, so a change of it would pass unseen"
        read += found
    for name in sorted(related):
        read += sorted((root / "programmes").glob(f"{name}/*.yaml"))
    golden = [one for one in sorted(cases.glob("*/**/*.yaml")) if _about(one, related)]
    for part in ("notices", "parameters", "catalogues"):
        read += sorted((root / part).glob("**/*.yaml"))
    digest = hashlib.sha256()
    for file in (*read, *golden):
        digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _about(golden: Path, programmes: set[str]) -> bool:
    """Whether a golden file may decide a programme's mutants; figures hang on all."""
    first = golden.read_text(encoding="utf-8").partition("\n")[0]
    if "*" in programmes or not first.startswith("programme:"):
        return True
    return first.removeprefix("programme:").strip() in programmes
