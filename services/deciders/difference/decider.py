"""Decide whether a note about a difference may be added."""

from typing import assert_never

from events import differences, streams
from events.canonical import has_words
from events.contract.inbound.private import names_a_person
from events.envelope import Asked
from events.values import Fact
from services.deciders.difference.state import DifferenceState
from services.deciders.refusal import refuse_first
from services.deciders.stream import Decider, members_of


def decide(
    notes: DifferenceState, command: differences.DifferenceCommand, asked: Asked
) -> list[Fact]:
    """Add one note.

    Refuses: DIFFERENCE_WRONG, NOBODY_NAMED (no owner), IDENTITY_IN_REASON, NO_FUND (a line is to be
             classified and nobody says for whom), DIFFERENCE_NOTED_SINCE  (first match wins)
    Holds: the same note after the same notes changes nothing
    """
    note = _note(command)
    if command.after < len(notes.written) and notes.written[command.after] == note:
        return []
    seen = command.seen
    known = asked.stream == streams.difference(seen.account, command.number)
    same = seen.number == command.number
    return refuse_first(
        command,
        command.number,
        (not (known and same), "DIFFERENCE_WRONG", ""),
        (
            isinstance(command, differences.AssignDifference) and not has_words(command.owner),
            "NOBODY_NAMED",
            "",
        ),
        (names_a_person(command.reason), "IDENTITY_IN_REASON", ""),
        (_lacks_whose(command), "NO_FUND", ""),
        (command.after != len(notes.written), "DIFFERENCE_NOTED_SINCE", ""),
    ) or [note]


CLASSIFIES = frozenset({"funds_received", "interest", "fee", "correction"})
"""Proposed entries that book a line for a fund and district."""


def _lacks_whose(command: differences.DifferenceCommand) -> bool:
    if not isinstance(command, differences.ProposeDifferenceEntry):
        return False
    return command.entry in CLASSIFIES and not (command.fund and command.district)


def _note(command: differences.DifferenceCommand) -> differences.DifferenceFact:
    match command:
        case differences.AssignDifference():
            return differences.DifferenceAssigned(**dict(command))
        case differences.ExplainDifference():
            return differences.DifferenceExplained(**dict(command))
        case differences.ProposeDifferenceEntry():
            return differences.DifferenceEntryProposed(**dict(command))
        case _:
            assert_never(command)


def evolve(notes: DifferenceState, fact: differences.DifferenceFact) -> None:
    """Fold one fact, in place."""
    notes.written.append(fact)


DECIDER = Decider[DifferenceState, differences.DifferenceCommand, differences.DifferenceFact](
    kind="difference",
    initial=DifferenceState,
    decide=lambda notes, command, asked, policies: decide(notes, command, asked),
    evolve=lambda notes, fact, recorded: evolve(notes, fact),
    commands=members_of(differences.DifferenceCommand),
    facts=members_of(differences.DifferenceFact),
)
