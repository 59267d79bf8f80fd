"""The reader: what is taken, what is refused, and with which code and field."""

from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from events.batches import RecordBankResult
from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.claims import Claim, digest_of
from events.contract.inbound.identity import check_character
from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.rejections import WORDINGS, Code, Rejected
from events.contract.inbound.semantics import Known
from events.contract.inbound.submissions import LineRead, Submitted
from events.contract.schemas import examples
from services.intake.commands import commands_for
from services.runtime.vault.requests import VaultAnswer

KNOWN = Known(
    frozenset({"skill-upgrade", "post-skill", "free-training"}),
    {"211200": "铁岭市", "211202": "银州区"},
    frozenset({"unemployment_insurance"}),
    elsewhere={"210100": "沈阳市", "211200": "铁岭市"},
    cities=("铁岭市",),
)
NOON = datetime(2022, 9, 1, 12, tzinfo=UTC)


def event(kind: str = "application.submitted", **changes: Any) -> dict[str, Any]:
    """An example, changed; ``data`` by name; ``...`` leaves something out."""
    found = examples.events()[kind]
    stated = {**found["data"], **changes.pop("data", {})}
    whole = {**found, **changes, "data": {k: v for k, v in stated.items() if v is not ...}}
    return {name: value for name, value in whole.items() if value is not ...}


def answers(
    content: dict[str, Any] | bytes | None,
    *,
    feed: str = "",
    headers: list[tuple[str, bytes | None]] | None = None,
    at: datetime = NOON,
) -> list[Inbound | Rejected]:
    raw = orjson.dumps(content) if isinstance(content, dict) else content
    if not feed and isinstance(content, dict) and content.get("type") in TYPES:
        feed = TYPES[content["type"]].feed
    return read(
        Message(feed or "applications", raw, headers or [], int(at.timestamp() * 1000)), KNOWN
    )


def taken(content: dict[str, Any], **how: Any) -> Inbound:
    (answer,) = answers(content, **how)
    assert isinstance(answer, Inbound), answer.text_zh
    return answer


def refused(content: dict[str, Any] | bytes | None, **how: Any) -> Rejected:
    (answer,) = answers(content, **how)
    assert isinstance(answer, Rejected)
    return answer


def claim(content: dict[str, Any], **how: Any) -> Claim:
    body = taken(content, **how).body
    assert isinstance(body, Claim)
    return body


@pytest.mark.parametrize("kind", TYPES)
def test_the_example_of_every_type_is_taken(kind: str) -> None:
    assert all(isinstance(answer, Inbound) for answer in answers(event(kind)))


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        (None, Code.NULL_VALUE, ""),
        (b"", Code.NOT_JSON, ""),
        (b"{", Code.NOT_JSON, ""),
        (b"\xff\xfe", Code.NOT_JSON, ""),
        (b'{"a": NaN}', Code.NOT_JSON, ""),
        (b"[" * 10_000 + b"]" * 10_000, Code.TOO_DEEP, ""),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, Code.TOO_DEEP, ""),
        (b"[]", Code.WRONG_CONTENT, ""),
        (b'"text"', Code.WRONG_CONTENT, ""),
        (b'"' + b"x" * 1_048_576 + b'"', Code.TOO_LARGE, ""),
        (event(id=...), Code.MISSING_ATTRIBUTE, "id"),
        (event(source=...), Code.MISSING_ATTRIBUTE, "source"),
        (event(type=...), Code.MISSING_ATTRIBUTE, "type"),
        (event(specversion=...), Code.MISSING_ATTRIBUTE, "specversion"),
        (event(id=7), Code.WRONG_ATTRIBUTE, "id"),
        (event(id="a b"), Code.WRONG_ATTRIBUTE, "id"),
        (event(id="211202-21120219900307000X"), Code.IDENTITY_IN_TEXT, "id"),
        (event(source="District 7"), Code.WRONG_ATTRIBUTE, "source"),
        (event(time="yesterday"), Code.WRONG_ATTRIBUTE, "time"),
        (event(time="2022-09-01T09:14:00"), Code.WRONG_ATTRIBUTE, "time"),
        (event(specversion="0.3"), Code.UNKNOWN_VERSION, "specversion"),
        (event(dataversion="2"), Code.UNKNOWN_VERSION, "dataversion"),
        (event(datacontenttype="text/xml"), Code.WRONG_CONTENT, "datacontenttype"),
        (event(data_base64="e30="), Code.WRONG_CONTENT, "datacontenttype"),
        (event(type="application.guessed"), Code.UNKNOWN_TYPE, "type"),
        (event(data={"account": ...}), Code.MISSING_FIELD, "data.account"),
        (event(data={"extra": 1}), Code.UNKNOWN_FIELD, "data"),
        (event(data={"application": "编号"}), Code.WRONG_FORMAT, "data.application"),
        (event(data={"application": 5120}), Code.WRONG_FORMAT, "data.application"),
        (event(data={"applied_on": "2022-02-30"}), Code.WRONG_DATE, "data.applied_on"),
        (event(data={"applied_on": "20220812"}), Code.WRONG_DATE, "data.applied_on"),
        (event(data={"applied_on": 1660262400}), Code.WRONG_DATE, "data.applied_on"),
        (event(data={"region": "999999"}), Code.UNKNOWN_REGION, "data.region"),
        (event(data={"region": "210100"}), Code.REGION_OF_NO_CITY, "data.region"),
        (event(data={"programme": "free-lunch"}), Code.UNKNOWN_PROGRAMME, "data.programme"),
        (event(data={"facts": {"shoe.size": 43}}), Code.WRONG_FACT, "data.facts"),
        (
            event(data={"facts": {"insured_months": "26"}}),
            Code.WRONG_FACT,
            "data.facts.insured_months",
        ),
        (
            event(data={"facts": {"certificate.number": "T21120219900307000X"}}),
            Code.IDENTITY_IN_TEXT,
            "data.facts",
        ),
        (
            event(data={"facts": {"certificate.number": "a\x00b"}}),
            Code.HIDDEN_CHARACTER,
            "data.facts.certificate.number",
        ),
        (
            event(data={"application": "21120219900307000X"}),
            Code.IDENTITY_IN_TEXT,
            "data.application",
        ),
    ],
)
def test_what_is_wrong_is_named_by_code_and_field(
    content: dict[str, Any] | bytes | None, code: Code, field: str
) -> None:
    answer = refused(content)
    assert (answer.code, answer.field) == (code, field)
    assert answer.text_zh
    assert answer.text_en


