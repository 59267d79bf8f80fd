"""What was found to be undue adds up month by month, also from facts that named no month."""

from datetime import date

from events.instalments import OverpaymentFound
from events.values import MonthPaid
from services.deciders.beneficiary.instalments.overpaying import undue_with
from services.deciders.beneficiary.state.instalments import Undue


def found(amount: int, months: dict[str, int], finding: int = 1) -> OverpaymentFound:
    return OverpaymentFound(
        application="district:a",
        no=1,
        disbursement="district:a#1",
        amount=amount,
        payee="zhang",
        reason="employed",
        since=date(2022, 9, 1),
        rule="stops/employed",
        whole=False,
        months=tuple(MonthPaid(month=month, amount=fen) for month, fen in months.items()),
        convention="",
        finding=finding,
    )


def test_months_are_added_and_an_old_fact_counts_without_one() -> None:
    first = undue_with(Undue({}, 0), found(300, {"2022-09": 100, "2022-10": 200}))
    assert first == Undue({"2022-09": 100, "2022-10": 200}, 1)
    second = undue_with(first, found(50, {"2022-10": 50}, 2))
    assert second == Undue({"2022-09": 100, "2022-10": 250}, 2)
    assert undue_with(Undue({}, 0), found(70, {})) == Undue({"": 70}, 1)
