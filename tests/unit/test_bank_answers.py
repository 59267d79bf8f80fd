"""A bank's answer is read whole, in any form, and each line becomes the message of its outcome."""

import io
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import orjson
import pytest

from events.contract.inbound.check import check_bytes
from events.ids import instruction_id
from policies.engine.message_names import names_of_policies
from policies.engine.registry import Policies
from projections.queries.results import ExpectedPayment
from services.banking.answers.bank_answer import BankAnswer
from services.banking.answers.compared import compared_with_books, missing, missing_in_words
from services.banking.answers.pain002 import read_pain002
from services.banking.answers.reading import read_answer, recording_commands
from services.banking.answers.result_messages import result_messages
from services.banking.answers.result_sheet import read_result_sheet
from services.banking.banks.layouts import Bank
from services.banking.banks.of_cities import city_banks
from services.banking.banks.registry import shipped_banks
from services.banking.iso20022 import breaches, read_message
from services.banking.payment_files.orders import OrderedPayment, Payer, PaymentOrder
from services.banking.payment_files.pain001 import write_pain001
from services.banking.payment_files.sheets import write_csv, write_xlsx
from services.demo.bank.files import (
    PAIN002,
    PaymentResult,
    answer_file,
    bank_for,
    order_in,
)
from services.demo.cast.account_numbers import invented_number
from tests.bank_layouts import answer_layout
from tests.example_cities import cities

BATCH = "B2208310003"
TODAY = date(2022, 8, 31)
PAYMENTS = tuple(
    OrderedPayment(
        n, instruction_id(BATCH, n), f"测试{n}", f"62220200000000{n:05}", "农行", 150_000 + n
    )
    for n in range(1, 7)
)
PAYER = Payer("示例市", "9900000000003234", "103233000017")
ORDER = PaymentOrder(BATCH, PAYER, TODAY, PAYMENTS)
BOOKS = {payment.instruction: ExpectedPayment(payment.amount, TODAY) for payment in PAYMENTS}
PAYING = [bank for bank in shipped_banks().values() if bank.payment_file]


def answered(raw: bytes, bank: Bank) -> BankAnswer:
    return read_result_sheet(raw, bank.answer) if bank.answer else read_pain002(raw)


def told() -> list[PaymentResult]:
    """Of six payments the bank settles three, returns two and says nothing of the last."""
    return [
        PaymentResult(payment, "AC04", "账户已销户", "")
        if payment.no in (2, 4)
        else PaymentResult(payment, reference="W1")
        for payment in PAYMENTS[:5]
    ]


@pytest.mark.parametrize("bank", PAYING, ids=lambda bank: bank.name)
def test_a_batch_goes_to_the_bank_and_comes_back_settled_returned_and_dropped(
    bank: Bank, tmp_path: Path
) -> None:
    layout = bank.payment_file
    assert layout is not None
    write = {"csv": write_csv, "xlsx": write_xlsx}.get(layout.form, write_pain001)
    file = tmp_path / f"{BATCH}.{layout.suffix}"
    account = next(one for one in cities().accounts.values() if one.layout == bank.name)
    owner = cities().city_of_account(account.alias)
    assert owner is not None
    order = ORDER._replace(payer=Payer(owner.about.payer, invented_number(account)))
    file.write_bytes(write(order, layout))
    at_bank = order_in(file, TODAY, cities())
    told_the_bank = not layout.is_sheet or any(c.field == "bank" for c in layout.columns)
    assert at_bank.payments == tuple(
        one if told_the_bank else one._replace(bank="") for one in PAYMENTS
    )
    assert at_bank.payer == order.payer
    assert bank_for(file, cities()) == bank

    raw = answer_file(at_bank, told(), TODAY, bank)
    answer = compared_with_books(answered(raw, bank), BOOKS, TODAY)
    assert answer.problems == ()
    assert [(line.about[-1], line.outcome, line.amount) for line in answer.lines] == [
        ("1", "settled", 150_001),
        ("2", "returned", 150_002),
        ("3", "settled", 150_003),
        ("4", "returned", 150_004),
        ("5", "settled", 150_005),
    ]
    assert {line.value_on for line in answer.lines} == {TODAY}
    events = [message.event for message in result_messages(answer, f"bank.{bank.name}")]
    assert events == [
        m.event
        for m in result_messages(
            compared_with_books(answered(raw, bank), BOOKS, TODAY), f"bank.{bank.name}"
        )
    ]
    assert len({event["id"] for event in events}) == 5
    checked = check_bytes(b"\n".join(map(orjson.dumps, events)), names_of_policies(Policies.load()))
    assert checked.findings == []
    assert [entry.type for entry in checked.accepted].count("payment.returned") == 2


