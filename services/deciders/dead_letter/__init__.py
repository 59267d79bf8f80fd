"""letters: what an administrator does about a message that could not be taken in."""

from services.deciders.dead_letter.decider import decide, evolve
from services.deciders.dead_letter.state import Letter

__all__ = ["Letter", "decide", "evolve"]
