"""The clerk asks on the day and not before, asks twice alike, and writes a payment file once."""

import csv
import io
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from events.batches import BatchLine, BeginSending, ConfirmSent
from events.budgets import CommitBudget
from events.contract.inbound.identity import Account
from events.days import legal_day
from events.instalments import PreCheckInstalment
from events.invariants import BrokenInvariant
from projections.queries.due_work import DueInstalment
from services.banking.banks.of_cities import AccountWithoutBank, city_banks
from services.banking.payment_files.orders import Payer
from services.banking.payment_files.writing import (
    AccountUnknown,
    BatchToPay,
    PaymentFile,
    write_payment_file,
)
from services.clerk.due import ReleasedBatch, Row, UnansweredFact, WrittenFile, due_commands
from services.clerk.outbox import AnotherFile, OutboxUnwritable, hand_over
from services.deciders.batch.state import digest_of
from tests.example_cities import cities
from tests.given_when_then import ZHANG, Scene, applies

NOW = datetime(2022, 8, 26, 1, tzinfo=UTC)
TODAY = date(2022, 8, 26)


@pytest.mark.parametrize(("due_on", "asked"), [(25, 1), (26, 1), (27, 0)])
def test_an_instalment_is_asked_for_on_its_day_and_after_never_before(
    due_on: int, asked: int
) -> None:
    row = DueInstalment("d:a", 1, "zhang", date(2022, 8, due_on))
    assert len(due_commands([row], TODAY, NOW)) == asked


def test_each_row_asks_its_stream_and_asks_twice_a_day_alike() -> None:
    rows: list[Row] = [
        DueInstalment("d:a", 2, "zhang", TODAY),
        ReleasedBatch("B2208260001"),
        WrittenFile("B2208260001", "B2208260001.csv", "d" * 64),
    ]
    asked = due_commands(rows, TODAY, NOW)
    assert [(a.stream, type(a.body), a.effective_on, a.by) for a in asked] == [
        ("beneficiary/zhang", PreCheckInstalment, TODAY, "clerk"),
        ("batch/B2208260001", BeginSending, TODAY, "clerk"),
        ("batch/B2208260001", ConfirmSent, TODAY, "clerk"),
    ]
    assert [a.id for a in due_commands(rows, TODAY, NOW)] == [a.id for a in asked]
    assert len({a.id for a in asked}) == 3


def test_a_check_that_was_refused_is_asked_anew_on_another_day() -> None:
    rows: list[Row] = [
        DueInstalment("d:a", 2, "zhang", TODAY),
        ReleasedBatch("B2208260001"),
        WrittenFile("B2208260001", "B2208260001.csv", "d" * 64),
    ]
    today = due_commands(rows, TODAY, NOW)
    later = due_commands(rows, date(2022, 8, 27), datetime(2022, 8, 27, tzinfo=UTC))
    assert [a.id == b.id for a, b in zip(today, later, strict=True)] == [False, True, True]


def test_an_unanswered_proposal_asks_its_budget_line_the_very_same_again() -> None:
    scene = Scene()
    proposed = next(
        fact
        for fact in scene.when(ZHANG, applies())
        if type(fact.body).__name__ == "ApprovalProposed"
    )
    (asked,) = due_commands([UnansweredFact(proposed)], TODAY, NOW)
    assert isinstance(asked.body, CommitBudget)
    assert scene.ledger.ask([asked]) == []


def test_the_legal_day_begins_at_midnight_in_shanghai() -> None:
    assert legal_day(datetime(2022, 8, 25, 15, 59, 59, tzinfo=UTC)) == date(2022, 8, 25)
    assert legal_day(datetime(2022, 8, 25, 16, tzinfo=UTC)) == date(2022, 8, 26)


# --- the payment file ---------------------------------------------------------------------------

ACCOUNTS = {
    "account-1": Account("工商银行铁岭分行", "6222000000000001", "测试甲"),
    "account-2": Account("农业银行, 开原支行", "6228000000000002", '测试"乙"'),
}


def line(no: int, account: str, amount: int) -> BatchLine:
    return BatchLine(
        line_no=no,
        payee=f"payee/p{no}",
        disbursement=f"d:a{no}#1",
        instruction=f"B2208260001{no:05}",
        account=account,
        amount=amount,
    )


