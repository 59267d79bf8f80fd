"""Fold one fact into its stream: what any stream keeps by itself, the rest by its house's decider."""

from events.control import (
    CommandRefused,
    CommandRejected,
    CommandSetAside,
    ControlFact,
    StreamResumed,
)
from events.envelope import Recorded
from events.invariants import BrokenInvariant
from events.proposals import ActConfirmed, ActProposed, ActRejected, ProposalFact
from services.deciders.stream import Stream, members_of
from services.streams import maker_checker, set_aside
from services.streams.repeats import remember, remembers_cause

OF_EVERY_STREAM = members_of(ControlFact | ProposalFact)
"""What a stream of any kind folds by itself."""


def fold(stream: Stream, recorded: Recorded) -> None:
    """Fold the next fact of a stream, in place.

    Raises: BrokenInvariant where a fact is missing between
    """
    if recorded.seq != stream.seq + 1:
        raise BrokenInvariant(
            f"{recorded.stream}: fact {recorded.seq} follows fact {stream.seq}, so one is missing"
        )
    stream.seq = recorded.seq
    fact = recorded.body
    if type(fact) in OF_EVERY_STREAM:
        _fold_control(stream, recorded)
        return
    stream.evolve(recorded)
    if remembers_cause(fact):
        remember(stream, recorded.cause)


def _fold_control(stream: Stream, recorded: Recorded) -> None:
    match recorded.body:
        case CommandRefused():
            remember(stream, recorded.cause)
        case CommandSetAside() as fact:
            set_aside.evolve(stream, fact)
        case CommandRejected() as fact:
            set_aside.evolve(stream, fact)
            remember(stream, fact.command_id)
            remember(stream, recorded.cause)
        case StreamResumed() as fact:
            set_aside.evolve(stream, fact)
            remember(stream, recorded.cause)
        case ActProposed() | ActConfirmed() | ActRejected() as fact:
            maker_checker.evolve(stream, fact)
