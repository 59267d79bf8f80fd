"""letters: what an administrator does about a message that could not be taken in."""

from services.letters.decider import decide, evolve
from services.letters.state import Letter

__all__ = ["Letter", "decide", "evolve"]
