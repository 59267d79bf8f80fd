"""Unchanged: the commands that were repeats, as the desk's checkpoints name them.

Who waits for a command's answer finds it in `facts` by `cause`, or here: it had been done before.

Asked: command_answers, recorded_facts, results
"""

from projections.definition.scoping import PUBLIC
from projections.definition.table import Append, Column, Table

VERSION = 1

UNCHANGED = Table(
    "unchanged",
    "Every command that changed nothing, because it had been answered before",
    (Column("command", "text", "id of the command"),),
    scoping=PUBLIC,
    numbered=True,
    indexes=("(command)",),
)
TABLES = (UNCHANGED,)


def changes(commands: list[str]) -> list[Append]:
    """List the repeats that one checkpoint names."""
    return [Append(UNCHANGED, (command,), no) for no, command in enumerate(commands)]
