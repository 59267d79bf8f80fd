"""City check: whatever is wrong in a city's folder is named with file and line, all of it at once."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policies.authoring.check_version import Problem
from policies.authoring.city_check import check_cities
from policies.authoring.city_needs import duty_needs, funds_paid, needs
from policies.cities import read_cities
from policies.engine.registry import Policies
from policies.engine.versions import ROOT
from policies.vocabulary.files import FileProblems
from services.cli.app import app
from services.runtime.city import policies_of
from services.runtime.errors import NotConfigured
from services.runtime.settings import Settings
from services.tools.city.checking import MOST_SHOWN, CityReport, check_city
from tests.example_cities import EXAMPLES

LAYOUTS = frozenset({"city-csv", "iso-20022"})
ABOUT = """code: "210500"
name: 本溪市
payer: 本溪市人力资源和社会保障局
districts:
  "210502": 平山区
  "210503": 溪湖区
  "210504": 明山区
  "210505": 南芬区
  "210521": 本溪满族自治县
  "210522": 桓仁满族自治县
sources:
  district-210502.hrss: ["210502"]
staff:
- {id: zhang-yi, name: 张一, role: 财务 · 制单}
- {id: li-er, name: 李二, role: 复核员 · 放行}
"""
ACCOUNT = """- alias: bx-1
  bank: 工行
  last_four: "1234"
  fund: employment_subsidy
  districts: ["210502", "210503"]
  title: 就业补助资金
  layout: city-csv
  from: 2021-01-01
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A city that nothing is wrong with."""
    folder = tmp_path / "210500"
    folder.mkdir()
    (folder / "city.yaml").write_text(ABOUT, encoding="utf-8")
    (folder / "accounts.yaml").write_text(f"accounts:\n{ACCOUNT}", encoding="utf-8")
    return folder


def errors(folder: Path) -> list[Problem]:
    return check_cities(folder, LAYOUTS).findings.errors


def remarks(folder: Path, since: date = date.min) -> list[str]:
    return [str(one) for one in check_cities(folder, LAYOUTS, since).findings.remarks]


def changed(folder: Path, name: str, old: str, new: str) -> int:
    """Change a file where a text stands, once; the number of that line."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def added(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_city_that_is_right_has_no_error_and_every_process_takes_it(city: Path) -> None:
    assert errors(city) == []
    assert Policies.load(cities=read_cities(city)).cities.by_code["210500"].name == "本溪市"


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("city.yaml", "payer:", "payers:", "payers：没有这个词"),
        ("city.yaml", '"210505": 南芬区', '"211202": 银州区', "211202 不是 210500 的区划"),
        ("city.yaml", '["210502"]', '["211202"]', "district-210502.hrss 的 211202 不在"),
        ("city.yaml", "id: li-er", "id: zhang-yi", "zhang-yi 写了两次"),
        ("city.yaml", "财务 · 制单", "出纳", "“出纳”没有人认得，只有 财务 · 制单、"),
        ("city.yaml", "本溪市人力资源和社会保障局", "未填", "payer 还没有填"),
        ("accounts.yaml", '"210503"]', '"211202"]', "211202 不在 city.yaml"),
        ("accounts.yaml", "employment_subsidy", "employment_subsidies", "没有名为 employment_su"),
        ("accounts.yaml", "layout: city-csv", "layout: city-cvs", "是不是 city-csv？"),
        (
            "accounts.yaml",
            "layout: city-csv",
            "profile: isso\n  layout: city-csv",
            "profile 写的 isso",
        ),
        ("city.yaml", "本溪市人力资源和社会保障局", '"  "', "payer：太短"),
        ("city.yaml", "name: 本溪市", 'name: ""', "name：太短"),
        ("city.yaml", "平山区", '""', "districts.210502：太短"),
        ("accounts.yaml", "title: 就业补助资金", 'title: ""', "title：太短"),
        ("accounts.yaml", '"1234"', '"123"', "last_four：写法不对"),
        ("accounts.yaml", "from: 2021-01-01", "from: 2021-01-32", "没有 2021-01-32 这一天"),
        (
            "accounts.yaml",
            "from: 2021-01-01",
            "to: 2020-01-01\n  from: 2021-01-01",
            "早于 from 2021-01-01",
        ),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(
    city: Path, name: str, old: str, new: str, says: str
) -> None:
    line = changed(city, name, old, new)
    found = [one for one in errors(city) if says in one.message]
    assert len(found) == 1, errors(city)
    assert found[0].file == city / name
    assert found[0].line in (line, 2)  # a model of the whole account speaks of its first line


