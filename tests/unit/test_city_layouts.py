"""A city's own layouts and profiles, outside the package: theirs go first, a misspelt one is told at start."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from events.batches import BatchLine
from events.contract.inbound.identity import Account
from events.ids import instruction_id
from policies.cities import Cities, read_cities
from policies.engine.registry import Policies
from services.banking.answers.reading import NoAnswerLayout, answer_layouts, read_answer
from services.banking.banks.of_cities import AccountWithoutBank, bank_problems, city_banks
from services.banking.banks.registry import BankUnreadable, shipped_banks
from services.banking.payment_files.orders import Payer
from services.banking.payment_files.writing import BatchToPay, write_payment_file
from services.deciders.batch.state import digest_of
from services.machine.process import EXIT_FAILED, run_process
from services.machine.running_ledger import running_ledger
from services.runtime.settings import Settings
from services.tools.city.checking import check_city
from services.tools.city.showing import show_city
from tests.example_cities import city_with

HOW_TO = (Path(__file__).parents[2] / "docs" / "how-to" / "add-a-bank.md").read_text("utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", HOW_TO, re.DOTALL)[0]
ALIAS = "icbc-1234"
ROW = f"{{alias: {ALIAS}, "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return city_with(None, tmp_path / "211200")


def changed(folder: Path, old: str, new: str) -> int:
    """Change the account's row; on which line it is."""
    path = folder / "accounts.yaml"
    lines = path.read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if ROW in line)
    assert old in lines[at]
    lines[at] = lines[at].replace(old, new)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return at + 1


