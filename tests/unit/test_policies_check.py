"""`policies check`: whatever is wrong with a policy file is found, with file, line and clause."""

import re
import shutil
from pathlib import Path

import pytest

from policies.authoring.check import Problem, check_all
from policies.engine.versions import ROOT

POST_SKILL = "programmes/post-skill/211200-2021-01-01.yaml"
SKILL_UPGRADE = "programmes/skill-upgrade/211200-2022-01-01.yaml"
NOTICE = "notices/铁市就组发〔2022〕1号.yaml"
JOBSEEKING = "programmes/jobseeking/211200-2022-07-21.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the law that a test may break."""
    for part in ("programmes", "parameters", "notices", "catalogues"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def broken(root: Path, file: str, old: str, new: str) -> list[Problem]:
    """What the check says after one change, which must be possible exactly where meant."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return check_all(root)


CHINESE = re.compile(r"[\u4e00-\u9fff]")


def line_of(root: Path, file: str, text: str) -> int:
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_what_ships_is_clean() -> None:
    assert check_all() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (POST_SKILL, "四级: 2000", "四级: 2001", "rate: 所引原文没有 2001 这个数字"),
        (POST_SKILL, "max: 12M", "max: 13M", "in_time: 所引原文没有 13 这个数字"),
        (POST_SKILL, "max: 3,", "max: 4,", "per_year: 所引原文没有 4 这个数字"),
        (
            POST_SKILL,
            "value: 12, quote: 依法",
            "value: 13, quote: 依法",
            "所引原文没有 13 这个数字",
        ),
        (SKILL_UPGRADE, "to: 2022-12-31", "to: 2022-12-30", "所引原文没有 2022-12-30 这个数字"),
        (JOBSEEKING, "value: 1200", "value: 1300", "amount: 所引原文没有 1300 这个数字"),
        (POST_SKILL, "每人每年不超过3次", "每人每年不超过四次", "里没有这句原文"),
        (POST_SKILL, "附件3·三", "附件3·九九", "7号#附件3·九九 没有登记"),
        (
            POST_SKILL,
            "fact: contract.months",
            "fact: contract.years",
            "没有名为 contract.years 的事实",
        ),
        (
            POST_SKILL,
            "fact: contract.months",
            "fact: applicant.kind",
            "applicant.kind 的类型是 enum",
        ),
        (POST_SKILL, "in: [二级, 一级]", "in: [二级, 技师]", "没有“技师”这个取值"),
        (POST_SKILL, "assume: X1}\nrefer", "assume: X9}\nrefer", "X9 没有在 assume 下签认"),
        (POST_SKILL, "id: contract", "id: insured", "有两处都叫 insured"),
        (POST_SKILL, "is: [职业技能提升行动专账资金]", "is: [专账]", "没有名为 专账 的资金"),
        (SKILL_UPGRADE, "if: claimant", "if: claimants", "没有名为 claimants 的条件"),
        (SKILL_UPGRADE, "skill_upgrade.insured_months}", "skill_upgrade.months}", "没有声明"),
        (
            JOBSEEKING,
            "supersedes:\n- {version: 2021-07-21, assume: P1}\n",
            "",
            "与 2021-07-21 版重叠",
        ),
        (NOTICE, "- id: 十三\n", "- id: 八\n", "登记了两次"),
        (NOTICE, "clause: 附则", "clause: 附录", "附录 没有登记"),
        (NOTICE, "in_force_by: 附则", "in_force_by: 附录", "附录 没有登记"),
        (NOTICE, "to: 2022-12-31", "to: 2022-12-30", "1号#一 原文没有 2022-12-30 这个日期"),
        (NOTICE, "clauses: [四]", "clauses: [四十]", "1号#四十 没有登记"),
        ("parameters/skill_upgrade/211200.yaml", "value: 12,", "value: 13,", "所引原文没有 13"),
        ("parameters/skill_upgrade/211200.yaml", "12个月及以上", "十二个月", "里没有这句原文"),
    ],
)
def test_a_broken_rule_is_named(copy: Path, file: str, old: str, new: str, says: str) -> None:
    problems = broken(copy, file, old, new)
    assert any(says in str(problem) for problem in problems), problems


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("payee:", "payees:"),
        ("kind: within", "kind: inside"),
        ("value: 12, quote: 依法", "value: 12.0, quote: 依法"),
        ("value: 12, quote: 依法", "value: '12', quote: 依法"),
        ("quote: 依法与企业签订1年以上劳动合同", "note: 依法与企业签订1年以上劳动合同"),
        ("title: ", "title: a\ntitle: "),
        ("policy: post-skill", "policy: [post-skill"),
    ],
)
def test_what_the_vocabulary_does_not_know_is_refused(copy: Path, old: str, new: str) -> None:
    problems = broken(copy, POST_SKILL, old, new)
    assert problems
    assert all(problem.file == copy / POST_SKILL for problem in problems)


def test_a_problem_stands_on_the_line_of_its_node(copy: Path) -> None:
    (problem,) = broken(copy, POST_SKILL, "max: 3,", "max: 4,")
    assert problem.file == copy / POST_SKILL
    assert problem.line == line_of(copy, POST_SKILL, "id: per_year")
    assert problem.clause == "铁市人社发〔2021〕7号#附件3·三"


def test_a_schema_problem_stands_on_the_line_of_its_key(copy: Path) -> None:
    problems = broken(copy, POST_SKILL, "max: 12M", "max: 12")
    assert line_of(copy, POST_SKILL, "max: 12,") in {problem.line for problem in problems}


@pytest.mark.parametrize(
    ("old", "new"),
    [("value: 12M", "value: 12W"), ("value: 3,", "value: 三,"), ("caps_2021:", "caps_2022:")],
)
def test_a_figure_that_does_not_fit_is_named_with_its_line(copy: Path, old: str, new: str) -> None:
    file = "parameters/skill_upgrade/211200.yaml"
    (problem,) = broken(copy, file, old, new)
    assert (problem.file, problem.line) == (copy / file, line_of(copy, file, new))


def test_a_gap_between_versions_is_named(copy: Path) -> None:
    problems = broken(copy, SKILL_UPGRADE, "from: 2022-01-01, quote", "from: 2022-01-03, quote")
    assert any("之间没有版本覆盖" in problem.message for problem in problems)


def test_a_file_is_called_after_its_place_and_version(copy: Path) -> None:
    path = copy / POST_SKILL
    path.rename(path.with_name("211200.yaml"))
    assert any("文件名应为" in problem.message for problem in check_all(copy))


def test_the_day_of_issue_is_the_notices(copy: Path) -> None:
    problems = broken(copy, POST_SKILL, "issued: 2021-07-21", "issued: 2021-07-20")
    assert any("文件成文日期为 2021-07-21" in problem.message for problem in problems)


def test_an_exclusion_that_only_one_programme_states_is_named(copy: Path) -> None:
    cap = "- {id: apart, kind: either_or, per: person, with: [skill-upgrade], assume: X1}\n"
    problems = broken(copy, POST_SKILL, "refer:\n", f"{cap}refer:\n")
    (problem,) = [one for one in problems if "apart" in one.message]
    assert "skill-upgrade 没有在 apart 下同样排除 post-skill" in problem.message
    assert problem.line == line_of(copy, POST_SKILL, "id: apart")


def test_an_exclusion_of_nobody_is_named(copy: Path) -> None:
    cap = "- {id: apart, kind: either_or, per: person, with: [skill-up], assume: X1}\n"
    problems = broken(copy, POST_SKILL, "refer:\n", f"{cap}refer:\n")
    assert any("没有项目属于 skill-up 族" in one.message for one in problems)


def test_a_cap_of_another_family_that_does_not_exist_is_named(copy: Path) -> None:
    problems = broken(copy, POST_SKILL, "cap: certificate", "cap: certificates")
    assert any("skill-upgrade 没有名为 certificates 的限额" in p.message for p in problems)


def test_caps_of_one_family_count_one_kind_of_beneficiary(copy: Path) -> None:
    problems = broken(copy, POST_SKILL, "kind: count, per: person", "kind: count, per: unit")
    assert any("既按 person 又按 unit 计" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "insured_months:\n- {from: 2023-01-01, value: 12, cite: 铁市就组发〔2022〕1号#八, quote: 三个月}\n",
            "里没有这句原文",
        ),
        (
            "insured_months:\n- {from: 2023-01-01, value: 9, cite: 铁市就组发〔2022〕1号#八, quote: 参加失业保险12个月及以上}\n",
            "所引原文没有 9 这个数字",
        ),
        (
            "insured_month:\n- {from: 2023-01-01, value: 9, source: 市局}\n",
            "没有在 declared.yaml 声明",
        ),
        ("insured_months:\n- {from: 2023-01-01, value: 九, source: 市局}\n", "不是 count 类型"),
    ],
)
def test_a_citys_own_figures_are_checked_like_what_ships(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "skill_upgrade/211200.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    problems = check_all(overrides=tmp_path)
    assert any(says in problem.message for problem in problems), problems
    assert {problem.file for problem in problems} == {file}


def test_a_number_of_any_kind_of_node_must_stand_in_its_quote(copy: Path) -> None:
    problems = broken(copy, POST_SKILL, "value: 12, quote: 依法", "value: 11, quote: 依法")
    (problem,) = problems
    assert problem.line == line_of(copy, POST_SKILL, "id: contract")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("payee:", "payees:", "payees：没有这个词，请核对拼写"),
        ("payee:", "payees:", "payee：缺少这一项"),
        ("kind: within", "kind: inside", "kind 为“inside”，只能是"),
        ("value: 12, quote: 依法", "value: '12', quote: 依法", "应为整数"),
        ("quote: 依法与企业签订1年以上劳动合同", "assume2: 依法", "没有这个词"),
        ("title: ", "title: a\ntitle: ", "键 title 写了两次"),
        ("policy: post-skill", "policy: [post-skill", "YAML 写法不对"),
    ],
)
def test_what_a_schema_refuses_is_said_in_chinese(
    copy: Path, old: str, new: str, says: str
) -> None:
    problems = broken(copy, POST_SKILL, old, new)
    assert any(says in problem.message for problem in problems), problems
    where = re.compile(r"^[\w.\[\]-]+：|^[\w.-]+: ")
    assert all(CHINESE.search(where.sub("", problem.message)) for problem in problems), problems
