"""Classify a line of the bank that nobody has said anything of, so that it is booked.

In:   ClassifyStatementLine
Out:  StatementLineClassified
Holds: a line is classified once while it stands on record; what names a payment or batch of ours is
       answered by the payment, never booked anew
Source: docs/adr/0050-a-difference-is-work-until-its-sides-are-equal.md
"""

from events import streams
from events.contract.inbound.private import names_a_person
from events.envelope import Asked
from events.statements import ClassifyStatementLine, StatementLineClassified
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
