"""Identities: one canonical form however a number was typed, and masks that hide enough."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from events.canonical import person_name
from events.contract.inbound.identity import (
    account_number,
    born_after,
    check_character,
    resident_id,
    unit_code,
)
from events.contract.inbound.private import names_a_person, without_identities
from services.runtime.masking import masked_account, masked_name, masked_number

ZHANG = "21120219900307000X"


@pytest.mark.parametrize(
    "typed",
    [
        ZHANG,
        "21120219900307000x",
        "２１１２０２１９９００３０７０００Ｘ",
        " 211202 19900307 000X ",
        "211202-19900307-000X",
        "211202\u300019900307000x",
    ],
)
def test_a_resident_id_has_one_form_however_it_is_typed(typed: str) -> None:
    assert resident_id(typed) == ZHANG


def test_a_fifteen_digit_id_is_lifted_to_eighteen() -> None:
    assert resident_id("211202900307000") == ZHANG
    assert resident_id("２１１２０２９００３０７０００") == ZHANG


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "张示例",
        "211202199003070001",  # check character
        "21120219900230000" + check_character("21120219900230000"),  # 30 February
        "211202900230000",  # 30 February in 15 digits
        "21120217900307000" + check_character("21120217900307000"),  # born in 1790
        "01120219900307000" + check_character("01120219900307000"),  # no province begins with 0
        "2112021990030700",
        "21120219900307000XX",
        "X1120219900307000X",
    ],
)
def test_what_cannot_be_a_resident_id_is_refused(typed: str) -> None:
    assert resident_id(typed) is None


def test_an_abolished_or_unknown_region_is_no_error() -> None:
    """GB 11643 ids outlive the counties that issued them."""
    first = "23990019900307000"
    assert resident_id(first + check_character(first))


def test_a_birth_after_the_given_day_is_seen() -> None:
    assert not born_after(ZHANG, date(1990, 3, 7))
    assert born_after(ZHANG, date(1990, 3, 6))


@given(st.integers(1, 8), st.integers(0, 99999), st.dates(date(1900, 1, 1)), st.integers(0, 999))
def test_exactly_one_check_character_fits(area: int, region: int, born: date, number: int) -> None:
    first = f"{area}{region:05d}{born:%Y%m%d}{number:03d}"
    fitting = [c for c in "0123456789X" if resident_id(first + c) is not None]
    assert fitting == [check_character(first)]


@pytest.mark.parametrize("first", ["91211200MA0XXXX19", "N2211221MF00000A0", "12210000000000000"])
def test_a_unit_code_is_taken_in_any_writing(first: str) -> None:
    code = first + uscc.calc_check_digit(first)
    assert unit_code(code) == code
    assert unit_code(f" {code[:8].lower()} {code[8:].lower()}") == code


@pytest.mark.parametrize("typed", ["", "91211200MA0XXXX19A", "91211200MA0XXXXI9D", "123"])
def test_what_cannot_be_a_unit_code_is_refused(typed: str) -> None:
    assert unit_code(typed) is None


def test_account_numbers_lose_spaces_and_full_width_digits() -> None:
    assert account_number("６２２２ 0200-0000 0001") == "6222020000000001"
    assert account_number("62220A") is None
    assert account_number("12345") is None


def test_names_have_one_writing() -> None:
    assert person_name("  阿依古丽•买买提 ") == "阿依古丽·买买提"
    assert person_name("铁岭  示例 公司") == "铁岭示例公司"
    assert person_name("   ") == ""


def test_an_id_hidden_in_a_text_is_found_and_blotted_out() -> None:
    assert names_a_person(f"代发{ZHANG}补贴")
    assert not names_a_person("指令B220831000300001")
    assert not names_a_person("证书S000021120001224000017")
    assert without_identities(f"代发{ZHANG}补贴") == "代发" + "*" * 18 + "补贴"
    mistyped = "流水211202199003070001"  # a wrong check character, and yet a region and a birthday
    assert without_identities(mistyped) == "流水" + "*" * 18
    assert without_identities(mistyped, words=False) == mistyped


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张晓三", "张*三"),
        ("欧阳晓明", "欧**明"),
        ("阿依古·买买提", "阿**·**提"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_names_are_masked(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_numbers_are_masked() -> None:
    assert masked_number(ZHANG) == "211***********000X"
    assert masked_number(ZHANG, shown_last=2) == "211*************0X"
    assert masked_account("6222020000000000017") == "****0017"
    assert masked_number("1234567") == "*******"