@pytest.mark.parametrize("amount", [-1, 0, 1.5, "150000", True, None, 10**18])
def test_money_is_whole_fen_and_more_than_nothing(amount: Any) -> None:
    answer = refused(event("budget.allocated", data={"amount_fen": amount}))
    assert (answer.code, answer.field) == (Code.WRONG_AMOUNT, "data.amount_fen")


def test_a_type_on_another_authority_s_feed_is_refused() -> None:
    answer = refused(event("payment.settled"), feed="applications")
    assert (answer.code, answer.field) == (Code.WRONG_FEED, "type")


def test_an_unknown_fund_is_refused() -> None:
    assert refused(event("budget.allocated", data={"fund": "gold"})).code == Code.UNKNOWN_FUND


def test_interest_must_say_whose_it_is() -> None:
    answer = refused(event("statement.line", data={"kind": "interest"}))
    assert (answer.code, answer.field) == (Code.MISSING_FIELD, "data.fund")


def test_the_day_of_arrival_is_counted_in_shanghai() -> None:
    """15:59:59 UTC is still the 12th there, 16:00 is the 13th."""
    tomorrow = event(data={"applied_on": "2022-08-13"})
    late = datetime(2022, 8, 12, 15, 59, 59, tzinfo=UTC)
    assert refused(tomorrow, at=late).code == Code.APPLIED_AFTER_ARRIVAL
    inbound = taken(tomorrow, at=datetime(2022, 8, 12, 16, tzinfo=UTC))
    assert inbound.on == date(2022, 8, 13)


def test_a_record_without_timestamp_is_refused() -> None:
    (answer,) = read(Message("applications", orjson.dumps(event()), [], -1), KNOWN)
    assert isinstance(answer, Rejected)
    assert answer.code == Code.NO_TIMESTAMP


def test_somebody_not_yet_born_is_refused() -> None:
    first = "21120220220902000"
    unborn = {"kind": "person", "id": first + check_character(first), "name": "张三"}
    assert refused(event(data={"beneficiary": unborn})).code == Code.WRONG_PERSON_ID


def test_every_problem_of_a_message_is_named() -> None:
    answer = refused(event(data={"region": "999999", "programme": "x", "applied_on": "2098-01-01"}))
    assert {problem.code for problem in answer.problems} == {
        Code.UNKNOWN_REGION,
        Code.UNKNOWN_PROGRAMME,
        Code.APPLIED_AFTER_ARRIVAL,
    }


