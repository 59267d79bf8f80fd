"""Decide whether a sample may be drawn, what is concluded in it, and when it ends."""

from collections import Counter
from typing import assert_never

from events import samples, streams
from events.canonical import has_words
from events.contract.inbound.private import names_a_person
from events.position_vector import PositionVector
from events.values import Fact
from services.deciders.refusal import refuse, refuse_first
from services.deciders.sample.state import SampleState
from services.deciders.stream import Decider, members_of


def decide(sample: SampleState, command: samples.SampleCommand) -> list[Fact]:
    """Answer one request about a sample.

    Refuses: as each step below; a repeat of a step already taken changes nothing
    """
    match command:
        case samples.DrawSample():
            return _draw(sample, command)
        case samples.ConcludeItem():
            return _conclude(sample, command)
        case samples.CloseSample():
            return _close(sample, command)
        case _:
            assert_never(command)


def _draw(sample: SampleState, command: samples.DrawSample) -> list[Fact]:
    """Refuses: SAMPLE_NUMBER_WRONG, SAMPLE_EXISTS, EMPTY, SAMPLE_TOO_LARGE, SAMPLE_ITEM_TWICE"""
    name, keys = streams.sample(command.number), [item.application for item in command.items]
    drawn = samples.SampleDrawn(**dict(command))
    if sample.drawn is not None and _same_draw(sample.drawn, drawn):
        return []
    size = len(keys)
    too_large = not 0 < command.plan.size <= samples.MOST_ITEMS
    too_large = too_large or size > samples.MOST_ITEMS or command.found > command.population
    return refuse_first(
        command,
        name,
        (
            command.number != command.plan.number or not _is_vector(command.plan.vector),
            "SAMPLE_NUMBER_WRONG",
            "",
        ),
        # the same plan has drawn something else: then the books of the two draws differ
        (sample.drawn is not None, "SAMPLE_EXISTS", ""),
        (not keys, "EMPTY", ""),
        (too_large, "SAMPLE_TOO_LARGE", ""),
        (len(set(keys)) != size, "SAMPLE_ITEM_TWICE", ""),
    ) or [drawn]


def _same_draw(one: samples.SampleDrawn, other: samples.SampleDrawn) -> bool:
    return one.model_copy(update={"operator": other.operator}) == other


def _is_vector(text: str) -> bool:
    try:
        return bool(PositionVector.parse(text).next_offsets)
    except ValueError:
        return False


def _conclude(sample: SampleState, command: samples.ConcludeItem) -> list[Fact]:
    """Refuses: NO_SAMPLE, NOT_IN_SAMPLE, SAMPLE_CLOSED, NO_REASON, IDENTITY_IN_REASON (in this order)"""
    name = streams.sample(command.number)
    said = samples.ItemConcluded(**dict(command))
    if sample.concluded.get(command.application) == said:
        return []
    held = {item.application for item in sample.drawn.items} if sample.drawn else set()
    return refuse_first(
        command,
        name,
        (sample.drawn is None, "NO_SAMPLE", ""),
        (command.application not in held, "NOT_IN_SAMPLE", command.application),
        (sample.closed, "SAMPLE_CLOSED", ""),
        (command.conclusion != "sound" and not has_words(command.finding), "NO_REASON", ""),
        (names_a_person(command.finding), "IDENTITY_IN_REASON", ""),
    ) or [said]


def _close(sample: SampleState, command: samples.CloseSample) -> list[Fact]:
    """Refuses: NO_SAMPLE, SAMPLE_OPEN (first match wins)"""
    name = streams.sample(command.number)
    if sample.drawn is None:
        return refuse(command, "NO_SAMPLE", name)
    if sample.closed:
        return []
    if len(sample.concluded) < len(sample.drawn.items):
        return refuse(command, "SAMPLE_OPEN", name)
    count = Counter(said.conclusion for said in sample.concluded.values())
    return [
        samples.SampleClosed(
            number=command.number,
            sound=count["sound"],
            doubtful=count["doubtful"],
            wrong=count["wrong"],
            operator=command.operator,
        )
    ]


def evolve(sample: SampleState, fact: samples.SampleFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case samples.SampleDrawn():
            sample.drawn = fact
        case samples.ItemConcluded():
            sample.concluded[fact.application] = fact
        case samples.SampleClosed():
            sample.closed = True
        case _:
            assert_never(fact)


DECIDER = Decider[SampleState, samples.SampleCommand, samples.SampleFact](
    kind="sample",
    initial=SampleState,
    decide=lambda sample, command, asked, policies: decide(sample, command),
    evolve=lambda sample, fact, recorded: evolve(sample, fact),
    commands=members_of(samples.SampleCommand),
    facts=members_of(samples.SampleFact),
)
