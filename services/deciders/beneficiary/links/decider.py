"""Decide who is one person, and what a history that follows another still answers itself.

In:    ProposeLink, JudgeLink; HandOver, TakeOver, ReturnUse, MoveApplication between histories
Out:   LinkProposed, LinkRejected, LinkConfirmed; HandedOver, PeopleLinked, UseReturned,
       UseGivenBack, PassedOn, ApplicationMoved, ApplicationReceived
Holds: two people link, with a reason; the history whose name sorts first leads, so that no chain of
       links is a circle; a follower proposes nothing more, and whatever needs caps goes to its lead
       behind the uses that it handed over
Source: docs/adr/0022-linked-people.md
"""

from collections.abc import Iterator
from typing import assert_never

from events import streams
from events.canonical import has_words
from events.ids import linked_holder
from events.links import (
    HandedOver,
    HandOver,
    JudgeLink,
    LinkConfirmed,
    LinkProposed,
    LinkRejected,
    PeopleLinked,
    ProposeLink,
    ReturnUse,
    TakeOver,
    Use,
    UseGivenBack,
    UseReturned,
)
from events.payees import NoteMark
from events.status import RecordStatus
from events.values import CapSlot, Fact
from services.deciders.beneficiary.links.passing_on import pass_on
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.caps import Caps
from services.deciders.beneficiary.state.links import Links
from services.deciders.beneficiary.state.status import Status
from services.deciders.refusal import refuse, refuse_same_person

LinkingCommand = ProposeLink | JudgeLink | HandOver | TakeOver | ReturnUse
LINKED_SOURCE = "linked"
_LINKED = streams.beneficiary("")
"""What the holders of slots begin with that another history handed over."""


def decide(
    links: Links, approvals: Approvals, status: Status, own: str, command: LinkingCommand
) -> list[Fact]:
    """Answer what is said of two histories.

    Refuses: SAME_HISTORY, ALREADY_LINKED, ALREADY_PROPOSED, NOT_PROPOSED, SAME_PERSON, NO_REASON
             (first match wins)
    """
    match command:
        case ProposeLink():
            return _propose(links, own, command)
        case JudgeLink():
            return _judge(links, status, command)
        case HandOver():
            return _hand_over(links, approvals, status, own, command)
        case TakeOver():
            linked = PeopleLinked(
                other=command.other, uses=_numbered(approvals.caps, command.other, command.uses)
            )
            return [linked, *([pass_on(links.lead, command)] if links.lead else [])]
        case ReturnUse():
            if command.holder not in approvals.caps.held:
                return []
            return [UseGivenBack(holder=command.holder), *_returned(links, [command.holder])]
        case _:
            assert_never(command)


def _propose(links: Links, own: str, command: ProposeLink) -> list[Fact]:
    if command.other <= own:
        return refuse(command, "SAME_HISTORY", command.other)
    if command.other in links.followers:
        return refuse(command, "ALREADY_LINKED", command.other)
    if command.other in links.proposed:
        return refuse(command, "ALREADY_PROPOSED", command.other)
    if not (has_words(command.reason) and has_words(command.document)):
        return refuse(command, "NO_REASON", command.other)
    return [LinkProposed(**dict(command))]


def _judge(links: Links, status: Status, command: JudgeLink) -> list[Fact]:
    proposed = links.proposed.get(command.other)
    if proposed is None:
        return refuse(command, "NOT_PROPOSED", command.other)
    if refused := refuse_same_person(command, proposed.maker, command.checker, command.other):
        return refused
    if not has_words(command.reason):
        return refuse(command, "NO_REASON", command.other)
    if command.verdict == "reject":
        return [LinkRejected(other=command.other, checker=command.checker, reason=command.reason)]
    confirmed = LinkConfirmed(
        other=command.other,
        document=proposed.document,
        maker=proposed.maker,
        checker=command.checker,
        reason=command.reason,
    )
    return [confirmed, *_told(status, command.other)]


def _hand_over(
    links: Links, approvals: Approvals, status: Status, own: str, command: HandOver
) -> list[Fact]:
    """Follow; a history that follows another already lets its lead follow, or lead, this one too."""
    if command.lead == links.lead:
        return []
    if links.lead:
        first, second = sorted((links.lead, command.lead))
        return [pass_on(second, HandOver(lead=first))]
    uses = tuple(
        Use(
            holder=holder if holder.startswith(_LINKED) else linked_holder(own, holder), slots=slots
        )
        for holder, slots in approvals.caps.held.items()
        if slots
    )
    marks = [
        pass_on(command.lead, NoteMark(document=document, reason=document))
        for document in sorted(approvals.marks)
    ]
    return [HandedOver(lead=command.lead, uses=uses), *_told(status, command.lead), *marks]


def _told(status: Status, to: str) -> Iterator[Fact]:
    """Tell what registers said of the person under the one document to the other."""
    for kind, since, benefit in sorted(status.reported):
        report = RecordStatus(status=kind, since=since, source=LINKED_SOURCE, benefit=benefit)
        yield pass_on(to, report)


def _numbered(caps: Caps, other: str, uses: tuple[Use, ...]) -> tuple[Use, ...]:
    """Take the lowest free numbers, even past a cap's limit: it did happen."""
    new = [use for use in uses if use.holder not in caps.held]
    numbered: Iterator[CapSlot] = iter(
        caps.numbered(tuple(slot for use in new for slot in use.slots))
    )
    return tuple(
        Use(holder=use.holder, slots=tuple(next(numbered) for _ in use.slots)) for use in new
    )


def returned(links: Links, approvals: Approvals, own: str, applications: list[str]) -> list[Fact]:
    """Tell the lead of slots that applications of this history hold no more."""
    held = [one for one in applications if approvals.caps.held.get(one)]
    return _returned(links, [linked_holder(own, one) for one in held])


def _returned(links: Links, holders: list[str]) -> list[Fact]:
    if not links.lead:
        return []
    return [UseReturned(lead=links.lead, holder=holder) for holder in holders]


LinkingFact = LinkProposed | LinkRejected | LinkConfirmed | HandedOver | PeopleLinked | UseGivenBack


def evolve(links: Links, approvals: Approvals, fact: LinkingFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case LinkProposed():
            links.proposed = {**links.proposed, fact.other: fact}
        case LinkRejected() | LinkConfirmed():
            links.proposed = {
                other: one for other, one in links.proposed.items() if other != fact.other
            }
            if isinstance(fact, LinkConfirmed):
                links.followers += (fact.other,)
        case HandedOver():
            links.lead = fact.lead
        case PeopleLinked():
            for use in fact.uses:
                approvals.caps.take(use.holder, use.slots)
        case UseGivenBack():
            approvals.caps.give_back(fact.holder)
        case _:
            assert_never(fact)