def test_a_region_of_another_city_is_refused_with_the_cities_that_there_are() -> None:
    said = refused(event(data={"region": "210100"})).text_zh
    assert "210100 沈阳市" in said
    assert "不属于本台账的城市" in said
    assert "本台账的城市：铁岭市" in said


def test_the_clear_part_of_a_refusal_never_repeats_the_message() -> None:
    secret = "211202199003070001"
    for data in ({secret: 1}, {"facts": {secret: 1}}, {"applied_on": secret}, {"region": secret}):
        answer = refused(event(data=data))
        assert secret not in answer.code + answer.field + answer.text_en
        assert secret in answer.text_zh


def test_equal_content_has_one_digest_in_any_writing() -> None:
    plain = claim(event())
    account = {**examples.DATA["application.submitted"]["account"]}
    typed = {
        "beneficiary": {"kind": "person", "id": "２11202 900307000", "name": " 张示例 "},
        "payee": {"kind": "person", "id": "21120219900307000x", "name": "张示例"},
        "account": {**account, "number": "6222 0200 0000 0000 017"},
    }
    assert claim(event(id="other", data=typed)).digest == plain.digest
    assert claim(event(), at=datetime(2022, 12, 1, tzinfo=UTC)).digest == plain.digest


@pytest.mark.parametrize(
    "data",
    [
        {"applied_on": "2022-08-11"},
        {"channel": "app"},
        {"facts": {}},
        {"payee": examples.DATA["person.prior-use"]["person"]},
    ],
)
def test_other_content_has_another_digest(data: dict[str, Any]) -> None:
    assert claim(event(data=data)).digest != claim(event()).digest


def test_a_correction_names_the_digest_that_the_application_has() -> None:
    correction = claim(event("application.corrected"))
    assert correction.replaces == claim(event()).digest
    assert correction.key == claim(event()).key


def test_a_batch_line_takes_what_it_lacks_from_the_header() -> None:
    batch = event("application.batch-submitted")
    payee = examples.DATA["person.prior-use"]["person"]
    first = {k: v for k, v in batch["data"]["lines"][0].items() if k != "account"}
    account = examples.DATA["application.submitted"]["account"]
    lines = [first, batch["data"]["lines"][1]]
    found = answers(
        event(
            "application.batch-submitted", data={"payee": payee, "account": account, "lines": lines}
        )
    )
    one, two, whole = (answer.body for answer in found if isinstance(answer, Inbound))
    assert isinstance(whole, Submitted)
    assert whole.employer is not None
    assert whole.employer.id == payee["id"]
    assert isinstance(one, Claim)
    assert isinstance(two, Claim)
    assert one.payee.id == two.payee.id == payee["id"]
    assert one.account.number == account["number"]
    assert two.account.number != account["number"]
    assert one.facts["certificate.level"] == "四级"


@pytest.mark.parametrize(
    ("stated", "number"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("024-7400 1234", "02474001234"),
    ],
)
def test_a_phone_has_one_writing(stated: str, number: str) -> None:
    assert claim(event(data={"phone": stated})).phone == number


@pytest.mark.parametrize("stated", ["1380013800", "12345678901", "74001234", "138001380001", "无"])
def test_what_is_no_phone_is_refused_and_not_repeated(stated: str) -> None:
    (problem,) = refused(event(data={"phone": stated})).problems
    assert (problem.code, problem.field) == (Code.WRONG_FORMAT, "data.phone")
    assert stated not in problem.text_zh


def test_a_phone_is_of_the_content_where_it_is_stated_and_stands_in_no_text() -> None:
    without, with_one = claim(event()), claim(event(data={"phone": "13800138000"}))
    assert without.digest != with_one.digest
    assert digest_of(with_one._replace(phone="")) == without.digest
    written = event(data={"phone": "13800138000", "application": "TL-13800138000"})
    assert Code.IDENTITY_IN_TEXT in {one.code for one in refused(written).problems}


def test_a_line_without_any_account_is_refused_alone() -> None:
    lines = examples.DATA["application.batch-submitted"]["lines"]
    bare = {k: v for k, v in lines[0].items() if k != "account"}
    found = answers(event("application.batch-submitted", data={"lines": [bare, lines[1], 7, {}]}))
    assert [type(answer).__name__ for answer in found] == [
        "Rejected",
        "Inbound",
        "Rejected",
        "Rejected",
        "Inbound",
    ]
    assert [answer.line for answer in found if isinstance(answer, Rejected)] == [1, 3, 4]


