"""Figure files: what would do nothing in silence is refused, every one of them with file and line."""

import shutil
from pathlib import Path

import pytest

from policies.authoring.check import check_all, look_over
from policies.duties import Duties, shipped
from policies.duties.services import ServiceRules
from policies.duties.words import each_once
from policies.engine.registry import Policies
from policies.engine.versions import ROOT
from policies.reference_data.figure_reading import load_standards
from policies.vocabulary.files import FileProblem, FileProblems, parsed

WAGE = "- {from: 2021-11-01, value: 1500, source: 市政府}\n"


def stated(folder: Path, text: str, file: str = "local/211200.yaml") -> Path:
    """A folder of a city's own with one file more."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path) -> tuple[FileProblem, ...]:
    """What a process says when it loads the folder; the check must say the same."""
    with pytest.raises(FileProblems) as error:
        Policies.load(overrides=folder)
    found = error.value.problems
    said = {(one.file, one.line, one.message) for one in check_all(overrides=folder)}
    assert {(one.path, one.line, one.message) for one in found} <= said
    assert all(str(one) in str(error.value) for one in found)
    return found


def test_a_row_under_an_open_ended_one_is_refused_with_what_to_write(tmp_path: Path) -> None:
    path = stated(
        tmp_path, f"min_wage:\n- {{from: 2021-01-01, value: 1000, source: 市政府}}\n{WAGE}"
    )
    (problem,) = refused(tmp_path)
    assert (problem.path, problem.line) == (path, 3)
    for words in (
        "local.min_wage",
        "与第 2 行（2021-01-01 起，没有写 to）重叠",
        "2021-11-01 起两行都写了",
        "只有第 2 行算数",
        "请把第 2 行改为 to: 2021-10-31",
    ):
        assert words in problem.message


def test_the_row_that_begins_first_is_the_one_to_end_wherever_it_stands(tmp_path: Path) -> None:
    stated(tmp_path, f"min_wage:\n{WAGE}- {{from: 2021-01-01, value: 1000, source: 市政府}}\n")
    (problem,) = refused(tmp_path)
    assert "只有第 2 行算数" in problem.message
    assert "请把第 3 行改为 to: 2021-10-31" in problem.message


@pytest.mark.parametrize(
    ("to", "refuses"),
    [("2021-10-31", False), ("2021-11-01", True)],
)
def test_a_day_belongs_to_one_row(tmp_path: Path, to: str, refuses: bool) -> None:
    row = f"- {{from: 2021-01-01, to: {to}, value: 1000, source: 市政府}}\n"
    stated(tmp_path, f"min_wage:\n{row}{WAGE}")
    if refuses:
        (problem,) = refused(tmp_path)
        assert "重叠：2021-11-01 至 2021-11-01 两行都写了" in problem.message
    else:
        assert check_all(overrides=tmp_path) == []


def test_two_rows_from_one_day_are_one_too_many(tmp_path: Path) -> None:
    stated(tmp_path, f"min_wage:\n{WAGE}{WAGE}")
    (problem,) = refused(tmp_path)
    assert "请删去一行" in problem.message


@pytest.mark.parametrize(
    ("file", "text", "line", "says"),
    [
        (
            "local/211200.yaml",
            "min_wage:\n- {from: 2021-11-01, to: 2021-10-31, value: 1500, source: x}\n",
            2,
            "to: 2021-10-31 早于 from: 2021-11-01",
        ),
        (
            "local/211200.yaml",
            "min_wage:\n- {from: 2021-02-30, value: 1500, source: x}\n",
            2,
            "没有 2021-02-30 这一天",
        ),
        ("local/211300.yml", "min_wage: []\n", 1, "请改名为 211300.yaml"),
        ("local/999999.yaml", f"min_wage:\n{WAGE}", 1, "999999 不是已知的区划代码"),
        ("211200.yaml", f"min_wage:\n{WAGE}", 1, "不在组的目录里"),
        ("figures/local/211200.yaml", f"min_wage:\n{WAGE}", 1, "放得太深"),
        ("locals/211200.yaml", f"min_wage:\n{WAGE}", 1, "没有名为 locals 的组"),
        ("local/211200.yaml", f"\nmin_wages:\n{WAGE}", 2, "是不是 local.min_wage"),
        ("local/211200.yaml", "- min_wage\n", 1, "文件里没有参数"),
        ("local/211200.yaml", "min_wage: 1500\n", 1, "应为列表"),
        ("local/211200.yaml", "min_wage: []\n", 1, "应为列表"),
        ("local/211200.yaml", "[a, b]: 1\n", 1, "键应为文本"),
        ("local/211200.yaml", "min_wage:\n- {from: 2021-01-01, value: -5, source: x}\n", 2, "-5"),
        (
            "in_work/211200.yaml",
            "sectors:\n- {from: 2021-01-01, value: [外贸], from_age: {会展: 50}, source: x}\n",
            2,
            "from_age 里的 会展 不在名单里",
        ),
        (
            "skill_upgrade/211200.yaml",
            "employee_rates:\n- {from: 2021-01-01, value: {五级: {甲: 1}}, source: x}\n",
            2,
            "不是 table 类型",
        ),
        (
            "local/211200.yaml",
            "min_wage:\n- {from: 2021-01-01, same_as: local.min_wage, source: x}\n",
            2,
            "转了一圈",
        ),
    ],
)
def test_what_would_do_nothing_or_something_else_is_refused(
    tmp_path: Path, file: str, text: str, line: int, says: str
) -> None:
    path = stated(tmp_path, text, file)
    (problem,) = refused(tmp_path)
    assert (problem.path, problem.line) == (path, line)
    assert says in problem.message


def test_figures_that_follow_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    row = "- {{from: 2021-01-01, same_as: {}, source: x}}\n"
    stated(tmp_path, "min_wage:\n" + row.format("village_post.monthly"))
    stated(tmp_path, "monthly:\n" + row.format("local.min_wage"), "village_post/211200.yaml")
    circle = [one.path for one in refused(tmp_path) if "转了一圈" in one.message]
    assert [path for path in circle if path.is_relative_to(tmp_path)]
    assert len(circle) == 3, "the shipped row of the village post follows the minimum wage too"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path / "nowhere")
    assert "没有这个目录" in problem.message
    file = stated(tmp_path, "x: 1\n")
    (problem,) = refused(file)
    assert "不是目录" in problem.message


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = stated(tmp_path, "")
    path.write_bytes("min_wage: 最低工资\n".encode("gbk"))
    (problem,) = refused(tmp_path)
    assert "UTF-8" in problem.message


def test_every_problem_is_told_and_not_the_first_alone(tmp_path: Path) -> None:
    stated(
        tmp_path,
        "min_wage:\n"
        "- {from: 2021-11-01, to: 2021-10-31, value: 1500, source: x}\n"
        "- {from: 2022-01-01, value: many, source: x}\n"
        "min_wages:\n- {from: 2021-01-01, value: 1, source: x}\n",
    )
    stated(tmp_path, "x: 1\n", "local/000000.yaml")
    stated(tmp_path, "x: [1\n", "in_work/211200.yaml")
    lines = {(one.path.parent.name, one.path.stem, one.line) for one in refused(tmp_path)}
    assert lines == {
        ("local", "211200", 2),
        ("local", "211200", 3),
        ("local", "211200", 4),
        ("local", "000000", 1),
        ("in_work", "211200", 2),
    }


def test_a_citys_row_goes_before_a_shipped_one_and_over_a_cited_one_it_is_told(
    tmp_path: Path,
) -> None:
    stated(
        tmp_path,
        "min_wage:\n- {from: 2021-07-01, value: 1500, source: 市政府}\n"
        "dibao_rural:\n- {from: 2022-01-01, value: 6000, source: 市政府}\n",
    )
    found = look_over(overrides=tmp_path)
    assert found.errors == []
    (remark,) = found.remarks
    assert (remark.line, remark.clause) == (2, "铁市人社发〔2021〕7号#一(二)")
    assert "2021-07-01 至 2021-12-31 盖过" in remark.message
    assert "1480元" in remark.message


GAP = (
    "{name}:\n- {{from: 2020-01-01, to: 2021-08-31, value: {value}, source: x}}\n"
    "- {{from: 2022-09-01, value: {value}, source: x}}\n"
)


def test_a_gap_that_a_policy_meets_names_the_policy(tmp_path: Path) -> None:
    text = GAP.format(name="monthly", value=800)
    path = stated(tmp_path, text, "unemployment_assistance/210400.yaml")
    found = look_over(overrides=tmp_path)
    assert found.errors == []
    (remark,) = found.remarks
    assert (remark.file, remark.line) == (path, 3)
    assert "2021-09-01 至 2022-08-31 没有写" in remark.message
    assert "unemployment-assistance/210400" in remark.message
    assert "申请转人工" in remark.message
    Policies.load(overrides=tmp_path)


def test_a_gap_that_no_policy_meets_says_so_and_one_that_others_fill_too(tmp_path: Path) -> None:
    rows = (
        "monthly:\n- {from: 2010-01-01, to: 2010-12-31, value: 1, source: x}\n"
        "- {from: 2012-01-01, to: 2012-12-31, value: 1, source: x}\n"
    )
    stated(tmp_path, rows, "unemployment_assistance/210400.yaml")
    stated(
        tmp_path,
        "monthly:\n- {from: 2022-07-01, to: 2022-08-31, value: 1, source: x}\n"
        "- {from: 2022-10-01, value: 1, source: x}\n",
        "village_post/211200.yaml",
    )
    found = look_over(overrides=tmp_path)
    assert found.errors == []
    said = {remark.file.parent.name: remark.message for remark in found.remarks}
    assert "没有受理中的政策用到它" in said["unemployment_assistance"]
    assert "转人工" in said["village_post"], "the minimum wage of 2022 is not stated"
    stated(tmp_path, "min_wage:\n- {from: 2022-01-01, value: 1700, source: x}\n")
    said = {one.file.parent.name: one.message for one in look_over(overrides=tmp_path).remarks}
    assert "用随附的或上级的数" in said["village_post"]


def test_a_gap_in_what_a_duty_needs_is_an_error_for_nobody_would_be_asked(tmp_path: Path) -> None:
    """A city without a shipped default: what is due back would be nothing, in silence."""
    text = GAP.format(name="clawback", value="全额追回")
    path = stated(tmp_path, text, "talent_housing/210400.yaml")
    found = look_over(overrides=tmp_path)
    (problem,) = found.errors
    assert (problem.file, problem.line) == (path, 3)
    assert "services/" in problem.message
    assert "不转人工" in problem.message


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("programmes/212000.yaml", "programmes/*/*.yaml"),
        ("programmes/post-skill/old/211200.yaml", "programmes/*/*.yaml"),
        ("notices/2023/x.yaml", "notices/*.yaml"),
        ("catalogues/x.YML", "catalogues/*.yaml"),
    ],
)
def test_a_file_of_rules_that_nobody_reads_is_named(tmp_path: Path, file: str, says: str) -> None:
    for part in ("programmes", "parameters", "notices", "catalogues"):
        shutil.copytree(ROOT / part, tmp_path / part)
    path = stated(tmp_path, "x: 1\n", file)
    (problem,) = check_all(tmp_path)
    assert problem.file == path
    assert says in problem.message


def test_a_clean_folder_and_what_ships_pass(tmp_path: Path) -> None:
    stated(tmp_path, f"min_wage:\n{WAGE}")
    stated(tmp_path, "not yaml", "README.md")
    stated(tmp_path, "x: [", ".editor/swap.yaml")
    assert (
        load_standards(ROOT / "parameters", tmp_path)
        .figure("local.min_wage", "211202")
        .on("2022-05-01")
        == 150_000
    )
    assert look_over().remarks == []


def test_no_table_of_duties_has_two_rules_for_one_thing() -> None:
    tables: Duties = shipped()
    text = tables.services.model_dump()
    twice = {**text, "services": [*text["services"], {**text["services"][0], "id": "again"}]}
    with pytest.raises(ValueError, match="又写在 again，只有一条算数"):
        ServiceRules.model_validate(twice)
    with pytest.raises(ValueError, match="既写在 a，又写在 b"):
        each_once([("a", ("p", 1)), ("b", ("p", 1))])


def test_a_day_that_there_is_not_is_named_with_its_line(tmp_path: Path) -> None:
    path = stated(tmp_path, "a: 1\nb: [2021-01-01, 2021-13-01]\n")
    with pytest.raises(FileProblem, match="没有 2021-13-01 这一天") as error:
        parsed(path)
    assert error.value.line == 2
