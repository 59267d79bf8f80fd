"""Decide whether two people may match by hand, or undo it.

Holds: this stream knows what is stated of an account and nothing of books or bank: whether a member
       is there with its amount is asked of both sides by the matching itself, at every look, and a
       match whose members are not all there so counts for nothing
Source: docs/adr/0051-a-match-by-hand-is-a-fact-of-two-people.md
"""

from typing import assert_never

from events import manual_matches, streams
from events.contract.inbound.fields import MAX_FEN
from events.contract.inbound.private import names_a_person
from events.envelope import Asked
from events.values import Fact
from services.deciders.matching.state import MatchingState, members
from services.deciders.refusal import refuse, refuse_first
from services.deciders.stream import Decider, members_of


def decide(
    state: MatchingState, command: manual_matches.ManualMatchCommand, asked: Asked
) -> list[Fact]:
    """Match by hand, or undo it.

    Refuses: MATCH_OTHER_ACCOUNT, then as `_make` or `_undo`  (first match wins)
    Holds: two people have asked: `services.streams.maker_checker` keeps them apart
    """
    if asked.stream != streams.matching(command.bank_account):
        return refuse(command, "MATCH_OTHER_ACCOUNT", command.bank_account)
    match command:
        case manual_matches.MakeManualMatch():
            return _make(state, command)
        case manual_matches.UndoManualMatch():
            return _undo(state, command)
        case _:
            assert_never(command)


def _make(state: MatchingState, command: manual_matches.MakeManualMatch) -> list[Fact]:
    """Match by hand.

    Refuses: MATCH_ONE_SIDED, MATCH_NAMED_TWICE, AMOUNT_TOO_LARGE, MATCH_UNEQUAL (bank − books in
             fen), MATCH_TAKEN (by which match), IDENTITY_IN_REASON  (first match wins)
    Holds: what stands matched in just this way changes nothing
    """
    named = members(command)
    ours = [one.amount for one in command.movements]
    theirs = [one.amount for one in command.lines]
    apart = sum(theirs) - sum(ours)
    others = {state.taken[one]: None for one in named if one in state.taken}
    for number in others:
        if _same(state.stands[number], command):
            return []
    return refuse_first(
        command,
        command.bank_account,
        (not command.movements or not command.lines, "MATCH_ONE_SIDED", ""),
        (len(set(named)) < len(named), "MATCH_NAMED_TWICE", ""),
        (any(abs(amount) > MAX_FEN for amount in ours + theirs), "AMOUNT_TOO_LARGE", ""),
        (apart != 0, "MATCH_UNEQUAL", str(apart)),
        (bool(others), "MATCH_TAKEN", str(next(iter(others), ""))),
        (names_a_person(command.reason), "IDENTITY_IN_REASON", ""),
    ) or [
        manual_matches.ManualMatchMade(
            bank_account=command.bank_account,
            number=state.made + 1,
            movements=command.movements,
            lines=command.lines,
            reason=command.reason,
        )
    ]


def _same(held: manual_matches.ManualMatchMade, command: manual_matches.MakeManualMatch) -> bool:
    return (set(held.movements), set(held.lines)) == (
        set(command.movements),
        set(command.lines),
    ) and len(members(held)) == len(members(command))


def _undo(state: MatchingState, command: manual_matches.UndoManualMatch) -> list[Fact]:
    """Take a match by hand back.

    Refuses: MATCH_UNKNOWN, IDENTITY_IN_REASON  (first match wins)
    Holds: what was undone before changes nothing
    """
    if command.number > state.made:
        return refuse(command, "MATCH_UNKNOWN", command.bank_account, str(command.number))
    held = state.stands.get(command.number)
    if held is None:
        return []
    return refuse_first(
        command,
        command.bank_account,
        (names_a_person(command.reason), "IDENTITY_IN_REASON", ""),
    ) or [
        manual_matches.ManualMatchUndone(
            bank_account=command.bank_account,
            number=command.number,
            movements=held.movements,
            lines=held.lines,
            reason=command.reason,
        )
    ]


def evolve(state: MatchingState, fact: manual_matches.ManualMatchFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case manual_matches.ManualMatchMade():
            state.made = fact.number
            state.stands[fact.number] = fact
            state.taken.update(dict.fromkeys(members(fact), fact.number))
        case manual_matches.ManualMatchUndone():
            for one in members(state.stands.pop(fact.number)):
                del state.taken[one]
        case _:
            assert_never(fact)


DECIDER = Decider[MatchingState, manual_matches.ManualMatchCommand, manual_matches.ManualMatchFact](
    kind="matching",
    initial=MatchingState,
    decide=lambda state, command, asked, policies: decide(state, command, asked),
    evolve=lambda state, fact, recorded: evolve(state, fact),
    commands=members_of(manual_matches.ManualMatchCommand),
    facts=members_of(manual_matches.ManualMatchFact),
)