def test_two_accounts_for_one_fund_district_and_day_are_named_and_may_follow_each_other(
    city: Path,
) -> None:
    second = ACCOUNT.replace("bx-1", "bx-2").replace('"210502", "210503"', '"210503"')
    added(city, "accounts.yaml", f"accounts:\n{ACCOUNT}{second}{second}")
    said = errors(city)
    assert [one.line for one in said] == [10, 18, 18, 18]
    assert "bx-1（第 2 行）与 bx-2 同时支付 210503 的 employment_subsidy" in said[0].message
    assert "账户 bx-2 写了两次" in said[1].message
    until = ACCOUNT + "  to: 2021-06-30\n"
    after = second.replace("2021-01-01", "2021-07-01")
    added(city, "accounts.yaml", f"accounts:\n{until}{after}")
    assert errors(city) == []
    added(city, "accounts.yaml", f"accounts:\n{until}{second.replace('2021-01-01', '2021-06-30')}")
    assert len(errors(city)) == 1


def test_a_gap_between_accounts_and_the_end_of_the_last_are_remarks(city: Path) -> None:
    later = ACCOUNT.replace("bx-1", "bx-2").replace("2021-01-01", "2022-01-01")
    text = f"accounts:\n{ACCOUNT}  to: 2021-06-30\n{later}  to: 2022-12-31\n"
    added(city, "accounts.yaml", text)
    assert errors(city) == []
    said = "\n".join(remarks(city))
    assert "accounts.yaml:11: 就业补助资金（employment_subsidy）在 210502 从 2021-07-01" in said
    assert "到 2022-12-31 为止，之后付不出去" in said


def test_a_fund_without_an_account_is_to_be_filled_in_by_district(city: Path) -> None:
    said = "\n".join(remarks(city))
    assert "就业补助资金（employment_subsidy）在 210504 明山区、210505" in said
    assert "失业保险基金（unemployment_insurance）在 全市 没有账户" in said
    assert "人才发展专项资金" not in said, "no programme of the province pays from it by name"
    everywhere = '["210502", "210503", "210504", "210505", "210521", "210522"]'
    changed(city, "accounts.yaml", '["210502", "210503"]', everywhere)
    assert "就业补助资金（employment_subsidy）" not in "\n".join(remarks(city))


def test_a_figure_that_nobody_states_is_to_be_filled_in_and_then_it_is_not(city: Path) -> None:
    def of_amount() -> list[str]:
        return [one for one in remarks(city) if "jobseeking.amount" in one]

    (said,) = of_amount()
    assert "figures/jobseeking/210500.yaml:1: 辽人社发〔2021〕7号#三(十二): 未填" in said
    assert "2021-06-30 起" in said
    assert "jobseeking/210000-2021-06-30" in said
    row = "amount:\n- {from: 2021-06-30, to: 2021-12-31, value: 900, source: 本人社发〔2021〕1号}\n"
    path = added(city, "figures/jobseeking/210500.yaml", row)
    (said,) = of_amount()
    assert f"{path}:1: " in said
    assert "没有写全" in said
    assert "2022-01-01 起" in said
    path.write_text(row.replace("to: 2021-12-31, ", ""), encoding="utf-8")
    assert of_amount() == []
    assert errors(city) == []


def test_only_what_concerns_later_applications_is_asked_for(city: Path) -> None:
    assert any("one_off_hiring.contribution_months" in one for one in remarks(city))
    later = remarks(city, date(2021, 1, 1))
    assert not any("one_off_hiring.contribution_months" in one for one in later)
    assert any("没有数的日子：2021-01-01 起；用到它的 incubator" in one for one in later)


