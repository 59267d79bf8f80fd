"""Dead letters: what could not be read, by topic, place and reason; never what was in it.

In:   `benefits.dead-letters.v1`; of each letter only what is in the clear
Holds: a message that was put aside twice is listed once. `partition` is the letters' own topic's.
Asked: letters
"""

from datetime import datetime
from typing import Any

import orjson

from events.codec import Unreadable
from projections.definition.scoping import WHOLE
from projections.definition.table import (
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 2

DEAD_LETTERS = Table(
    "dead_letters",
    "Every message that could not be read, without its content",
    (
        Column("source_topic", "text", "topic that the message came by"),
        Column("source_partition", "integer", "its partition"),
        Column("source_offset", "bigint", "its offset"),
        Column("line", "integer", "line of the message, from 1; 0 is the whole message"),
        Column("letter_offset", "bigint", "offset of the letter in its topic", merge=Merge.FIRST),
        Column("code", "text", "the kind of mistake"),
        Column("reason", "text", "what was wrong, without personal data"),
        Column("field", "text", "where in the message"),
        Column("source", "text", "system that sent it, where that can be read"),
        Column("event", "text", "id of the event, where it can be read and names nobody"),
        Column("application", "text", "application that it is about, likewise"),
        Column("error", "text", "kind of error that intake's own code raised, or empty"),
        Column("received_at", "timestamptz", "when it was put aside", "UTC", merge=Merge.FIRST),
    ),
    scoping=WHOLE,
    key=("source_topic", "source_partition", "source_offset", "line"),
    indexes=("(received_at)", "(code)"),
)
TABLES = (DEAD_LETTERS,)


def change(raw: bytes | None, offset: int) -> tuple[datetime, Upsert]:
    """List one letter; the time at which it was put aside comes with it.

    Raises: Unreadable
    """
    try:
        item: dict[str, Any] = orjson.loads(raw or b"")
        received_at = datetime.fromisoformat(item["received_at"])
        key = (item["topic"], item["partition"], item["offset"], item["line"] or 0)
        values = {
            "letter_offset": offset,
            "code": item["code"],
            "reason": item["reason"],
            "field": item["field"],
            "source": item.get("source", ""),
            "event": item.get("event", ""),
            "application": item.get("application", ""),
            "error": item.get("error", ""),
            "received_at": received_at,
        }
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"no dead letter: {error!r}") from error
    return received_at, Upsert(DEAD_LETTERS, key, values)
