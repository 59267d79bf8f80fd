"""Desk configurations: by what the desk of each partition decides, as its last checkpoint says.

In:   the projector, which reads the checkpoints; a connection to the database
Out:  rows of `control.desk_configurations`, for the pages and for processes that compare themselves
Holds: an older checkpoint never goes before a newer one, so a rebuild changes nothing
"""

from typing import Any

from services.runtime.configuration import PartitionConfiguration

_NOTE = """
    INSERT INTO control.desk_configurations AS d (partition, configuration, desk, checkpoint)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (partition) DO UPDATE SET configuration = EXCLUDED.configuration,
        desk = EXCLUDED.desk, checkpoint = EXCLUDED.checkpoint, noted_at = now()
    WHERE d.checkpoint < EXCLUDED.checkpoint
"""
_ALL = "SELECT partition, configuration, desk FROM control.desk_configurations ORDER BY partition"


async def note(connection: Any, seen: PartitionConfiguration, checkpoint: int) -> None:
    """Keep what a partition's checkpoint says."""
    await connection.execute(_NOTE, seen.partition, seen.configuration, seen.desk, checkpoint)


async def seen(connection: Any) -> list[PartitionConfiguration]:
    """What is known of every partition."""
    return [PartitionConfiguration(*row) for row in await connection.fetch(_ALL)]
