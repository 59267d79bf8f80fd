"""A new city: its skeleton checks, says what is to be filled in, and decides after one figure."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from policies.authoring.city_check import check_cities
from policies.authoring.city_needs import needs
from policies.cities import read_cities
from policies.engine.registry import Policies
from policies.reference_data.standards import Standards
from services.cli.app import app
from services.tools.city.checking import check_city
from services.tools.city.schemas import city_schemas
from services.tools.city.skeleton import SCHEMAS, new_city, published_cities
from tests.example_cities import EXAMPLES

BENXI = "210500"
_TO_FILL_IN = re.compile(r"^#: ", re.MULTILINE)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def made(folder: Path, code: str = BENXI) -> Path:
    new_city(code, folder).write()
    return folder / code


def filled_in(path: Path) -> None:
    """Take the mark away from every line that is to be filled in."""
    text = path.read_text(encoding="utf-8")
    assert _TO_FILL_IN.search(text)
    text = text.replace("accounts: []", "accounts:").replace("staff: []", "staff:")
    path.write_text(_TO_FILL_IN.sub("", text), encoding="utf-8")


def test_there_are_fourteen_cities() -> None:
    assert len(published_cities()) == 14


@pytest.mark.parametrize("code", published_cities())
def test_a_skeleton_of_every_city_is_read_and_lacks_only_what_is_to_be_filled_in(
    tmp_path: Path, code: str
) -> None:
    folder = made(tmp_path, code)
    report = check_city(folder)
    assert report.findings.errors == []
    assert all(one.message.startswith(("未填", "没有写全")) for one in report.findings.remarks)
    policies = Policies.load(cities=read_cities(folder))
    assert policies.cities.city_of(code) is policies.cities.by_code[code]
    written = {path.relative_to(folder).parts[1] for path in folder.glob("figures/*/*.yaml")}
    asked = {need.group for need in needs(code, Policies.load())}
    assert written == asked | {"disclosure"}, "the period of public lists is asked of every city"


def test_every_open_figure_stands_with_why_clause_and_an_example_that_fits(tmp_path: Path) -> None:
    folder = made(tmp_path)
    open_ = needs(BENXI, Policies.load())
    for path in folder.glob("figures/*/*.yaml"):
        text = path.read_text(encoding="utf-8")
        for need in open_:
            if need.group == path.parent.name:
                for words in (
                    need.name,
                    need.declared.label,
                    need.declared.why,
                    need.asked[0].cite,
                ):
                    assert words in text
        filled_in(path)
    findings = check_cities(folder, frozenset()).findings
    assert findings.errors == []
    assert not [one for one in findings.remarks if "figures" in one.file.parts]


def test_accounts_and_staff_are_examples_that_fit(tmp_path: Path) -> None:
    folder = made(tmp_path)
    filled_in(folder / "accounts.yaml")
    filled_in(folder / "city.yaml")
    findings = check_city(folder).findings
    (problem,) = findings.errors
    assert "payer 还没有填" in problem.message
    about = (folder / "city.yaml").read_text(encoding="utf-8")
    (folder / "city.yaml").write_text(about.replace("payer: 未填", "payer: 某局"), encoding="utf-8")
    findings = check_city(folder).findings
    assert findings.errors == []
    assert not [one for one in findings.remarks if one.file.name in ("city.yaml", "accounts.yaml")]


def test_a_new_city_filled_in_from_its_example_checks_and_decides_like_it(tmp_path: Path) -> None:
    example = read_cities(EXAMPLES / "210400").by_code["210400"]
    folder = made(tmp_path, example.code)
    asked = {path.relative_to(folder) for path in folder.glob("figures/*/*.yaml")}
    shutil.copytree(example.folder, folder, dirs_exist_ok=True)
    stated = {path.relative_to(example.folder) for path in example.parts("figures", "*/*.yaml")}
    assert stated <= asked, "what the example states is what a new city is asked"
    assert check_city(folder).findings.errors == []
    own, like = (Policies.load(cities=read_cities(one)) for one in (folder, example.folder))
    assert own.standards.stated == like.standards.stated
    assert list(own.cities.accounts) == list(like.cities.accounts)


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "city.yaml").write_text("mine", encoding="utf-8")
    said = run("city", "new", BENXI, "--into", str(tmp_path))
    assert said.exit_code != 0
    assert "已经有文件" in str(said.exception)
    assert (folder / "city.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("code", ["210000", "999900", "210502", "x"])
def test_a_code_that_is_no_city_is_refused_with_those_that_are(tmp_path: Path, code: str) -> None:
    said = run("city", "new", code, "--into", str(tmp_path))
    assert said.exit_code != 0
    assert "210500 本溪市" in str(said.exception)
    assert not list(tmp_path.iterdir())


def test_from_nothing_to_a_first_decision_by_commands_alone(
    tmp_path: Path,
) -> None:
    """`city new`, what its README says, one figure, `simulate`: each as it would be typed."""

    def typed(line: str) -> str:
        words = shlex.split(line)
        if words[0] == "benefit-ledger":
            words = [sys.executable, "-m", "services.cli", *words[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    said = typed("benefit-ledger city new 210500")
    simulate = next(
        line for line in said.splitlines() if line.startswith("benefit-ledger simulate")
    )
    assert simulate in (tmp_path / "cities/210500/README.md").read_text(encoding="utf-8")
    before = json.loads(typed(simulate))
    assert before["outcome"] == "referred"
    typed("sed -i 's/^#: //; s/1000/1100/' cities/210500/figures/jobseeking/210500.yaml")
    assert "错误 0 条" in typed("benefit-ledger city check cities/210500")
    after = json.loads(typed(simulate))
    assert (after["outcome"], after["amount_fen"]) == ("granted", 110_000)
    assert any(line.startswith("一次性求职创业补贴标准：1100 元，自 ") for line in after["figures"])
    assert "本溪市 210500" in typed("benefit-ledger city show cities/210500 --day 2021-10-15")


def test_a_city_is_shown_with_what_is_in_force_and_why(tmp_path: Path) -> None:
    folder = made(tmp_path)
    row = "- {from: 2021-06-30, to: 2021-12-31, value: 900, source: 本人社发〔2021〕1号}\n"
    (folder / "figures/jobseeking/210500.yaml").write_text(f"amount:\n{row}", encoding="utf-8")
    filled_in(folder / "accounts.yaml")
    about = folder / "city.yaml"
    named = about.read_text(encoding="utf-8").replace("payer: 未填", "payer: 本溪市人社局")
    about.write_text(named, encoding="utf-8")
    on = run("city", "show", str(folder), "--day", "2021-12-31").output
    assert "jobseeking.amount 一次性求职创业补贴标准：900（2021-06-30至2021-12-31）" in on
    assert "依据：本人社发〔2021〕1号" in on
    assert "用到它：一次性求职创业补贴" in on
    assert "就业补助资金，全市：bank-2" in on
    assert "210502 平山区：district-210502.hrss" in on
    assert "人员：没有" in on
    assert "hr_agency.per_person 人力资源服务机构就业创业服务补助标准：200 每人" in on
    assert "系统默认，没有文件写明" in on
    after = run("city", "show", str(folder), "--day", "2022-01-01").output
    assert "jobseeking.amount 一次性求职创业补贴标准：没有数，转人工" in after
    before = run("city", "show", str(folder), "--day", "2021-06-29").output
    assert "jobseeking.amount" not in before, "no version takes applications on that day"
    assert "账户" in before


def test_what_is_cited_and_what_follows_another_figure_are_shown_with_their_documents() -> None:
    said = run("city", "show", str(EXAMPLES / "211200"), "--day", "2022-09-01").output
    assert "依据：铁市就组发〔2022〕1号#八「企业在职职工参加失业保险12个月及以上」" in said
    assert "village_post.monthly" in said
    assert "依据：同 local.min_wage：" in said


def test_a_folder_that_does_not_check_is_not_shown(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "account.yaml").write_text("x: 1\n", encoding="utf-8")
    said = run("city", "show", str(folder))
    assert said.exit_code != 0
    assert "account.yaml" in str(said.exception)


def _data(path: Path) -> object:
    """A file as an editor sees it: a day is text."""
    loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in rules if "timestamp" not in tag]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return loader.get_data()


def _valid(name: str, data: object) -> bool:
    return bool(Draft202012Validator(json.loads(city_schemas()[name])).is_valid(data))


def test_an_editor_takes_what_the_ledger_takes(tmp_path: Path) -> None:
    for name, text in city_schemas().items():
        Draft202012Validator.check_schema(json.loads(text))
        assert (SCHEMAS / name).read_text(encoding="utf-8") == text, "make docs"
    for folder in (EXAMPLES / "211200", made(tmp_path)):
        for path in folder.glob("figures/*/*.yaml"):
            assert _valid(f"figures-{path.parent.name}.json", _data(path)), path
        for name in ("city", "accounts"):
            assert _valid(f"{name}.json", _data(folder / f"{name}.yaml")), folder
    for path in sorted((tmp_path / BENXI).glob("figures/*/*.yaml")):
        filled_in(path)
        assert _valid(f"figures-{path.parent.name}.json", _data(path)), path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("city.json", {"code": "210500", "name": "本溪市", "payer": "x", "district": {}}),
        ("accounts.json", {"accounts": [{"alias": "a"}]}),
        ("figures-local.json", {"min_wages": [{"from": "2021-01-01", "value": 1, "source": "x"}]}),
        ("figures-local.json", {"min_wage": [{"from": "2021-01-01", "value": "1", "source": "x"}]}),
        ("figures-local.json", {"min_wage": [{"from": "2021-01-01", "value": 1}]}),
        ("figures-local.json", {"min_wage": [{"from": "2021-01-01", "source": "x"}]}),
        (
            "figures-talent_housing.json",
            {"clawback": [{"from": "2021-01-01", "value": "看情况", "source": "x"}]},
        ),
        ("layout.json", {"title": "x", "payment": {}}),
    ],
)
def test_an_editor_refuses_what_the_ledger_refuses(name: str, data: object) -> None:
    assert not _valid(name, data)


def test_the_files_name_their_schema_from_where_they_lie(tmp_path: Path) -> None:
    folder = made(tmp_path)
    for path in folder.glob("**/*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert found, path
        assert (path.parent / found.group(1)).resolve().is_file(), path


def test_standards_of_a_skeleton_are_those_that_ship(tmp_path: Path) -> None:
    """Nothing is invented: until somebody fills it in, no figure is other than without the city."""
    own: Standards = Policies.load(cities=read_cities(made(tmp_path))).standards
    assert own.stated == Policies.load().standards.stated
