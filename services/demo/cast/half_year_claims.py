"""Half-year claims: a year of an invented city as messages, in the order of publishing.

In:   a seed, how many claim lines, the city
Out:  Demo: money, people's status, applications
Holds: a pure function of what goes in; every id is synthetic (see `people`).
"""

from events.contract.inbound.cloudevent import read_event
from events.contract.inbound.semantics import Known
from services.demo.cast.city import PlayedCity
from services.demo.cast.claim_filing import ClaimFiling
from services.demo.cast.demo import Demo
from services.demo.cast.half_year_story import HalfYearStory
from services.demo.cast.messages import malformed
from services.demo.cast.mishaps import conflicts, corrections, deceased, withdrawals
from services.demo.cast.money import budgets
from services.demo.cast.programme_claims import (
    jobseekings,
    post_skills,
    sampled,
    skill_upgrades,
    unemployed,
)
from services.demo.cast.script import Script

_SHARES = {"skill-upgrade": 0.50, "post-skill": 0.22, "jobseeking": 0.18}
"""Of the lines that the samples of all other programmes leave."""

_LINES_FOR_EACH_SAMPLE = 600


def programmes(script: Script) -> frozenset[str]:
    """Whatever is claimed; a test holds it against the policies."""
    return frozenset((*_SHARES, "unemployment-assistance", *script.programmes))


def generate(seed: int, lines: int, known: Known, city: PlayedCity) -> Demo:
    """Draw a demo with `lines` claim lines beside those of the story."""
    script = city.script
    filing = ClaimFiling(seed, lines, script)
    # drawn first, so the same at any size
    story = HalfYearStory(filing.run, filing.people, city)
    assert script.half_year is not None
    money = budgets(filing.events, script, city.accounts, script.half_year.queue)
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
    first = script.first_district
    good = read_event(plain.value, plain.headers).data
    return Demo(
        run=filing.run,
        money=tuple(money),
        status=(*status, *early),
        applications=tuple(filed),
        repeated=(*filing.later, *duplicates),
        story=story,
        malformed=tuple(malformed(good, first, script.source(first), filing.run)),
        corrections=corrected,
        conflicts=in_conflict,
        programmes=programmes(script),
    )
