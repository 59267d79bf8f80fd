"""Status: what is known of a person beside the applications, and uses from before this ledger."""

from datetime import date
from typing import Literal

from events.values import CapSlot, Command, Fact, Fen

StatusKind = Literal[
    "employed", "unemployed", "deceased", "retired", "left", "back", "receiving", "not_receiving"
]
"""`back` is said of somebody who had `left` the place and lives there again; `receiving` of a benefit
that another register pays, `not_receiving` of its end."""


class RecordStatus(Command):
    """Somebody's circumstances changed on a day."""

    status: StatusKind
    since: date
    source: str
    benefit: str = ""


class RecordPriorUse(Command):
    """A benefit was enjoyed before this ledger began; its slots count from now on."""

    document: str
    programme: str
    slots: tuple[CapSlot, ...]
    amount: Fen
    granted_on: date


class StatusRecorded(Fact):
    """Circumstances changed; what was decided before stands, what is to come is checked."""

    status: StatusKind
    since: date
    source: str
    benefit: str = ""


class PriorUseRecorded(Fact):
    """A use from before this ledger, counted like one of its own."""

    document: str
    programme: str
    slots: tuple[CapSlot, ...]
    amount: Fen
    granted_on: date


StatusCommand = RecordStatus | RecordPriorUse
StatusFact = StatusRecorded | PriorUseRecorded
