"""Advances of one payee, as they stand."""

from dataclasses import dataclass, field
from datetime import date

from events.advances import Nets
from events.disbursements import Money


@dataclass(slots=True)
class PaidAdvance:
    """One advance: what it is netted against, until when, and how much of it is still open."""

    application: str
    beneficiary: str
    nets: Nets
    programme: str
    last_instalment: int
    settle_by: date
    money: Money
    left: int


@dataclass(slots=True)
class PaidAdvances:
    """The advances of one payee, by the id of their payment."""

    by_id: dict[str, PaidAdvance] = field(default_factory=dict)
