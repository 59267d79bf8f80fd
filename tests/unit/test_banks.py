"""A bank is one file, and a file with something wrong says where and what to do."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from events.ids import instruction_id
from policies.cities import BankAccount
from services.banking.answers.result_sheet import read_result_sheet
from services.banking.banks.layouts import Bank
from services.banking.banks.registry import BankUnreadable, read_banks, shipped_banks
from services.banking.payment_files.orders import OrderedPayment, Payer, PaymentOrder
from services.banking.payment_files.sheets import write_csv
from services.banking.statements.statement_file import read_statement

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "services" / "banking" / "banks"
HOW_TO = (ROOT / "docs" / "how-to" / "add-a-bank.md").read_text("utf-8")
WRITTEN_OUT, SHARED, ACCOUNT = re.findall(r"```yaml\n(.*?)```", HOW_TO, re.DOTALL)


def with_shipped(folder: Path, **added: str) -> dict[str, Bank]:
    """Read the shipped banks and some more."""
    for path in SHIPPED.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    for name, text in added.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return read_banks(folder)


def test_the_bank_of_the_how_to_is_paid_answers_and_writes_statements(tmp_path: Path) -> None:
    bank = with_shipped(tmp_path, example=WRITTEN_OUT)["example"]
    assert bank.payment_file
    assert bank.answer
    assert bank.statement
    instruction = instruction_id("B2208310003", 1)
    payment = OrderedPayment(1, instruction, "测试甲", "6222020000000000017", "农行", 150_000)
    order = PaymentOrder("B2208310003", Payer("示例市", "999"), date(2022, 8, 31), (payment,))
    assert write_csv(order, bank.payment_file).decode("gb18030").splitlines() == [
        "业务编号;户名;账号;金额",
        f"{instruction};测试甲;6222020000000000017;1500.00",
    ]

    raw = f"业务编号;状态;金额;处理日期;附言\r\n{instruction};退汇;1500.00;20220901;销户\r\n"
    answer = read_result_sheet(raw.encode("gb18030"), bank.answer)
    assert answer.problems == ()
    ((line),) = answer.lines
    assert (line.outcome, line.amount, line.value_on) == ("returned", 150_000, date(2022, 9, 1))
    assert line.reason == "销户"

    raw = (
        "交易日期,金额,收支标志,余额,流水号,摘要\r\n"
        f"2022-08-31,1500.00,支,8500.00,W1,代发 {instruction}\r\n"
        "2022-08-31,1.20,收,8501.20,W2,结息\r\n"
    )
    statement = read_statement("a.csv", raw.encode(), "example-9999", bank.statement)
    assert statement.problems == ()
    assert [(line.amount, line.kind) for line in statement.lines] == [
        (-150_000, "payment"),
        (120, "interest"),
    ]


def test_a_section_may_be_that_of_another_bank(tmp_path: Path) -> None:
    found = with_shipped(tmp_path, second=SHARED)
    assert found["second"].payment_file == found["city-csv"].payment_file
    assert found["second"].answer == found["city-csv"].answer
    assert found["second"].statement == found["city-csv"].statement


def test_an_account_names_the_file_of_its_bank() -> None:
    (row,) = yaml.safe_load(ACCOUNT)
    assert BankAccount.model_validate(row).layout == "example"


def test_every_shipped_bank_is_named_after_its_file() -> None:
    assert {name: bank.name for name, bank in shipped_banks().items()} == {
        path.stem: path.stem for path in SHIPPED.glob("*.yaml")
    }


@pytest.mark.parametrize(
    ("old", "new", "line", "wrong"),
    [
        ("    value_on: [处理日期]\n", "", 18, "answer.columns.value_on：缺少这一项"),
        ("form: csv", "form: txt", 5, "payment_file.form：只能是"),
        ("purpose: 就业补贴", "porpose: 就业补贴", 8, "payment_file.porpose：没有这个词"),
        ("field: holder", "field: bank", 4, "payment_file：columns 缺少 holder"),
        ("    amount: [金额]                   # or", "    amount: []  # or", 34, "金额列写法不明"),
        ("settled: [交易成功]", "settled: []", 24, "answer.settled：至少要有 1 项"),
        ("statement: ", "statment: ", 32, "statment：没有这个词"),
        ("title: 示例银行批量代发", "title: ", 2, "title：请写页面上的名称"),
        ("form: csv", "form: [", 7, "YAML 写法不对"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_line(
    old: str, new: str, line: int, wrong: str, tmp_path: Path
) -> None:
    assert old in WRITTEN_OUT
    with pytest.raises(BankUnreadable) as refused:
        with_shipped(tmp_path, example=WRITTEN_OUT.replace(old, new, 1))
    where = f"{tmp_path / 'example.yaml'}:{line}: "
    assert where in refused.value.what
    assert wrong in refused.value.what
    assert "add-a-bank.md" in refused.value.do


@pytest.mark.parametrize("other", ["nobody", "iso-20022", "city-xlsx"])
def test_a_section_is_borrowed_only_from_a_bank_that_has_it_written_out(
    other: str, tmp_path: Path
) -> None:
    with pytest.raises(BankUnreadable, match=rf"second.yaml:3: answer：{other} .*city-csv"):
        with_shipped(tmp_path, second=SHARED.replace("answer: city-csv", f"answer: {other}"))


def test_a_bank_that_is_sent_a_table_must_say_how_it_answers(tmp_path: Path) -> None:
    with pytest.raises(BankUnreadable, match=r"second.yaml:2: .*answer: city-csv"):
        with_shipped(tmp_path, second=SHARED.replace("answer: city-csv\n", ""))
