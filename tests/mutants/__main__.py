"""Mutants of code: `python -m tests.mutants [--seed N] [--sample N] [--only PART]`.

A seeded few of all small changes of what decides, follows, takes in and posts; each must be noticed
by a test that runs its line. What survives must stand in survivors.yaml with the reason.

Out:   build/mutants/code.json; 0 when every survivor is explained and every explanation is of use
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import yaml
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from tests.mutants.changes import ROOT, Mutant, drawn, targets
from tests.mutants.covering import Covering

SURVIVORS = Path(__file__).parent / "survivors.yaml"
FOLDER = ROOT / "build" / "mutants"
SEED, SAMPLE = 20220831, 200
_LIMIT_SECONDS = 240

NOTICED, SURVIVED, UNREACHED, TIME = "noticed", "survived", "no test runs it", "time ran out"


class Outcome(NamedTuple):
    """What became of a mutant."""

    mutant: Mutant
    what: str
    by: str
    seconds: float


def main() -> int:
    """Draw, try, tell."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--sample", type=int, default=SAMPLE)
    asked.add_argument("--only", default="", help="a part of the file's path")
    asked.add_argument("--workers", type=int, default=2, help="how many are tried side by side")
    options = asked.parse_args()
    console = Console()
    with console.status("Which tests run which line"):
        covering = Covering(FOLDER)
    mutants = drawn(options.seed, options.sample, options.only)
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    outcomes: list[Outcome] = []
    with Progress(*columns, console=console) as bar, ThreadPoolExecutor(options.workers) as pool:
        shown = bar.add_task("", total=len(mutants))
        waiting = [pool.submit(_try, mutant, covering) for mutant in mutants]
        for done in as_completed(waiting):
            outcomes.append(done.result())
            bar.advance(shown)
            if outcomes[-1].what in (SURVIVED, UNREACHED):
                console.print(
                    str(outcomes[-1].mutant), highlight=False, markup=False, soft_wrap=True
                )
    return _tell(outcomes, console, whole=not options.only)


def _try(mutant: Mutant, covering: Covering) -> Outcome:
    """Run the tests of its line until one fails."""
    began = time.monotonic()
    tests = covering.tests(mutant.file, mutant.line)
    if not tests:
        return Outcome(mutant, UNREACHED, "", 0.0)
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as text:
        text.write(mutant.text)
        text.flush()
        module = mutant.file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        own = {"MUTANT_MODULE": module, "MUTANT_TEXT": text.name}
        command = [sys.executable, "-m", "pytest", "-p", "tests.mutants.hook", "-x", "-q", "-rN"]
        try:
            ran = subprocess.run(
                [*command, "--no-header", "--tb=no", "-p", "no:cacheprovider", *tests],
                cwd=ROOT,
                env={**os.environ, **own},
                capture_output=True,
                text=True,
                timeout=_LIMIT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Outcome(mutant, TIME, "", time.monotonic() - began)
    what = SURVIVED if ran.returncode == 0 else NOTICED
    last = (ran.stdout.strip().splitlines() or [""])[-1]
    return Outcome(mutant, what, "" if what == SURVIVED else last, time.monotonic() - began)


def explained() -> dict[tuple[str, str, str, str], str]:
    """Survivors that somebody has looked at, with the reason why they may live."""
    listed = yaml.safe_load(SURVIVORS.read_text("utf-8")) or []
    return {
        (one["file"], one["function"], one["before"], one["after"]): one["why"] for one in listed
    }


def _tell(outcomes: list[Outcome], console: Console, *, whole: bool) -> int:
    alive = [one for one in outcomes if one.what in (SURVIVED, UNREACHED)]
    known = explained()
    left = [one for one in alive if one.mutant.key not in known]
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = [
        {**one.mutant._asdict(), "text": None, "what": one.what, "by": one.by} for one in outcomes
    ]
    (FOLDER / "code.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    lost = [key for key in known if not _still_there(key)] if whole else []
    for one in left:
        console.print(f"{one.what}: {one.mutant}", highlight=False, markup=False, soft_wrap=True)
    for key in lost:
        console.print(f"no such change any more, take it out: {key}", highlight=False, markup=False)
    console.print(
        f"{len(outcomes)} changes in {len(targets())} modules: "
        f"{len(outcomes) - len(alive)} noticed, {len(alive) - len(left)} explained, {len(left)} left"
    )
    return 1 if left or lost else 0


def _still_there(key: tuple[str, str, str, str]) -> bool:
    """Whether the line that an explanation is about still stands in its file."""
    path = ROOT / key[0]
    return path.exists() and key[2] in {line.strip() for line in path.read_text().splitlines()}


if __name__ == "__main__":
    sys.exit(main())