def batch(*lines: BatchLine) -> BatchToPay:
    return BatchToPay(
        "B2208260001",
        "icbc-1234",
        TODAY,
        digest_of(lines),
        len(lines),
        sum(one.amount for one in lines),
        lines,
    )


BATCH = batch(line(1, "account-1", 150_000), line(3, "account-2", 5))


PAYER = Payer("示例市人力资源和社会保障局", "9900000000001234")
LAYOUT = city_banks(cities()).payment_file("icbc-1234")


def test_the_file_lists_every_line_with_its_instruction_and_exact_amount() -> None:
    file = write_payment_file(BATCH, ACCOUNTS, PAYER, LAYOUT)
    assert file.name == "B2208260001.csv"
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    assert [(r["指令号"], r["收款户名"], r["收款账号"], r["金额（元）"]) for r in rows] == [
        ("B220826000100001", "测试甲", "6222000000000001", "1500.00"),
        ("B220826000100003", '测试"乙"', "6228000000000002", "0.05"),
    ]
    assert write_payment_file(BATCH, dict(reversed(ACCOUNTS.items())), PAYER, LAYOUT) == file


def test_a_list_that_is_not_the_released_one_is_not_written() -> None:
    other = BATCH._replace(lines=(*BATCH.lines[:1], line(3, "account-2", 6)))
    with pytest.raises(BrokenInvariant):
        write_payment_file(other, ACCOUNTS, PAYER, LAYOUT)


def test_an_account_that_the_vault_lacks_is_named_by_its_line() -> None:
    with pytest.raises(AccountUnknown, match=r"\[3\]"):
        write_payment_file(BATCH, {"account-1": ACCOUNTS["account-1"]}, PAYER, LAYOUT)


def test_a_file_is_handed_over_whole_private_and_once(tmp_path: Path) -> None:
    file = write_payment_file(BATCH, ACCOUNTS, PAYER, LAYOUT)
    assert hand_over(tmp_path, file)
    there = tmp_path / file.name
    assert there.read_bytes() == file.content
    assert stat.S_IMODE(there.stat().st_mode) == 0o600
    assert not hand_over(tmp_path, file)
    there.rename(tmp_path / "taken" / file.name)
    assert not hand_over(tmp_path, file)
    assert not there.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_what_a_crash_left_half_written_is_written_again(tmp_path: Path) -> None:
    file = write_payment_file(BATCH, ACCOUNTS, PAYER, LAYOUT)
    (tmp_path / f".{file.name}.partial").write_bytes(b"half")
    assert hand_over(tmp_path, file)
    assert (tmp_path / file.name).read_bytes() == file.content


def test_another_file_of_the_same_batch_is_refused(tmp_path: Path) -> None:
    hand_over(tmp_path, PaymentFile("B2208260001.csv", b"one"))
    with pytest.raises(AnotherFile):
        hand_over(tmp_path, PaymentFile("B2208260001.csv", b"two"))


def test_a_batch_that_left_in_one_form_never_leaves_in_another(tmp_path: Path) -> None:
    hand_over(tmp_path, PaymentFile("B2208260001.csv", b"one"))
    (tmp_path / "B2208260001.csv").rename(tmp_path / "taken" / "B2208260001.csv")
    with pytest.raises(AnotherFile):
        hand_over(tmp_path, PaymentFile("B2208260001.xml", b"one"))


def test_an_account_without_a_layout_waits_for_a_person() -> None:
    with pytest.raises(AccountWithoutBank, match="nobody-1"):
        city_banks(cities()).payment_file("nobody-1")


@pytest.mark.parametrize("account", ["icbc-1234", "ccb-2234", "abc-3234"])
def test_written_again_after_a_crash_it_is_the_same_file(account: str, tmp_path: Path) -> None:
    batch, layout = BATCH._replace(bank_account=account), city_banks(cities()).payment_file(account)
    assert hand_over(tmp_path, write_payment_file(batch, ACCOUNTS, PAYER, layout))
    assert not hand_over(tmp_path, write_payment_file(batch, ACCOUNTS, PAYER, layout))


def test_an_outbox_that_is_no_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("")
    with pytest.raises(OutboxUnwritable, match="outbox"):
        hand_over(tmp_path / "outbox", PaymentFile("B2208260001.csv", b"one"))