def test_what_is_the_same_as_another_figure_is_asked_for_under_that_name() -> None:
    found = {need.name: need for need in needs("211200", Policies.load())}
    assert "village_post.monthly" not in found
    wage = found["local.min_wage"]
    assert wage.ever_stated
    assert "village-post/211200-2022-07-21" in {one.policy.name for one in wage.asked}


def test_a_version_of_the_province_counts_where_the_city_has_none_of_its_own() -> None:
    policies = Policies.load()
    of_fushun = {need.name: need for need in needs("210400", policies)}["internship.monthly"]
    days = {one.policy.name: one.days for one in of_fushun.asked}
    assert str(days["internship/210000-2021-06-30"].last) == "2021-07-28"
    assert str(days["internship/210400-2021-07-29"].first) == "2021-07-29"


def test_a_fund_that_an_application_would_have_to_name_is_no_fund_of_the_programmes() -> None:
    policies = list(Policies.load())
    assert list(funds_paid("210500", policies)) == [
        "unemployment_insurance",
        "employment_subsidy",
        "skills_special_account",
        "industrial_restructuring",
        "rural_transition",
    ]
    assert "talent_development" in funds_paid("211200", policies)


FIGURE = "amount:\n- {from: 2021-06-30, value: 900, source: x}\n"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("figures/jobseeking/211200.yaml", FIGURE, "211200 不是本溪市或其区划"),
        ("figures/jobseeking/210000.yaml", FIGURE, "210000 不是本溪市或其区划"),
        ("figures/210500.yaml", FIGURE, "不在组的目录里"),
        ("figures/jobseeking/210500.yaml", f"{FIGURE}- {{from: 2022-01-01, value: 1}}\n", "source"),
        ("figures/jobseeking/210500.yaml", FIGURE + FIGURE[8:], "请删去一行"),
        (
            "figures/jobseeking/210500.yaml",
            "amount:\n- {from: 2021-06-30, value: 900, cite: 辽人社发〔2021〕7号#三(十二), quote: 九百元}\n",
            "里没有这句原文",
        ),
        ("account.yaml", "accounts: []\n", "没有人读这个文件"),
        ("layouts/old/x.yaml", "title: x\n", "没有人读这个文件"),
        ("notices/x.yaml", "number: x\n", "缺少这一项"),
        ("programmes/a/210500-2021-01-01.yaml", "policy: a\n", "缺少这一项"),
    ],
)
def test_every_file_of_the_folder_is_held_to_what_is_read(
    city: Path, name: str, text: str, says: str
) -> None:
    path = added(city, name, text)
    found = [one for one in errors(city) if says in one.message]
    assert found, errors(city)
    assert {one.file for one in errors(city)} == {path}


def test_a_bank_of_the_citys_own_is_known(city: Path) -> None:
    changed(city, "accounts.yaml", "layout: city-csv", "layout: benxi-bank")
    assert len(errors(city)) == 1
    added(
        city,
        "layouts/benxi-bank.yaml",
        "title: 本溪银行\npayment_file: city-csv\nanswer: city-csv\n",
    )
    assert not [one for one in errors(city) if one.file.name == "accounts.yaml"]


def test_a_district_of_the_citys_own_may_have_figures(city: Path) -> None:
    changed(city, "city.yaml", '  "210522"', '  "210501": 市本级\n  "210522"')
    added(city, "figures/jobseeking/210501.yaml", FIGURE)
    assert errors(city) == []
    policies = Policies.load(cities=read_cities(city))
    assert policies.standards.figure("jobseeking.amount", "210501").on("2022-01-01") == 90_000
    assert policies.standards.figure("jobseeking.amount", "210502").on("2022-01-01") is None


def test_a_figure_that_a_duty_reckons_without_is_told_with_what_it_does_instead() -> None:
    """What is paid by contributions is then only bounded; nobody is asked, so it must be said."""
    found = list(duty_needs("210400", Policies.load()))
    assert [(one.name, one.policy.name) for one in found] == [
        ("flexible_si.rate_2021", "flexible-si/210400-2021-07-29")
    ]
    assert str(found[0].on) == "2021-07-21"
    assert "2/3封顶" in found[0].instead
    assert list(duty_needs("211200", Policies.load())) == []


