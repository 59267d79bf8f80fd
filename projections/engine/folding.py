"""Folding: what a batch of facts does to the tables, each state row touched once.

In:   facts at their places, in the ledger's order within each partition
Out:  Folded: rows to append, values to merge, rows to amend
Holds: merging a batch and then writing it equals writing its facts one by one.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from events.invariants import BrokenInvariant
from events.values import Fact
from projections.definition.located_fact import LocatedFact
from projections.definition.table import (
    ALL_PARTITIONS,
    Amend,
    Append,
    Change,
    Merge,
    Upsert,
)
from projections.engine.ledger_slices import CHUNK, LedgerSlice, Repeats
from projections.read_models import unchanged
from projections.read_models.catalogue import MAPPINGS, TABLES

_BY_NAME = {table.name: table for table in TABLES}
_SUMS: dict[str, frozenset[str]] = {
    table.name: frozenset(c.name for c in table.all_columns if c.merge is Merge.SUM)
    for table in TABLES
}
_RULES: dict[str, dict[str, tuple[Merge, tuple[str, ...]]]] = {
    table.name: {column.name: (column.merge, column.final) for column in table.all_columns}
    for table in TABLES
}
_PLAIN: dict[str, frozenset[str]] = {
    name: frozenset(
        column for column, (merge, final) in rules.items() if merge is Merge.LATEST and not final
    )
    for name, rules in _RULES.items()
}

_encode = msgspec.json.Encoder().encode

Mappings = Mapping[type[Fact], tuple[Callable[[LocatedFact], Iterator[Change]], ...]]
Key = tuple[Any, ...]
Values = dict[str, Any]


class Folded:
    """The changes of one batch, gathered; of every read model, or of those whose mappings are given."""

    def __init__(self, mappings: Mappings = MAPPINGS) -> None:
        self._mappings = mappings
        self.appended: dict[str, list[Key]] = defaultdict(list)
        self.states: dict[str, dict[Key, Values]] = defaultdict(dict)
        self.amended: dict[tuple[str, int, tuple[str, ...]], dict[Key, Values]] = defaultdict(dict)
        self._by_prefix: dict[str, dict[Key, list[Key]]] = defaultdict(dict)

    def add(self, facts: Iterable[LocatedFact]) -> None:
        """Fold facts in.

        Raises: BrokenInvariant when two partitions claim a row
        """
        for located in facts:
            fact, partition, offset, _ = located
            at = fact.recorded_at
            for mapping in self._mappings.get(type(fact.body), ()):
                for change in mapping(located):
                    if isinstance(change, Upsert):
                        self.merge(partition, at, change)
                    elif isinstance(change, Append):
                        self._append(partition, offset, change)
                    else:
                        self._amend(at, change)

    def repeat(self, partition: int, repeats: Iterable[Repeats]) -> None:
        """Note the commands that checkpoints name as repeats."""
        for item in repeats:
            for change in unchanged.changes(item.commands):
                self._append(partition, item.offset, change)

    def _append(self, partition: int, offset: int, change: Append) -> None:
        table, row, no = change
        place = (partition, offset, no) if table.numbered else (partition, offset)
        self.appended[table.name].append(place + row)

    def merge(self, partition: int, at: datetime, change: Upsert) -> None:
        """Merge values into their row."""
        table, key, values = change
        name = table.name
        if table.by_partition:
            key = (partition, *key)
        elif table.shared:
            partition = ALL_PARTITIONS
        rows = self.states[name]
        values["partition"], values["changed_at"] = partition, at
        row = rows.setdefault(key, values)
        if row is values:
            if table.amended_by:
                group = self._by_prefix[name].setdefault(key[: table.amended_by], [])
                group.append(key)
            return
        if row["partition"] != partition:
            raise BrokenInvariant(f"two partitions claim the row {key} of {name}")
        plain, sums = _PLAIN[name], _SUMS[name]
        for column, value in values.items():
            if value is None:
                continue
            if column in plain:
                row[column] = value
            elif column in sums:
                row[column] = row.get(column, 0) + value
            else:
                _merge_value(row, column, value, *_RULES[name][column])

    def _amend(self, at: datetime, change: Amend) -> None:
        table, prefix, values = change
        values["changed_at"] = at
        names = tuple(values)
        waiting = self.amended[table.name, len(prefix), names]
        waiting[prefix] = waiting.get(prefix, {}) | values
        for key in self._by_prefix[table.name].get(prefix, ()):
            self.states[table.name][key].update(values)


async def folded_from(slices: Iterable[LedgerSlice]) -> Folded:
    """Fold slices, giving the writer its turn now and then.

    Raises: BrokenInvariant when two partitions claim a row
    """
    folded = Folded()
    for piece in slices:
        for start in range(0, len(piece.facts), CHUNK):
            folded.add(piece.facts[start : start + CHUNK])
            await asyncio.sleep(0)
        folded.repeat(piece.partition, piece.repeats)
    return folded


def _merge_value(
    row: Values, column: str, value: Any, merge: Merge, final: tuple[str, ...]
) -> None:
    earlier = row.get(column)
    if merge is Merge.FIRST:
        row[column] = value if earlier is None else earlier
    elif merge is Merge.HIGHEST:
        row[column] = value if earlier is None else max(earlier, value)
    elif earlier not in final:
        row[column] = value


def as_json(name: str, rows: dict[Key, Values]) -> str:
    """Write merged rows as one JSON array, sorted by key so that writers never cross."""
    columns = _BY_NAME[name].primary_key
    for key, row in rows.items():
        row.update(zip(columns, key, strict=True))
    return _encode([rows[key] for key in sorted(rows)]).decode()
