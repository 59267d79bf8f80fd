"""What a bank's file says is told to outsiders as JSON, and nothing is taken."""

import json
from pathlib import Path

from typer.testing import CliRunner

from services.cli.app import app

GOOD = (
    "交易日期,交易流水号,摘要,借方发生额,贷方发生额,余额\n"
    "2022-08-28,W0,工本费,10.00,,99990.00\n"
    "2022-08-29,W1,结息,,1.5,99991.50\n"
)
ANSWER = "指令号,金额,处理结果,入账日期\nB220831000300002,1500.00,成功,2022-09-01\n"


def written(folder: Path, text: str) -> str:
    path = folder / "file.csv"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_statement_is_told_in_fen(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["statements", "read", written(tmp_path, GOOD), "--json"])
    assert said.exit_code == 0
    assert json.loads(said.stdout) == {
        "account": "",
        "from": "2022-08-28",
        "to": "2022-08-29",
        "opening_fen": 10_000_000,
        "closing_fen": 9_999_150,
        "lines": [
            {"day": "2022-08-28", "fen": -1_000, "reference": "W0", "text": "工本费"},
            {"day": "2022-08-29", "fen": 150, "reference": "W1", "text": "结息"},
        ],
        "problems": [],
    }


def test_a_problem_is_told_with_row_column_and_code(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace("10.00,,", "1,0.00,,"))
    said = CliRunner().invoke(app, ["statements", "read", file, "--json"])
    assert said.exit_code == 1
    first = json.loads(said.stdout)["problems"][0]
    assert (first["row"], first["column"], first["code"]) == (2, "第 7 列", "NO_COLUMN")
    assert "引号" in first["text"]


def test_the_layout_that_fits_is_found(tmp_path: Path) -> None:
    file = written(
        tmp_path, "记账日,流水号,附言,收支标志,金额,余额\n20220830,W2,手续费,支,5.00,95.00\n"
    )
    said = CliRunner().invoke(app, ["statements", "read", file])
    assert said.exit_code == 0
    assert "1 行，期初 100.00 元，期末 95.00 元" in said.stdout


def test_an_account_that_nobody_has_is_said_with_those_there_are(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    said = CliRunner().invoke(app, ["statements", "read", file, "--account", "none-0000"])
    assert said.exit_code != 0
    assert "icbc-1234" in str(said.exception)


def test_an_answer_is_told_and_not_published(tmp_path: Path) -> None:
    file = written(tmp_path, ANSWER)
    said = CliRunner().invoke(app, ["bank", "results", file, "--dry-run", "--json"])
    assert said.exit_code == 0
    told = json.loads(said.stdout)
    assert told["problems"] == []
    (verdict,) = told["verdicts"]
    assert (verdict["about"], verdict["outcome"], verdict["fen"], verdict["day"]) == (
        "B220831000300002",
        "settled",
        150_000,
        "2022-09-01",
    )


def test_an_answer_with_a_problem_is_told_with_its_row(tmp_path: Path) -> None:
    file = written(tmp_path, ANSWER.replace("1500.00", "1500.005"))
    said = CliRunner().invoke(app, ["bank", "results", file, "--dry-run", "--json"])
    assert said.exit_code == 1
    (problem,) = json.loads(said.stdout)["problems"]
    assert (problem["row"], problem["column"], problem["code"]) == (2, "金额", "UNREADABLE_CELL")
