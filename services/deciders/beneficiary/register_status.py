"""Decide what a report of somebody's circumstances, or of an earlier use, adds."""

from typing import assert_never

from events.status import (
    PriorUseRecorded,
    RecordPriorUse,
    RecordStatus,
    StatusCommand,
    StatusFact,
    StatusRecorded,
)
from events.values import CapSlot, Fact
from policies.engine.registry import Policies
from policies.engine.slots import problem_of
from services.deciders.beneficiary.state.caps import Caps
from services.deciders.beneficiary.state.status import EnjoyedBefore, Status
from services.deciders.refusal import refuse


def decide(status: Status, caps: Caps, command: StatusCommand, policies: Policies) -> list[Fact]:
    """Record what is new; a repeat changes nothing.

    Refuses: UNKNOWN_USE
    Holds:   a prior use takes the lowest free slots, even past a cap's limit: it did happen;
             one that no cap would ever count is refused, so that nobody relies on it
    """
    match command:
        case RecordStatus():
            if (command.status, command.since, command.benefit) in status.reported:
                return []
            return [
                StatusRecorded(
                    status=command.status,
                    since=command.since,
                    source=command.source,
                    benefit=command.benefit,
                )
            ]
        case RecordPriorUse():
            if prior_use_key(command) in status.prior_uses:
                return []
            problems = [text for slot in command.slots if (text := problem_of(policies, slot))]
            if problems:
                text = "；".join(dict.fromkeys(problems))
                return refuse(command, "UNKNOWN_USE", command.document, text)
            return [
                PriorUseRecorded(
                    document=command.document,
                    programme=command.programme,
                    slots=caps.numbered(command.slots),
                    amount=command.amount,
                    granted_on=command.granted_on,
                )
            ]
        case _:
            assert_never(command)


def prior_use_key(use: RecordPriorUse | PriorUseRecorded) -> str:
    """Name a prior use by all that it says: whatever differs in anything is another use.

    Its document, programme, day, amount and the uses that it takes, in whatever order, with their
    months.
    """
    months = "+".join(str(slot.months) for slot in sorted(use.slots, key=_use))
    return f"{same_grant_key(use)}|{use.amount}|{months}"


def same_grant_key(use: RecordPriorUse | PriorUseRecorded) -> str:
    """Name what may well be one grant, though amount or months are told differently."""
    keys = "+".join(sorted(map(_use, use.slots)))
    return f"{use.document}|{use.programme}|{use.granted_on}|{keys}"


def _use(slot: CapSlot) -> str:
    return f"{slot.family}/{slot.cap}/{slot.period}/{slot.key}"


def evolve(status: Status, caps: Caps, fact: StatusFact, fact_id: str = "") -> None:
    """Fold one fact, in place."""
    match fact:
        case StatusRecorded():
            status.record(fact.status, fact.since, fact.benefit, fact_id, fact.source)
        case PriorUseRecorded():
            key = prior_use_key(fact)
            status.prior_uses |= {key}
            before = EnjoyedBefore(fact.programme, fact.granted_on, fact.document)
            status.enjoyed_before += (before,)
            caps.take(f"prior:{key}", fact.slots)
        case _:
            assert_never(fact)
