"""Books: each side's ledger, read, verified and continued by the other."""

import re
from pathlib import Path

import orjson

from tests.same_behaviour.calls import Both
from tests.same_behaviour.comparing import ABSENT, Part, evenly, json_difference, text_difference
from tests.same_behaviour.ledgers import (
    Ledger,
    Played,
    column,
    facts_by_type,
    wait_for_more_facts,
)
from tests.same_behaviour.sides import NotRun, Said, Side
from tests.same_behaviour.stripping import Strip

_SECONDS = frozenset({"seconds"})
_TABLES = re.compile(r"(\d+) 张表")
_TRACED = 40


def compare_demos(strip: Strip, before: Played, after: Played) -> Part:
    """Compare what both demos have told, and their summaries but for the seconds they took."""
    part = Part("demo: tables and summary", "figures")
    part.note("tables", text_difference(strip.demo(before.told), strip.demo(after.told)))
    ours, theirs = (orjson.loads(strip.demo(one.summary)) for one in (before, after))
    found = json_difference(ours, theirs, ignoring=_SECONDS)
    part.note("summary", found, count=_leaves(ours))
    return part


def compare_reports(both: Both, ledger: Ledger) -> Part:
    """Let both sides report from one database."""
    part = Part("reports from the database", "outputs")
    keys = column(ledger, "SELECT application FROM books.applications ORDER BY application")
    batches = column(ledger, "SELECT submission FROM books.submissions ORDER BY submission")
    calls = [
        *(["trace", key] for key in evenly(keys, _TRACED)),
        *(["batch", key] for key in evenly(batches, _TRACED // 4)),
        ["letters", "list"],
        ["letters", "list", "--state", "all"],
        ["letters", "waiting"],
        ["link", "list"],
        ["past", "list"],
        ["set-aside", "list"],
        ["ledger", "violations"],
        ["topics"],
        ["migrate"],
    ]
    both.compare(part, "reports", calls, **ledger.settings)
    return part


class Verifying:
    """Lets both sides verify ledgers, and holds what they say against each other."""

    def __init__(self, both: Both) -> None:
        self._both = both
        self.tables = Part("books verified from the ledger", "tables")
        self.chain = Part("ledger verify", "outputs")
        self.counts = Part("facts by type in both books", "types")
        self.told = Part("outcomes told to upstream, metrics", "messages, metrics")

    @property
    def parts(self) -> list[Part]:
        """What was compared."""
        return [self.tables, self.chain, self.counts, self.told]

    def by_both(self, ledger: Ledger, what: str) -> None:
        """Let both sides verify a running ledger; each must find it whole, in the same words."""
        texts = [
            self._verified(side, ledger, what) for side in (self._both.before, self._both.after)
        ]
        self.tables.note(f"{what}: digest", text_difference(*texts), count=_tables(texts[0]))
        chains = [
            self._said(side, side.call("ledger", "verify", **ledger.settings), self.chain, what)
            for side in (self._both.before, self._both.after)
        ]
        self.chain.note(f"{what}: ledger verify", text_difference(*chains))

    def untouched(self, what: str, before: dict[str, str], after: dict[str, str]) -> None:
        """Hold the tables of the books against what they were before another side has started."""
        for name in sorted(before.keys() | after.keys()):
            found = text_difference(before.get(name, ABSENT), after.get(name, ABSENT))
            self.tables.note(f"{what}: {name}", found)

    def same_counts(self, what: str, before: dict[str, int], after: dict[str, int]) -> None:
        """Hold the facts of two ledgers against each other, type by type."""
        ours, theirs = (self._both.strip.counts_of(counts) for counts in (before, after))
        for name in sorted(ours.keys() | theirs.keys()):
            found = json_difference(ours.get(name, 0), theirs.get(name, 0))
            self.counts.note(f"{what}: {name}", found)

    def same_told(self, what: str, before: list[str], after: list[str]) -> None:
        """Hold what two ledgers have told against each other, line by line."""
        found = text_difference(*("\n".join(lines) for lines in (before, after)))
        self.told.note(what, found, count=len(before))

    def _verified(self, side: Side, ledger: Ledger, what: str) -> str:
        return self._said(side, side.call("verify", **ledger.settings), self.tables, what)

    def _said(self, side: Side, said: Said, part: Part, what: str) -> str:
        if said.code != "0":
            where = f"ends with {said.code}: {(said.out + said.err)[-600:]}"
            part.note(f"{what}, by {side.name}", where)
        return self._both.strip.output(said.out + said.err, side.places)


def carry_on(both: Both, side: Side, ledger: Ledger, messages: Path) -> None:
    """Let a side publish messages to a ledger, and wait until its processes have decided them.

    Raises: NotRun where nothing was decided
    """
    earlier = sum(facts_by_type(ledger).values())
    said = side.call("publish", str(messages), **ledger.settings)
    if said.code != "0":
        raise NotRun(f"{side.name}: publish ends with {said.code}: {said.err}")
    wait_for_more_facts(ledger, earlier)
    more = sum(facts_by_type(ledger).values()) - earlier
    both.screen.tell(f"{side.name} decided {messages.name}: {more} more facts")


def _tables(text: str) -> int:
    found = _TABLES.search(text)
    return int(found.group(1)) if found else 1


def _leaves(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(_leaves, value.values()))
    if isinstance(value, list):
        return sum(map(_leaves, value))
    return 1
