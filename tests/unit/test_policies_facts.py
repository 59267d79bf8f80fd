"""What applications may state, and what they are told when they cannot."""

import pytest

from events.application_facts import REGISTRY, FactType
from events.application_facts.checking import check_facts, statuses_on


def test_every_example_of_the_registry_is_taken_as_it_stands() -> None:
    stated = {fact.name: fact.example for fact in REGISTRY}
    facts, problems = check_facts(stated)
    assert not problems
    assert facts == stated


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("certificate.levle", "四级", "没有这个事实名称"),
        ("certificate.level", "中级", "没有“中级”这个取值"),
        ("certificate.level", 4, "应为非空文本"),
        ("certificate.number", "  ", "应为非空文本"),
        ("certificate.number", "9" * 121, "超过 120 个字符"),
        ("certificate.issued_on", "2022-02-30", "“2022-02-30”不是日期"),
        ("certificate.issued_on", "20220301", "“20220301”不是日期"),
        ("insured_months", -1, "应为不小于 0 的整数"),
        ("insured_months", 12.5, "应为不小于 0 的整数"),
        ("insured_months", 1201, "应在 0 至 1200 之间"),
        ("certificate.issued_on", "9999-12-31", "“9999-12-31”不是日期"),
        ("certificate.issued_on", "0001-01-01", "“0001-01-01”不是日期"),
        ("certificate.issued_on", "2022-W01-1", "“2022-W01-1”不是日期"),
        ("certificate.number", "S٢1", "含有 U+0662 其他文字的数字，数字只用 0 至 9"),
        (
            "certificate.number",
            "SА1",
            "含有 U+0410 CYRILLIC CAPITAL LETTER A，字母只用 A 至 Z",
        ),
        ("certificate.number", "S1\u200b2", "含有 U+200B 零宽空格"),
        ("insured_months", True, "应为不小于 0 的整数"),
        ("insured_months", "12", "应为不小于 0 的整数"),
        ("graduate.seeking", "是", "应为 true 或 false"),
        ("graduate.seeking", 1, "应为 true 或 false"),
        ("hardship.category", "残疾", "应为列表"),
        ("hardship.category", ["残疾", 3], "应为文本"),
        ("hardship.category", ["贫困"], "没有“贫困”这个取值"),
        ("diploma.school_region", "铁岭", "“铁岭”不是六位行政区划代码"),
        ("diploma.school_region", "２１１２０２", "“２１１２０２”不是六位行政区划代码"),
        ("person.status", [], "列表为空"),
        ("person.status", "上班", "没有“上班”这个取值"),
        ("person.status", ["上班@2022-01-01/"], "没有“上班”这个取值"),
        (
            "person.status",
            ["在职@2022-01-01"],
            "“在职@2022-01-01”的日期段应写作 状态@起始日/终止日",
        ),
        (
            "person.status",
            ["在职@2022-13-01/"],
            "“在职@2022-13-01/”的日期段应写作 状态@起始日/终止日",
        ),
        (
            "person.status",
            ["在职@2022-03-01/2022-02-01"],
            "“在职@2022-03-01/2022-02-01”的终止日早于起始日",
        ),
        ("person.status", None, "应为非空文本"),
        ("person.status", {"status": "在职"}, "应为非空文本"),
    ],
)
def test_what_cannot_be_taken_is_named_with_a_way_on(name: str, value: object, wrong: str) -> None:
    facts, problems = check_facts({name: value, "contract.months": 12})
    assert facts == {"contract.months": 12}
    assert [(problem.name, problem.wrong) for problem in problems] == [(name, wrong)]
    assert problems[0].remedy


def test_a_misspelt_name_is_answered_with_the_nearest_one() -> None:
    _, problems = check_facts({"certificate.levle": "四级"})
    assert "certificate.level" in problems[0].remedy


def test_texts_are_written_in_one_way_because_keys_compare_letters() -> None:
    facts, _ = check_facts(
        {"certificate.number": " ab－１２　3 ", "certificate.occupation": "电工 "}
    )
    assert facts == {"certificate.number": "AB-12 3", "certificate.occupation": "电工"}


def test_lists_are_sorted_and_each_value_counts_once() -> None:
    first, _ = check_facts({"hardship.category": ["残疾", "孤儿", "残疾"]})
    second, _ = check_facts({"hardship.category": ["孤儿", "残疾"]})
    assert first == second


def test_a_status_by_period_holds_on_both_its_days_and_no_other() -> None:
    stated = ["在职@2021-01-01/2022-03-14", "领取失业保险金期间@2022-03-15/"]
    assert statuses_on(stated, "2020-12-31") == ()
    assert statuses_on(stated, "2021-01-01") == ("在职",)
    assert statuses_on(stated, "2022-03-14") == ("在职",)
    assert statuses_on(stated, "2022-03-15") == ("领取失业保险金期间",)
    assert statuses_on("在职", "1999-01-01") == ("在职",)
    assert statuses_on(["失业", "灵活就业@2022-01-01/"], "2022-02-01") == ("失业", "灵活就业")


def test_every_choice_has_values_and_every_number_a_unit_or_fen() -> None:
    for fact in REGISTRY:
        choice = fact.type in (FactType.ENUM, FactType.ENUMS, FactType.STATUS)
        assert bool(fact.values) == choice, fact.name
        assert bool(fact.unit) == (fact.type is FactType.WHOLE), fact.name
        assert fact.description.endswith("。"), fact.name


def test_chinese_is_known_with_or_without_spaces_between_its_characters() -> None:
    facts, _ = check_facts({"certificate.occupation": "电 工"})
    assert facts["certificate.occupation"] == "电工"
    facts, _ = check_facts({"certificate.occupation": "CNC  操作 工 level 2"})
    assert facts["certificate.occupation"] == "CNC 操作工 LEVEL 2"
