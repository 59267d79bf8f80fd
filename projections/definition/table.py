"""Table: how a read model's table is described, once, for its DDL, its writes and its reference.

In:   nothing; pure
Out:  Table and Column, CREATE TABLE, CREATE POLICY and INSERT statements for any schema
Holds: every table says to whom its rows are shown, and the database holds it;
       every row belongs to exactly one partition of the ledger, so that each partition can be
       folded at its own pace and digests add up by partition; but for rows of sums over all
       partitions (`shared`), which come to the same in whatever order the facts are written.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from projections.definition import visibility
from projections.definition.scoping import Scoping, condition


class Merge(StrEnum):
    """What a later value does to an earlier one of the same row; None never changes anything."""

    LATEST = "latest"
    FIRST = "first"
    SUM = "sum"
    HIGHEST = "highest"


class Column(NamedTuple):
    """One column; `final` are values that no later one replaces."""

    name: str
    type: str
    meaning: str
    unit: str = ""
    merge: Merge = Merge.LATEST
    final: tuple[str, ...] = ()


class Table(NamedTuple):
    """One table of a read model.

    With a `key` it holds states, one row a key, merged column by column; without, it holds one
    row (or several, numbered by `no`) per fact, which are never changed.
    `amended_by` says how many leading key columns an `Amend` names; `scoping` to whom a row is shown.
    `shared` rows are of all partitions together, and so hold nothing but what is added up.
    Holds: `partition` comes first, `ledger_offset` or `changed_at` beside it; nobody lists them
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    scoping: Scoping
    key: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    numbered: bool = False
    by_partition: bool = False
    amended_by: int = 0
    shared: bool = False

    @property
    def is_state(self) -> bool:
        """Tell a table of states from one of facts."""
        return bool(self.key)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns that name a row."""
        if not self.is_state:
            return ("partition", "ledger_offset", *(("no",) if self.numbered else ()))
        return ("partition", *self.key) if self.by_partition else self.key

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Every column in the order of the table, those added by the fold included."""
        added = [PARTITION]
        if self.is_state:
            changed_at = CHANGED_AT._replace(merge=Merge.HIGHEST) if self.shared else CHANGED_AT
            return (*added, *self.columns, changed_at)
        added.append(LEDGER_OFFSET)
        if self.numbered:
            added.append(NO)
        return (*added, *self.columns)


PARTITION = Column("partition", "smallint", "partition of the ledger that the row comes from")
ALL_PARTITIONS = -1
"""The partition of a row that all of them share."""
LEDGER_OFFSET = Column("ledger_offset", "bigint", "offset of the fact in that partition")
NO = Column("no", "smallint", "place among the rows of one fact")
CHANGED_AT = Column("changed_at", "timestamptz", "when the row's last fact was recorded", "UTC")


class Append(NamedTuple):
    """A row for a fact; `row` holds the table's own columns in their order (after `no`)."""

    table: Table
    row: tuple[Any, ...]
    no: int = 0


class Upsert(NamedTuple):
    """Values for the row with this key, merged as each column says.

    Holds: `values` become the row itself, so no two changes may share them
    """

    table: Table
    key: tuple[Any, ...]
    values: dict[str, Any]


class Amend(NamedTuple):
    """Values for every row there is whose key begins like this."""

    table: Table
    prefix: tuple[Any, ...]
    values: dict[str, Any]


Change = Append | Upsert | Amend


SEES_ALL = ("benefit_projector", "benefit_clerk", "benefit_web_all")
"""Roles of the database that every row is shown to; `benefit_web` is shown what its settings name."""

READERS = ("benefit_clerk", "benefit_web", "benefit_web_all")


def create(table: Table, schema: str) -> Iterable[str]:
    """Write the statements that make a table, with its indexes and its policies, in a schema."""
    yield from unguarded(table, schema)
    yield from guard(table.name, table.scoping, schema)


def guard(name: str, scoping: Scoping, schema: str) -> Iterable[str]:
    """Write the statements that let each role see no more of a table than it may."""
    at = f"{schema}.{name}"
    yield f"ALTER TABLE {at} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY every_row ON {at} TO {', '.join(SEES_ALL)} USING (true)"
    seen = condition(scoping, schema, name)
    if seen is not None:
        yield f"CREATE POLICY own_districts ON {at} FOR SELECT TO benefit_web USING ({seen})"
    if seen and "_here(" in seen:  # the functions are part of what is shown
        yield f"COMMENT ON POLICY own_districts ON {at} IS 'by functions {visibility.digest()}'"


