"""One file of applications, as it stands."""

from dataclasses import dataclass

from events.application_files import ApplicationsHeld
from services.deciders.file_of_two import FileState


@dataclass(slots=True)
class ApplicationFileState(FileState[ApplicationsHeld]):
    """What was handed in, and how far it has come; `done` is published."""
