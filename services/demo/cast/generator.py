"""Generator: a year of an invented city as messages, in the order in which they are published.

In:   a seed and how many claim lines
Out:  Demo: money, people's status, applications, and the reviewers' answers
Holds: a pure function of seed and size; every id is synthetic (see `people`).
"""

from collections.abc import Iterator
from typing import NamedTuple

from events.contract.inbound.cloudevent import read_event
from events.contract.inbound.semantics import Known
from services.demo.cast.city import bank_accounts
from services.demo.cast.claim_filing import ClaimFiling
from services.demo.cast.messages import Published, malformed
from services.demo.cast.mishaps import conflicts, corrections, deceased, withdrawals
from services.demo.cast.programme_claims import (
    jobseekings,
    post_skills,
    sampled,
    skill_upgrades,
    unemployed,
)
from services.demo.cast.sample_claims import samples
from services.demo.cast.story import TIGHT_FEN, TIGHT_LINE, Story

_CLAIMED_IN = (2020, 2021, 2022)
_SHARES = {"skill-upgrade": 0.50, "post-skill": 0.22, "jobseeking": 0.18}
"""Of the lines that the samples of all other programmes leave."""

PROGRAMMES = (*_SHARES, "unemployment-assistance", *(sample.programme for sample in samples()))
"""Whatever is claimed; the test of the samples holds it against the policies."""

_LINES_FOR_EACH_SAMPLE = 600
_PLENTY_FEN = 2_000_000_000


class Demo(NamedTuple):
    """Everything upstream will publish."""

    run: str
    money: tuple[Published, ...]
    status: tuple[Published, ...]
    applications: tuple[Published, ...]
    repeated: tuple[Published, ...]
    story: Story
    malformed: tuple[Published, ...]
    corrections: int
    conflicts: int

    def before_review(self) -> Iterator[Published]:
        """Every message in the order of publishing, up to the reviewers' answers."""
        yield from self.money
        yield from self.status
        yield from self.applications
        yield from self.story.messages()
        yield from self.repeated
        yield from self.malformed


def budgets(filing: ClaimFiling) -> list[Published]:
    """Allocate every line of the years claimed for; one of them too little."""
    allocated = []
    for account in bank_accounts().values():
        for year in _CLAIMED_IN:
            line = (account.fund, account.district, year)
            data = {
                "document": f"示例财社〔{year}〕{account.last_four}号",
                "fund": account.fund,
                "district": account.district,
                "year": year,
                "amount_fen": TIGHT_FEN if line == TIGHT_LINE else _PLENTY_FEN,
            }
            allocated.append(filing.events.event("finance.tieling", "budget.allocated", data))
    return allocated


def generate(seed: int, lines: int, known: Known) -> Demo:
    """Draw a demo with `lines` claim lines beside those of the story."""
    filing = ClaimFiling(seed, lines)
    money = budgets(filing)
    status = deceased(filing, max(2, lines // 400))
    early = withdrawals(filing, max(2, lines // 400))
    corrected, in_conflict = max(3, lines // 100), max(4, lines // 200)
    corrections(filing, corrected, known)
    conflicts(filing, in_conflict)
    single = len(filing.filed)
    left = lines - sampled(filing, max(1, lines // _LINES_FOR_EACH_SAMPLE))
    wanted = {programme: int(left * share) for programme, share in _SHARES.items()}
    skill_upgrades(filing, wanted["skill-upgrade"] - single)
    post_skills(filing, wanted["post-skill"])
    jobseekings(filing, wanted["jobseeking"])
    unemployed(filing, left - sum(wanted.values()))
    filed = filing.filed
    duplicates = filing.random.sample(filed, max(5, len(filed) * 3 // 100))
    plain = next(message for message in filed if message.headers[0][0] == "content-type")
    good = read_event(plain.value, plain.headers).data
    return Demo(
        run=filing.run,
        money=tuple(money),
        status=(*status, *early),
        applications=tuple(filed),
        repeated=(*filing.later, *duplicates),
        story=filing.story,
        malformed=tuple(malformed(good, "district-211202.hrss", filing.run)),
        corrections=corrected,
        conflicts=in_conflict,
    )