def test_a_status_report_is_what_the_published_schema_wants() -> None:
    root, version = read_message(
        answer_file(ORDER, told(), TODAY, shipped_banks()["iso-20022"]), "pain.002"
    )
    assert version == PAIN002
    assert breaches(root, version) == []


def test_a_whole_file_that_the_bank_rejects_returns_each_of_its_payments() -> None:
    raw = answer_file(ORDER, [], TODAY, shipped_banks()["iso-20022"])
    raw = raw.replace(
        b"<GrpSts>PART</GrpSts>",
        b"<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf>",
    )
    answer = compared_with_books(read_pain002(raw), BOOKS, TODAY)
    assert answer.problems == ()
    assert {line.about: line.amount for line in answer.lines} == {
        name: one.amount_fen for name, one in BOOKS.items()
    }
    assert {(line.outcome, line.code) for line in answer.lines} == {("returned", "AM04")}


def whole_and_first(group: str, block: str, first: str) -> bytes:
    """Write a report of six returned payments with these statuses of its whole and its first."""
    returned = [PaymentResult(payment, "AC04", "账户已销户") for payment in PAYMENTS]
    raw = answer_file(ORDER, returned, TODAY, shipped_banks()["iso-20022"])
    raw = raw.replace(b"<GrpSts>RJCT<", f"<GrpSts>{group}<".encode())
    named = f"<OrgnlPmtInfId>{BATCH}</OrgnlPmtInfId>"
    stated = f"{named}<PmtInfSts>{block}</PmtInfSts>" if block else named
    raw = raw.replace(named.encode(), stated.encode())
    return raw.replace(b"<TxSts>RJCT<", f"<TxSts>{first}<".encode(), 1)


@pytest.mark.parametrize("level", ["group", "block"])
@pytest.mark.parametrize(
    ("whole", "first"),
    [
        ("RJCT", "ACSC"),
        ("RJCT", "ACCC"),
        ("RJCT", "ACSP"),
        ("RJCT", "ACCP"),
        ("RJCT", "PDNG"),
        ("CANC", "ACSC"),
    ],
)
def test_nothing_is_taken_of_a_report_that_rejects_the_whole_and_not_a_part(
    level: str, whole: str, first: str
) -> None:
    raw = whole_and_first(*((whole, "") if level == "group" else ("PART", whole)), first)
    answer = compared_with_books(read_pain002(raw), BOOKS, TODAY)
    assert answer.lines == ()
    assert answer.pending == 0
    (problem,) = answer.problems
    assert b"<TxInfAndSts>" in raw.split(b"\n")[problem.line - 1]
    assert problem.value == PAYMENTS[0].instruction
    assert f"状态为 {first}，而它所属的整组 {BATCH} 状态为 {whole}" in problem.text


def test_a_whole_that_is_settled_with_a_part_that_is_not_is_not_taken_either() -> None:
    answer = read_pain002(whole_and_first("ACSC", "", "ACSP"))
    assert answer.lines == ()
    assert [problem.value for problem in answer.problems] == [p.instruction for p in PAYMENTS]


def test_a_rejected_file_whose_payment_block_is_settled_is_not_taken() -> None:
    answer = read_pain002(whole_and_first("RJCT", "ACSC", "RJCT"))
    assert answer.lines == ()
    told = [problem for problem in answer.problems if problem.value == BATCH]
    assert [problem.wrong.split("，")[0] for problem in told] == ["状态为 ACSC"]


@pytest.mark.parametrize(
    ("group", "block", "first"),
    [("RJCT", "", "RJCT"), ("RJCT", "RJCT", "CANC"), ("PART", "", "ACSC"), ("ACCP", "", "RJCT")],
)
def test_a_whole_that_goes_with_its_parts_or_is_not_final_is_taken(
    group: str, block: str, first: str
) -> None:
    answer = compared_with_books(read_pain002(whole_and_first(group, block, first)), BOOKS, TODAY)
    assert answer.problems == ()
    assert [line.about for line in answer.lines] == [p.instruction for p in PAYMENTS]


