"""A layout is tried on a file, and the one that is meant is found or asked for, never guessed."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.banking.banks.layouts import StatementLayout
from services.banking.banks.registry import shipped_banks
from services.banking.statements.trying import chosen, try_layouts
from services.cli.app import app
from tests.statement_samples import DELIMITERS, SAID, SAMPLES

SHIPPED = {name: bank.statement for name, bank in shipped_banks().items() if bank.statement}


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode("gb18030")


@pytest.mark.parametrize("bank", SAMPLES)
def test_the_layout_of_each_banks_file_is_found_among_all(bank: str) -> None:
    raw = as_csv(SAMPLES[bank], DELIMITERS.get(bank, ","))
    trial = chosen(try_layouts("a.csv", raw, "a", SHIPPED, "1234"))
    assert trial.statement.problems == ()
    assert [(str(line.booked_on), line.amount) for line in trial.statement.lines] == SAID


def test_a_layout_that_reads_fewer_columns_does_not_pass_over_what_is_wrong_in_one() -> None:
    rows = [
        ["交易日期", "交易流水号", "摘要", "借方发生额", "贷方发生额", "余额"],
        ["2022/7/18", "2.02207E+17", "财政拨款", "", "500000", "500000"],
    ]
    trials = try_layouts("a.csv", as_csv(rows), "", SHIPPED)
    assert {trial.name for trial in trials if trial.fits} == {"icbc"}
    assert [one.code for one in chosen(trials).statement.problems] == ["CUT_SHORT"]


def fen_and_yuan() -> dict[str, StatementLayout]:
    yuan = SHIPPED["city-csv"]
    return {"yuan": yuan, "fen": yuan.model_copy(update={"unit": "fen"})}


WHOLE = as_csv(
    [
        ["交易日期", "交易流水号", "摘要", "借方发生额", "贷方发生额", "余额"],
        ["2022-08-29", "W1", "补贴", "1500", "", "8500"],
    ]
)


def test_two_layouts_that_read_a_file_differently_are_both_named() -> None:
    trial = chosen(try_layouts("a.csv", WHOLE, "", fen_and_yuan()))
    (problem,) = trial.statement.problems
    assert problem.code == "LAYOUT_UNCLEAR"
    assert "yuan、fen" in problem.text


def test_the_accounts_own_layout_goes_first_where_it_fits() -> None:
    trial = chosen(try_layouts("a.csv", WHOLE, "", fen_and_yuan()), own="fen")
    assert (trial.name, trial.statement.problems) == ("fen", ())
    assert [line.amount for line in trial.statement.lines] == [-1_500]


def test_a_file_in_no_known_layout_says_what_is_missing() -> None:
    raw = "日期,交易流水号,摘要,金额\n2022-08-29,W1,补贴,1\n".encode()
    (problem,) = chosen(try_layouts("a.csv", raw, "", SHIPPED)).statement.problems
    assert problem.code == "NO_HEADING"
    assert problem.line == 1


def test_the_layouts_are_listed_and_tried_from_the_terminal(tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["statements", "layouts"])
    assert listed.exit_code == 0
    assert "ccb-two-rows：建设银行 企业网银明细（两行表头）" in listed.stdout
    file = tmp_path / "八月.csv"
    file.write_bytes(as_csv(SAMPLES["abc"]))
    read = ["statements", "read", str(file), "--layout", "auto"]
    said = CliRunner().invoke(app, read)
    assert said.exit_code == 0
    assert "未读：第 7 行“汇总收入金额" in said.stdout
    told = json.loads(CliRunner().invoke(app, [*read, "--json"]).stdout)
    assert [line["fen"] for line in told["lines"]] == [amount for _, amount in SAID]
    assert [one["row"] for one in told["left_out"]] == [7]


def test_the_balance_before_the_first_line_is_told_where_the_file_has_none(tmp_path: Path) -> None:
    file = tmp_path / "八月.csv"
    file.write_text("记账日,流水号,附言,收支标志,金额\n20220829,1,补贴,支,1.00\n", "utf-8")
    read = ["statements", "read", str(file), "--layout", "signed"]
    assert "请填写期初余额" in CliRunner().invoke(app, read).stdout
    said = CliRunner().invoke(app, [*read, "--opening", "10.00"])
    assert "期初 10.00 元，期末 9.00 元" in said.stdout
    assert CliRunner().invoke(app, [*read, "--opening", "十元"]).exit_code == 2
