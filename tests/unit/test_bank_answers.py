"""A bank's answer is read whole, in any form, and each line becomes the message of its outcome."""

from datetime import date
from pathlib import Path

import orjson
import pytest

from events.inbound.check import check_bytes
from events.instructions import instruction_id
from policies.registry import Policies
from services.banks.iso20022 import breaches, read
from services.banks.layouts import BankLayout, bank_layouts
from services.banks.orders import Payment, PaymentOrder
from services.banks.pain001 import write_pain001
from services.banks.pain002 import read_pain002
from services.banks.result_sheet import read_result_sheet
from services.banks.results import BankAnswer, messages, of_the_books
from services.banks.sheets import write_csv, write_xlsx
from services.demo.bank_files import PAIN002, Told, answer_file, layout_for, order_in
from services.intake.take import known_of

BATCH = "B2208310003"
TODAY = date(2022, 8, 31)
PAYMENTS = tuple(
    Payment(n, instruction_id(BATCH, n), f"测试{n}", f"62220200000000{n:05}", "农行", 150_000 + n)
    for n in range(1, 7)
)
ORDER = PaymentOrder(BATCH, "abc-3234", TODAY, PAYMENTS)
BOOKS = {payment.instruction: payment.amount for payment in PAYMENTS}
LAYOUTS = list(bank_layouts().values())


def answered(raw: bytes, layout: BankLayout) -> BankAnswer:
    return read_result_sheet(raw, layout.results) if layout.results else read_pain002(raw)


def told() -> list[Told]:
    """Of six payments the bank settles three, returns two and says nothing of the last."""
    return [
        Told(payment, "AC04", "账户已销户", "")
        if payment.no in (2, 4)
        else Told(payment, reference="W1")
        for payment in PAYMENTS[:5]
    ]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.profile)
def test_a_batch_goes_to_the_bank_and_comes_back_settled_returned_and_dropped(
    layout: BankLayout, tmp_path: Path
) -> None:
    write = {"csv": write_csv, "xlsx": write_xlsx}.get(layout.form, write_pain001)
    file = tmp_path / f"{BATCH}.{layout.suffix}"
    file.write_bytes(write(ORDER, layout))
    at_bank = order_in(file, TODAY)
    assert at_bank.payments == PAYMENTS
    assert at_bank.payer == ORDER.payer
    assert layout_for(file) == layout

    raw = answer_file(at_bank, told(), TODAY, layout)
    answer = of_the_books(answered(raw, layout), BOOKS)
    assert answer.problems == ()
    assert [(line.about[-1], line.outcome, line.amount) for line in answer.lines] == [
        ("1", "settled", 150_001),
        ("2", "returned", 150_002),
        ("3", "settled", 150_003),
        ("4", "returned", 150_004),
        ("5", "settled", 150_005),
    ]
    assert {line.value_on for line in answer.lines} == {TODAY}
    events = [message.event for message in messages(answer, f"bank.{layout.profile}")]
    assert events == [
        m.event
        for m in messages(of_the_books(answered(raw, layout), BOOKS), f"bank.{layout.profile}")
    ]
    assert len({event["id"] for event in events}) == 5
    checked = check_bytes(b"\n".join(map(orjson.dumps, events)), known_of(Policies.load()))
    assert checked.findings == []
    assert [entry.type for entry in checked.accepted].count("payment.returned") == 2


def test_a_status_report_is_what_the_published_schema_wants() -> None:
    root, version = read(answer_file(ORDER, told(), TODAY, bank_layouts()["iso-20022"]), "pain.002")
    assert version == PAIN002
    assert breaches(root, version) == []


def test_a_whole_file_that_the_bank_rejects_returns_each_of_its_payments() -> None:
    raw = answer_file(ORDER, [], TODAY, bank_layouts()["iso-20022"])
    raw = raw.replace(
        b"<GrpSts>PART</GrpSts>",
        b"<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf>",
    )
    answer = of_the_books(read_pain002(raw), BOOKS)
    assert answer.problems == ()
    assert {line.about: line.amount for line in answer.lines} == BOOKS
    assert {(line.outcome, line.code) for line in answer.lines} == {("returned", "AM04")}


def test_what_is_only_accepted_is_no_outcome() -> None:
    raw = answer_file(ORDER, told(), TODAY, bank_layouts()["iso-20022"])
    answer = read_pain002(raw.replace(b"<TxSts>ACSC</TxSts>", b"<TxSts>ACSP</TxSts>"))
    assert [line.outcome for line in answer.lines] == ["returned", "returned"]
    assert answer.pending == 3


def test_a_report_that_breaks_the_schema_is_named_by_its_line_and_not_taken() -> None:
    raw = answer_file(ORDER, told(), TODAY, bank_layouts()["iso-20022"])
    lines = raw.replace(b"<TxSts>RJCT</TxSts>", b"<TxSts>REJECTED</TxSts>", 1).split(b"\n")
    broken = next(no for no, text in enumerate(lines, 1) if b"REJECTED" in text)
    answer = read_pain002(b"\n".join(lines))
    assert answer.lines == ()
    assert {problem.line for problem in answer.problems} == {broken}


def test_unreadable_cells_are_all_named_by_line_and_column() -> None:
    raw = (
        "指令号,处理结果,金额（元）,入账日期\n"
        f"{PAYMENTS[0].instruction},成功,1500.01,2022-08-31\n"
        "X1,成功,1.00,2022-08-31\n"
        f"{PAYMENTS[1].instruction},也许,1.00,2022-08-31\n"
        f"{PAYMENTS[2].instruction},成功,1.005,昨天\n"
        f"{PAYMENTS[3].instruction},处理中,,\n"
    ).encode("gb18030")
    layout = bank_layouts()["city-csv"].results
    assert layout is not None
    answer = read_result_sheet(raw, layout)
    assert [(problem.line, problem.column) for problem in answer.problems] == [
        (3, "指令号"),
        (4, "处理结果"),
        (5, "金额（元）"),
        (5, "入账日期"),
    ]
    assert answer.pending == 1


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xfe\x00", b"PK\x03\x04half", b"a,b\n1,2\n", b"<Document/>", b"<half"],
)
def test_what_is_no_answer_is_refused_with_words(raw: bytes) -> None:
    layout = bank_layouts()["city-csv"]
    answer = read_pain002(raw) if raw.startswith(b"<") else answered(raw, layout)
    assert answer.lines == ()
    assert all(problem.text for problem in answer.problems)
    assert answer.problems


def test_a_payment_that_the_books_do_not_know_is_named() -> None:
    raw = answer_file(ORDER, told(), TODAY, bank_layouts()["city-csv"])
    answer = answered(raw, bank_layouts()["city-csv"])
    known = {name: amount for name, amount in BOOKS.items() if name != PAYMENTS[1].instruction}
    (problem,) = of_the_books(answer, known).problems
    assert (problem.line, problem.value) == (3, PAYMENTS[1].instruction)
