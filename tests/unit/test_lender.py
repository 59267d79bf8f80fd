"""A start-up loan's interest is paid to whoever bore it: the borrower, or the bank that lent."""

from events import streams
from events.disbursements import DisbursementOrdered
from events.values import FactValue
from tests.given_when_then import (
    DISTRICT,
    ZHANG,
    Scene,
    applies,
    kinds,
    only,
    policies_of_a_city_that_set_its_standards,
    pre_checks,
)

BANK = "rural-commercial-bank-token"
LINE = streams.fund_line("inclusive_finance", DISTRICT, 2022)
FACTS: dict[str, FactValue] = {
    "graduate.kind": "高校毕业生",
    "diploma.dated_on": "2020-07-01",
    "venture.kind": "小微企业",
    "loan.number": "TLDK20220801003",
    "loan.principal": 200_000_00,
    "loan.months": 36,
    "loan.began_on": "2022-08-01",
    "loan.ends_on": "2025-08-01",
    "loan.interest_until": "2022-09-30",
    "loan.interest_months": ["2022-08", "2022-09"],
    "loan.interest_paid": 1_500_00,
}


def paid(payee: str, **facts: FactValue) -> tuple[str, DisbursementOrdered]:
    scene = Scene("2022-10-14", policies_of_a_city_that_set_its_standards()).budget(10_000, LINE)
    claim = applies(
        "a",
        FACTS | facts,
        programme="startup-loan-interest",
        applied_on="2022-10-14",
        payee=payee,
    )
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, claim))
    facts_after = scene.when(ZHANG, pre_checks("a"))
    (ordered,) = [one for one in facts_after if isinstance(one.body, DisbursementOrdered)]
    return ordered.stream, only(facts_after, DisbursementOrdered)


def test_the_bank_that_bore_the_interest_is_paid_into_its_own_account() -> None:
    stream, ordered = paid(BANK, **{"loan.subsidy_to": "贷款银行"})
    assert stream == streams.payee(BANK)
    assert (ordered.account, ordered.money.amount) == (f"account-of-{BANK}", 750_00)


def test_who_says_nothing_is_paid_himself() -> None:
    stream, ordered = paid("zhang-san-token")
    assert stream == streams.payee("zhang-san-token")
    assert ordered.account == "account-of-zhang-san-token"
