"""streams: all streams of a partition; guard a command, let its house decide it, fold its facts.

In:   commands (Asked), facts (Recorded)
Out:  Decision: the facts of one command, encoded, with their follow-ups
Holds: state is changed by folding facts only; a command that cannot be decided parks its own
       stream and nobody else's
"""

from services.streams.decision import Decision
from services.streams.follow_ups import follow_ups
from services.streams.store import StreamStore

__all__ = ["Decision", "StreamStore", "follow_ups"]
