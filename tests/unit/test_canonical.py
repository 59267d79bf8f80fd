"""One canonical text: ASCII digits after NFKC, nothing that cannot be seen, one writing of a name."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.canonical import (
    PLAIN,
    compact,
    document_number,
    foreign_digit,
    iso_day,
    iso_month,
    person_name,
    plain,
    says_something,
    unseen,
    whole,
)
from events.contract.inbound.identity import account_number, check_character, resident_id, unit_code
from services.spreadsheets.cells import UnreadableCell, read_amount, read_day
from services.web.request.typed_amounts import NotAnAmount, read_yuan

ROOT = Path(__file__).parents[2]
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FOREIGN = ["١", "۱", "१", "১", "໑", "᠑", "𝟙"]


@pytest.mark.parametrize("one", FOREIGN)
def test_a_digit_of_another_script_is_never_taken_for_one_of_ours(one: str) -> None:
    ours = one == "𝟙"  # mathematical digits are ours once the text is NFKC
    number = "21120285010100" + one
    assert (resident_id(number) is not None) == ours
    assert (account_number("622202000000000001" + one) is not None) == ours
    assert (unit_code(f"9{one}211202MA0000000X") is None) or ours
    assert (foreign_digit(number) is None) == ours
    assert (whole(f"2{one}") == 21) == ours


@given(st.text(max_size=40))
def test_what_is_compact_has_no_other_writing(text: str) -> None:
    assert compact(compact(text)) == compact(text)
    assert plain(plain(text)) == plain(text)
    assert resident_id(text) is None or resident_id(text).isascii()  # type: ignore[union-attr]


@given(st.text(max_size=40))
def test_a_name_has_one_writing(text: str) -> None:
    assert person_name(person_name(text)) == person_name(text)


@pytest.mark.parametrize("dot", "･˙・•‧∙⋅·・·")
def test_every_middle_dot_is_one(dot: str) -> None:
    assert person_name(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"


def test_a_name_is_the_same_however_it_was_typed() -> None:
    assert person_name("张　三") == person_name("张 三") == "张三"
    assert person_name("铁岭(集团)有限公司") == person_name("铁岭（集团）有限公司")
    assert person_name("ＬＩ  Ming") == "LI Ming"
    assert person_name("阿依古丽.买买提") == "阿依古丽·买买提"
    assert person_name("铁岭 Co. Ltd") == "铁岭 Co. Ltd"


def test_a_document_is_the_same_however_its_brackets_were_typed() -> None:
    assert document_number("银人社发[2021]３号") == document_number("银人社发〔2021〕3号")


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("张\u202e三", "U+202E 从右至左覆盖"),
        ("张\u200b三", "U+200B 零宽空格"),
        ("a\x00b", "U+0000 空字符"),
        ("a\tb", "U+0009 控制字符"),
        ("张三\ufeff", "U+FEFF 零宽不换行空格"),
        ("张\u3164", "U+3164 HANGUL FILLER"),
        ("张\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, called: str) -> None:
    assert unseen(text) == called
    assert not re.fullmatch(PLAIN, text)


@given(st.text(max_size=20))
def test_the_pattern_of_the_schema_finds_what_the_code_finds(text: str) -> None:
    assert (unseen(text) is None) == (re.fullmatch(PLAIN[:-1], text) is not None)


@pytest.mark.parametrize("text", ["", " ", "\u3000 ", "\u00a0"])
def test_a_text_of_spaces_says_nothing(text: str) -> None:
    assert re.fullmatch(PLAIN, text)
    assert not says_something(text)


def test_days_and_months_have_bounds_on_both_sides() -> None:
    assert iso_day("1900-01-01")
    assert iso_day("2099-12-31")
    for wrong in ("1899-12-31", "2100-01-01", "9999-12-31", "0001-01-01", "2022-W01-1", "20220101"):
        assert iso_day(wrong) is None
    assert iso_day("2022-01-01".translate(ARABIC)) is None
    assert iso_month("2022-12") == "2022-12"
    for wrong in ("2022-13", "1899-12", "2100-01", "2022-1", "2022-W1"):
        assert iso_month(wrong) is None


def test_money_and_days_of_files_and_forms_know_ascii_digits_alone() -> None:
    assert read_amount("１，５００.００") == read_yuan("１，５００.００") == 150_000
    with pytest.raises(UnreadableCell):
        read_amount("1٢.00")
    with pytest.raises(NotAnAmount):
        read_yuan("1٢.00")
    with pytest.raises(NotAnAmount):
        read_yuan("999 999 999 999 999.00")
    with pytest.raises(UnreadableCell):
        read_day("2022-01-01".translate(ARABIC), ("%Y-%m-%d",))
    with pytest.raises(UnreadableCell):
        read_day("9999-12-31", ("%Y-%m-%d",))


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_ascii(first: str) -> None:
    assert check_character(first) in "0123456789X"


UNICODE_CLASSES = re.compile(
    r"\\[dDwW]|\.is(digit|decimal|numeric)\(|unicodedata\.(digit|numeric)\(|(?<!_)strptime\("
)
ALLOWED = {
    # reads a bank's day once no foreign digit is left in it
    ("services/spreadsheets/cells.py", "strptime("),
    # reads back a day that it has just written itself, to see whether a form can hold one
    ("services/banking/banks/layouts.py", "strptime("),
    # reads what Kafka itself stored beside an offset: our own count
    ("services/desk/restart_counter.py", ".isdigit("),
}


def test_no_code_takes_a_digit_of_another_script_for_a_digit() -> None:
    """``\\d``, ``\\w`` and ``isdigit`` know the digits of sixty scripts; ours are ten."""
    found = {
        (path.relative_to(ROOT).as_posix(), match[0])
        for folder in ("events", "policies", "projections", "services")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text().splitlines()
        for match in UNICODE_CLASSES.finditer(line)
    }
    assert found == ALLOWED
