"""One file of earlier benefits, as it stands."""

from dataclasses import dataclass

from events.prior_uses import ImportHeld
from services.deciders.file_of_two import FileState


@dataclass(slots=True)
class PriorUsesState(FileState[ImportHeld]):
    """What was handed in, and how far it has come; `done` is counted."""
