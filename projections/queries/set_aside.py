"""set_aside: commands that wait for an operator, whole, so that they can be sent again."""

from typing import NamedTuple

from projections.queries.connection import Db


class SetAsideCommand(NamedTuple):
    """One command that was set aside; `raw` is empty where it was too long to be kept.

    `place` is partition and offset of its packet on `commands`; `behind` tells that it stood
    behind the one that could not be decided.
    """

    stream: str
    seq: int
    command: str
    command_id: str
    error: str
    behind: bool
    raw: str
    place: str


async def waiting(db: Db, stream: str | None = None) -> list[SetAsideCommand]:
    """Commands of one parked stream, or of all, since it was last resumed, in their order."""
    rows = await db.fetch(
        """
        SELECT s.stream, s.seq, s.command, s.command_id, s.error, s.behind,
               coalesce(s.raw, '') AS raw, f.command_partition || '/' || f.command_offset AS place
        FROM books.set_aside s
        JOIN books.parked_streams p USING (stream)
        JOIN books.facts f USING (stream, seq)
        WHERE p.state = 'parked' AND ($1::text IS NULL OR s.stream = $1)
          AND s.command_id NOT IN (SELECT command_id FROM books.rejected_commands)
          AND s.seq > (SELECT coalesce(max(seq), 0) FROM books.facts r
                       WHERE r.stream = s.stream AND r.type = 'StreamResumed')
        ORDER BY s.stream, s.seq
        """,
        stream,
    )
    return [SetAsideCommand(*row) for row in rows]
