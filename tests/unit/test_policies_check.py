"""`policies check`: whatever is wrong with a policy file is found, with file, line and clause."""

import shutil
from pathlib import Path

import pytest

from policies.check import Problem, check_all
from policies.registry import ROOT

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


def line_of(root: Path, file: str, text: str) -> int:
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_what_ships_is_clean() -> None:
    assert check_all() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (POST_SKILL, "四级: 2000", "四级: 2001", "rate: the quote does not state 2001"),
        (POST_SKILL, "max: 12M", "max: 13M", "in_time: the quote does not state 13"),
        (POST_SKILL, "max: 3,", "max: 4,", "per_year: the quote does not state 4"),
        (POST_SKILL, "value: 12, quote: 依法", "value: 13, quote: 依法", "does not state 13"),
        (SKILL_UPGRADE, "to: 2022-12-31", "to: 2022-12-30", "does not state 2022-12-30"),
        (JOBSEEKING, "value: 1200", "value: 1300", "amount: the quote does not state 1300"),
        (POST_SKILL, "每人每年不超过3次", "每人每年不超过四次", "the quote does not stand in"),
        (POST_SKILL, "附件3·三", "附件3·九九", "7号#附件3·九九 is not registered"),
        (POST_SKILL, "fact: contract.months", "fact: contract.years", "no fact contract.years"),
        (POST_SKILL, "fact: contract.months", "fact: applicant.kind", "applicant.kind is enum"),
        (POST_SKILL, "in: [二级, 一级]", "in: [二级, 技师]", "has no value 技师"),
        (POST_SKILL, "assume: X1}\nrefer", "assume: X9}\nrefer", "X9 is not signed off"),
        (POST_SKILL, "id: contract", "id: insured", "two nodes are called 'insured'"),
        (POST_SKILL, "is: [职业技能提升行动专账资金]", "is: [专账]", "no fund is called 专账"),
        (SKILL_UPGRADE, "if: claimant", "if: claimants", "is called claimants"),
        (SKILL_UPGRADE, "skill_upgrade.insured_months}", "skill_upgrade.months}", "not declared"),
        (
            JOBSEEKING,
            "supersedes:\n- {version: 2021-07-21, assume: P1}\n",
            "",
            "overlaps 2021-07-21",
        ),
        (NOTICE, "- id: 十三\n", "- id: 八\n", "registered twice"),
        (NOTICE, "clause: 附则", "clause: 附录", "附录 is not registered"),
        (NOTICE, "in_force_by: 附则", "in_force_by: 附录", "附录 is not registered"),
        (NOTICE, "to: 2022-12-31", "to: 2022-12-30", "1号#一 does not print 2022-12-30"),
        (NOTICE, "clauses: [四]", "clauses: [四十]", "1号#四十 is not registered"),
        ("parameters/skill_upgrade/211200.yaml", "value: 12,", "value: 13,", "not state 13"),
        ("parameters/skill_upgrade/211200.yaml", "12个月及以上", "十二个月", "does not stand in"),
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
    assert any("nothing covers the days between" in problem.message for problem in problems)


def test_a_file_is_called_after_its_place_and_version(copy: Path) -> None:
    path = copy / POST_SKILL
    path.rename(path.with_name("211200.yaml"))
    assert any("should be called" in problem.message for problem in check_all(copy))


def test_the_day_of_issue_is_the_notices(copy: Path) -> None:
    problems = broken(copy, POST_SKILL, "issued: 2021-07-21", "issued: 2021-07-20")
    assert any("the notice was issued on 2021-07-21" in problem.message for problem in problems)


def test_an_exclusion_that_only_one_programme_states_is_named(copy: Path) -> None:
    cap = "- {id: apart, kind: either_or, per: person, with: [skill-upgrade], assume: X1}\n"
    problems = broken(copy, POST_SKILL, "refer:\n", f"{cap}refer:\n")
    (problem,) = [one for one in problems if "apart" in one.message]
    assert "skill-upgrade does not exclude post-skill under apart" in problem.message
    assert problem.line == line_of(copy, POST_SKILL, "id: apart")


def test_an_exclusion_of_nobody_is_named(copy: Path) -> None:
    cap = "- {id: apart, kind: either_or, per: person, with: [skill-up], assume: X1}\n"
    problems = broken(copy, POST_SKILL, "refer:\n", f"{cap}refer:\n")
    assert any("no programme is of the family skill-up" in one.message for one in problems)


def test_a_cap_of_another_family_that_does_not_exist_is_named(copy: Path) -> None:
    problems = broken(copy, POST_SKILL, "cap: certificate", "cap: certificates")
    assert any("skill-upgrade has no cap called certificates" in p.message for p in problems)


def test_caps_of_one_family_count_one_kind_of_beneficiary(copy: Path) -> None:
    problems = broken(copy, POST_SKILL, "kind: count, per: person", "kind: count, per: unit")
    assert any("count both person and unit" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "insured_months:\n- {from: 2023-01-01, value: 12, cite: 铁市就组发〔2022〕1号#八, quote: 三个月}\n",
            "the quote does not stand in",
        ),
        (
            "insured_months:\n- {from: 2023-01-01, value: 9, cite: 铁市就组发〔2022〕1号#八, quote: 参加失业保险12个月及以上}\n",
            "the quote does not state 9",
        ),
        ("insured_month:\n- {from: 2023-01-01, value: 9, source: 市局}\n", "not declared"),
        ("insured_months:\n- {from: 2023-01-01, value: 九, source: 市局}\n", "is no count"),
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
