"""Claim filing: how upstream systems of the invented city hand claims in, one by one or in batches.

Holds: whoever is drawn, and every number, follows from the seed alone
"""

from random import Random
from typing import Any

from services.demo.cast.claim_drafts import ClaimDraft, ClaimDrafts
from services.demo.cast.messages import Events, Published, batch_line, submitted
from services.demo.cast.people import Population
from services.demo.cast.script import Script


class ClaimFiling:
    """What is filed so far, and who draws it."""

    def __init__(self, seed: int, lines: int, script: Script) -> None:
        random = Random(seed)  # noqa: S311 - repeatable, and not for secrets
        self.random = random
        self.script = script
        self.run = f"demo-{seed}"
        self.lines = lines
        self.people = Population(random, script.people)
        self.drafts = ClaimDrafts(random, script)
        self.events = Events(self.run)
        self.filed: list[Published] = []
        self.later: list[Published] = []
        self._numbers = 0

    def number(self) -> str:
        """The next application's number."""
        self._numbers += 1
        return f"{self.script.numbers}-{self.run[5:]}-{self._numbers:06}"

    def file(self, draft: ClaimDraft, number: str = "") -> Published:
        """Publish one claim as an application of its own."""
        source = self.script.source(draft.region)
        kind = "application.submitted"
        message = self.events.event(source, kind, submitted(draft, number or self.number()))
        self.filed.append(message)
        return message

    def file_batch(
        self, source: str, drafts: list[ClaimDraft], *, own_accounts: bool = True, **shared: Any
    ) -> None:
        """Publish claims of one programme and day as one employer's or school's batch."""
        first = drafts[0]
        data = {
            "application": self.number(),
            "programme": first.programme,
            "region": first.region,
            "applied_on": first.applied_on.isoformat(),
            "channel": first.channel,
            "facts": {},
            "lines": [
                batch_line(draft, f"{no:04}", own_account=own_accounts)
                for no, draft in enumerate(drafts, 1)
            ],
            **shared,
        }
        self.filed.append(self.events.event(source, "application.batch-submitted", data))
