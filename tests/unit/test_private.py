"""Identities in free text: found however they are written, refused or blotted out, never let on."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.batches import RecordBankResult
from events.contract.inbound.identity import check_character
from events.contract.inbound.private import names_a_person, without_identities
from events.contract.inbound.rejections import Code
from events.statements import RecordStatementLine
from services.intake.memory_vault import MemoryVault
from tests.unit.test_inbound import claim, event, refused
from tests.unit.test_intake import asked
from tests.unit.test_intake import event as changed

ZHANG = "21120219900307000X"
OLD = "211202900307000"
CARD = "6222021234567890128"
WRITTEN = [
    ZHANG,
    ZHANG.lower(),
    "211202 19900307 000X",
    "211202-19900307-000X",
    "2112 0219 9003 0700 0X",
    "2 1 1 2 0 2 1 9 9 0 0 3 0 7 0 0 0 X",
    "211202.1990.0307.000X",
    "211202——19900307——000X",
    "２１１２０２１９９００３０７０００Ｘ",
    "٢١١٢٠٢١٩٩٠٠٣٠٧٠٠٠X",
    "𝟐𝟏𝟏𝟐𝟎𝟐𝟏𝟗𝟗𝟎𝟎𝟑𝟎𝟕𝟎𝟎𝟎X",
    "2022-08-31 211202 19900307 000X",
    f"{ZHANG}13800000000",
    f"0086{ZHANG}",
    "(211202)(19900307)(000X)",
    "211202（19900307）000X",
    "211202*19900307*000X",
    "21120219900307000Х",
    "21120219900307000×",
]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("around", ["{}", "代发{}补贴", "（{}）", "no. {}, etc."])
def test_an_id_is_found_and_blotted_out_in_every_writing(written: str, around: str) -> None:
    text = around.format(written)
    assert names_a_person(text)
    blotted = without_identities(text)
    assert len(blotted) == len(text)
    assert not names_a_person(blotted)
    assert written not in blotted


@pytest.mark.parametrize("text", [OLD, f"退回{OLD}", "211202 900307 000", CARD, f"卡号{CARD}"])
def test_old_ids_and_bank_cards_are_found_in_words(text: str) -> None:
    assert names_a_person(text)
    assert not names_a_person(without_identities(text))


def test_an_old_id_is_found_where_it_is_a_whole_number() -> None:
    assert names_a_person(OLD, words=False)
    assert not names_a_person(f"证书{OLD}", words=False)
    assert not names_a_person(CARD, words=False)  # a number may look like a card's


@pytest.mark.parametrize(
    "text",
    [
        "指令B220831000300001",
        "证书S000021120001224000017",
        "2022083100017",
        "210000202208310001",  # a region and this year's day: a number of the bank's own
        "证书A211202199003070001",
        "211202220901001",  # region, day, counter: an application's number
        "银人社发〔2021〕3号 2022-08-31 150000.00",
        "13800000000",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not names_a_person(text)
    assert without_identities(text) == text


@pytest.mark.parametrize("text", ["退款 某某 211202199003071234", "211202199003070001退回"])
def test_an_id_whose_check_character_is_wrong_is_nobodys_to_refuse_and_is_blotted_out(
    text: str,
) -> None:
    assert not names_a_person(text)
    assert without_identities(text) == re.sub(r"[0-9]{18}", "*" * 18, text)
    assert without_identities(text, words=False) == text


@given(
    st.sampled_from(["11", "21", "44", "50", "65"]),
    st.integers(0, 9999),
    st.dates(date(1930, 1, 1)),
    st.integers(0, 999),
    st.text(" -.", min_size=0, max_size=2),
)
def test_any_id_is_found_whatever_stands_between(
    province: str, region: int, born: Any, number: int, between: str
) -> None:
    first = f"{province}{region:04d}{born:%Y%m%d}{number:03d}"
    whole = first + check_character(first)
    if whole[0] != "0":
        assert names_a_person("经办" + between.join(whole) + "人")


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("application.withdrawn", {"reason": "本人 211202 19900307 000X 放弃"}, "reason"),
        ("application.withdrawn", {"application": OLD}, "application"),
        ("review.decided", {"reviewer": ZHANG}, "reviewer"),
        ("review.decided", {"source": "211202-19900307-000x"}, "source"),
        ("review.decided", {"reason": f"卡号{CARD}"}, "reason"),
        ("budget.adjusted", {"reason": f"给{OLD}"}, "reason"),
        ("household.member-joined", {"household": ZHANG}, "household"),
        ("person.prior-use", {"document": f"文{ZHANG}"}, "document"),
        ("voucher.issued", {"voucher": ZHANG}, "voucher"),
    ],
)
def test_a_message_with_an_identity_in_another_field_is_refused(
    kind: str, data: dict[str, Any], field: str
) -> None:
    answer = refused(event(kind, data=data))
    assert (answer.code, answer.field) == (Code.IDENTITY_IN_TEXT, f"data.{field}")


def test_the_source_and_the_number_of_an_event_name_nobody() -> None:
    for field in ("id", "source"):
        answer = refused(event(**{field: "211202-19900307-000x"}))
        assert (answer.code, answer.field) == (Code.IDENTITY_IN_TEXT, field)


@pytest.mark.parametrize(
    "facts",
    [
        {"certificate.occupation": "电工张示例"},
        {"certificate.occupation": "户6222020000000000017"},
        {"certificate.number": "6222 0200 0000 0000 017"},
    ],
)
def test_what_a_claim_states_of_its_people_stands_nowhere_else(facts: dict[str, Any]) -> None:
    known = event()["data"]["facts"]
    answer = refused(event(data={"facts": {**known, **facts}}))
    (name,) = facts
    assert (answer.code, answer.field) == (Code.IDENTITY_IN_TEXT, f"data.facts.{name}")
    assert claim(event(data={"facts": {**known, "certificate.occupation": "电工"}}))


async def test_a_banks_own_words_are_blotted_and_never_turned_away() -> None:
    vault = MemoryVault()
    (told,) = await asked(
        vault,
        changed(
            "payment.returned",
            reason="户名不符 211202 19900307 000X",
            bank_reference=ZHANG,
            code=ZHANG,
        ),
    )
    assert isinstance(told.body, RecordBankResult)
    assert told.body.reason == "户名不符 " + "*" * 20
    assert (told.body.bank_reference, told.body.code) == ("*" * 18, "*" * 18)
    (line,) = await asked(
        vault,
        changed(
            "statement.line", purpose=f"退 {OLD}", reference="２１１２０２１９９００３０７０００Ｘ"
        ),
    )
    assert isinstance(line.body, RecordStatementLine)
    assert (line.body.purpose, line.body.reference) == ("退 " + "*" * 15, "*" * 18)
