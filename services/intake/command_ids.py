"""Command ids: a command's id is a function of what it asks, never of when it was asked.

Holds: whatever is sent twice has the same id, and is decided once
"""

from events.ids import named_id
from events.values import Command

NAMESPACE = bytes.fromhex("6f3c2f0e54c15d0a9d533a1f6f0a2f11")


def command_id(command: Command, content: str) -> str:
    """Give a command its id: a UUID version 5 of its type and of what it asks."""
    return named_id(NAMESPACE, f"{type(command).__name__}\n{content}".encode())
