"""Application files: applications that somebody filled into a table, let in by two people."""

from events.values import Command, Fact


class HoldApplications(Command):
    """A maker hands in a checked file; nothing is published until another person releases it.

    Units: `file_digest` is SHA-256 of the file, `digest` that of the applications that it states;
           `rows` are those of the file, `applications` those that are taken, `refused` those that
           are not
    """

    number: str
    file_digest: str
    digest: str
    maker: str
    source: str
    region: str
    rows: int
    applications: int
    refused: int


class ReleaseApplications(Command):
    """A second person lets exactly the applications of this digest be published."""

    number: str
    checker: str
    digest: str


class RejectApplications(Command):
    """A second person sends the file back to its maker, with a reason."""

    number: str
    checker: str
    reason: str


class ConfirmApplications(Command):
    """Every application of the file lies on its topic, acknowledged."""

    number: str
    applications: int


class ApplicationsHeld(Fact):
    """A checked file of applications waits for a second person."""

    number: str
    file_digest: str
    digest: str
    maker: str
    source: str
    region: str
    rows: int
    applications: int
    refused: int


class ApplicationsReleased(Fact):
    """Another person than the maker let the file's applications be published."""

    number: str
    maker: str
    checker: str
    digest: str


class ApplicationsRejected(Fact):
    """The file is given up; handed in anew, it can be released by a second person again."""

    number: str
    checker: str
    reason: str


class ApplicationsPublished(Fact):
    """Every application of the file was published, as any upstream system publishes them."""

    number: str
    applications: int


ApplicationFileCommand = (
    HoldApplications | ReleaseApplications | RejectApplications | ConfirmApplications
)
ApplicationFileFact = (
    ApplicationsHeld | ApplicationsReleased | ApplicationsRejected | ApplicationsPublished
)