def test_a_batch_knows_its_lines_the_refused_ones_too() -> None:
    lines = examples.DATA["application.batch-submitted"]["lines"]
    broken = {**lines[1], "beneficiary": {**lines[1]["beneficiary"], "id": "123"}}
    named = {**lines[1], "line": lines[1]["beneficiary"]["id"]}
    twice = {**lines[1], "line": "1"}
    sent = [lines[0], broken, 7, named, twice]
    found = answers(event("application.batch-submitted", data={"lines": sent}))
    first, *_, last = found
    assert isinstance(first, Inbound)
    assert isinstance(first.body, Claim)
    assert isinstance(last, Inbound)
    assert isinstance(last.body, Submitted)
    assert last.body.key == first.body.key.rpartition(":")[0]
    assert last.body.lines == (
        LineRead(1, "1", first.body.digest),
        LineRead(2, "2", "", "WRONG_PERSON_ID", "data.lines.beneficiary.id"),
        LineRead(3, "", "", "WRONG_FORMAT", "data.lines"),
        LineRead(4, "", "", "IDENTITY_IN_TEXT", "data.line"),
        LineRead(5, "", "", "LINE_TWICE", "data.lines.line"),
    )


def test_a_batch_with_a_bad_header_is_refused_whole() -> None:
    assert refused(event("application.batch-submitted", data={"region": "999999"})).line is None
    assert refused(event("application.batch-submitted", data={"lines": []})).code == Code.NO_LINES


def test_structured_wins_over_stray_headers_and_a_batch_of_events_is_refused() -> None:
    content_type = b"application/cloudevents+json; charset=UTF-8"
    headers: list[tuple[str, bytes | None]] = [("content-type", content_type), ("ce_id", b"x")]
    assert taken(event(), headers=headers).event == event()["id"]
    batch: list[tuple[str, bytes | None]] = [
        ("content-type", b"application/cloudevents-batch+json")
    ]
    assert refused(event(), headers=batch).code == Code.WRONG_CONTENT


def test_a_binary_header_that_is_no_text_is_refused() -> None:
    headers: list[tuple[str, bytes | None]] = [("ce_id", b"\xff")]
    assert refused(event(), headers=headers).code == Code.WRONG_ATTRIBUTE


def test_every_code_has_its_words() -> None:
    assert set(WORDINGS) == set(Code)


def test_a_banks_result_is_taken_whatever_its_reference_looks_like() -> None:
    reference = "TX21120219900307000X"
    result = taken(event("payment.settled", data={"bank_reference": reference}))
    asked = commands_for(result, VaultAnswer(), Message("bank-results", b"", [], 0))
    assert isinstance(asked, list)
    assert isinstance(asked[0].body, RecordBankResult)
    assert asked[0].body.bank_reference == "TX" + 18 * "*"


def test_the_day_of_birth_comes_from_the_resident_id_where_a_programme_asks_for_it() -> None:
    asking = KNOWN._replace(asking_birth=KNOWN.programmes)
    plain = claim(event())
    at = int(NOON.timestamp() * 1000)
    record = Message("applications", orjson.dumps(event()), [], at)
    (filled,) = read(record, asking)
    assert isinstance(filled, Inbound)
    assert isinstance(filled.body, Claim)
    assert "person.born_on" not in plain.facts
    assert filled.body.facts["person.born_on"] == "1990-03-07"
    assert filled.body.digest == plain.digest, "what was stated is the same"


TWICE = [
    ('"amount_fen":150000', '"amount_fen":1,"amount_fen":150000', "data", "data.amount_fen"),
    ('"amount_fen":150000', '"amount_fen":150000,"amount_fen":150000', "data", "data.amount_fen"),
    ('"amount_fen":150000', '"amount\\u005ffen":1,"amount_fen":150000', "data", "data.amount_fen"),
    # a colon that is written as an escape comes back as one
    (
        '"amount_fen":150000',
        '"amount_fen":1,"amount_fen":150000,"\\u003a":1',
        "data",
        "data.amount_fen",
    ),
    (
        '"amount_fen":150000',
        '"amount_fen":{"a":" : : "},"amount_fen":150000',
        "data",
        "data.amount_fen",
    ),
    ('"type":', '"type":"payment.returned","type":', "type", "type"),
    ('"specversion":', '"extra":1,"extra":2,"specversion":', "", "extra"),
    ('"data":', '"data":{},"data":', "data", "data"),
]