def test_what_is_only_accepted_is_no_outcome() -> None:
    raw = answer_file(ORDER, told(), TODAY, shipped_banks()["iso-20022"])
    answer = read_pain002(raw.replace(b"<TxSts>ACSC</TxSts>", b"<TxSts>ACSP</TxSts>"))
    assert [line.outcome for line in answer.lines] == ["returned", "returned"]
    assert answer.pending == 3


@pytest.mark.parametrize("version", ["04", "05", "08", "09", "10", "11", "13", "16"])
def test_a_status_report_of_a_version_between_those_carried_is_read(version: str) -> None:
    raw = answer_file(ORDER, told(), TODAY, shipped_banks()["iso-20022"])
    carried = re.search(rb"pain\.002\.001\.([0-9]{2})", raw)
    assert carried is not None
    named = raw.replace(carried[0], b"pain.002.001." + version.encode())
    assert read_pain002(named).lines == read_pain002(raw).lines
    broken = named.replace(b"<TxSts>RJCT</TxSts>", b"<TxSts>REJECTED</TxSts>", 1)
    answer = read_pain002(broken)
    lines = broken.split(b"\n")
    where = {no for no, text in enumerate(lines, 1) if b"REJECTED" in text}
    assert (answer.lines, {problem.line for problem in answer.problems}) == ((), where)


@pytest.mark.parametrize("status", ["ACTC", "ACCP", "RCVD"])
def test_that_a_bank_has_a_file_is_told_and_is_no_problem(status: str) -> None:
    raw = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"><CstmrPmtStsRpt><GrpHdr>'
        "<MsgId>R1</MsgId><CreDtTm>2022-08-31T16:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>{BATCH}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"<GrpSts>{status}</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
    )
    answer = read_pain002(raw.encode())
    assert (answer.lines, answer.problems, answer.pending) == ((), (), 0)
    assert answer.acknowledged == (BATCH,)


def test_a_web_page_and_a_text_of_another_delimiter_are_called_what_they_are() -> None:
    banks = city_banks(cities())
    page = b"<html><body><table><tr><td>\xd6\xb8\xc1\xee\xba\xc5</td></tr></table></body></html>"
    assert "网页" in read_answer(page, "city-csv", banks).problems[0].text
    bars = "指令号|金额（元）|处理结果|入账日期\nB220831000300001|1.00|成功|2022-08-31\n"
    (problem,) = read_answer(bars.encode(), "city-csv", banks).problems
    assert "以竖线分隔，所选格式以逗号分隔" in problem.text


def test_the_sheets_that_hold_no_answers_are_named() -> None:
    book, held = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0].append(["说明", "回盘见第二张"])
    sheet = book.create_sheet("回盘")
    sheet.append(["指令号", "金额（元）", "处理结果", "入账日期"])
    sheet.append(["B220831000300001", 1500, "成功", "2022-08-31"])
    book.save(held)
    answer = read_answer(held.getvalue(), "city-csv", city_banks(cities()))
    assert len(answer.lines) == 1
    assert answer.left_out == ("Sheet",)


def test_a_report_that_breaks_the_schema_is_named_by_its_line_and_not_taken() -> None:
    raw = answer_file(ORDER, told(), TODAY, shipped_banks()["iso-20022"])
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
    answer = read_result_sheet(raw, answer_layout("city-csv"))
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
    layout = shipped_banks()["city-csv"]
    answer = read_pain002(raw) if raw.startswith(b"<") else answered(raw, layout)
    assert answer.lines == ()
    assert all(problem.text for problem in answer.problems)
    assert answer.problems


def test_a_payment_that_the_books_do_not_know_is_named() -> None:
    raw = answer_file(ORDER, told(), TODAY, shipped_banks()["city-csv"])
    answer = answered(raw, shipped_banks()["city-csv"])
    known = {name: amount for name, amount in BOOKS.items() if name != PAYMENTS[1].instruction}
    (problem,) = compared_with_books(answer, known, TODAY).problems
    assert (problem.line, problem.value) == (3, PAYMENTS[1].instruction)


HEADINGS = "指令号,金额（元）,处理结果,入账日期,返回码,失败原因,银行流水号\n"
SENT_ON = date(2022, 8, 30)


