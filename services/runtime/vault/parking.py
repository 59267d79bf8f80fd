"""Parking: single messages that an operator lets intake leave out, so that the others go on.

Holds: a message is named by its place alone; parking it a second time changes nothing.
"""

from typing import NamedTuple

from services.runtime.vault.marks import Connection

_PARK = """
    INSERT INTO vault.parked_messages (topic, partition, "offset", reason, operator)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING topic
"""
_PARKED = """
    SELECT topic, partition, "offset", reason, operator FROM vault.parked_messages
    ORDER BY topic, partition, "offset"
"""


class ParkedMessage(NamedTuple):
    """One message that is left out, why, and who said so."""

    topic: str
    partition: int
    offset: int
    reason: str
    operator: str


async def park(connection: Connection, parked: ParkedMessage) -> bool:
    """Leave one message out from now on."""
    return await connection.fetchval(_PARK, *parked) is not None


async def parked_messages(connection: Connection) -> list[ParkedMessage]:
    """List what is left out."""
    return [ParkedMessage(*row.values()) for row in await connection.fetch(_PARKED)]
