"""Running benefits: who goes on under the version by which a benefit was first accepted.

In:    the version that covers the day of application, the claim with what the ledger knows
Out:   the version that is kept, or a referral where nobody can tell which one it is
Holds: what the ledger itself shows goes before what is stated; a text that is not in these files is
       referred, never replaced by another
"""

from collections.abc import Mapping
from datetime import date, timedelta

from events.values import ClauseSeen, FactValue
from policies.duties import Duties
from policies.engine import trace
from policies.engine.explain import keeping_unknown, kept_text_unknown
from policies.engine.record import first_claimed
from policies.engine.region_versions import RegionVersion, VersionsByPlace
from policies.reference_data.standards import Standards
from policies.vocabulary import Grandfather, Months
from policies.vocabulary.calendar import add_months
from policies.vocabulary.outcomes import Claim, Refer, RunningBenefit

_ONE_DAY = timedelta(days=1)


def kept_on_record(
    covering: RegionVersion,
    rule: Grandfather,
    claim: Claim,
    by_place: VersionsByPlace,
    standards: Standards,
    duties: Duties,
) -> tuple[RegionVersion | Refer, ClauseSeen] | None:
    """The version that a benefit keeps which the ledger itself shows as running, with the line that
    says so; None where it shows none, and what is stated counts.

    Holds: the version of the first approval stays until the term ends
    """
    record = claim.record
    if record is None or claim.programme not in duties.known.running.programmes:
        return None
    own = record.enjoyed(claim.programme)
    if own is None or not _accepted_before(rule, covering.policy.window.from_, own.accepted_on):
        return None
    kept = _first_version(by_place, own)
    if kept is None or kept is covering:
        return None
    line: ClauseSeen = (trace.KEPT, True, own.accepted_on.isoformat(), trace.on_record(own.words))
    ends = _term_ends(kept, claim.region, own, standards) or _running_until(claim.facts)
    if ends is not None and ends < first_claimed(duties, claim):
        return None
    if rule.optional:
        keep = claim.facts.get("running.keep")
        if keep is None:
            return keeping_unknown(covering.ref, "running.keep"), line
        if not keep:
            return None
    return kept, line


def _first_version(by_place: VersionsByPlace, own: RunningBenefit) -> RegionVersion | None:
    """The version under which a running benefit was first approved, or that covered its day."""
    for versions in by_place:
        for one in versions:
            text, window = one.policy.text, one.policy.window
            if own.version == (text.jurisdiction, text.version.isoformat()):
                return one
            if own.version is None and window.covers(own.accepted_on):
                return one
    return None


def _term_ends(
    version: RegionVersion, region: str, own: RunningBenefit, standards: Standards
) -> date | None:
    """The last day of a benefit's term by the months that its version allows in all."""
    for cap in version.policy.text.caps:
        if isinstance(cap, Months) and cap.only_if is None:
            most = cap.max
            if cap.param is not None:
                figure = standards.figure(cap.param.of, region)
                stated = figure.on(own.accepted_on.isoformat())
                most = stated if isinstance(stated, int) else None
            if most is not None:
                return add_months(own.first_month, most) - _ONE_DAY
    return None


def kept_as_stated(
    covering: RegionVersion, rule: Grandfather, claim: Claim, by_place: VersionsByPlace
) -> RegionVersion | Refer:
    """The version that a running benefit keeps, or the one that covers the application.

    Holds: who keeps what he enjoys without choosing keeps the version of the day of acceptance
           or, where that is not in these files, of the last day before
    """
    begins_on = covering.policy.window.from_
    accepted = _accepted_under_the_earlier(rule, begins_on, claim)
    if accepted is None:
        return covering
    if isinstance(accepted, str):
        return keeping_unknown(covering.ref, accepted)
    for day in (accepted,) if rule.optional else (accepted, begins_on - _ONE_DAY):
        for versions in by_place:
            earlier = [one for one in versions if one.policy.window.covers(day)]
            if len(earlier) == 1:
                return earlier[0]
    return kept_text_unknown(covering.ref, accepted)


def _accepted_under_the_earlier(
    rule: Grandfather, begins_on: date, claim: Claim
) -> date | str | None:
    """Whether a running benefit keeps the version under which it was accepted, as is stated.

    Out: the day of acceptance, which chooses the version; None where nothing is kept; the name of
         the fact that is missing where nobody can tell
    """
    accepted = claim.facts.get("running.accepted_on")
    if accepted is None:
        return None
    day = date.fromisoformat(str(accepted))
    if not _accepted_before(rule, begins_on, day):
        return None
    if rule.optional and claim.facts.get("running.keep") is False:
        return None  # whoever chooses the new rule need not say until when the old one would run
    ends = _running_until(claim.facts)
    if ends is None:
        return "running.ends_on"
    if ends < claim.applied_on:
        return None
    if rule.optional:
        keep = claim.facts.get("running.keep")
        if keep is None:
            return "running.keep"
        if not keep:
            return None
    return day


def _accepted_before(rule: Grandfather, begins_on: date, day: date) -> bool:
    """Whether what was accepted on a day is what a rule lets go on under the earlier version."""
    return day < begins_on and rule.accepted_in in (None, day.year)


def _running_until(facts: Mapping[str, FactValue]) -> date | None:
    """The last day of a running benefit's term, as stated."""
    ends = facts.get("running.ends_on")
    return None if ends is None else date.fromisoformat(str(ends))
