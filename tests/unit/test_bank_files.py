"""OrderedPayment files leave in the bank's layout, whole, repeatable, and as the published schemas say."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from events.ids import INSTRUCTION_PATTERN, instruction_id
from events.invariants import BrokenInvariant
from services.banking.banks.of_cities import city_banks
from services.banking.banks.registry import shipped_banks
from services.banking.iso20022 import (
    NotTheMessage,
    breaches,
    read_message,
    schemas,
)
from services.banking.payment_files.orders import OrderedPayment, Payer, PaymentOrder
from services.banking.payment_files.pain001 import VERSION, read_pain001, write_pain001
from services.banking.payment_files.sheets import TextOutsideEncoding, write_csv, write_xlsx
from tests.bank_layouts import payment_layout
from tests.example_cities import cities

BATCH = "B2208310003"
ISO = payment_layout("iso-20022")
PAYER = Payer("示例市人力资源和社会保障局", "9900000000003234", "103233000017")


def order(*payments: OrderedPayment) -> PaymentOrder:
    return PaymentOrder(BATCH, PAYER, date(2022, 8, 31), payments)


ORDER = order(
    OrderedPayment(
        1, instruction_id(BATCH, 1), "测试甲", "6222020000000000017", "农行银州支行", 150_000
    ),
    OrderedPayment(
        99_999, instruction_id(BATCH, 99_999), "测试<乙>&", "6228480000000002", "农行", 5
    ),
)


def test_every_account_of_the_city_has_a_bank_that_pays_and_writes_statements() -> None:
    banks = city_banks(cities())
    for alias in cities().accounts:
        assert banks.payment_file(alias).purpose
        assert banks.statement(alias).date_formats


def test_a_pain001_is_what_the_published_schema_wants_and_reads_back_whole() -> None:
    raw = write_pain001(ORDER, ISO)
    root, version = read_message(raw, "pain.001")
    assert version == VERSION
    assert breaches(root, version) == []
    assert read_pain001(raw).payments == tuple(
        payment._replace(no=no) for no, payment in enumerate(ORDER.payments, 1)
    )
    assert read_pain001(raw)[:3] == ORDER[:3]


def test_the_schemas_of_all_messages_are_carried() -> None:
    assert VERSION in schemas("pain.001")
    assert {"pain.002.001.03", "pain.002.001.12", "pain.002.001.14"} <= schemas("pain.002").keys()
    for kind in ("camt.052", "camt.053", "camt.054"):
        assert list(schemas(kind)) == [f"{kind}.001.{version:02}" for version in range(1, 15)]


@pytest.mark.parametrize(
    "damage",
    [
        (b"<PmtMtd>TRF</PmtMtd>", b"<PmtMtd>CASH</PmtMtd>"),
        (b"<MsgId>B2208310003</MsgId>", b""),
        (b'Ccy="CNY"', b""),
        (b"1500.00</InstdAmt>", b"1500,00</InstdAmt>"),
    ],
)
def test_what_breaks_the_schema_is_not_read(damage: tuple[bytes, bytes]) -> None:
    raw = write_pain001(ORDER, ISO)
    assert damage[0] in raw
    with pytest.raises(NotTheMessage):
        read_pain001(raw.replace(*damage))


def test_a_text_that_xml_or_the_schema_cannot_carry_is_not_sent_and_not_told() -> None:
    for holder in ("测\x00试", "测" * 141):
        with pytest.raises(BrokenInvariant) as refused:
            write_pain001(order(ORDER.payments[0]._replace(holder=holder)), ISO)
        assert "测" not in str(refused.value)


def test_an_entity_or_a_document_type_is_not_followed() -> None:
    evil = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    raw = write_pain001(ORDER, ISO)
    head, _, rest = raw.partition(b"\n")
    with pytest.raises(NotTheMessage):
        read_pain001(head + b"\n" + evil + rest)


def test_a_workbook_keeps_every_digit_and_is_the_same_bytes_again() -> None:
    layout = payment_layout("city-xlsx")
    raw = write_xlsx(ORDER, layout)
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(column.heading for column in layout.columns)
    assert rows[1][1:8] == (
        PAYER.name,
        PAYER.number,
        "B220831000300001",
        "测试甲",
        "6222020000000000017",
        "农行银州支行",
        "1500.00",
    )
    assert write_xlsx(ORDER, layout) == raw
    assert {entry.date_time[0] for entry in zipfile.ZipFile(io.BytesIO(raw)).infolist()} == {1980}


@pytest.mark.parametrize("field", [16, 20])
def test_an_instruction_survives_a_field_of_16_and_of_20_characters(field: int) -> None:
    names = [payment.instruction for payment in ORDER.payments]
    for padded in (name[:field].ljust(field) for name in names):
        assert padded.strip() in names
    assert all(len(name) == 16 and name.isascii() for name in names)
    assert (
        INSTRUCTION_PATTERN.count("[0-9]") == 2
    )  # digits and capitals only, in any bank's character set


def test_each_layout_writes_the_same_file_twice() -> None:
    for layout in filter(None, (bank.payment_file for bank in shipped_banks().values())):
        write = {"csv": write_csv, "xlsx": write_xlsx}.get(layout.form, write_pain001)
        assert write(ORDER, layout) == write(ORDER, layout)


def test_a_name_that_the_banks_character_set_lacks_is_told_by_its_line_alone() -> None:
    layout = payment_layout("city-csv").model_copy(update={"encoding": "gbk"})
    odd = ORDER.payments[1]._replace(holder="\U00020bb7田")
    with pytest.raises(TextOutsideEncoding) as refused:
        write_csv(order(ORDER.payments[0], odd), layout)
    assert refused.value.lines == [odd.no]
    assert "田" not in str(refused.value)
    assert write_csv(ORDER, layout).decode("gbk").count("测试") == 2
