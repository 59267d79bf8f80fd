"""Imports: benefits enjoyed before this ledger, taken over from a file that two people vouch for."""

from events.values import Command, Fact, Fen


class HoldImport(Command):
    """A maker hands in a checked file; nothing counts until another person releases it.

    Units: `file_digest` is SHA-256 of the file, `digest` that of what would be counted
    """

    number: str
    file_digest: str
    digest: str
    maker: str
    region: str
    rows: int
    uses: int
    doubtful: int
    refused: int
    total: Fen


class ReleaseImport(Command):
    """A second person lets exactly what has this digest count."""

    number: str
    checker: str
    digest: str


class RejectImport(Command):
    """A second person sends the file back to its maker, with a reason."""

    number: str
    checker: str
    reason: str


class ConfirmImport(Command):
    """Every use of the file has been asked for."""

    number: str
    uses: int


class ImportHeld(Fact):
    """A checked file waits for a second person."""

    number: str
    file_digest: str
    digest: str
    maker: str
    region: str
    rows: int
    uses: int
    doubtful: int
    refused: int
    total: Fen


class ImportReleased(Fact):
    """Another person than the maker let the file count."""

    number: str
    maker: str
    checker: str
    digest: str


class ImportRejected(Fact):
    """The file is given up; handed in anew, it can be released by a second person again."""

    number: str
    checker: str
    reason: str


class ImportDone(Fact):
    """Every use of the file is on its way to its person's history."""

    number: str
    uses: int


ImportCommand = HoldImport | ReleaseImport | RejectImport | ConfirmImport
ImportFact = ImportHeld | ImportReleased | ImportRejected | ImportDone