def csv_answer(*rows: str, name: str = "city-csv") -> BankAnswer:
    """Read rows of a sheet, and compare them with the books on the day after the sending."""
    raw = (HEADINGS + "".join(f"{row}\n" for row in rows)).encode()
    books = {name: ExpectedPayment(one.amount_fen, SENT_ON) for name, one in BOOKS.items()}
    return compared_with_books(answered(raw, shipped_banks()[name]), books, TODAY)


def row(no: int, amount: str, word: str = "成功", on: str = "2022-08-31", more: str = ",,") -> str:
    """Write one row of an answer."""
    return f"{PAYMENTS[no].instruction},{amount},{word},{on},{more}"


@pytest.mark.parametrize(
    ("on", "wrong"),
    [
        ("2098-12-23", "晚于今天"),
        ("2202-12-23", "不在 1900 年至 2099 年之间"),
        ("2022-09-01", "晚于今天"),
        ("2022-08-29", "早于这一批的发送日"),
        ("1922-01-01", "早于这一批的发送日"),
    ],
)
def test_a_day_that_cannot_be_is_named_with_its_line(on: str, wrong: str) -> None:
    (problem,) = csv_answer(row(0, "1500.01"), row(1, "1500.02", "退汇", on)).problems
    assert (problem.line, problem.value) == (3, on)
    assert wrong in problem.wrong


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ("AC04,户名\0不符,W1", "失败原因"),
        ("AC04,户名不符,\u202eW1", "银行流水号"),
        ('AC04,"户名不符\n下一行",W1', "失败原因"),
        (f"{'9' * 201},户名不符,W1", "返回码"),
    ],
)
def test_words_that_no_message_may_hold_are_named_with_their_line(more: str, column: str) -> None:
    answer = csv_answer(row(0, "1500.01"), row(1, "1500.02", "退汇", more=more))
    assert [(problem.line, problem.column) for problem in answer.problems] == [(3, column)]


def test_an_id_in_any_of_the_banks_words_is_blotted_out() -> None:
    zhang = "21120219900307000X"
    answer = csv_answer(row(0, "1500.01", "退汇", more=f"{zhang},{zhang},{zhang}"))
    (asked,) = recording_commands(answer, "staff:li", datetime.now(UTC))
    assert zhang not in str(asked.body)


def test_the_day_of_sending_and_today_can_be() -> None:
    answer = csv_answer(row(0, "1500.01", on="2022-08-30"), row(1, "1500.02"))
    assert answer.problems == ()


@pytest.mark.parametrize("words", [("成功", "失败"), ("失败", "成功"), ("退汇", "成功")])
def test_two_verdicts_on_one_instruction_are_refused_and_both_lines_named(
    words: tuple[str, str],
) -> None:
    answer = csv_answer(row(0, "1500.01", words[0]), row(1, "1500.02"), row(0, "1500.01", words[1]))
    assert [problem.line for problem in answer.problems] == [2, 4]
    assert {problem.value for problem in answer.problems} == {PAYMENTS[0].instruction}


def test_two_amounts_for_one_instruction_are_two_verdicts() -> None:
    answer = csv_answer(row(0, "1500.01"), row(0, "1500.00"))
    assert [problem.line for problem in answer.problems] == [2, 3]


def test_what_a_file_says_twice_is_taken_once_and_two_references_are_two_payments() -> None:
    assert len(csv_answer(row(0, "1500.01"), row(0, "1500.01", more=",,W1")).lines) == 1
    twice = csv_answer(row(0, "1500.01", more=",,W1"), row(0, "1500.01", more=",,W2"))
    assert [line.bank_reference for line in twice.lines] == ["W1", "W2"]


@pytest.mark.parametrize(
    ("amount", "word"), [("-1500.01", "成功"), ("-1500.01", "冲正"), ("1500.01", "已冲正")]
)
def test_a_reversal_is_money_that_came_back_and_never_a_payment(amount: str, word: str) -> None:
    (line,) = csv_answer(row(0, amount, word)).lines
    assert (line.outcome, line.amount, line.reversal) == ("returned", 150_001, True)
    paid_before = csv_answer(row(0, "1500.01"), row(0, amount, word))
    assert paid_before.problems == ()
    assert [line.outcome for line in paid_before.lines] == ["settled", "returned"]
    asked = [one.body for one in recording_commands(paid_before, "staff:wang", datetime.now(UTC))]
    assert [(body.outcome, body.amount) for body in asked] == [  # type: ignore[attr-defined]
        ("settled", 150_001),
        ("returned", 150_001),
    ]


