"""Two people: propose an act, confirm it as another person, and only then let its noun decide.

In:   ProposeAct, JudgeAct
Out:  ActProposed | ActRejected | ActConfirmed, followed by what the act leads to
Holds: the act is tried before it is proposed, so what cannot be done is refused at once; it is
       decided when it is confirmed, by the noun that owns it, and never before
Source: docs/adr/0028-two-people-for-what-weighs.md
"""

from msgspec import ValidationError

from events import CATALOGUE, COMMANDS, proposals
from events.control import CommandRefused
from events.envelope import Asked
from events.figures import FigureStated
from events.hands import NOBODY_ALONE
from events.ids import is_staff
from events.upcast import upcast
from events.values import Command, Fact
from policies.engine.registry import Policies
from services.deciders.refusal import refuse_same_person
from services.deciders.stream import Stream, UnfitCommand
from services.streams import guards

BY_TWO = "two"
"""By whom a confirmed act is decided: by both."""


def propose(
    stream: Stream, asked: Asked, command: proposals.ProposeAct, policies: Policies
) -> list[Fact]:
    """Note an act that waits for a second person; do it at once where the sender names both.

    Refuses: UNKNOWN_ACT, as the guards and the act itself, SAME_PERSON  (first match wins)
    Holds: a proposal counts once; what would change nothing is not proposed; what a message asks
           before its time waits for it
    """
    if stream.proposals is not None and command.proposal in stream.proposals:
        return []
    act = act_of(command.act, command.version, command.body)
    if act is None:
        return [guards.refused(asked, command, "UNKNOWN_ACT", command.act)]
    # who proposes an act as staff is who it names: nobody acts in another's name inside a proposal
    by = asked.by if is_staff(asked.by) else BY_TWO
    if wrong := guards.wrong_with(asked._replace(by=by), act, policies.cities):
        return [wrong]
    if (kept := stream.keep(asked, act)) is not None:
        return kept
    try:
        facts = stream.decide(asked._replace(body=act, by=BY_TWO), policies)
    except UnfitCommand:
        return [guards.refused(asked, command, "UNKNOWN_ACT", command.act)]
    if not facts or isinstance(facts[0], CommandRefused):
        return facts
    application = stream.application_of(act)
    if not command.checker:
        return [
            proposals.ActProposed(
                proposal=command.proposal,
                act=command.act,
                version=command.version,
                body=command.body,
                application=application,
                maker=command.maker,
            )
        ]
    if refused := refuse_same_person(
        command, command.maker, command.checker, guards.about(asked, command), command.checker
    ):
        return refused
    confirmed = proposals.ActConfirmed(
        proposal=command.proposal,
        act=command.act,
        application=application,
        maker=command.maker,
        checker=command.checker,
    )
    return [confirmed, *_in_both_names(facts, confirmed)]


def judge(
    stream: Stream, asked: Asked, command: proposals.JudgeAct, policies: Policies
) -> list[Fact]:
    """Do what was proposed, or turn it down.

    Refuses: NOT_PROPOSED, SAME_PERSON, then as the act itself  (first match wins)
    Holds: an act that was done in another way meanwhile is closed, and does nothing more
    """
    known = stream.proposals or {}
    if command.proposal not in known:
        return [guards.refused(asked, command, "NOT_PROPOSED")]
    proposed = known[command.proposal]
    if proposed is None:
        return []
    if refused := refuse_same_person(
        command, proposed.maker, command.checker, guards.about(asked, command), command.checker
    ):
        return refused
    if command.verdict == "reject":
        return [
            proposals.ActRejected(
                proposal=command.proposal,
                act=proposed.act,
                application=proposed.application,
                maker=proposed.maker,
                checker=command.checker,
                reason=command.reason,
            )
        ]
    act = act_of(proposed.act, proposed.version, proposed.body)
    assert act is not None, "what was proposed could be read"
    facts = stream.decide(asked._replace(body=act, by=BY_TWO), policies)
    if facts and isinstance(facts[0], CommandRefused):
        return facts
    confirmed = proposals.ActConfirmed(
        proposal=command.proposal,
        act=proposed.act,
        application=proposed.application,
        maker=proposed.maker,
        checker=command.checker,
    )
    return [confirmed, *_in_both_names(facts, confirmed)]


def _in_both_names(facts: list[Fact], confirmed: proposals.ActConfirmed) -> list[Fact]:
    """Write into a figure who stated it: it goes to streams that know nothing of the proposal."""
    both = {"maker": confirmed.maker, "checker": confirmed.checker}
    return [
        fact.model_copy(update={"figure": fact.figure.model_copy(update=both)})
        if isinstance(fact, FigureStated)
        else fact
        for fact in facts
    ]


def evolve(
    stream: Stream, fact: proposals.ActProposed | proposals.ActConfirmed | proposals.ActRejected
) -> None:
    """Fold one fact, in place: an act that was judged is remembered by its name alone."""
    known = {} if stream.proposals is None else stream.proposals
    known[fact.proposal] = fact if isinstance(fact, proposals.ActProposed) else None
    stream.proposals = known


def act_of(name: str, version: int, body: dict[str, object]) -> Command | None:
    """Read an act that takes two people, whatever version it was written in; None where it is none."""
    if name not in NOBODY_ALONE or not 1 <= version <= CATALOGUE[name].version:
        return None
    try:
        return COMMANDS[name].model_validate(upcast(name, version, CATALOGUE[name].version, body))
    except (KeyError, ValidationError):
        return None