@pytest.mark.parametrize(("before", "after", "field", "path"), TWICE)
@pytest.mark.parametrize("indented", [False, True])
def test_a_name_that_stands_in_one_object_twice_is_refused_and_named(
    before: str, after: str, field: str, path: str, indented: bool
) -> None:
    raw = orjson.dumps(event("payment.settled", data={"amount_fen": 150_000})).decode()
    assert before in raw
    raw = raw.replace(before, after, 1)
    if indented:
        raw = raw.replace('":', '" :\n  ')
    answer = refused(raw.encode(), feed="bank-results")
    assert (answer.code, answer.field) == (Code.KEY_TWICE, field)
    assert f"（{path}）" in answer.text_zh


def test_a_name_that_stands_twice_in_a_line_or_in_facts_is_named_by_its_place() -> None:
    raw = orjson.dumps(event("application.batch-submitted")).decode()
    once = '"line":"1"'
    assert once in raw, "the example's first line"
    answer = refused(raw.replace(once, f'"line":"9",{once}', 1).encode())
    assert (answer.code, answer.field, answer.line) == (Code.KEY_TWICE, "data", None)
    assert "data.lines.line" in answer.text_zh
    claimed = orjson.dumps(event()).decode()
    assert '"facts":{' in claimed
    facts = claimed.replace('"facts":{', '"facts":{"insured_months":1,"insured_months":2,')
    assert "data.facts.insured_months" in refused(facts.encode()).text_zh


def test_colons_in_texts_and_names_and_escapes_of_them_are_no_repeats() -> None:
    plain = event(data={"channel": "hall"})
    for text in ("a:b", '":', "::::", '\\":'):
        stated = {**plain, "subject": text, "a:b": {"c:": text}}
        assert isinstance(taken(stated).body, Claim)
        escaped = orjson.dumps(stated).replace(b"a:b", b"a\\u003ab")
        (answer,) = answers(escaped)
        assert isinstance(answer, Inbound)


def test_a_message_that_is_nested_past_any_use_is_too_deep() -> None:
    deep = b"[" * 500 + b"]" * 500
    assert refused(orjson.dumps(event()).replace(b'"hall"', deep)).code == Code.TOO_DEEP


def test_an_attribute_in_two_headers_is_refused() -> None:
    whole = event("payment.settled")
    data = orjson.dumps(whole.pop("data"))
    headers: list[tuple[str, bytes | None]] = [
        (f"ce_{name}", str(value).encode()) for name, value in whole.items()
    ]
    assert all(
        isinstance(one, Inbound) for one in answers(data, feed="bank-results", headers=headers)
    )
    twice = [*headers, ("CE_Type", b"payment.returned")]
    answer = refused(data, feed="bank-results", headers=twice)
    assert (answer.code, answer.field) == (Code.KEY_TWICE, "type")
    repeated = data.replace(b'"amount_fen"', b'"amount_fen":1,"amount_fen"', 1)
    within = refused(repeated, feed="bank-results", headers=headers)
    assert (within.code, within.field) == (Code.KEY_TWICE, "data")


ONE_SIGN = ("李", " 李 ", "李·", "O.", "〇", "x")


@pytest.mark.parametrize("name", ONE_SIGN)
@pytest.mark.parametrize(
    "field", ["beneficiary.name", "payee.name", "account.holder", "account.bank"]
)
def test_one_sign_is_nobodys_name(field: str, name: str) -> None:
    part, key = field.split(".")
    unit = {"kind": "unit", "id": "91211200MA0XXXX19D"}
    stated = unit if part == "payee" else examples.DATA["application.submitted"][part]
    answer = refused(event(data={part: {**stated, key: name}}))
    assert (answer.code, answer.field) == (Code.WRONG_FORMAT, f"data.{field}")
    assert "至少两个字" in answer.text_zh


@pytest.mark.parametrize("name", ["李 四", "Li", "Ó Sé", "阿·力", "李四"])
def test_two_signs_are_a_name(name: str) -> None:
    zhang = examples.DATA["application.submitted"]["beneficiary"]
    assert claim(event(data={"beneficiary": {**zhang, "name": name}})).beneficiary.name


def test_a_blank_name_is_told_as_before() -> None:
    zhang = examples.DATA["application.submitted"]["beneficiary"]
    answer = refused(event(data={"beneficiary": {**zhang, "name": "　"}}))
    assert (answer.code, answer.field) == (Code.WRONG_FORMAT, "data.beneficiary.name")


def test_no_name_that_is_taken_can_hide_in_a_fact() -> None:
    zhang = {**examples.DATA["application.submitted"]["beneficiary"], "name": "李四"}
    facts = {**examples.DATA["application.submitted"]["facts"], "certificate.number": "李四的证书"}
    answer = refused(event(data={"beneficiary": zhang, "facts": facts}))
    assert answer.code == Code.IDENTITY_IN_TEXT