def test_a_published_district_that_is_left_out_is_told(city: Path) -> None:
    changed(city, "city.yaml", '  "210505": 南芬区\n', "")
    assert any("210505 南芬区 没有写在 districts 里" in one for one in remarks(city))


@pytest.mark.parametrize("name", ["City.yaml", "city.yml", "city.yaml.bak"])
def test_a_city_whose_own_file_is_misspelt_is_not_passed_over(
    city: Path, tmp_path: Path, name: str
) -> None:
    other = tmp_path / "210600"
    shutil.copytree(city, other)
    (other / "city.yaml").rename(other / name)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.yaml").touch()
    (tmp_path / "notes").mkdir()
    said = errors(tmp_path)
    assert [one.file.parent for one in said] == [other]
    assert "210600 里没有 city.yaml" in said[0].message
    with pytest.raises(FileProblems, match="210600 里没有"):
        read_cities(tmp_path)
    shutil.rmtree(other)
    assert errors(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"amount:\n\t- {from: 2021-01-01, value: 5, source: a}\n", "YAML 写法不对"),
        ("amount:\n- {from: 2021-01-01, value: 5, source: 文号}\n".encode("gb18030"), "不是 UTF-8"),
        (b"amount: []\n---\namount: []\n", "YAML 写法不对"),
    ],
)
def test_a_file_of_figures_that_nobody_can_read_hides_nothing_else(
    city: Path, content: bytes, says: str
) -> None:
    path = added(city, "figures/jobseeking/210500.yaml", "")
    path.write_bytes(content)
    changed(city, "accounts.yaml", "city-csv", "city-cvs")
    said = errors(city)
    assert [one.file for one in said] == [path, city / "accounts.yaml"]
    assert says in said[0].message


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("value: 500, source: ''", "须有 cite 和 quote，或 source"),
        ("value: 500, source: '  '", "须有 cite 和 quote，或 source"),
        ("value: 95000000000000000, source: 文号", "太大"),
    ],
)
def test_a_figure_rests_on_a_document_and_fits_the_books(city: Path, row: str, says: str) -> None:
    path = "figures/jobseeking/210500.yaml"
    added(city, path, f"amount:\n- {{from: 2021-01-01, {row}}}\n")
    said = [one for one in errors(city) if one.file == city / path]
    assert [says in one.message for one in said] == [True], said


def test_cities_of_one_ledger_are_kept_apart(city: Path, tmp_path: Path) -> None:
    other = tmp_path / "copy"
    shutil.copytree(city, other)
    said = "\n".join(str(one) for one in errors(tmp_path))
    for words in ("城市 210500", "账户 bx-1", "经办人员 zhang-yi"):
        assert f"{words} 在 {city} 里也有" in said


def test_a_process_says_all_that_is_wrong_too(city: Path) -> None:
    changed(city, "city.yaml", '["210502"]', '["211202"]')
    changed(city, "accounts.yaml", '"1234"', '"123"')
    added(city, "account.yaml", "x: 1\n")
    with pytest.raises(FileProblems) as refused:
        read_cities(city)
    assert len(refused.value.problems) == 3
    assert all(str(one) in str(refused.value) for one in refused.value.problems)


