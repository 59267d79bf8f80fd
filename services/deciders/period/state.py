"""The months of one fund in one district, as far as they are closed."""

from dataclasses import dataclass, field

from events.periods import PeriodPrepared, PeriodSigned


@dataclass(slots=True)
class PeriodState:
    """What was signed, month by month, and what waits for a signature.

    Shape: `closed` is in the order of the months, the last of it is the last closed month; `signed`
           holds the last signature of every month, also of one that was opened again; `numbered`
           counts the voucher numbers that a month has given
    """

    prepared: PeriodPrepared | None = None
    closed: list[str] = field(default_factory=list)
    signed: dict[str, PeriodSigned] = field(default_factory=dict)
    numbered: dict[str, int] = field(default_factory=dict)
    last: PeriodSigned | None = None
