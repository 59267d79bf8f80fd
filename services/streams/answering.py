"""Answer one command: what an operator asks of any stream, the guards, two people, then the decider.

In:   a stream and a command for it
Out:  the facts of its answer; none for a repeat
Holds: pure; changes nothing
"""

from events.canonical import unseen
from events.control import CommandRefused, RejectCommand, ResumeStream
from events.envelope import Asked
from events.ids import is_staff, message_of
from events.proposals import JudgeAct, ProposeAct
from events.values import Command, Fact
from policies.engine.registry import Policies
from services.deciders.refusal import refuse
from services.deciders.stream import Stream
from services.streams import authority, guards, maker_checker, set_aside, whose_city


def answer(stream: Stream, asked: Asked, policies: Policies) -> list[Fact]:
    """Answer one command.

    Refuses: as the authority of a person who has signed in, HIDDEN_CHARACTER (what staff type), as
             the guards, OF_ANOTHER_CITY, then as the stream's decider
    """
    command = asked.body
    if (beyond := authority.refusal(stream, asked, policies.cities)) is not None:
        return [beyond]
    match command:
        case ResumeStream():
            return set_aside.resume(stream, asked.stream, command)
        case RejectCommand():
            return set_aside.reject(stream, command)
    if is_staff(asked.by) and (hidden := _unseen_in(command)):
        about = getattr(command, "application", asked.stream)
        return refuse(command, "HIDDEN_CHARACTER", about, hidden)
    if (guarded := guards.refusal(asked, policies.cities)) is not None:
        return [guarded]
    if (of_another := whose_city.refusal(stream, asked, policies.cities)) is not None:
        return [of_another]
    match command:
        case ProposeAct():
            return maker_checker.propose(stream, asked, command, policies)
        case JudgeAct():
            return maker_checker.judge(stream, asked, command, policies)
    return stream.decide(asked, policies)


def for_every_partition(
    facts: list[Fact], kinds: tuple[type[Fact], ...], partitions: int
) -> list[Fact]:
    """Write into what every partition takes up how many the ledger has, so that each is asked."""
    return [
        fact.model_copy(update={"partitions": partitions}) if isinstance(fact, kinds) else fact
        for fact in facts
    ]


def naming_the_message(facts: list[Fact], asked: Asked) -> list[Fact]:
    """Write into a refusal which message asked, so that it can be answered by name."""
    source, event = message_of(asked.by)
    if not source:
        return facts
    return [
        fact.model_copy(update={"source": source, "event": event})
        if isinstance(fact, CommandRefused)
        else fact
        for fact in facts
    ]


def _unseen_in(body: Command) -> str:
    """Name what nobody would see in the texts of a command that a person typed; nothing, as a rule."""
    texts = [*body, *(body.body.items() if isinstance(body, ProposeAct) else ())]
    for field, value in texts:
        if isinstance(value, str) and (hidden := unseen(value)) is not None:
            return f"{field}：{hidden}"
    return ""