def test_every_process_is_told_each_problem_on_a_line_and_what_to_do(city: Path) -> None:
    changed(city, "city.yaml", '["210502"]', '["211202"]')
    changed(city, "accounts.yaml", '"1234"', '"123"')
    with pytest.raises(NotConfigured) as refused:
        policies_of(Settings(city=city))
    first, second = refused.value.what.splitlines()
    assert first.startswith(f"{city / 'city.yaml'}:12: ")
    assert second.startswith(f"{city / 'accounts.yaml'}:4: ")
    assert "city check" in refused.value.do
    wrong = "".join(f"x{n}:\n- {{from: 2021-01-01, value: 1, source: x}}\n" for n in range(30))
    (city / "city.yaml").write_text(ABOUT, encoding="utf-8")
    (city / "accounts.yaml").write_text("accounts: []\n", encoding="utf-8")
    added(city, "figures/jobseeking/210500.yaml", wrong)
    with pytest.raises(NotConfigured) as refused:
        policies_of(Settings(city=city))
    assert refused.value.what.splitlines()[-1] == "……共 30 处。"


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, lambda path: path.write_text("")])
def test_a_folder_without_a_city_is_an_error(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(folder := tmp_path / "cities")
    (problem,) = errors(folder)
    assert problem.file == folder


def test_the_targets_of_a_city_add_up_as_its_notice_says() -> None:
    targets = read_cities(EXAMPLES / "211200").by_code["211200"].targets
    assert targets is not None
    (table,) = targets.by_district
    whole, *districts = table.rows
    assert whole.trained == sum(row.trained or 0 for row in districts) == 14_000
    assert whole.high_skilled == sum(row.high_skilled or 0 for row in districts) == 2_400
    assert len(districts) == 9


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("trained: 2700", "trained: 2701", "与所引原文不符"),
        ('district: "211221"', 'district: "210402"', "210402 不是铁岭市或其区划"),
        ("value: 8000", "value: 8001", "所引原文没有 8001 这个数字"),
        ("id: vouchers_used", "id: vouchers_issued", "在 2022 年列了两次"),
        ("value: 14000, unit: 人次", "value: 14000, unit: 人", "trained 的单位是人，台账按人次计"),
        ("cite: 铁市人社〔2022〕26号#二,", "cite: 铁市人社〔2022〕26号#九,", "#九 没有登记"),
    ],
)
def test_targets_say_what_their_notices_say(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = shutil.copytree(EXAMPLES / "211200", tmp_path / "211200")
    path = folder / "targets.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    (found,) = (one for one in check_cities(folder, LAYOUTS).findings.errors if says in one.message)
    assert (found.file, found.line) == (path, line)
    with pytest.raises(NotConfigured, match=re.escape(says)):
        policies_of(Settings(city=folder))


def test_the_examples_have_no_error() -> None:
    report = check_city(EXAMPLES)
    assert report.findings.errors == []
    assert report.good


def test_the_command_says_errors_apart_and_fails_on_them_alone(city: Path) -> None:
    said = CliRunner().invoke(app, ["city", "check", str(city)])
    assert said.exit_code == 0, said.output
    last = said.output.strip().splitlines()[-1]
    assert "210500 本溪市" in last
    assert "错误 0 条" in last
    assert "可以启动" in last
    changed(city, "city.yaml", "财务 · 制单", "出纳")
    said = CliRunner().invoke(app, ["city", "check", str(city)])
    assert said.exit_code == 1
    first, *_, last = said.output.strip().splitlines()
    assert first.startswith(f"错误 {city / 'city.yaml'}:14")
    assert "错误 1 条" in last
    told = CliRunner().invoke(app, ["city", "check", str(city), "--json"])
    assert told.exit_code == 1
    data = json.loads(told.output)
    assert data["good"] is False
    levels = [one["level"] for one in data["problems"]]
    assert levels[0] == "error"
    assert "unfilled" in levels


def test_at_most_a_hundred_are_shown(city: Path) -> None:
    rows = "".join(f"x{n}:\n- {{from: 2021-01-01, value: 1, source: x}}\n" for n in range(120))
    added(city, "figures/jobseeking/210500.yaml", rows)
    report = check_city(city)
    assert isinstance(report, CityReport)
    assert len(report.findings.errors) == 120
    *shown, more, summary = report.lines()
    assert len(shown) == MOST_SHOWN
    assert "还有" in more
    assert "错误 120 条" in summary


def test_the_shipped_rules_are_not_held_against_a_city(city: Path) -> None:
    checked = check_cities(city, LAYOUTS).findings
    assert not [one for one in (*checked.errors, *checked.remarks) if ROOT in one.file.parents]
