"""Stream command: a command, the stream that it is for, and its legal day.

Each noun's module gives a table from a type of message to the one command that it becomes.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from events.contract.inbound.reader import Inbound
from events.values import Command
from services.runtime.vault.requests import VaultAnswer


class StreamCommand(NamedTuple):
    """A command, the stream that it is for, and its legal day."""

    stream: str
    command: Command
    effective_on: date


CommandOfMessage: TypeAlias = Callable[[Inbound, Any, VaultAnswer], StreamCommand]
CommandByMessage: TypeAlias = Mapping[type, CommandOfMessage]