def unguarded(table: Table, schema: str) -> Iterable[str]:
    """Write the statements that make a table and its indexes, for a schema that nobody else sees."""
    columns = [
        f"{column.name} {column.type}"
        + (" NOT NULL DEFAULT 0" if column.merge is Merge.SUM else "")
        + (" NOT NULL" if column in (PARTITION, LEDGER_OFFSET, NO) else "")
        for column in table.all_columns
    ]
    lines = [*columns, f"PRIMARY KEY ({', '.join(table.primary_key)})"]
    body = ",\n    ".join(lines)
    # state rows are updated in place: room in the page keeps those updates off the indexes; a fact's
    # body of two or three kilobytes stays in its row, because compressing it costs more than the room
    fill = "fillfactor = 85, " if table.is_state else ""
    storage = f" WITH ({fill}toast_tuple_target = 4080)"
    yield f"CREATE TABLE {schema}.{table.name} (\n    {body}\n){storage}"
    for number, index in enumerate(table.indexes, start=1):
        unique, _, rest = index.partition(" ") if index.startswith("UNIQUE ") else ("", "", index)
        yield (
            f"CREATE {unique} INDEX {table.name}_{number} ON {schema}.{table.name} {rest}".replace(
                "  ", " "
            )
        )
    yield f"COMMENT ON TABLE {schema}.{table.name} IS {_literal(table.meaning)}"
    for column in table.all_columns:
        unit = f" ({column.unit})" if column.unit else ""
        text = _literal(f"{column.meaning}{unit}")
        yield f"COMMENT ON COLUMN {schema}.{table.name}.{column.name} IS {text}"


def upsert(table: Table, schema: str) -> str:
    """Write the statement that merges rows, given as one JSON array of objects, into a table.

    JSON, because an object names only the columns that it changes: encoding an array a column
    costs the projector five times as much.
    """
    columns = table.all_columns
    names = ", ".join(column.name for column in columns)
    taken = ", ".join(
        f"COALESCE(u.{c.name}, 0)" if c.merge is Merge.SUM else f"u.{c.name}" for c in columns
    )
    typed = ", ".join(f"{column.name} {column.type}" for column in columns)
    merged = ",\n    ".join(
        f"{c.name} = {_merged(c)}" for c in columns if c.name not in table.primary_key
    )
    return (
        f"INSERT INTO {schema}.{table.name} AS t ({names})\n"
        f"SELECT {taken} FROM json_to_recordset($1::json) AS u ({typed})\n"
        f"ON CONFLICT ({', '.join(table.primary_key)}) DO UPDATE SET\n    {merged}\n"
        # a row of another partition is left alone, and its writer told by the count
        "WHERE t.partition = EXCLUDED.partition"
    )


def amend(table: Table, schema: str, prefix: int, names: tuple[str, ...]) -> str:
    """Write the statement that changes `names` in all rows that share the first key columns."""
    types = {column.name: column.type for column in table.all_columns}
    keys = table.key[:prefix]
    arrays = ", ".join(f"${n}::{types[name]}[]" for n, name in enumerate((*keys, *names), start=1))
    return (  # every name here is ours
        f"UPDATE {schema}.{table.name} AS t SET {', '.join(f'{n} = u.{n}' for n in names)}\n"  # noqa: S608
        f"FROM unnest({arrays}) AS u ({', '.join((*keys, *names))})\n"
        f"WHERE {' AND '.join(f't.{key} = u.{key}' for key in keys)}"
    )


def _merged(column: Column) -> str:
    name = column.name
    match column.merge:
        case Merge.SUM:
            return f"t.{name} + EXCLUDED.{name}"
        case Merge.FIRST:
            return f"COALESCE(t.{name}, EXCLUDED.{name})"
        case Merge.HIGHEST:
            return f"GREATEST(t.{name}, EXCLUDED.{name})"
        case Merge.LATEST if column.final:
            final = ", ".join(_literal(value) for value in column.final)
            return (
                f"CASE WHEN t.{name} IN ({final}) THEN t.{name} "
                f"ELSE COALESCE(EXCLUDED.{name}, t.{name}) END"
            )
        case _:
            return f"COALESCE(EXCLUDED.{name}, t.{name})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
