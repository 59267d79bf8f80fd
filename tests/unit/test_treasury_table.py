"""A treasury's table: read exactly, or refused with every row that is wrong."""

import pytest

from events.treasury import TreasuryRow
from services.closing.treasury_table import read_treasury_table
from tests.example_cities import cities

CITY = cities().by_code["211200"]
HEAD = "资金,区划,拨款,支出,余额\n"


def test_names_and_codes_are_read_and_totals_are_passed_over() -> None:
    text = (
        HEAD
        + '就业补助资金,银州区,"5,000.00",0,1.5\nunemployment_insurance,211200,-1,2,3\n合计,,,,\n\n'
    )
    read = read_treasury_table(text.encode(), CITY)
    assert read.problems == ()
    assert read.rows == (
        TreasuryRow(
            fund="employment_subsidy", district="211202", appropriated=500_000, paid=0, balance=150
        ),
        TreasuryRow(
            fund="unemployment_insurance", district="211200", appropriated=-100, paid=200,
            balance=300,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, ["没有数据行"]),
        ("资金,区划,拨款,支出\n就业补助资金,211202,1,2\n", ["“余额”没有这一列"]),
        (
            HEAD + "别的钱,210402,1O.00,1,1.005\n就业补助资金,211202,1,2,3\n",
            ["“资金”为“别的钱”", "“区划”为“210402”", "“拨款”为“1O.00”", "“余额”为“1.005”"],
        ),
        ("随便什么", ["文件"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_taken(text: str, said: list[str]) -> None:
    read = read_treasury_table(text.encode(), CITY)
    assert len(read.problems) == len(said)
    assert all(part in one.text for part, one in zip(said, read.problems, strict=True))
