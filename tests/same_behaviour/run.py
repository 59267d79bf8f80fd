"""Run: the parts one after the other, dear ones last.

Holds: each part leaves what it found in `parts` also when a later one cannot run
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import SubprocessError
from typing import NamedTuple

import httpx
import psycopg

from tests.same_behaviour import facts, references
from tests.same_behaviour.books import Verifying, carry_on, compare_demos, compare_reports
from tests.same_behaviour.calls import Both
from tests.same_behaviour.comparing import Part
from tests.same_behaviour.ledgers import (
    LAST_DAY,
    Ledger,
    facts_by_type,
    metric_names,
    play,
    started,
    table_digests,
    wait_for_pages,
    wait_until_quiet,
)
from tests.same_behaviour.pages import compare_pages
from tests.same_behaviour.screen import Screen
from tests.same_behaviour.sides import NotRun, Side, commit_of, free_port, interpreter
from tests.same_behaviour.stripping import Strip
from tests.same_behaviour.topics import batch_lines, read_inbound, read_outcomes

_FIRST_PAGES = (f"/?as_of={LAST_DAY}", "/", f"/?as_of={LAST_DAY}&lang=en", "/no-such-page")
_CITY = "**/unemployment_assistance/211200.yaml"


class Wanted(NamedTuple):
    """What is to be compared, and how much of it."""

    before: str
    after: str
    applications: int
    seed: int
    pages: int
    only: frozenset[str]


class Inputs(NamedTuple):
    """Files that both sides are given alike."""

    examples: list[Path]
    together: Path
    waves: list[Path]
    scenarios: list[Path]
    city: Path


def run(wanted: Wanted, work: Path, screen: Screen, strip: Strip, parts: list[Part]) -> None:
    """Compare whatever is wanted.

    Raises: NotRun when a side cannot be laid out
    """
    both = _laid_out(wanted, work, screen, strip)
    inputs = _inputs(both.before, work)
    if "facts" in wanted.only:
        with _step("facts", parts):
            _facts(both, inputs, parts)
    if "references" in wanted.only:
        with _step("references", parts):
            _references(both, work, inputs, parts)
    if wanted.only & {"demo", "half-year", "books", "pages"}:
        with _step("with servers", parts):
            _with_servers(both, wanted, work, inputs, parts)


@contextmanager
def _step(name: str, parts: list[Part]) -> Iterator[None]:
    """Go on to the next step where a side cannot do this one; that is a difference too."""
    try:
        yield
    except (NotRun, OSError, SubprocessError, psycopg.Error, httpx.HTTPError) as failure:
        broken = Part(f"{name}: to its end", "steps")
        broken.note(name, f"{type(failure).__name__}: {failure}")
        parts.append(broken)


def _facts(both: Both, inputs: Inputs, parts: list[Part]) -> None:
    parts.append(facts.compare_checks(both, [*inputs.examples, inputs.together]))
    alone = facts.compare_facts(both, inputs.examples, "each example alone", funded=False)
    parts.append(alone)
    parts.append(facts.compare_facts(both, [inputs.together], "all examples together"))
    parts.append(facts.compare_facts(both, inputs.scenarios, "scenarios"))


def _references(both: Both, work: Path, inputs: Inputs, parts: list[Part]) -> None:
    printed = work / "facts.jsonl"
    printed.write_text(both.before.call("simulate", str(inputs.together)).out)
    parts.append(references.compare_help(both))
    parts.append(references.compare_policies(both, inputs.city, printed))
    parts.append(references.compare_cards(both, work))
    parts.append(references.compare_references(both))


def _laid_out(wanted: Wanted, work: Path, screen: Screen, strip: Strip) -> Both:
    python = interpreter(work / "python")

    def laid_out(name: str, asked: str) -> Side:
        side = Side(name, commit_of(asked), work / name, python)
        screen.tell(f"{name}: {asked} is {side.commit[:12]}, its command is {side.entry}")
        return side

    before, after = laid_out("before", wanted.before), laid_out("after", wanted.after)
    return Both(before, after, strip, screen)


def _inputs(before: Side, work: Path) -> Inputs:
    """Copy what both sides are given out of the earlier tree, before anything is written there."""
    examples = facts.example_files(before.tree)
    scenarios = facts.scenario_files(before.tree)
    found = next(iter(before.tree.glob(_CITY)), None)
    if found is None:
        raise NotRun(f"no figures of the demo's city in {before.tree}: {_CITY}")
    city = shutil.copytree(found.parents[1], work / "city")
    given = work / "given"
    given.mkdir()
    copies = [Path(shutil.copy(file, given / file.name)) for file in examples]
    told = [Path(shutil.copy(file, given / f"{file.parent.name}.jsonl")) for file in scenarios]
    together = facts.together(copies, given / "all-examples.jsonl")
    return Inputs(copies, together, facts.waves(copies, given), told, city)


def _with_servers(
    both: Both, wanted: Wanted, work: Path, inputs: Inputs, parts: list[Part]
) -> None:
    of_before, of_after = work / "data-before", work / "data-after"
    verifying = Verifying(both)
    screen, only = both.screen, wanted.only
    screen.tell(f"before plays its demo of {wanted.applications:,} claims")
    played = play(both.before, of_before, wanted.applications, wanted.seed)
    if only & {"demo", "books"}:
        with _step("demo of after", parts):
            screen.tell("after plays the same demo")
            played_again = play(both.after, of_after, wanted.applications, wanted.seed)
            parts.append(compare_demos(both.strip, played, played_again))
    if "books" in only:
        parts += verifying.parts
    messages = work / "given" / "half-year.jsonl"
    screen.tell("before starts on its own books")
    with started(both.before, of_before, work, inputs.city) as ledger:
        lines = read_inbound(ledger.bootstrap, batch_lines(ledger.dsn))
        messages.write_bytes(b"".join(line + b"\n" for line in lines))
        seen = _seen(ledger)
        if "books" in only:
            screen.tell("both verify the books of before")
            verifying.by_both(ledger, "books of before")
            parts.append(compare_reports(both, ledger))
        if "pages" in only:
            with _step("pages", parts):
                parts += _pages(both, ledger, wanted.pages)
        wait_until_quiet(ledger)
        tables = table_digests(ledger)
    if "books" in only:
        with _step("books run by the other side", parts):
            screen.tell("after starts on the books of before, and goes on")
            went_on = _go_on(both, both.after, of_before, (work, inputs), verifying, tables)
            screen.tell("before starts on the books of after, and goes on")
            went_on_too = _go_on(both, both.before, of_after, (work, inputs), verifying)
            _same_seen(verifying, "after the demos", seen, went_on_too.earlier)
            _same_seen(verifying, "after the examples", went_on_too.now, went_on.now)
            metrics = seen.metrics, went_on.earlier.metrics
            verifying.same_told("metrics of both over one ledger", *metrics)
    if "half-year" in only:
        with _step("half year", parts):
            parts.append(facts.compare_facts(both, [messages], "half year"))


def _pages(both: Both, ledger: Ledger, most: int) -> list[Part]:
    port = free_port()
    pages = f"http://127.0.0.1:{port}"
    with both.after.running("run", "web", **ledger.settings, web_port=port) as process:
        wait_for_pages(process, pages)
        return compare_pages(ledger.pages, pages, _FIRST_PAGES, most, both.strip, both.screen)


class _Seen(NamedTuple):
    """What is seen of a running ledger: facts by type, outcomes told, metrics."""

    facts: dict[str, int]
    outcomes: list[str]
    metrics: list[str]


class _WentOn(NamedTuple):
    """A ledger before and after its processes have decided more claims."""

    earlier: _Seen
    now: _Seen


def _seen(ledger: Ledger) -> _Seen:
    return _Seen(facts_by_type(ledger), read_outcomes(ledger.bootstrap), metric_names(ledger))


def _same_seen(verifying: Verifying, what: str, before: _Seen, after: _Seen) -> None:
    verifying.same_counts(what, before.facts, after.facts)
    verifying.same_told(f"outcomes {what}", before.outcomes, after.outcomes)
    verifying.same_told(f"metrics {what}", before.metrics, after.metrics)


def _go_on(
    both: Both,
    side: Side,
    data: Path,
    given: tuple[Path, Inputs],
    verifying: Verifying,
    tables: dict[str, str] | None = None,
) -> _WentOn:
    """Let a side start on books that the other has written, verify them, and go on from there.

    Shape:  `tables` are the digests of the tables before the change of hands, where they are known
    """
    work, inputs = given
    name = f"{data.name}, run by {side.name}"
    with started(side, data, work, inputs.city) as ledger:
        earlier = _seen(ledger)
        if tables is not None:
            verifying.untouched(f"{name}, untouched by its start", tables, table_digests(ledger))
        verifying.by_both(ledger, name)
        *repeatable, others = inputs.waves
        for wave in repeatable:
            carry_on(both, side, ledger, wave)
        now = _seen(ledger)
        carry_on(both, side, ledger, others)
        verifying.by_both(ledger, f"{name}, and carried on")
    return _WentOn(earlier, now)
