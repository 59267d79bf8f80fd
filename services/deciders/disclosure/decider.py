"""Decide what the public may see, from when to when.

In:   PrepareDisclosure, PublishDisclosure, RejectDisclosure, TakeDownDisclosure
Out:  DisclosurePrepared | DisclosurePublished | DisclosureRejected | DisclosureTakenDown
Source: docs/adr/0047-lists-are-published-and-objected-to.md
"""

from datetime import date
from typing import assert_never

from events import disclosures, streams
from events.days import legal_day
from events.envelope import Asked
from events.ids import is_disclosure_number
from events.values import Fact
from policies.engine.registry import Policies
from policies.vocabulary.calendar import Period, last_day
from policies.vocabulary.places import FUNDS
from services.deciders.disclosure.state import DisclosureState, digest_of
from services.deciders.refusal import refuse, refuse_first, refuse_same_person
from services.deciders.stream import Decider, members_of

FEWEST_PERSONS = 5
"""Of fewer persons nothing is shown to the public."""

MOST_LINES = 2000
"""How many lines one list may hold, so that it fits into one fact."""

PERIOD = "disclosure.period"
"""The figure of a city that says how long a list is shown; no notice states it."""


def decide(
    one: DisclosureState, command: disclosures.DisclosureCommand, asked: Asked, policies: Policies
) -> list[Fact]:
    """Answer one request about a public list or statement.

    Refuses: WRONG_LIST_NUMBER, then as each step below; a repeat of a step already taken changes
             nothing
    """
    number = command.number
    if asked.stream != streams.disclosure(number) or not is_disclosure_number(number):
        return refuse(command, "WRONG_LIST_NUMBER", number)
    today = legal_day(asked.sent_at)
    match command:
        case disclosures.PrepareDisclosure():
            return _prepare(one, command, policies, today)
        case disclosures.PublishDisclosure():
            return _publish(one, command, policies, today)
        case disclosures.RejectDisclosure():
            return _reject(one, command)
        case disclosures.TakeDownDisclosure():
            return _take_down(one, command)
        case _:
            assert_never(command)


def _prepare(
    one: DisclosureState, command: disclosures.PrepareDisclosure, policies: Policies, today: date
) -> list[Fact]:
    """Let an issue wait for a second person.

    Refuses: UNKNOWN_DISTRICT, NO_SUCH_PROGRAMME, UNKNOWN_FUND, ENDS_BEFORE_IT_BEGINS, NOTHING_TO_LIST,
             LIST_TOO_LONG, LISTED_TWICE, TOTAL_DIFFERS, TOO_FEW_PERSONS, NOT_SET_BY_CITY,
             ANOTHER_LIST, LINE_ADDED, PERIOD_OVER  (first match wins)
    Holds: a later issue leaves lines out and adds none: whoever is added would be shown too briefly
    """
    digest = digest_of(command, one.next_issue)
    if one.waiting is not None and one.waiting.digest == digest:
        return []
    grants, number = command.kind == "grants", command.number
    applications = frozenset(line.application for line in command.lines)
    listed = sum(line.amount for line in command.lines)
    first, published = one.first, one.published
    about = (command.kind, command.region, command.programme, command.fund)
    other = first is not None and about != (
        first.kind, first.region, first.programme, first.fund
    )  # fmt: skip
    unset = _unset(policies, command.region, today) if grants else ""
    few = min((*command.persons, *((0,) if grants and not command.persons else ())), default=None)
    over = published is not None and _is_over(published, today)
    unknown = grants != (command.programme in policies.programmes)
    if refused := refuse_first(
        command,
        number,
        (command.region not in policies.cities.served, "UNKNOWN_DISTRICT", command.region),
        (unknown, "NO_SUCH_PROGRAMME", command.programme),
        (grants == (command.fund in FUNDS.values()), "UNKNOWN_FUND", command.fund),
        (command.until < command.since, "ENDS_BEFORE_IT_BEGINS", ""),
        (grants != bool(command.lines), "NOTHING_TO_LIST", ""),
        (len(command.lines) > MOST_LINES, "LIST_TOO_LONG", ""),
        (len(applications) < len(command.lines), "LISTED_TWICE", ""),
        (grants and listed != command.total, "TOTAL_DIFFERS", ""),
        (few is not None and few < FEWEST_PERSONS, "TOO_FEW_PERSONS", str(few)),
        (bool(unset), "NOT_SET_BY_CITY", unset),
        (other, "ANOTHER_LIST", number),
        (first is not None and not applications <= one.listed, "LINE_ADDED", ""),
        (over, "PERIOD_OVER", ""),
    ):
        return refused
    prepared = {**dict(command), "issue": one.next_issue, "digest": digest}
    return [disclosures.DisclosurePrepared(**prepared)]