def test_a_reversal_that_failed_is_named_and_not_guessed() -> None:
    (problem,) = csv_answer(row(0, "-1500.01", "失败")).problems
    assert problem.line == 2


def test_a_file_cut_at_a_lines_end_says_what_is_missing() -> None:
    answer = csv_answer(row(0, "1500.01"), row(1, "1500.02"))
    books = {name: ExpectedPayment(one.amount_fen, SENT_ON) for name, one in BOOKS.items()}
    books[PAYMENTS[2].instruction] = ExpectedPayment(PAYMENTS[2].amount, SENT_ON, unanswered=False)
    left_out = missing(answer, books)
    assert [one.instruction for one in left_out] == [one.instruction for one in PAYMENTS[3:]]
    assert missing_in_words(left_out).startswith("缺 3 笔 4,500.15 元未回：")
    assert missing(csv_answer(*(row(n, f"1500.0{n + 1}") for n in range(6))), BOOKS) == ()


def test_the_banks_own_count_and_sum_are_compared_with_the_rows() -> None:
    rows = [row(0, "1500.01"), row(1, "1500.02"), row(2, "1500.03", "失败", more="AC04,,")]
    assert csv_answer(*rows, "合计 3 笔,4500.06,,,,,").problems == ()
    assert csv_answer(*rows, "合计 2 笔,3000.03,,,,,").problems == ()
    for total in ("合计 4 笔,4500.06,,,,,", "合计,6000.10,,,,,", "合计 3 笔,4500.05,,,,,"):
        (problem,) = csv_answer(*rows, total).problems
        assert (problem.line, problem.column) == (5, "合计")
        assert "可能不完整" in problem.wrong


def test_a_return_without_a_day_is_of_the_day_on_which_it_is_taken() -> None:
    (line,) = csv_answer(row(1, "1500.02", "失败", on="", more="AC04,账户已销户,")).lines
    assert line.value_on == TODAY
    (problem,) = csv_answer(row(1, "1500.02", on="")).problems
    assert problem.column == "入账日期"


def test_a_status_report_of_another_currency_or_a_third_decimal_is_named() -> None:
    raw = answer_file(ORDER, told(), TODAY, shipped_banks()["iso-20022"])
    for before, after in (
        (b'Ccy="CNY">1500.01<', b'Ccy="USD">1500.01<'),
        (b'Ccy="CNY">1500.01<', b'Ccy="CNY">1500.011<'),
    ):
        assert before in raw
        answer = read_pain002(raw.replace(before, after))
        assert len(answer.problems) == 1
        assert len(answer.lines) == 4


@pytest.mark.parametrize(
    "at",
    ["2022-08-31T24:00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"],
)
def test_a_status_report_of_an_instant_that_nobody_can_reckon_with_is_named(at: str) -> None:
    raw = answer_file(ORDER, told(), TODAY, shipped_banks()["iso-20022"])
    written = b"<CreDtTm>2022-08-31T16:00:00+08:00<"
    assert written in raw
    answer = read_pain002(raw.replace(written, f"<CreDtTm>{at}<".encode()))
    assert answer.lines == ()
    assert {(problem.column, problem.value) for problem in answer.problems} == {("日期", at)}


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("xl/worksheets/sheet1.xml", b"</row>", b"</rwo>"),
        ("xl/workbook.xml", b"</sheets>", b""),
    ],
)
def test_a_workbook_that_is_not_whole_is_refused_with_words(
    part: str, before: bytes, after: bytes
) -> None:
    layout = shipped_banks()["city-xlsx"]
    whole, broken = io.BytesIO(answer_file(ORDER, told(), TODAY, layout)), io.BytesIO()
    with zipfile.ZipFile(whole) as read_from, zipfile.ZipFile(broken, "w") as write_to:
        for name in read_from.namelist():
            content = read_from.read(name)
            write_to.writestr(name, content.replace(before, after) if name == part else content)
    answer = answered(broken.getvalue(), layout)
    assert answer.problems
    assert answer.lines == ()
