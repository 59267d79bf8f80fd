"""One public list or statement, as it stands."""

from dataclasses import dataclass
from hashlib import sha256

from events.disclosures import DisclosurePrepared, DisclosurePublished, PrepareDisclosure


@dataclass(slots=True)
class DisclosureState:
    """The issue that waits, the one that was published last and whether it is shown; `listed` are the
    applications of the first issue."""

    waiting: DisclosurePrepared | None = None
    published: DisclosurePublished | None = None
    first: DisclosurePrepared | None = None
    listed: frozenset[str] = frozenset()
    is_shown: bool = False

    @property
    def next_issue(self) -> int:
        """The number of the issue that may be published next."""
        return self.published.issue + 1 if self.published else 1


def digest_of(asked: PrepareDisclosure, issue: int) -> str:
    """SHA-256 over all that an issue says, its file among it: who publishes names exactly this."""
    head = (
        f"{asked.number}|{issue}|{asked.kind}|{asked.region}|{asked.programme}|{asked.fund}|"
        f"{asked.since}|{asked.until}|{asked.persons}|{asked.total}|{asked.file_digest}\n"
    )
    lines = (f"{line.application}|{line.amount}\n" for line in asked.lines)
    return sha256("".join((head, *lines)).encode()).hexdigest()