def added(folder: Path, files: Mapping[str, str]) -> Cities:
    """Add files to the city's folder, and read it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return read_cities(folder)


def test_a_layout_of_the_citys_own_is_written_and_read_without_the_package(folder: Path) -> None:
    changed(folder, "layout: city-csv", "layout: example")
    columns = """  - {heading: 付款人, field: payer_name}
  - {heading: 付款账号, field: payer}
  - {heading: 付款行号, field: payer_agent}
  - {heading: 业务编号"""
    own = EXAMPLE.replace("  - {heading: 业务编号", columns, 1)
    cities = added(folder, {"layouts/example.yaml": own})
    banks = city_banks(cities)
    line = BatchLine(
        line_no=1,
        payee="payee/p1",
        disbursement="d:1#1",
        instruction=instruction_id("B2208310003", 1),
        account="account-1",
        amount=150_000,
    )
    batch = BatchToPay(
        "B2208310003", ALIAS, date(2022, 8, 31), digest_of((line,)), 1, 150_000, (line,)
    )
    payer = Payer(cities.by_code["211200"].about.payer, "9900000000001234", "102233000011")
    paid_into = {"account-1": Account("农行", "6222020000000000017", "测试甲")}
    file = write_payment_file(batch, paid_into, payer, banks.payment_file(ALIAS))
    (row,) = csv.DictReader(io.StringIO(file.content.decode("gb18030")), delimiter=";")
    assert (row["付款人"], row["付款账号"], row["付款行号"]) == payer
    assert row["金额"] == "1500.00"

    assert "example" in answer_layouts(banks)
    answer = "业务编号;状态;金额;处理日期;附言\r\nB220831000300001;交易成功;1500.00;20220901;\r\n"
    read = read_answer(answer.encode("gb18030"), "example", banks)
    assert [line.outcome for line in read.lines] == ["settled"]
    with pytest.raises(NoAnswerLayout, match="nobody"):
        read_answer(answer.encode("gb18030"), "nobody", banks)
    assert "example" not in shipped_banks()


def test_the_citys_own_file_goes_before_the_shipped_one_of_its_name(folder: Path) -> None:
    text = "title: 本市的列表\npayment_file: city-xlsx\nanswer: city-csv\nstatement: signed\n"
    ours = text.replace("payment_file: city-xlsx", EXAMPLE[EXAMPLE.index("payment_file") :])
    ours = (
        ours[: ours.index("\nanswer:                ")] + "\nanswer: example\nstatement: signed\n"
    )
    cities = added(folder, {"layouts/city-csv.yaml": ours, "layouts/example.yaml": EXAMPLE})
    banks = city_banks(cities)
    shown = show_city(Policies.load(cities=cities), cities.by_code["211200"], date(2022, 8, 31))
    (row,) = (one for one in shown.accounts if ALIAS in one.account)
    assert "格式 city-csv（本市自有，先于随附的同名格式）" in row.bank
    assert banks.payment_file(ALIAS).delimiter == ";"
    assert banks.statement(ALIAS) == shipped_banks()["signed"].statement
    assert banks.own_names("211200") == ("city-csv", "example")
    assert answer_layouts(banks)["city-csv"] == "本市的列表"
    payment_file = shipped_banks()["city-csv"].payment_file
    assert payment_file is not None
    assert payment_file.delimiter == ","


def test_a_profile_describes_statements_alone(folder: Path) -> None:
    changed(folder, "layout: city-csv", "layout: city-csv, profile: web")
    cities = added(folder, {"profiles/web.yaml": "title: 网银导出\nstatement: signed\n"})
    banks = city_banks(cities)
    assert banks.statement(ALIAS) == shipped_banks()["signed"].statement
    assert banks.bank(ALIAS) == shipped_banks()["city-csv"]
    assert "web" in banks.writing_statements()
    with pytest.raises(AccountWithoutBank):
        banks.statement("nobody-1")


@pytest.mark.parametrize(
    ("old", "new", "files", "says"),
    [
        (
            "layout: city-csv",
            "layout: city-cvs",
            {},
            "layout 写的 city-cvs 没有这个文件，是不是 city-csv",
        ),
        ("layout: city-csv", "layout: signed", {}, "layout 写的 signed 没有写 payment_file"),
        ("layout: city-csv", "layout: city-csv, profile: signde", {}, "是不是 signed"),
    ],
)
def test_a_misspelt_name_is_refused_with_file_and_line_before_anything_starts(
    folder: Path,
    settings_of: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    old: str,
    new: str,
    files: Mapping[str, str],
    says: str,
) -> None:
    line = changed(folder, old, new)
    cities = added(folder, files)
    with pytest.raises(BankUnreadable) as refused:
        city_banks(cities)
    assert f"{folder / 'accounts.yaml'}:{line}: " in refused.value.what
    assert says in refused.value.what
    assert [problem.line for problem in bank_problems(cities)] == [line]
    assert [problem.line for problem in check_city(folder).findings.errors] == [line]
    monkeypatch.setattr("services.machine.process.configure", lambda *_: None)
    for process in ("desk", "web", "clerk"):
        assert run_process(process, settings_of) == EXIT_FAILED
        assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "line", "says"),
    [
        ("layouts/example.yaml", EXAMPLE.replace("form: csv", "form: txt"), 5, "只能是"),
        ("layouts/example.yaml", EXAMPLE + "payer: x\n", 51, "payer：没有这个词"),
        ("profiles/web.yaml", "title: 网银\nanswer: city-csv\n", 2, "answer：没有这个词"),
        ("profiles/web.yaml", "title: 网银\n", 1, "须写 statement"),
        ("profiles/web.yaml", "title: 网银\nstatement: nobody\n", 2, "nobody 没有写出这一段"),
    ],
)
def test_what_is_wrong_in_a_file_of_the_citys_own_is_named(
    folder: Path, name: str, text: str, line: int, says: str
) -> None:
    cities = added(folder, {name: text})
    with pytest.raises(BankUnreadable) as refused:
        city_banks(cities)
    assert f"{folder / name}:{line}: " in refused.value.what
    assert says in refused.value.what
    assert says in "\n".join(one.message for one in check_city(folder).findings.errors)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("encoding: gb18030", "encoding: gb18031", "gb18031 不是写得了汉字的编码"),
        ("[utf-8-sig, gb18030]", "[utf-8-sig, base64]", "base64 不是写得了汉字的编码"),
        ('"%Y%m%d"', '"%Y%n%d"', "%Y%n%d 不是日期的写法"),
        ('"%Y-%m-%d"', '"%Q"', "%Q 不是日期的写法"),
        ('delimiter: ";"', 'delimiter: "||"', "delimiter：写法不对"),
    ],
)
def test_a_form_in_which_no_file_can_be_written_is_told_before_anything_is_paid(
    folder: Path, old: str, new: str, says: str
) -> None:
    assert old in EXAMPLE
    line = next(at for at, one in enumerate(EXAMPLE.splitlines(), 1) if old in one)
    added(folder, {"layouts/example.yaml": EXAMPLE.replace(old, new, 1)})
    (wrong,) = check_city(folder).findings.errors
    assert (wrong.file, wrong.line) == (folder / "layouts" / "example.yaml", line)
    assert says in wrong.message


@pytest.fixture
def settings_of(folder: Path, tmp_path: Path) -> Settings:
    """Settings of a ledger of this city, with nothing else there."""
    return Settings(
        city=folder, data_dir=tmp_path / "data", kafka_bootstrap="127.0.0.1:1", metrics_port=0
    )


async def test_no_server_is_started_for_a_city_whose_layout_is_misspelt(
    folder: Path, settings_of: Settings, tmp_path: Path
) -> None:
    line = changed(folder, "layout: city-csv", "layout: city-cvs")
    settings = settings_of.model_copy(update={"data_dir": tmp_path / "home"})
    with pytest.raises(BankUnreadable, match=f"accounts.yaml:{line}: "):
        async with running_ledger(settings, Console(quiet=True)):
            raise AssertionError("nothing may start")
    assert not (tmp_path / "home").exists()
