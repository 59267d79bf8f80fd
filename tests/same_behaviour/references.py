"""References: what both sides generate, list and print about themselves and the policies."""

import re
import shutil
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import orjson

from tests.same_behaviour.calls import Both
from tests.same_behaviour.comparing import Part, bytes_difference, evenly, is_text, text_difference
from tests.same_behaviour.sides import NotRun

REFERENCE = "docs/reference"
_COMMAND = re.compile(r"(?m)^│ ([a-z][a-z-]*) ")
_HELP_DEPTH = 3
_PRINTED = 24
"""So many cards and differences are printed as text too: each call reads all policies first, and
every card is compared as a page and as paper."""


def compare_references(both: Both) -> Part:
    """Let both sides write every generated reference from nothing.

    Raises: NotRun when a side cannot write them
    """
    part = Part("generated references", "files")
    both.screen.tell("docs: every reference written from nothing")
    for side in (both.before, both.after):
        shutil.rmtree(side.tree / REFERENCE, ignore_errors=True)
    (pair,) = both.said("docs", [["docs"]])
    for said in pair:
        if said.code != "0":
            raise NotRun(f"docs ends with {said.code}: {said.err[-600:]}")
    before, after = (side.tree / REFERENCE for side in (both.before, both.after))
    compare_files(part, before, after, strip=both.strip.reference)
    return part


def compare_cards(both: Both, work: Path) -> Part:
    """Let both sides write every policy card, as a page and as paper."""
    part = Part("policy cards (HTML, PDF)", "files")
    folders = [work / "cards" / side.name for side in (both.before, both.after)]
    both.screen.tell("policies cards: every card as HTML and PDF")
    for side, folder in zip((both.before, both.after), folders, strict=True):
        said = side.call("policies", "cards", str(folder))
        part.note(
            f"{side.name} writes them", None if said.code == "0" else said.err[-600:], count=0
        )
    before, after = folders
    compare_files(part, before, after)
    return part


def compare_policies(both: Both, city: Path, facts: Path) -> Part:
    """Compare whatever the `policies` command prints.

    Shape: `city` is a directory with a city's own figures; `facts` a file with facts that
           `simulate` has printed, for the backtest
    Raises: NotRun where the earlier commit cannot print a card of its own
    """
    part = Part("policies: lists, cards, differences, backtest", "outputs")
    versions = _versions(both)
    changes = [two for two in pairwise(versions) if _programmes(two) == 1]
    cards = [["policies", "card", name] for name in evenly(versions, _PRINTED)]
    calls = [
        ["policies", "list"],
        ["policies", "list", "--json"],
        ["policies", "list", "--parameters", str(city)],
        ["policies", "check"],
        ["policies", "questions"],
        ["policies", "diff", ".", str(city)],
        ["policies", "backtest", str(city), "--facts", str(facts)],
        *(["policies", "diff", *two] for two in evenly(changes, _PRINTED)),
    ]
    both.compare(part, "policies", calls)
    for call, pair in zip(cards, both.compare(part, "policies card", cards), strict=True):
        if pair.before.code != "0":
            raise NotRun(f"{' '.join(call)} ends with {pair.before.code}: {pair.before.err[-600:]}")
    return part


def _versions(both: Both) -> list[str]:
    """Name every policy version, as `policies card` takes it."""
    listed = orjson.loads(both.before.call("policies", "list", "--json").out)
    return [
        f"{row['programme']}/{row['jurisdiction'].split()[-1]}-{row['version']}" for row in listed
    ]


def _programmes(versions: Iterable[str]) -> int:
    return len({version.partition("/")[0] for version in versions})


def compare_help(both: Both) -> Part:
    """Compare the help of every command, found by reading the earlier commit's own."""
    part = Part("help of every command", "outputs")
    known: list[list[str]] = [[]]
    for _ in range(_HELP_DEPTH):
        pairs = both.compare(part, "help", [[*command, "--help"] for command in known])
        known = [
            [*command, name]
            for command, pair in zip(known, pairs, strict=True)
            for name in _COMMAND.findall(pair.before.out.partition("─ Commands ")[2])
        ]
        if not known:
            break
    return part


def compare_files(
    part: Part, before: Path, after: Path, *, strip: Callable[[str], str] = lambda text: text
) -> None:
    """Compare every file under two directories, to the byte but for what `strip` takes out."""
    for name in sorted(_names(before) | _names(after)):
        ours, theirs = before / name, after / name
        if not ours.is_file() or not theirs.is_file():
            part.note(name, f"only {'before' if ours.is_file() else 'after'} has this file")
            continue
        one, other = ours.read_bytes(), theirs.read_bytes()
        where = bytes_difference(one, other)
        if where and is_text(one) and is_text(other):
            where = text_difference(strip(one.decode()), strip(other.decode()))
        part.note(name, where)


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in _files(folder)}


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