def _publish(
    one: DisclosureState, command: disclosures.PublishDisclosure, policies: Policies, today: date
) -> list[Fact]:
    """Show the public what waits.

    Refuses: NOT_WAITING, SAME_PERSON, LIST_CHANGED, NOT_SET_BY_CITY, PERIOD_OVER (first match wins)
    Holds: a list is shown for the period that its city has set, from the day of its first issue; the
           first day does not count, and a last day that is a rest day moves on
    """
    published, waiting = one.published, one.waiting
    if waiting is None:
        same = published is not None and (published.digest, published.checker) == (
            command.digest,
            command.checker,
        )
        return [] if same else refuse(command, "NOT_WAITING", command.number)
    if refused := refuse_same_person(
        command, waiting.maker, command.checker, command.number, command.checker
    ):
        return refused
    if command.digest != waiting.digest:
        return refuse(command, "LIST_CHANGED", command.number)
    from_on, to_on = today, None
    if waiting.kind == "grants" and published is not None:
        from_on, to_on = published.from_on, published.to_on
    elif waiting.kind == "grants":
        if unset := _unset(policies, waiting.region, today):
            return refuse(command, "NOT_SET_BY_CITY", command.number, unset)
        period = policies.standards.figure(PERIOD, waiting.region).on(today.isoformat())
        assert isinstance(period, Period)
        ends = last_day(today, period)
        to_on = ends.rolled or ends.corresponding
    if published is not None and _is_over(published, today):
        return refuse(command, "PERIOD_OVER", command.number)
    return [
        disclosures.DisclosurePublished(
            number=command.number,
            issue=waiting.issue,
            kind=waiting.kind,
            region=waiting.region,
            file_digest=waiting.file_digest,
            digest=waiting.digest,
            from_on=from_on,
            to_on=to_on,
            maker=waiting.maker,
            checker=command.checker,
        )
    ]


def _reject(one: DisclosureState, command: disclosures.RejectDisclosure) -> list[Fact]:
    """Refuses: NOT_WAITING, SAME_PERSON (first match wins)"""
    if one.waiting is None:
        return refuse(command, "NOT_WAITING", command.number)
    if refused := refuse_same_person(
        command, one.waiting.maker, command.checker, command.number, command.checker
    ):
        return refused
    return [disclosures.DisclosureRejected(**dict(command), issue=one.waiting.issue)]


def _take_down(one: DisclosureState, command: disclosures.TakeDownDisclosure) -> list[Fact]:
    """Refuses: NOT_SHOWN"""
    if one.published is None:
        return refuse(command, "NOT_SHOWN", command.number)
    if not one.is_shown:
        return []
    return [disclosures.DisclosureTakenDown(**dict(command), issue=one.published.issue)]


def _unset(policies: Policies, region: str, today: date) -> str:
    """Say what a city has left open that a list needs; empty where nothing is."""
    if policies.standards.figure(PERIOD, region).on(today.isoformat()) is None:
        return f"公示期（参数 {PERIOD}）"
    city = policies.cities.city_of(region)
    return "" if city is not None and city.about.objections else "受理异议的单位和电话（city.yaml）"


def _is_over(published: disclosures.DisclosurePublished, today: date) -> bool:
    return published.to_on is not None and today > published.to_on


def evolve(one: DisclosureState, fact: disclosures.DisclosureFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case disclosures.DisclosurePrepared():
            one.waiting = fact
        case disclosures.DisclosurePublished():
            if one.first is None and one.waiting is not None:
                one.listed = frozenset(line.application for line in one.waiting.lines)
                one.first = one.waiting.model_copy(update={"lines": ()})
            one.published, one.waiting, one.is_shown = fact, None, True
        case disclosures.DisclosureRejected():
            one.waiting = None
        case disclosures.DisclosureTakenDown():
            one.is_shown = False
        case _:
            assert_never(fact)


DECIDER = Decider[DisclosureState, disclosures.DisclosureCommand, disclosures.DisclosureFact](
    kind="disclosure",
    initial=DisclosureState,
    decide=decide,
    evolve=lambda one, fact, recorded: evolve(one, fact),
    commands=members_of(disclosures.DisclosureCommand),
    facts=members_of(disclosures.DisclosureFact),
)
