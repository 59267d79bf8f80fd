"""Quotes are verbatim, and numbers may be written as the field writes them."""

from datetime import date
from fractions import Fraction

import pytest

from policies.authoring.quotes import numbers_in, occurs, unstated


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("初级(五级)1000元", "按照初级（五级）1000元"),
        ("2020年12月31日(含)之前", "2020年12月31日 （含） 之前"),
        ("“展翅行动”", '支持技能提升"展翅行动"'),
        ("低保家庭……烈士子女", "低保家庭、残疾、烈士子女毕业生"),
    ],
)
def test_white_space_and_width_are_forgiven(quote: str, text: str) -> None:
    assert occurs(quote, text)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("不超过3次", "不超过4次"),
        ("烈士子女……低保家庭", "低保家庭、烈士子女毕业生"),
        ("不超过3次", "最多3次"),
        ("……", "低保家庭"),
        ("", "低保家庭"),
    ],
)
def test_nothing_else_is_forgiven(quote: str, text: str) -> None:
    assert not occurs(quote, text)


@pytest.mark.parametrize(
    ("quote", "number"),
    [
        ("累计缴费满1年及以上", 12),
        ("在取得证书一年内", 12),
        ("满十二个月", 12),
        ("最长不超过24个月", 24),
        ("给予2.5万元", 25_000),
        ("按60%返还", Fraction(3, 5)),
        ("不足1/3", Fraction(1, 3)),
        ("只能申领享受一次", 1),
        ("二十三条", None),
    ],
)
def test_numbers_as_notices_write_them(quote: str, number: int | Fraction | None) -> None:
    if number is None:
        assert numbers_in(quote) == set()
    else:
        assert Fraction(number) in numbers_in(quote)


def test_days_without_a_year_belong_to_the_year_before_them() -> None:
    days = {found for found in numbers_in("2022年1月1日至12月31日") if isinstance(found, date)}
    assert days == {date(2022, 1, 1), date(2022, 12, 31)}


def test_the_month_of_a_date_is_no_number() -> None:
    assert unstated([Fraction(12)], "2022年12月31日前") == [Fraction(12)]
