"""Operating failures: what went wrong around us, and what the person at the machine can do.

A business refusal is a fact, and a broken invariant stops the worker; these are the third kind.
Each message has three parts: what happened, to which thing, and what to do.
"""

from pathlib import Path
from typing import ClassVar


class OperatingFailure(Exception):
    """The surroundings failed; nothing is wrong with the books.

    Holds: `may_pass` says whether trying again later can help
    """

    may_pass: ClassVar[bool] = False

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what}\n{do}")
        self.what = what
        self.do = do


class NotConfigured(OperatingFailure):
    """A setting that this process needs is not there."""


class HomeInUse(OperatingFailure):
    """Another ledger runs on the same data directory."""

    def __init__(self, home: Path, owner: str) -> None:
        super().__init__(
            f"Another ledger already runs on {home} ({owner}).",
            "Stop that one first, or start this one on a directory of its own: "
            "set BENEFIT_LEDGER_DATA_DIR.",
        )


class PortTaken(OperatingFailure):
    """Something else listens on a port that was asked for."""

    def __init__(self, port: int, wanted_by: str, taken_by: str) -> None:
        super().__init__(
            f"Port {port}, which {wanted_by} was told to use, is taken by {taken_by}.",
            "End that program, or leave the port's setting out: then a free one is chosen.",
        )


class DiskFull(OperatingFailure):
    """The disk that holds the data has too little room."""

    may_pass = True

    def __init__(self, path: Path, free_bytes: int) -> None:
        super().__init__(
            f"The disk that holds {path} has {free_bytes / 1e6:,.0f} MB left, and that is too "
            "little.",
            "Make room there, or set BENEFIT_LEDGER_DATA_DIR to a directory on another disk. "
            "Nothing that was acknowledged is lost.",
        )


class ServerEnded(OperatingFailure):
    """A server of ours ended, or stayed silent while it was being started."""

    may_pass = True

    def __init__(self, server: str, what: str, log: Path) -> None:
        super().__init__(f"{server} {what}", f"Its log says more: {log}. Then start again.")


class DownloadFailed(OperatingFailure):
    """A file could not be fetched."""

    may_pass = True

    def __init__(self, file: str, source: str, why: str) -> None:
        super().__init__(
            f"{file} could not be fetched from {source}: {why}",
            "Check the network and start again: what is complete is kept. A mirror of Maven "
            "Central is named by BENEFIT_LEDGER_MAVEN_REPOSITORY.",
        )


class ChecksumMismatch(OperatingFailure):
    """A fetched file is not the one that was pinned."""

    def __init__(self, file: str, source: str, expected: str, found: str) -> None:
        super().__init__(
            f"{file} from {source} is not the file that was pinned: its SHA-256 is {found}, "
            f"expected {expected}. It was removed.",
            "Do not go on with this source: name another by BENEFIT_LEDGER_MAVEN_REPOSITORY.",
        )


class BrokerAway(OperatingFailure):
    """Kafka does not answer."""

    may_pass = True

    def __init__(self, bootstrap: str, why: str) -> None:
        super().__init__(
            f"Kafka at {bootstrap} does not answer: {why}",
            "Start it (`benefit-ledger up` brings its own), or set BENEFIT_LEDGER_KAFKA_BOOTSTRAP.",
        )


class DatabaseAway(OperatingFailure):
    """PostgreSQL does not answer."""

    may_pass = True

    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"PostgreSQL at {address} does not answer: {why}",
            "Start it (`benefit-ledger up` brings its own), or set BENEFIT_LEDGER_POSTGRES_DSN.",
        )


class TopicsMissing(OperatingFailure):
    """Topics that every process relies on are not there."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"Topics are missing: {', '.join(names)}.",
            "Create them with `benefit-ledger topics`. If this ledger has run before, they were "
            "deleted: restore them, because an empty topic is not the ledger.",
        )


class TopicDiffers(OperatingFailure):
    """A topic is there, but not as the ledger needs it."""

    def __init__(self, name: str, differences: str) -> None:
        super().__init__(
            f"Topic {name} is not as the ledger needs it: {differences}.",
            "The partition count of a living ledger never changes, because a stream would move to "
            "another partition: set BENEFIT_LEDGER_PARTITIONS to the topic's count. A setting "
            "of the topic is put right with Kafka's own kafka-configs.",
        )
