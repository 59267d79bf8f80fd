"""Deadlines: the day by which a notice wants whoever was found by a data match to be paid.

Holds: a late claim is paid all the same; the beneficiary's history knows until the payment is
       ordered, the payee's from then on.
"""

from datetime import date
from typing import Literal

from events.values import ApplicationKey, Command, Fact

Stage = Literal["undecided", "not_ordered"]
"""How far a late claim has come: not decided, or granted without a payment ordered."""


class CheckDeadline(Command):
    """The day has passed: say so if this claim is undecided, or its payment not ordered."""

    application: ApplicationKey
    pay_by: date
    cite: str


class CheckArrival(Command):
    """The day has passed: say so if what was ordered for this claim has not arrived."""

    application: ApplicationKey
    pay_by: date
    cite: str


class DeadlineMissed(Fact):
    """A claim that had to be paid by a day was not even ordered; `cite` is the notice's clause."""

    application: ApplicationKey
    pay_by: date
    stage: Stage
    cite: str


class PaymentLate(Fact):
    """A payment that had to arrive by a day had not; `cite` is the notice's clause."""

    application: ApplicationKey
    pay_by: date
    cite: str


DeadlineCommand = CheckDeadline | CheckArrival
DeadlineFact = DeadlineMissed | PaymentLate
