"""every partition: what each partition of the ledger has to take up, asked of its own stream of rules.

In:   the fact that each must know of, how many partitions the ledger has
Out:  a command for each of them
"""

from events import streams
from events.envelope import Asked, Recorded, follow_up
from events.values import Command


def ask_every_partition(recorded: Recorded, partitions: int, command: Command) -> list[Asked]:
    """Ask the stream of rules that lies in each partition."""
    return [
        follow_up(recorded, partition, streams.rules(partition, partitions), command)
        for partition in range(partitions)
    ]
