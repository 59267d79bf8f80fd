"""Decide whether personal data may be shown in full; what is shown is on record first."""

from typing import assert_never

from events import looks, streams
from events.canonical import has_words
from events.contract.inbound.private import names_a_person
from events.envelope import Asked
from events.ids import by_staff
from events.values import Fact
from services.deciders.refusal import refuse_first
from services.deciders.stream import Decider, members_of


def decide(command: looks.LookCommand, asked: Asked) -> list[Fact]:
    """Answer one request to see what is masked.

    Refuses: WRONG_STREAM, NOT_YOURSELF, NO_REASON, IDENTITY_IN_REASON, EMPTY, TOO_MANY_EXPORTED
             (first match wins)
    """
    # where people sign in, the session is that which the command's authority names
    session = asked.authority.session if asked.authority else command.session
    many = command.applications if isinstance(command, looks.ExportUnmasked) else ("one",)
    refused = refuse_first(
        command,
        command.user,
        (asked.stream != streams.looks(command.user), "WRONG_STREAM", ""),
        (asked.by != by_staff(command.user) or session != command.session, "NOT_YOURSELF", ""),
        (not has_words(command.purpose), "NO_REASON", ""),
        (names_a_person(command.purpose), "IDENTITY_IN_REASON", ""),
        (not many, "EMPTY", ""),
        (len(many) > looks.MOST_EXPORTED, "TOO_MANY_EXPORTED", str(len(many))),
    )
    if refused:
        return refused
    match command:
        case looks.RevealDetail():
            return [looks.DetailRevealed(by=asked.by, **dict(command))]
        case looks.ExportUnmasked():
            number = looks.export_number(asked.id)
            return [looks.UnmaskedExported(number=number, by=asked.by, **dict(command))]
        case _:
            assert_never(command)


DECIDER = Decider[None, looks.LookCommand, looks.LookFact](
    kind="looks",
    initial=lambda: None,
    decide=lambda state, command, asked, policies: decide(command, asked),
    evolve=lambda state, fact, recorded: None,
    commands=members_of(looks.LookCommand),
    facts=members_of(looks.LookFact),
)
