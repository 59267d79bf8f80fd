"""Record: what the ledger knows of whom caps count, and what becomes of what a claim states.

In:    a case whose claim comes with its record, the table `policies/duties/known.yaml`
Out:   the case with its facts as the record has them, and the words of whatever knew better
Holds: the record goes before what is stated, on the day that a clause tests; what it cannot know
       stands as stated; nothing of the claim itself is changed.
Source: docs/adr/0026-what-the-ledger-knows-goes-first.md
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from events.application_facts import FactType
from events.application_facts.checking import APPLIED_ON, BY_NAME, statuses_on
from events.values import FactValue
from policies.duties import Duties
from policies.duties.known import YES, StatusRule
from policies.vocabulary.outcomes import BeneficiaryRecord, Claim, StatusOnRecord

_ONE_DAY = timedelta(days=1)
_LASTING = ("deceased", "retired")


class Corrected(NamedTuple):
    """What the record makes of a claim's facts.

    `words` say by fact what knew better; `doubtful` are values that may stand or not: nobody but a
    person can tell, as for a fact of which nothing is left.
    """

    facts: dict[str, FactValue]
    words: dict[str, str]
    doubtful: dict[str, frozenset[str]]


def corrected(
    duties: Duties,
    record: BeneficiaryRecord,
    programme: str,
    stated: Mapping[str, FactValue],
    applied_on: date,
    asked: frozenset[str],
) -> Corrected:
    """Hold what is stated against the record, for the facts that a policy asks for."""
    table, found = duties.known, Corrected(dict(stated), {}, {})
    for rule in table.said:
        if rule.fact in asked and rule.on is not None:
            _hold(found, record, rule, _day(rule.on, stated, applied_on))
    for row in table.longest:
        months, day = stated.get(row.fact), _day(row.on, stated, None)
        if row.fact in asked and isinstance(months, int) and day is not None:
            since = record.out_of_work(day - _ONE_DAY)
            if since is not None and (most := _whole_months(since[0], day)) < months:
                found.facts[row.fact], found.words[row.fact] = most, since[1]
    for began in table.began:
        stated_day = stated.get(began.fact)
        if began.fact in asked and isinstance(stated_day, str):
            held = record.held(began.not_while, date.fromisoformat(stated_day) + _ONE_DAY, "")
            if held is not None:
                del found.facts[began.fact]
                found.words[began.fact] = held.words
    for one in table.granted:
        number = stated.get(one.fact)
        if one.fact in asked and isinstance(number, int) and programme in one.programmes:
            first = min(months_stated(duties, stated), default=applied_on)
            highest = record.highest(one.fact, one.programmes, first)
            if highest is not None and highest[0] > number:
                del found.facts[one.fact]
                found.words[one.fact] = highest[1]
    if duties.stops.household.fact in asked:
        _of_household(found, duties, record, programme, stated, applied_on)
    return found


def _whole_months(since: date, day: date) -> int:
    """The whole months from a day to another."""
    months = (day.year - since.year) * 12 + day.month - since.month
    return max(0, months - (day.day < since.day))


def _day(
    names: Sequence[str], stated: Mapping[str, FactValue], applied_on: date | None
) -> date | None:
    """The first of these days that is known."""
    for name in names:
        if name == APPLIED_ON and applied_on is not None:
            return applied_on
        if isinstance(day := stated.get(name), str):
            return date.fromisoformat(day)
    return None


def possible(
    record: BeneficiaryRecord, rule: StatusRule, on: date
) -> tuple[frozenset[str], list[StatusOnRecord]]:
    """The values that a fact may have on a day, and what on record leaves no others.

    Holds: where two statuses on record leave nothing together, the one told of later days counts
    """
    left, deciding = rule.values, list[StatusOnRecord]()
    for status, benefit, rest in rule.remaining:
        held = record.held(status, on, benefit)
        if held is None:
            continue
        if not left & rest and status not in _LASTING:
            if all(one.since <= held.since and one.status not in _LASTING for one in deciding):
                left, deciding = rest, [held]
            continue
        left &= rest
        deciding.append(held)
    return left, deciding


def _hold(found: Corrected, record: BeneficiaryRecord, rule: StatusRule, day: date | None) -> None:
    """Leave of one fact what may be true on a day."""
    stated = found.facts.get(rule.fact)
    if stated is None or day is None:
        return
    left, deciding = possible(record, rule, day - _ONE_DAY if rule.day_before else day)
    if not deciding:
        return
    words = "；".join(one.words for one in deciding)
    match BY_NAME[rule.fact].type, stated:
        case FactType.FLAG, True if YES not in left:
            found.facts[rule.fact] = False
        case FactType.ENUM, str() if stated not in left:
            if len(left) == 1:
                (found.facts[rule.fact],) = left
            else:
                del found.facts[rule.fact]
        case FactType.ENUMS, list() if not left.issuperset(stated):
            found.facts[rule.fact] = [value for value in stated if value in left]
        case _:
            return
    found.words[rule.fact] = words


def months_stated(duties: Duties, stated: Mapping[str, FactValue]) -> list[date]:
    """The first days of the months that a claim lists."""
    for rule in duties.months.months:
        if rule.listed and isinstance(months := stated.get(rule.listed), list) and months:
            return [date.fromisoformat(f"{month}-01") for month in months]
    return []


def first_claimed(duties: Duties, claim: Claim) -> date:
    """The first day that a claim is about: of its months, else that of the application."""
    return min(months_stated(duties, claim.facts), default=claim.applied_on)


def _of_household(
    found: Corrected,
    duties: Duties,
    record: BeneficiaryRecord,
    programme: str,
    stated: Mapping[str, FactValue],
    applied_on: date,
) -> None:
    """Take away the category that a household has lost; in doubt where months lie on both sides.

    Holds: who is hired must have it before the hire, and in the months that are claimed; his own
           job takes it from nobody who is hired
    """
    fact, category = duties.stops.household.fact, duties.stops.household.category
    categories = found.facts.get(fact)
    if not isinstance(categories, list) or category not in categories:
        return
    rule = duties.known.household
    hired = programme in rule.own_job
    day = _day(rule.on, stated, None) if hired else None
    months = months_stated(duties, stated)
    first, last = applied_on, applied_on
    if months:
        first, last = min(months), _last_day(max(months))
    elif day is not None:
        first = last = day - _ONE_DAY
    before = record.lost(day - _ONE_DAY, not hired) if day is not None else None
    words = before or record.lost(last, not hired)
    if words is None:
        return
    found.facts[fact] = [one for one in categories if one != category]
    found.words[fact] = words
    if before is None and record.lost(first, not hired) is None:
        found.doubtful[fact] = frozenset({category})


def _last_day(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1) - _ONE_DAY


class OnADay(NamedTuple):
    """What the record says of a status that a clause tests: what it leaves possible, what the claim
    states of that day, whether the claim may tell of a later change, the words of what was told."""

    left: frozenset[str]
    stated: frozenset[str]
    later: bool
    words: str

    @property
    def contradicts(self) -> bool:
        """Whether nothing that is stated of the day can be true."""
        return not self.stated & self.left


def on_a_day(
    duties: Duties,
    record: BeneficiaryRecord,
    stated: FactValue | None,
    fact: str,
    day: str,
    applied_on: date,
    facts: Mapping[str, FactValue],
) -> OnADay | None:
    """Hold a status against the record on the day that a clause tests; None where it says nothing.

    Holds: a clause that tests the day of application tests the months that the claim lists: what
           holds in one of them contradicts nothing
    """
    rule = duties.known.by_clause.get(fact)
    if rule is None:
        return None
    tested = date.fromisoformat(day)
    days = [tested]
    if tested == applied_on:
        days = months_stated(duties, facts) or days
    answers = [_on(record, rule, stated, one) for one in days]
    if any(answer is None or not answer.contradicts for answer in answers):
        return answers[0] if len(answers) == 1 else None
    return answers[-1]


def _on(
    record: BeneficiaryRecord, rule: StatusRule, stated: FactValue | None, on: date
) -> OnADay | None:
    left, deciding = possible(record, rule, on)
    if not deciding:
        return None
    held = frozenset(statuses_on(stated, on.isoformat())) if stated is not None else frozenset()
    since = max(one.since for one in deciding)
    lasting = any(one.status in _LASTING for one in deciding)
    later = not lasting and any(start > since.isoformat() for start in _starts(stated, held))
    words = "；".join(one.words for one in deciding)
    return OnADay(left, held, later, words)


def _starts(stated: FactValue | None, held: frozenset[str]) -> list[str]:
    """The first days of the dated statuses that are stated."""
    entries = [stated] if isinstance(stated, str) else stated if isinstance(stated, list) else []
    dated = [entry.partition("@") for entry in entries]
    return [period.partition("/")[0] for status, _, period in dated if period and status in held]
