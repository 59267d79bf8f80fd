"""A file of earlier benefits: read row by row, each problem by row and column, caps of every kind."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME
from events.status import PriorUseRecorded
from events.values import CapSlot
from policies.engine.prior import PastBenefit, cap_facts, uses_of
from policies.engine.versions import Policy
from services.prior_uses import template
from services.prior_uses.checking import CheckedPriorUses, check
from services.prior_uses.columns import columns
from services.prior_uses.comparing import Compared
from services.prior_uses.importing import commands_for, hold
from services.prior_uses.report import counts, report, summary
from services.runtime.vault.marks import PartyId
from tests.given_when_then import ZHANG, Scene, kinds, only, policies
from tests.prior_use_files import HEADINGS, as_csv, as_xlsx, prior_use_row, somebody

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2022, 9, 1)
NOW = datetime(2022, 9, 1, 2, tzinfo=UTC)


def checked(raw: bytes, region: str = "211202") -> CheckedPriorUses:
    return check(raw, region, policies(), TODAY)


def slot(cap: str, period: str = "*", key: str = "", months: int = 0) -> CapSlot:
    return CapSlot(family="skill-upgrade", cap=cap, period=period, key=key, months=months)


def test_a_row_takes_every_cap_of_its_programme() -> None:
    (use,) = checked(as_csv([prior_use_row()])).uses
    assert use.slots == (
        slot("certificate", key="S1"),
        slot("no_repeat", key="电工|四级"),
        slot("per_year", period="2022"),
    )
    assert (use.amount_fen, use.granted_on, use.doubts) == (150_000, date(2022, 2, 15), ())


def test_a_lifetime_cap_needs_nothing_but_the_programme() -> None:
    rows = [prior_use_row(programme="一次性求职创业补贴", occupation="", level="", certificate="")]
    (use,) = checked(as_csv(rows)).uses
    assert [(s.cap, s.period) for s in use.slots] == [("once", "*")]


def test_a_workbook_reads_like_the_same_csv() -> None:
    row: list[object] = [*prior_use_row()]
    row[3], row[8], row[9] = 2022, 1500, datetime(2022, 2, 15)  # noqa: DTZ001
    ours, theirs = checked(as_csv([prior_use_row()])), checked(as_xlsx([row]))
    assert ours.uses == theirs.uses
    assert theirs.problems == ()


def test_an_id_that_a_spreadsheet_cut_short_is_never_taken() -> None:
    row: list[object] = [*prior_use_row()]
    row[0] = 211202199003070012
    found = checked(as_xlsx([row]))
    assert found.uses == ()
    assert "末几位已丢失" in found.problems[0].text


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"id": "211202199003070001"}, "身份证号/统一社会信用代码", "校验码"),
        ({"name": " "}, "姓名", "须填"),
        ({"name": "李"}, "姓名", "至少两个字"),
        ({"programme": "免费午餐"}, "项目", "没有这个补贴项目"),
        ({"year": "21"}, "享受次数所属年度", "四位年份"),
        ({"level": "九级"}, "等级", "五级"),
        ({"months": "0.5"}, "月数", "整数"),
        ({"amount": "1,2O0"}, "金额", "不是数字"),
        ({"amount": "1.005"}, "金额", "两位"),
        ({"amount": "0"}, "金额", "大于 0"),
        ({"granted_on": "2022-02-30"}, "享受日期", "2021-06-15"),
        ({"granted_on": "2022-09-02"}, "享受日期", "今日"),
        ({"document": ""}, "依据文号", "文书编号"),
        ({"document": somebody(1)["id"]}, "依据文号", "身份号码"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column_with_what_to_do(
    changes: dict[str, str], column: str, words: str
) -> None:
    found = checked(as_csv([prior_use_row(2), prior_use_row(1, **changes)]))
    assert [use.row for use in found.uses] == [2], "a bad row stops no other"
    (problem,) = [one for one in found.problems if one.column == column]
    assert problem.row == 3
    assert words in problem.text
    for secret in (somebody(1)["id"], "211202199003070001"):
        assert secret not in problem.text


def test_missing_and_unknown_columns_refuse_the_file() -> None:
    row = prior_use_row()
    short = checked(as_csv([row[:-1]], HEADINGS[:-1]))
    assert [(p.row, p.column) for p in short.problems] == [(0, "依据文号")]
    more = checked(as_csv([[*row, "x"]], [*HEADINGS, "备注栏"]))
    assert [(p.row, p.column) for p in more.problems] == [(0, "备注栏")]
    assert not short.uses
    assert not more.uses


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"PK\x03\x04broken", b"a,b\n1,2\n"])
def test_what_is_no_such_file_is_said_in_one_sentence(raw: bytes) -> None:
    (problem,) = checked(raw).problems
    assert problem.row == 0
    assert "请" in problem.text


def test_what_a_cap_needs_and_the_row_lacks_is_doubtful_and_not_guessed() -> None:
    (use,) = checked(as_csv([prior_use_row(occupation="", level="", certificate="")])).uses
    assert [s.cap for s in use.slots] == ["per_year"]
    assert any("证书编号" in doubt for doubt in use.doubts)


def test_the_same_use_twice_in_a_file_counts_once() -> None:
    found = checked(as_csv([prior_use_row(), prior_use_row(), prior_use_row(occupation="钳工")]))
    assert [use.row for use in found.uses] == [2, 4]
    assert found.twice == ((3, 2),)


def test_two_rows_that_differ_in_amount_or_months_alone_both_count_and_are_pointed_out() -> None:
    rows = [
        prior_use_row(),
        prior_use_row(amount="2000.00"),
        prior_use_row(),
        prior_use_row(amount="2000.00"),
    ]
    found = checked(as_csv(rows))
    assert [use.row for use in found.uses] == [2, 3]
    assert found.twice == ((4, 2), (5, 3))
    first, second = found.uses
    assert first.doubts == ()
    assert "与第 2 行同一文书、同一日、同一次" in second.doubts[0]
    lines = report(found, Compared(frozenset(), {}, frozenset({2})))
    assert [line.finding for line in lines] == ["doubtful", "doubtful", "twice", "twice"]
    assert "台账已有同一文书" in lines[0].remark
    assert "与第 2 行完全相同，只计一次" in lines[2].remark


def test_a_history_counts_both_of_two_grants_that_differ_in_their_amount() -> None:
    scene = Scene()
    first, second = (
        use.command
        for use in checked(as_csv([prior_use_row(), prior_use_row(amount="2000.00")])).uses
    )
    assert kinds(scene.when(ZHANG, first)) == ["PriorUseRecorded"]
    assert scene.when(ZHANG, first) == []
    again = only(scene.when(ZHANG, second), PriorUseRecorded)
    assert [slot.no for slot in again.slots] == [2, 2, 2]


def test_a_report_tells_every_row_and_shows_nobody() -> None:
    rows = [
        prior_use_row(1),
        prior_use_row(1),
        prior_use_row(2, level=""),
        prior_use_row(3, amount="x"),
        prior_use_row(4),
    ]
    found = checked(as_csv(rows))
    lines = report(found, Compared(frozenset({6}), {}))
    assert [line.row for line in lines] == [2, 3, 4, 5, 6]
    assert counts(lines) == {"accepted": 1, "doubtful": 1, "refused": 1, "twice": 1, "known": 1}
    text = repr(lines) + summary(lines, found.total_fen)
    for number in (1, 2, 3, 4):
        assert somebody(number)["id"] not in text
        assert somebody(number)["name"] not in text


def test_an_import_asks_the_same_by_the_same_ids_every_time() -> None:
    found = checked(as_csv([prior_use_row(1), prior_use_row(2)]))
    tokens: dict[PartyId, str] = {
        use.party[:2]: f"p{number:032d}" for number, use in enumerate(found.uses)
    }
    first = commands_for(found, tokens, TODAY, NOW)
    again = commands_for(checked(as_csv([prior_use_row(1), prior_use_row(2)])), tokens, TODAY, NOW)
    assert first == again
    assert len({asked.id for asked in first}) == 3
    assert hold(found, "li-jing").uses == 2


def test_a_digest_tells_what_would_count_and_holds_no_identity() -> None:
    one, other = checked(as_csv([prior_use_row(1)])), checked(as_csv([prior_use_row(1)]), "211204")
    assert one.number == other.number
    assert one.digest == other.digest, "the same slots, whichever district of the city"
    assert one.digest != checked(as_csv([prior_use_row(1, year="2021")])).digest


def test_the_template_is_taken_as_it_stands_and_explains_every_column() -> None:
    for raw in (template.xlsx(policies()), template.as_csv(policies())):
        empty = checked(raw)
        assert empty.problems == ()
        assert empty.rows == 0
    book = openpyxl.load_workbook(io.BytesIO(template.xlsx(policies())))
    explained = [row[0] for row in list(book.worksheets[1].values)[1:]]
    assert explained == [column.heading for column in columns(policies())]


def test_every_fact_that_a_cap_asks_for_has_a_column() -> None:
    stated = {column.fact for column in columns(policies())}
    assert "享受月份" in {column.heading for column in columns(policies())}
    for fact in cap_facts(policies()):
        assert fact in stated or BY_NAME[fact].type is FactType.MONTHS, fact


@pytest.mark.parametrize("policy", list(policies()), ids=lambda policy: policy.name)
def test_every_cap_of_every_version_is_taken_where_all_its_facts_are_known(policy: Policy) -> None:
    text = policy.text
    facts = {name: BY_NAME[name].example for name in cap_facts(policies())}
    region = {"211200": "211202", "210400": "210402"}.get(text.jurisdiction, text.jurisdiction)
    enjoyed = PastBenefit(text.policy, region, date(2022, 2, 15), facts, 2022, None)
    uses = uses_of(policies(), enjoyed)
    conditional = {cap.id for cap in text.caps if cap.only_if}
    taken = {found.cap for found in uses.slots if found.family == text.family}
    assert {cap.id for cap in text.caps} - conditional <= taken, uses.unknown


@pytest.mark.parametrize(
    ("kind", "number", "country", "known"),
    [
        ("护照", "m1234 5678", "KOR", "PP:KOR:M12345678"),
        ("passport", "M12345678", "KOR", "PP:KOR:M12345678"),
        ("港澳居民来往内地通行证", "H12345678", "", "HM:H12345678"),
        ("居民身份证", somebody(1)["id"], "", somebody(1)["id"]),
        ("", somebody(1)["id"], "", somebody(1)["id"]),
    ],
)
def test_an_earlier_grant_names_its_person_by_any_document(
    kind: str, number: str, country: str, known: str
) -> None:
    row = [*prior_use_row(id=number), kind, country]
    (use,) = checked(as_csv([row], (*HEADINGS, "证件种类", "签发国家"))).uses
    assert use.party.id == known


@pytest.mark.parametrize(
    ("kind", "number", "column"),
    [
        ("图书证", "1", "证件种类"),
        ("护照", "M12345678", "身份证号/统一社会信用代码"),  # of no country
        ("台湾居民来往大陆通行证", "1234567٨", "身份证号/统一社会信用代码"),
    ],
)
def test_a_document_that_does_not_fit_is_named(kind: str, number: str, column: str) -> None:
    found = checked(as_csv([[*prior_use_row(id=number), kind]], (*HEADINGS, "证件种类")))
    assert found.uses == ()
    assert [one.column for one in found.problems] == [column]


def test_full_width_digits_pass_and_those_of_another_script_do_not() -> None:
    (use,) = checked(
        as_csv([prior_use_row(amount="１５００.００", granted_on="２０２２-02-15")])
    ).uses
    assert (use.amount_fen, use.granted_on) == (150_000, date(2022, 2, 15))
    for changes in ({"amount": "15٠٠.00"}, {"granted_on": "2022-02-1٥"}, {"name": "张\u202e三"}):
        assert checked(as_csv([prior_use_row(1, **changes)])).uses == ()


def test_the_sheets_of_a_workbook_that_nobody_reads_are_named() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([prior_use_row()])))
    book.create_sheet("填写说明").append(["列", "必填"])
    book.create_sheet("补充名单").append(["甲", "乙"])
    held = io.BytesIO()
    book.save(held)
    checked = check(held.getvalue(), "211202", policies(), date(2022, 8, 31))
    assert len(checked.uses) == 1
    assert checked.unread == ("补充名单",)
