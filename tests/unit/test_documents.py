"""Documents: who has no resident id is named by another document, each in one canonical form."""

from datetime import date

import pytest

from events.contract.inbound.documents import (
    DocumentKind,
    birth_of,
    not_yet_born,
    person_id,
    printed,
)
from events.contract.inbound.rejections import Code
from events.contract.schemas import examples
from tests.unit.test_inbound import claim, event, refused


@pytest.mark.parametrize(
    ("kind", "typed", "country", "known"),
    [
        ("resident_id", "211202 19900307 000x", "", "21120219900307000X"),
        ("residence_permit", "８１００００199001010019", "", "810000199001010019"),
        ("permanent_residence", "911124198108030024", "", "911124198108030024"),
        ("permanent_residence", "usa 3100 700101 12", "", "PR:USA310070010112"),
        ("hk_macao_permit", "h12345678", "", "HM:H12345678"),
        ("hk_macao_permit", "H1234567802", "", "HM:H12345678"),
        ("taiwan_permit", "12345678", "", "TW:12345678"),
        ("taiwan_permit", "1234567890（B）", "", "TW:1234567890B"),
        ("passport", "m1234-5678", "KOR", "PP:KOR:M12345678"),
    ],
)
def test_a_number_has_one_form_however_it_is_typed(
    kind: DocumentKind, typed: str, country: str, known: str
) -> None:
    assert person_id(kind, typed, country) == known
    assert printed(known).document == kind


@pytest.mark.parametrize(
    ("kind", "number", "country"),
    [
        ("residence_permit", "21120219900307000X", ""),  # a resident id
        ("residence_permit", "810000199001010018", ""),  # check character
        ("permanent_residence", "21120219900307000X", ""),
        ("permanent_residence", "USA310070133112", ""),  # 33 January
        ("hk_macao_permit", "A12345678", ""),
        ("hk_macao_permit", "H1234567٨", ""),  # a digit of another script
        ("taiwan_permit", "1234567", ""),
        ("passport", "M12345678", ""),  # of no country
        ("passport", "PASSPORT", "KOR"),  # no digit
    ],
)
def test_what_cannot_be_of_its_kind_is_refused(
    kind: DocumentKind, number: str, country: str
) -> None:
    assert person_id(kind, number, country) is None


def test_the_same_number_on_another_kind_of_document_is_another_person() -> None:
    taiwan, passport = (
        person_id("taiwan_permit", "12345678"),
        person_id("passport", "12345678", "KOR"),
    )
    assert taiwan != passport != person_id("passport", "12345678", "JPN")


def test_only_eighteen_digits_tell_the_day_of_birth() -> None:
    assert birth_of("810000199001010019") == "1990-01-01"
    assert birth_of("PP:KOR:M12345678") is None
    assert not_yet_born("911124198108030024", date(1981, 8, 2))
    assert not not_yet_born("PP:KOR:M12345678", date(1900, 1, 1))


def _applies(**beneficiary: object) -> dict[str, object]:
    known = {"kind": "person", "name": "金示例", **beneficiary}
    return event(data={"beneficiary": {k: v for k, v in known.items() if v is not ...}})


def test_an_application_names_its_document_and_an_old_message_stays_valid() -> None:
    passport = claim(_applies(document="passport", country="KOR", id="M12345678"))
    assert passport.beneficiary.id == "PP:KOR:M12345678"
    old = examples.events()["application.submitted"]["data"]["beneficiary"]
    assert "document" not in old
    assert claim(event()).beneficiary.id == old["id"]
    assert claim(_applies(id=old["id"], document="resident_id", name=old["name"])).digest == (
        claim(event()).digest
    )


@pytest.mark.parametrize(
    ("stated", "code", "field"),
    [
        ({"document": "passport", "id": "M1234567"}, Code.MISSING_FIELD, "country"),
        (
            {"document": "taiwan_permit", "id": "12345678", "country": "TWN"},
            Code.WRONG_FORMAT,
            "country",
        ),
        ({"document": "passport", "country": "KOR", "id": "護照"}, Code.WRONG_PERSON_ID, "id"),
        ({"document": "library_card", "id": "1"}, Code.WRONG_FORMAT, "document"),
        (
            {"kind": "unit", "id": "91211200MA0XXXX19D", "document": "passport"},
            Code.WRONG_FORMAT,
            "document",
        ),
        ({"id": "21120285010100١"}, Code.WRONG_PERSON_ID, "id"),
        ({"id": "91٢11202MA0000000X", "kind": "unit"}, Code.WRONG_UNIT_CODE, "id"),
        ({"id": "21120219900307000X", "name": "张\u202e三"}, Code.HIDDEN_CHARACTER, "name"),
        ({"id": "21120219900307000X", "name": "张三٣"}, Code.WRONG_FORMAT, "name"),
    ],
)
def test_what_does_not_fit_is_named(stated: dict[str, object], code: Code, field: str) -> None:
    answer = refused(_applies(**stated))
    assert (answer.code, answer.field) == (code, f"data.beneficiary.{field}")
