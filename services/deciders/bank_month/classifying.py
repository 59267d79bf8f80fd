"""Classify a line of the bank that nobody has said anything of, so that it is booked; take that back.

In:   ClassifyStatementLine, ReverseClassification
Out:  StatementLineClassified, LineClassificationReversed
Holds: a line is classified once while it stands on record; what names a payment or batch of ours is
       answered by the payment, never booked anew; what is taken back is booked back on the line's day,
       and counted in the month that is open by then
Source: docs/adr/0050-a-difference-is-work-until-its-sides-are-equal.md
        docs/adr/0055-days-are-proved-from-balance-to-balance.md
"""

from events import streams
from events.contract.inbound.private import names_a_person
from events.envelope import Asked
from events.statements import (
    ClassifyStatementLine,
    LineClassificationReversed,
    ReverseClassification,
    StatementLineClassified,
)
from events.values import Fact
from policies.engine.registry import Policies
from policies.vocabulary.places import FUNDS
from services.deciders.bank_month.state import BankMonthState
from services.deciders.refusal import refuse, refuse_first


def classify(
    month: BankMonthState, command: ClassifyStatementLine, asked: Asked, policies: Policies
) -> list[Fact]:
    """Say what a line is.

    Refuses: LINE_GONE, LINE_CLASSIFIED, LINE_DIFFERS (another amount), LINE_IS_A_PAYMENT,
             UNKNOWN_FUND, UNKNOWN_DISTRICT, IDENTITY_IN_REASON  (first match wins)
    Holds: the same classification again changes nothing
    """
    account, _ = streams.account_month(asked.stream)
    found = month.line_on_record(command.line)
    if found is None or account != command.bank_account:
        return refuse(command, "LINE_GONE", command.line)
    day, line = found
    classified = StatementLineClassified(
        bank_account=command.bank_account,
        line=command.line,
        booked_on=day,
        amount=line.amount,
        kind=command.kind,
        fund=command.fund,
        district=command.district,
    )
    earlier = month.classified.get(command.line)
    if earlier == classified:
        return []
    return refuse_first(
        command,
        command.line,
        (earlier is not None, "LINE_CLASSIFIED", ""),
        (line.amount != command.amount, "LINE_DIFFERS", ""),
        (line.is_payment, "LINE_IS_A_PAYMENT", ""),
        (command.fund not in FUNDS.values(), "UNKNOWN_FUND", command.fund),
        (command.district not in policies.cities.served, "UNKNOWN_DISTRICT", command.district),
        (names_a_person(command.reason), "IDENTITY_IN_REASON", ""),
    ) or [classified]


def reverse_classification(
    month: BankMonthState, command: ReverseClassification, asked: Asked
) -> list[Fact]:
    """Take back what a line was said to be; it is open work again, and may be classified anew.

    Refuses: LINE_GONE, LINE_NOT_CLASSIFIED, LINE_DIFFERS (another amount, or another kind by now),
             IDENTITY_IN_REASON  (first match wins)
    """
    account, _ = streams.account_month(asked.stream)
    if month.line_on_record(command.line) is None or account != command.bank_account:
        return refuse(command, "LINE_GONE", command.line)
    earlier = month.classified.get(command.line)
    if earlier is None:
        return refuse(command, "LINE_NOT_CLASSIFIED", command.line)
    differs = (earlier.amount, earlier.kind) != (command.amount, command.kind)
    return refuse_first(
        command,
        command.line,
        (differs, "LINE_DIFFERS", ""),
        (names_a_person(command.reason), "IDENTITY_IN_REASON", ""),
    ) or [LineClassificationReversed(**dict(earlier), reason=command.reason, stays=True)]
