"""Month claims: what an invented city applies for until the pay day of one month, by its samples.

In:   a seed, how many claims, the city
Out:  Demo: money, applications, what comes twice, what is wrong
Holds: a pure function of what goes in; every id is synthetic (see `people`).
"""

from events.contract.inbound.cloudevent import read_event
from events.contract.inbound.semantics import Known
from services.demo.cast.city import PlayedCity
from services.demo.cast.claim_drafts import ClaimDraft
from services.demo.cast.claim_filing import ClaimFiling
from services.demo.cast.demo import Demo
from services.demo.cast.messages import Published, malformed, submitted
from services.demo.cast.money import budgets
from services.demo.cast.month_story import MonthStory
from services.demo.cast.programme_claims import file_shares
from services.demo.cast.read_back import claims
from services.demo.cast.script import SlipScript

_CORRECTED = 3
_IN_CONFLICT = 3


def generate(seed: int, lines: int, known: Known, city: PlayedCity) -> Demo:
    """Draw a demo with about `lines` claims beside those of the story."""
    script = city.script
    filing = ClaimFiling(seed, lines, script)
    # drawn first, so the same at any size
    story = MonthStory(filing.run, filing.people, script)
    money = budgets(filing.events, script, city.accounts)
    assert script.month is not None
    plain = _with_slips(filing, known, script.month.slips)
    file_shares(filing, lines)
    filed = filing.filed
    duplicates = filing.random.sample(filed, max(5, len(filed) * 3 // 100))
    good = read_event(plain.value, plain.headers).data
    home = good["region"]
    return Demo(
        run=filing.run,
        money=tuple(money),
        status=(),
        applications=tuple(filed),
        repeated=(*filing.later, *duplicates),
        story=story,
        malformed=(*malformed(good, home, script.source(home), filing.run), story.foreign),
        corrections=_CORRECTED,
        conflicts=_IN_CONFLICT,
        programmes=frozenset(script.programmes),
    )


def _with_slips(filing: ClaimFiling, known: Known, slips: SlipScript) -> Published:
    """File claims with a slip of the pen that is corrected, and numbers that are used again for other
    content; one of the messages."""
    sample = next(one for one in filing.script.samples if one.programme == slips.programme)
    for nth in range(_CORRECTED + _IN_CONFLICT):
        region, number = filing.drafts.region(), filing.number()
        person, good = filing.people.person(), sample.stated(0)
        right = ClaimDraft(person, sample.programme, region, sample.last_on, "hall", good)
        source = filing.script.source(region)
        if nth < _CORRECTED:
            filed = filing.file(right._replace(facts=good | slips.wrong), number)
            data = submitted(right, number) | {"replaces": claims(filed, known)[0].digest}
            kind = "application.corrected"
        else:
            filing.file(right, number)
            data = submitted(right._replace(facts=good | slips.other), number)
            kind = "application.submitted"
        filing.later.append(filing.events.event(source, kind, data))
    return filing.filed[0]
