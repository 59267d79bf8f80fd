"""A city's own programme: read, checked, decided and paid like ours, for its own city alone."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from policies.authoring.card import policy_card
from policies.authoring.city_check import check_cities
from policies.authoring.coverage import coverage
from policies.authoring.golden import Result, load_for, run_goldens
from policies.authoring.own_rules import own_rule_problems
from policies.cities import read_cities
from policies.duties import shipped
from policies.engine.registry import Policies
from policies.engine.versions import ROOT
from policies.vocabulary.files import FileProblem, each_problem
from services.runtime.city import policies_of
from services.runtime.errors import NotConfigured
from services.runtime.settings import Settings
from services.tools.authoring import checking, mutants
from services.wording.programmes import short

CITIES = Path(__file__).parents[1] / "cities"
CITY = CITIES / "210500"
VERSION = "programmes/returnee-post/210500-2022-03-01.yaml"
OURS = "210000-2021-06-30"
QUOTED = "cite: 本溪示例〔2022〕1号#二, quote: 同一月份不重复享受"

POLICIES = load_for(CITY / "cases", cities=read_cities(CITY))
RESULTS = list(run_goldens(CITY / "cases", POLICIES))


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.case.name)
def test_the_city_decides_as_its_officials_have_written(result: Result) -> None:
    assert not result.wrong, f"{result.file}:{result.line}: {result.wrong}"


def test_its_cases_show_every_node_from_both_sides() -> None:
    own = [policy for policy in POLICIES[None] if policy.city]
    assert [policy.name for policy in own] == ["returnee-post/210500-2022-03-01"]
    assert not coverage(own, RESULTS).missed


def test_its_rules_are_checked_and_found_right() -> None:
    assert own_rule_problems(POLICIES[None]) == []
    assert check_cities(CITY, frozenset({"city-xlsx"})).findings.errors == []


def test_its_duty_joins_ours_and_ours_stay() -> None:
    law = POLICIES[None].duties
    rule = law.months.of("returnee-post")
    assert rule is not None
    assert rule.listed == "post.months"
    assert law.months.months[:-1] == shipped().months.months
    assert law._replace(months=shipped().months) == shipped()
    assert Policies.load().duties is shipped()


def test_what_decides_ours_is_the_same_with_a_citys_programmes_beside_it() -> None:
    ours = {policy.content_hash: policy.window for policy in Policies.load()}
    theirs = {one.content_hash: one.window for one in POLICIES[None] if not one.city}
    assert theirs == ours


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CITY, tmp_path / "210500"))


def changed(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    text = (folder / name).read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, encoding="utf-8")


def of_ours(folder: Path, *changes: tuple[str, str]) -> None:
    """A version of the province's programme as the city's own."""
    own = folder / "programmes/flexible-si/210500-2022-01-01.yaml"
    own.parent.mkdir()
    shutil.copy(ROOT / f"programmes/flexible-si/{OURS}.yaml", own)
    changed(
        folder,
        "programmes/flexible-si/210500-2022-01-01.yaml",
        ("version: 2021-06-30", "version: 2022-01-01"),
        *changes,
    )


def for_another(folder: Path) -> None:
    (folder / VERSION).rename(folder / "programmes/returnee-post/211200-2022-03-01.yaml")
    changed(
        folder,
        "programmes/returnee-post/211200-2022-03-01.yaml",
        ('jurisdiction: "210500"', 'jurisdiction: "211200"'),
    )


def for_the_province(folder: Path) -> None:
    changed(folder, VERSION, ('jurisdiction: "210500"', 'jurisdiction: "210000"'))


def twice(folder: Path) -> None:
    shutil.copy(folder / VERSION, folder / "programmes/returnee-post/210500-2022-05-01.yaml")
    changed(
        folder,
        "programmes/returnee-post/210500-2022-05-01.yaml",
        ("version: 2022-03-01", "version: 2022-05-01"),
        ("from: issued", "from: 2022-05-01"),
    )


def our_duty(folder: Path) -> None:
    changed(folder, "duties/months.yaml", ("[returnee-post]", "[returnee-post, flexible-si]"))


def other_duty(folder: Path) -> None:
    (folder / "duties/budgets.yaml").write_text("alarms: [1]\n", encoding="utf-8")


def taken_id(folder: Path) -> None:
    changed(folder, "duties/months.yaml", ("id: returnee,", "id: flexible,"))


def unsigned_duty(folder: Path) -> None:
    changed(folder, "duties/months.yaml", ("assume: R1}", "assume: R2}"))


def our_figure(folder: Path) -> None:
    changed(folder, "figures/declared.yaml", ("returnee.monthly", "local.min_wage"))


def undeclared(folder: Path) -> None:
    (folder / "figures/declared.yaml").unlink()


@pytest.mark.parametrize(
    ("change", "file", "line", "words"),
    [
        (for_another, "returnee-post/211200-2022-03-01.yaml", 5, "只能写本市的政策"),
        (for_the_province, "returnee-post/210500-2022-03-01.yaml", 5, "不能写 210000"),
        (twice, "returnee-post/210500-2022-05-01.yaml", 11, "supersedes"),
        (our_duty, "duties/months.yaml", 3, "flexible-si 不是本市自己的项目"),
        (other_duty, "duties/budgets.yaml", 1, "本市只能为自己的项目写"),
        (taken_id, "duties/months.yaml", 3, "编号 flexible 已经有了"),
        (unsigned_duty, "duties/months.yaml", 3, "R2 没有在 assume 下签认"),
        (our_figure, "figures/declared.yaml", 2, "local.min_wage 已经声明过"),
        (undeclared, "figures/returnee/210500.yaml", 1, "没有名为 returnee 的组"),
    ],
)
def test_what_a_city_may_not_write_is_refused_by_file_and_line(
    folder: Path, change: Callable[[Path], None], file: str, line: int, words: str
) -> None:
    change(folder)
    with pytest.raises(FileProblem) as refused:
        Policies.load(cities=read_cities(folder))
    found = [one for one in each_problem(refused.value) if one.path.as_posix().endswith(file)]
    assert found, refused.value
    assert (found[0].line, words in found[0].message) == (line, True), found[0]
    with pytest.raises(NotConfigured, match=words):
        policies_of(Settings(city=folder))
    errors = check_cities(folder, frozenset({"city-xlsx"})).findings.errors
    assert any(words in error.message for error in errors), errors


def misquoted(folder: Path) -> None:
    changed(folder, VERSION, ("quote: 到行政村驻村工作", "quote: 到社区工作"))


def other_number(folder: Path) -> None:
    changed(folder, VERSION, ("max: 12,", "max: 24,"))


def misquoted_duty(folder: Path) -> None:
    changed(folder, "duties/months.yaml", ("quote: 补贴按月发放", "quote: 补贴按季发放"))


def no_fact(folder: Path) -> None:
    changed(folder, "duties/months.yaml", ("listed: post.months", "listed: post.month"))


def no_duty(folder: Path) -> None:
    (folder / "duties/months.yaml").unlink()


def one_sided(folder: Path) -> None:
    changed(
        folder,
        VERSION,
        (
            "caps:\n",
            f"caps:\n- {{id: either, kind: either_or, per: person, with: [village-post], {QUOTED}}}\n",
        ),
    )


def our_notice(folder: Path) -> None:
    name = "notices/本溪示例〔2022〕1号.yaml"
    changed(folder, name, ("number: 本溪示例〔2022〕1号", "number: 铁市就组发〔2022〕1号"))


@pytest.mark.parametrize(
    ("change", "file", "words"),
    [
        (misquoted, "210500-2022-03-01.yaml", "没有这句原文"),
        (other_number, "210500-2022-03-01.yaml", "所引原文没有 24 这个数字"),
        (misquoted_duty, "duties/months.yaml", "没有这句原文"),
        (no_fact, "duties/months.yaml", "没有名为 post.month 的事实"),
        (no_duty, "210500-2022-03-01.yaml", "须在 duties/months.yaml 写明"),
        (one_sided, "210500-2022-03-01.yaml", "village-post 没有在 either 下同样排除"),
        (our_notice, "1号.yaml", "已经登记"),
    ],
)
def test_rules_that_do_not_say_what_the_notice_says_start_no_process(
    folder: Path, change: Callable[[Path], None], file: str, words: str
) -> None:
    change(folder)
    found = own_rule_problems(Policies.load(cities=read_cities(folder)))
    assert any(words in one.message and one.file.as_posix().endswith(file) for one in found), found
    with pytest.raises(NotConfigured, match=words):
        policies_of(Settings(city=folder))
    errors = check_cities(folder, frozenset({"city-xlsx"})).findings.errors
    assert any(words in error.message for error in errors), errors


def test_a_citys_own_version_goes_before_the_provinces_and_the_others_keep_it(folder: Path) -> None:
    of_ours(folder, ('jurisdiction: "210000"', 'jurisdiction: "210500"'))
    law = Policies.load(cities=read_cities(folder))
    own = next(one for one in law if one.name == "flexible-si/210500-2022-01-01")
    assert own.city == "210500"
    ours = next(one for one in law if one.name == f"flexible-si/{OURS}")
    assert ours.window == next(one for one in Policies.load() if one.name == ours.name).window


@pytest.mark.parametrize("replaces", [True, False])
def test_a_version_that_meets_one_that_ships_says_which_it_replaces(
    tmp_path: Path, replaces: bool
) -> None:
    folder = tmp_path / "211200"
    shutil.copytree(CITIES.parents[1] / "cities" / "211200", folder)
    own = folder / "programmes/talent-living/211200-2022-10-01.yaml"
    own.parent.mkdir(parents=True)
    shutil.copy(ROOT / "programmes/talent-living/211200-2022-07-21.yaml", own)
    named = "supersedes: [{version: 2022-07-21, assume: Q1}]\nsilence:" if replaces else "silence:"
    changed(
        folder,
        "programmes/talent-living/211200-2022-10-01.yaml",
        ("version: 2022-07-21", "version: 2022-10-01"),
        ("from: issued", "from: 2022-10-01"),
        ("silence:", named),
    )
    if not replaces:
        with pytest.raises(FileProblem, match=r"随附的 talent-living/211200-2022-07-21 重叠"):
            Policies.load(cities=read_cities(folder))
        return
    law = Policies.load(cities=read_cities(folder))
    windows = {one.name: one.window for one in law if one.text.policy == "talent-living"}
    assert str(windows["talent-living/211200-2022-07-21"].to) == "2022-09-30"
    assert str(windows["talent-living/211200-2022-10-01"].from_) == "2022-10-01"


def test_every_small_change_of_a_citys_files_is_noticed() -> None:
    cities = read_cities(CITY)
    found = mutants.run(CITY, CITY / "cases", cities=cities)
    assert {*found.files} == {VERSION, "figures/returnee/210500.yaml"}
    assert found.total > 40
    assert found.survivors == []
    assert found.stale == []
    alone = mutants.run(CITY, CITY / "cases", only=["returnee-post"], cities=cities)
    assert {*alone.files} == {VERSION}


def test_the_check_names_what_no_case_shows(
    folder: Path,
) -> None:
    cases = "cases/returnee-post/210500-2022-03-01.yaml"
    text = (folder / cases).read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in text if "不驻村" not in line]
    assert len(kept) == len(text) - 1
    (folder / cases).write_text("".join(kept), encoding="utf-8")
    seen = checking.look_over(folder, None, folder / "nowhere")
    assert not seen.good
    told = "\n".join(seen.lines())
    assert "returnee-post/210500-2022-03-01 village 没有案例" in told
    assert "本溪市案例 18/18 与规则一致；节点覆盖 22/23" in told


def test_the_check_tells_a_case_that_the_rules_decide_otherwise(folder: Path) -> None:
    cases = "cases/returnee-post/210500-2022-03-01.yaml"
    changed(folder, cases, ("{name: 两个月, grant: 1200", "{name: 两个月, grant: 1201"))
    seen = checking.look_over(folder, None, folder / "nowhere")
    assert not seen.good
    assert "returnee-post/210500-2022-03-01.yaml:11 应为" in "\n".join(seen.lines())


def test_the_check_of_a_right_folder_says_so() -> None:
    seen = checking.look_over(CITY, None, CITY / "nowhere")
    assert seen.good, list(seen.lines())
    assert list(seen.lines())[-2:] == [
        "政策文件（含本溪市自己的）无误：原文、数字、事实、版本、互斥均已核对。",
        "本溪市案例 19/19 与规则一致；节点覆盖 23/23。",
    ]


def test_a_card_tells_the_citys_duty() -> None:
    law = POLICIES[None]
    policy = next(one for one in law if one.city)
    rows = {row.id: row for _, row in policy_card(policy, law.standards, law.duties).rows()}
    assert rows["months/returnee"].quote == "补贴按月发放"
    assert rows["months/returnee"].note == "一个月的部分自该月结束后的第一天起到期"


def test_what_ships_keeps_its_name_and_the_citys_programme_has_its_own(folder: Path) -> None:
    of_ours(
        folder,
        ('jurisdiction: "210000"', 'jurisdiction: "210500"'),
        ("title: ", "title: 本溪的"),
    )
    law = Policies.load(cities=read_cities(folder))
    assert short(law, "flexible-si") == short(Policies.load(), "flexible-si")
    assert short(law, "returnee-post") == "返乡驻村补贴"
