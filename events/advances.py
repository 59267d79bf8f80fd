"""Advances (预拨): paid before the benefit is settled, netted then, due back where they are not.

Holds: an advance is instalment 0 of its approval, so its payment is named ``<application>#0``.
"""

from datetime import date
from typing import Literal

from events.disbursements import Money
from events.values import ApplicationKey, Command, Fact, Fen, StreamName, Token

Nets = Literal["claim", "first"]
"""Netted in the instalments of its own claim, or in the beneficiary's first one of the programme."""

BY_POLICY = "policy"
"""Who grants an advance that a policy's own rule gives: nobody."""

INSTALMENT = 0
"""The number of an advance among the instalments of its approval."""


class GrantAdvance(Command):
    """Pay a share of the planned full amount now."""

    application: ApplicationKey
    rate_bp: int
    planned: Fen
    nets: Nets
    programme: str
    settle_by: date
    document: str
    by: str


class OrderAdvance(Command):
    """Pay the advance to this payee."""

    disbursement: str
    application: ApplicationKey
    beneficiary: StreamName
    account: Token
    money: Money
    nets: Nets
    programme: str
    last_instalment: int
    settle_by: date
    judged_by: tuple[str, ...] = ()


class CallAdvance(Command):
    """The day until which an advance had to be settled has passed."""

    disbursement: str


class AdvanceGranted(Fact):
    """A share of the planned amount is paid before the benefit is settled.

    Where the policy's own rule gave the amount, rate and planned amount are 0 here: its trail says.
    `judged_by` are the people who have judged the application, whoever granted this among them.
    """

    application: ApplicationKey
    disbursement: str
    amount: Fen
    rate_bp: int
    ceiling_bp: int
    planned: Fen
    nets: Nets
    programme: str
    settle_by: date
    document: str
    by: str
    payee: Token
    account: Token
    last_instalment: int
    money: Money
    judged_by: tuple[str, ...] = ()


class AdvanceOpened(Fact):
    """The payee owes a settlement for this advance."""

    application: ApplicationKey
    disbursement: str
    beneficiary: StreamName
    nets: Nets
    programme: str
    last_instalment: int
    settle_by: date
    money: Money


class AdvanceSettled(Fact):
    """A benefit falls due and was partly paid before: this much of the advance is used up.

    `line` is the budget line that the advance was paid under.
    """

    application: ApplicationKey
    advance: str
    disbursement: str
    left: Fen
    money: Money
    line: StreamName


AdvanceCommand = GrantAdvance | OrderAdvance | CallAdvance
AdvanceFact = AdvanceGranted | AdvanceOpened | AdvanceSettled
