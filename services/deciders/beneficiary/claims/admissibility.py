"""Admissibility: what the rules answer, and what the ledger itself says against a claim that they would pay.

In:    the rules' outcome, the beneficiary's own record, the payee that the claim names
Out:   the outcome; denied where all that it would pay is stopped by what is on record already, or
       somebody is named whom the policy does not pay; referred where nobody is
Holds: a claim is not granted to be stopped at once: it takes no slot
Source: docs/adr/0026-what-the-ledger-knows-goes-first.md
"""

from datetime import date
from typing import NamedTuple

from events.applications import Stated
from events.values import ClauseSeen
from policies.engine import trace
from policies.engine.record import months_stated
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import (
    AT_GRANT,
    Deny,
    Doubt,
    Grant,
    Outcome,
    Refer,
)
from services.deciders.beneficiary.claims.history_record import HistoryRecord
from services.deciders.beneficiary.claims.payee_kind import unfit
from services.deciders.beneficiary.instalments.calendar import (
    StopSpan,
    days_left_of,
    still_ahead,
    stop_spans_of_status,
)
from services.deciders.beneficiary.state.caps import Caps


def assess(policies: Policies, caps: Caps, stated: Stated, record: HistoryRecord) -> Outcome:
    """Answer a claim.

    Refuses: what the policies refuse, then CONTRADICTED, PAYEE_MISMATCH  (first match wins)
    """
    outcome = policies.evaluate(record.claim(stated), caps)
    if isinstance(outcome, Deny) or outcome.policy is None:
        return outcome
    return _stopped(outcome, stated, record) or _misnamed(outcome, stated, record) or outcome


def _stopped(outcome: Grant | Refer, stated: Stated, record: HistoryRecord) -> Outcome | None:
    """Refuse what would be stopped, all of it, by what is on record already."""
    hired_on = _hired_on(stated)
    found = stop_spans_of_status(record.duties.stops, record.status, stated.programme, hired_on)
    stops = [_stop_of(part, found, stated) for part in _parts(outcome, stated, record)]
    if not found or None in stops:
        return None
    on_record = [record.status_behind(stop) for stop in stops if stop is not None]
    words = on_record[-1].words
    if hired_on is None and any(one.status == "unemployed" for one in on_record):
        text = f"台账记录：{words}，须人工核实是否招用之前的情况"
        return _to_judge(outcome, "CONTRADICTED", text, (trace.KNOWN, None, None, text))
    line: ClauseSeen = (trace.KNOWN, False, words, "，本项补贴不再发放")
    text = f"台账记录：{words}，本项补贴不再发放"
    return Deny(outcome.policy, "CONTRADICTED", (trace.KNOWN,), text, (*outcome.trail, line))


class _Part(NamedTuple):
    """What a part of a plan would be paid for: months, or a day; `ahead` where it is to come."""

    months: tuple[str, ...]
    on: date
    ahead: bool


def _parts(outcome: Grant | Refer, stated: Stated, record: HistoryRecord) -> list[_Part]:
    """What a claim would be paid for, also where the rules cannot tell how much."""
    applied_on = stated.applied_on
    if outcome.plan:
        return [
            _Part(
                tuple(month for month, _ in part.months),
                applied_on if part.due == AT_GRANT else date.fromisoformat(part.due),
                part.due != AT_GRANT,
            )
            for part in outcome.plan
        ]
    if isinstance(outcome, Refer) and outcome.months:
        return [_Part(outcome.months, applied_on, ahead=True)]
    months = tuple(f"{day:%Y-%m}" for day in months_stated(record.duties, stated.facts))
    return [_Part(months, applied_on, ahead=False)]


def _stop_of(part: _Part, found: list[StopSpan], stated: Stated) -> StopSpan | None:
    """What leaves nothing due of a part; nothing where a day of it is."""
    if not part.months:
        return next((span for span in found if span.covers(part.on)), None)
    first = date.fromisoformat(f"{min(part.months)}-01")
    spans = still_ahead(found, first) if part.ahead else found
    left = [days_left_of(month, spans) for month in part.months]
    return None if any(one.days for one in left) else left[-1].stop


def _hired_on(stated: Stated) -> date | None:
    """Since when the job is that the claim is about, where it says so: who was out of work before has
    not left it."""
    began = stated.facts.get("hire.began_on")
    return date.fromisoformat(began) if isinstance(began, str) else None


def _misnamed(outcome: Grant | Refer, stated: Stated, record: HistoryRecord) -> Outcome | None:
    """Refuse a payee whom the policy does not pay; let a person see to one who is not named."""
    if outcome.payee is None:
        return None
    found = unfit(record.duties.payees, outcome.payee, stated, record.tokens)
    if found is None:
        return None
    if found.is_missing:
        line: ClauseSeen = (trace.PAYEE, None, None, found.text)
        return _to_judge(outcome, "PAYEE_MISSING", found.text, line)
    line = (trace.PAYEE, False, found.saw, f"，{found.need}")
    trail = (*outcome.trail, line)
    return Deny(outcome.policy, "PAYEE_MISMATCH", (trace.PAYEE,), found.text, trail)


def payee_missing(outcome: Refer) -> bool:
    """Tell whether nobody was named whom the policy could pay."""
    return trace.PAYEE in outcome.about


def _to_judge(outcome: Grant | Refer, code: Doubt, text: str, line: ClauseSeen) -> Refer:
    trail = (*outcome.trail, line)
    if isinstance(outcome, Refer):  # what the rules lack names the referral, this comes beside it
        about = (*outcome.about, line[0])
        return outcome._replace(about=about, text=f"{outcome.text}；{text}", trail=trail)
    return Refer(
        outcome.policy,
        code,
        (line[0],),
        text,
        outcome.amount_fen,
        outcome.plan,
        outcome.slots,
        outcome.funds,
        outcome.payee,
        trail,
        outcome.ceilings,
        outcome.is_advance,
    )
