"""Catalogues: tables and lists say what the notices say, cell by cell, and rules can ask for them."""

import shutil
from pathlib import Path

import pytest

from policies.authoring.check import check_all
from policies.engine.versions import ROOT
from policies.reference_data.catalogues import load_catalogues
from policies.reference_data.figure_reading import load_standards
from policies.reference_data.standards import Standards

CATALOGUES = load_catalogues(ROOT / "catalogues")
SHIPPED = load_standards(ROOT / "parameters")
TRAINING = "catalogues/training_2022.yaml"
HARDSHIP = "catalogues/hardship.yaml"


def on(name: str, region: str, day: str, standards: Standards = SHIPPED) -> object:
    return standards.figure(name, region).on(day)


def test_the_table_of_53_occupations_is_whole() -> None:
    table = on("catalogue.training_2022", "211202", "2022-08-15")
    assert isinstance(table, dict)
    assert len([row for row in table if row[:1].isdigit()]) == 53
    assert table["6-18-01-01"] == table["车工"]
    assert table["车工"] == {
        "五级": 550_000,
        "四级": 525_000,
        "三级": 427_000,
        "二级": 427_000,
        "一级": 417_500,
    }


@pytest.mark.parametrize(
    ("code", "not_offered"),
    [
        ("4-07-02-03", {"五级", "四级"}),
        ("4-10-01-01", {"五级"}),  # a blank cell, no dash
        ("6-30-05-02", {"一级"}),
        ("4-02-06-02", {"二级", "一级"}),
        ("4-01-02-01", set()),
    ],
)
def test_struck_and_blank_cells_are_not_offered(code: str, not_offered: set[str]) -> None:
    table = on("catalogue.training_2022", "211202", "2022-08-15")
    assert isinstance(table, dict)
    assert {"五级", "四级", "三级", "二级", "一级"} - set(table[code]) == not_offered


def test_a_table_holds_from_its_day_and_in_its_city() -> None:
    assert on("catalogue.training_2022", "211202", "2022-08-14") is None
    assert on("catalogue.training_2022", "210402", "2022-08-15") is None


@pytest.mark.parametrize(
    ("name", "region", "day", "has", "has_not"),
    [
        ("difficulty", "211202", "2021-06-29", "低保家庭", "农村低收入劳动力"),
        ("difficulty", "211202", "2021-06-30", "农村低收入劳动力", "低保家庭"),
        ("difficulty", "210402", "2021-08-01", "城市低保家庭", "低保家庭"),
        ("difficulty", "211202", "2022-08-01", "脱贫劳动力", "孤儿"),
        ("difficulty_by_reference", "211202", "2021-06-29", "退役军人", "孤儿"),
        ("difficulty_by_reference", "211202", "2021-06-30", "孤儿", "退役军人"),
        ("jobseeking", "211202", "2022-07-20", "农村低收入家庭", "事实无人抚养儿童"),
        ("jobseeking", "211202", "2022-07-21", "事实无人抚养儿童", "农村低收入家庭"),
        ("jobseeking", "210402", "2022-08-01", "农村低收入家庭", "防止返贫监测对象家庭"),
        ("posts", "211202", "2022-07-21", "防止返贫监测对象家庭", "国家助学贷款"),
        ("graduates", "211202", "2021-07-21", "边缘易致贫家庭", "孤儿"),
    ],
)
def test_a_list_holds_what_its_notice_names(
    name: str, region: str, day: str, has: str, has_not: str
) -> None:
    names = on(f"hardship.{name}", region, day)
    assert isinstance(names, tuple)
    assert has in names
    assert has_not not in names


def test_a_city_may_state_a_table_of_its_own(tmp_path: Path) -> None:
    rows = "training_2022:\n- {from: 2022-08-15, value: {1-01-01-01: {五级: 9}}, source: 市里}\n"
    file = tmp_path / "catalogue" / "210400.yaml"
    file.parent.mkdir()
    file.write_text(rows, encoding="utf-8")
    city = load_standards(ROOT / "parameters", tmp_path)
    assert on("catalogue.training_2022", "210402", "2022-08-15", city) == {
        "1-01-01-01": {"五级": 900}
    }
    names = ("catalogue.training_2022",)
    assert city.digest(names, "210402") != SHIPPED.digest(names, "210402")
    assert city.digest(names, "211202") == SHIPPED.digest(names, "211202")


def line_with(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (TRAINING, "五级: 5500", "五级: 5501", "车工: 五级 原文为 5500，不是 5501"),
        (TRAINING, "{四级: 3400,", "{五级: 1, 四级: 3400,", "五级 原文为 —，不是 1"),
        (TRAINING, "rates: {四级: 1040, ", "rates: {", "四级 原文为 1040，不是 空"),
        (TRAINING, "三级: 880}", "三级: 880, 初级: 7}", "没有名为 初级 的列"),
        (TRAINING, "code: 6-18-01-01,", "code: 6-18-01-09,", "所引原文是 车工"),
        (TRAINING, "name: 车工,", "name: 电车工,", "所引原文是 车工"),
        (TRAINING, '"4 | 车工', '"5 | 车工', "里没有这句原文"),
        (TRAINING, "138号#附件", "138号#附表", "附表 没有登记"),
        (HARDSHIP, "category: 烈属", "category: 烈士", "没有“烈士”这个取值"),
        (HARDSHIP, "quote: 孤儿毕业生", "quote: 孤儿学生", "里没有这句原文"),
        (HARDSHIP, "同时存在2名", "同时存在3名", "里没有这句原文"),
        (HARDSHIP, "to: 2022-07-20", "to: 2022-07-21", "重叠：2022-07-21 至 2022-07-21 两行都写了"),
        (
            HARDSHIP,
            "category: 孤儿, quote: 孤儿毕",
            "category: 残疾, quote: 孤儿毕",
            "残疾 列了两次",
        ),
    ],
)
def test_whatever_a_catalogue_says_wrong_is_named(
    tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    for part in ("parameters", "notices", "catalogues"):
        shutil.copytree(ROOT / part, tmp_path / part)
    path = tmp_path / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = [problem for problem in check_all(tmp_path) if says in problem.message]
    assert problems, check_all(tmp_path)
    assert problems[0].file == path


def test_a_row_that_is_left_out_is_missed(tmp_path: Path) -> None:
    for part in ("parameters", "notices", "catalogues"):
        shutil.copytree(ROOT / part, tmp_path / part)
    path = tmp_path / TRAINING
    gone = line_with(path, "name: 钳工")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: gone - 1] + lines[gone:]), encoding="utf-8")
    (problem,) = check_all(tmp_path)
    assert problem.message == "条款有 53 行，表里有 52 行"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (TRAINING, "五级: 5500", "五级: 55.5"),
        (TRAINING, "kind: rates", "kind: prices"),
        (TRAINING, "code: 6-18-01-01", "code: 4-01-02-01"),
        (TRAINING, "code: 6-18-01-01", "code: 6-18-01"),
        (HARDSHIP, "fact: hardship.category", "facts: hardship.category"),
    ],
)
def test_what_no_catalogue_can_say_is_refused(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    for part in ("parameters", "notices", "catalogues"):
        shutil.copytree(ROOT / part, tmp_path / part)
    path = tmp_path / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert {problem.file for problem in check_all(tmp_path)} == {path}
