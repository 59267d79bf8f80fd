"""Every fact of a payment moves two accounts by its amount, each under its own bank or programme."""

from datetime import date
from typing import Any

import pytest

from events import streams
from events.disbursements import (
    DisbursementCancelled,
    DisbursementOrdered,
    DisbursementReturned,
    DisbursementSent,
    DisbursementSettled,
    Money,
)
from events.values import Fact
from projections.read_models.journal import entry
from tests.handmade_ledgers import DISTRICT, LINE, ON, History

BANK, PROGRAMME = "icbc-1234", "skill-upgrade"
MONEY = Money(
    amount=150_000,
    fund="unemployment_insurance",
    district=DISTRICT,
    programme=PROGRAMME,
    line=LINE,
)
ABOUT: dict[str, Any] = {"disbursement": "s:A#1", "money": MONEY}
AT_BANK: dict[str, Any] = {
    **ABOUT,
    "attempt": 1,
    "instruction": "B220831000100001",
    "bank_account": BANK,
}
LATER = date(2022, 9, 14)
ORDERED: dict[str, Any] = {
    **ABOUT,
    "application": "s:A",
    "instalment": 1,
    "beneficiary": "beneficiary/p",
    "account": "acc-person",
}
RETURNED: dict[str, Any] = {**AT_BANK, "value_on": LATER, "code": "AC04", "reason": "r"}


@pytest.mark.parametrize(
    ("fact", "on", "debit", "credit"),
    [
        (DisbursementOrdered(**ORDERED), ON, ("5001", PROGRAMME), ("2211", PROGRAMME)),
        (
            DisbursementOrdered(**ORDERED, kind="advance"),
            ON,
            ("1223", PROGRAMME),
            ("2211", PROGRAMME),
        ),
        (
            DisbursementSent(**AT_BANK, batch="B2208310001"),
            ON,
            ("2211", PROGRAMME),
            ("2241", BANK),
        ),
        (
            DisbursementSettled(**AT_BANK, value_on=LATER, bank_reference="W1"),
            LATER,
            ("2241", BANK),
            ("1002", BANK),
        ),
        (
            DisbursementReturned(**RETURNED, after_settlement=False),
            LATER,
            ("2241", BANK),
            ("2211", PROGRAMME),
        ),
        (
            DisbursementReturned(**RETURNED, after_settlement=True),
            LATER,
            ("1002", BANK),
            ("2211", PROGRAMME),
        ),
        (DisbursementCancelled(**ABOUT, reason="r"), ON, ("2211", PROGRAMME), ("5001", PROGRAMME)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Fact) else "",
)
def test_a_fact_moves_its_accounts(
    fact: Fact, on: date, debit: tuple[str, str], credit: tuple[str, str]
) -> None:
    history = History()
    history.add(streams.payee("p"), fact, on=ON)
    booked = entry(history.facts[0])
    assert booked is not None
    assert booked.value_on == on
    assert [(p.account.code, p.sub, p.amount) for p in booked.postings] == [
        (*debit, 150_000),
        (*credit, -150_000),
    ]
    assert {(p.fund, p.district) for p in booked.postings} == {(MONEY.fund, DISTRICT)}
