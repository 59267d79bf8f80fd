"""A file of applications: each row the very event that a system would send, each problem by its cell."""

import io
from collections import Counter
from datetime import UTC, date, datetime

import openpyxl
import orjson
import pytest

from events.application_facts import REGISTRY, FactType
from events.application_files import ConfirmApplications
from events.contract.inbound.claims import Claim
from events.contract.inbound.reader import Inbound, Message, read
from events.contract.schemas import examples
from policies.engine.facts_used import facts_used
from policies.engine.message_names import names_of_policies
from policies.engine.prior import versions_for
from policies.engine.programme_names import programmes_served
from services.application_files import template
from services.application_files.checking import CheckedApplications, check
from services.application_files.columns import all_columns, by_heading, columns_of
from services.application_files.publishing import confirm, hold, messages
from services.application_files.report import counts, report, summary
from services.spreadsheets.fact_cells import read_fact
from services.spreadsheets.headings import plain_heading
from tests.application_files import HEADINGS, application_row, csv_file, xlsx_file
from tests.given_when_then import policies
from tests.prior_use_files import as_csv, somebody

TODAY = date(2022, 9, 1)
NOW = datetime(2022, 9, 1, 2, tzinfo=UTC)
SOURCE = "excel-211202"
ONE = application_row()


def checked(raw: bytes, source: str = SOURCE, region: str = "211202") -> CheckedApplications:
    return check(raw, source, region, policies(), TODAY)


def problems(**changes: object) -> dict[str, str]:
    """What is wrong with one row, by column; the row beside it is always taken."""
    found = checked(csv_file(application_row(2), application_row(1, **changes)))
    assert [one.row for one in found.applications] == [2], "a bad row stops no other"
    assert {problem.row for problem in found.problems} == {3}
    return {problem.column: problem.text for problem in found.problems}


def test_a_row_is_the_event_that_a_system_would_send() -> None:
    (sent,) = messages(checked(csv_file(ONE)))
    on_topic = Message(sent.feed, sent.value, sent.headers, int(NOW.timestamp() * 1000))
    (answer,) = read(on_topic, names_of_policies(policies()))
    assert isinstance(answer, Inbound)
    example = examples.events()["application.submitted"]
    by_system = {
        **example,
        "source": SOURCE,
        "data": {
            "application": "2022-0001",
            "programme": "skill-upgrade",
            "region": "211202",
            "applied_on": "2022-08-12",
            "channel": "file",
            "beneficiary": {"kind": "person", **somebody(1)},
            "account": {
                "bank": "中国工商银行铁岭银州支行",
                "number": "6222020000000000001",
                "holder": somebody(1)["name"],
            },
            "facts": {
                "certificate.occupation": "电工",
                "certificate.level": "四级",
                "certificate.number": "S1",
                "certificate.issued_on": "2022-03-15",
                "insured_months": 26,
                "person.status": ["在职@2019-03-01/2022-01-31", "领取失业保险金期间@2022-02-01/"],
            },
        },
    }
    (theirs,) = read(
        on_topic._replace(value=orjson.dumps(by_system)), names_of_policies(policies())
    )
    assert isinstance(theirs, Inbound)
    assert answer.body == theirs.body, "the claim and its digest are the same"


def test_a_phone_of_a_row_is_the_applications_own() -> None:
    row = {**ONE, "手机号": "138 0013 8000"}
    (one,) = checked(csv_file(row)).applications
    assert one.claim.phone == "13800138000"
    (other,) = checked(csv_file(ONE)).applications
    assert other.claim.phone == ""


def test_the_same_applications_are_the_same_file_in_any_form_and_order() -> None:
    rows = [application_row(1), application_row(2)]
    with_numbers = {**rows[0], "失业保险累计缴费月数": 26, "申请日期": datetime(2022, 8, 12)}  # noqa: DTZ001
    files = (
        checked(csv_file(*rows)),
        checked(csv_file(*reversed(rows))),
        checked(xlsx_file(with_numbers, rows[1])),
    )
    assert len({file.number for file in files}) == 1
    assert len({file.file_digest for file in files}) == 3
    assert len({frozenset(m.value for m in messages(file)) for file in files}) == 1
    assert checked(csv_file(*rows), source="hall-211202").number != files[0].number


def test_a_unit_another_payee_and_another_document_are_stated_as_the_contract_has_them() -> None:
    unit = examples.events()["payee.fraud-found"]["data"]["party"]
    passport = {"受益人证件号码": "M1234567", "受益人证件种类": "护照", "受益人签发国家": "kor"}
    rows = csv_file(
        application_row(1, 收款人证件号码=unit["id"], 收款人名称=unit["name"]),
        application_row(2, **passport, 出生日期="1990-03-07"),
        application_row(3, 受益人证件号码=unit["id"], 受益人姓名=unit["name"]),
        application_row(4, 受理区划代码="211281", 受理渠道="hall", 户名="李代收"),
    )
    paid, foreign, own, other = (one.claim for one in checked(rows).applications)
    assert (paid.payee.kind, paid.payee.id) == ("unit", unit["id"])
    assert paid.account.holder == unit["name"], "the account is the payee's"
    assert foreign.beneficiary.id == "PP:KOR:M1234567"
    assert (own.beneficiary.kind, own.payee) == ("unit", own.beneficiary)
    assert (other.region, other.channel, other.account.holder) == ("211281", "hall", "李代收")


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"申请编号": ""}, "申请编号", "须填"),
        ({"申请编号": "第一号"}, "申请编号", "格式不对"),
        ({"申请编号": somebody(1)["id"]}, "申请编号", "身份证件号码"),
        ({"补贴项目": "免费午餐"}, "补贴项目", "没有这个补贴项目"),
        ({"申请日期": "2022-02-30"}, "申请日期", "不是日期"),
        ({"申请日期": "2022-09-02"}, "申请日期", "晚于"),
        ({"受益人证件号码": "211202199003070001"}, "受益人证件号码", "证件号码不对"),
        ({"受益人证件号码": "2.11202E+17"}, "受益人证件号码", "末几位已丢失"),
        ({"受益人姓名": "李"}, "受益人姓名", "至少两个字"),
        ({"受益人证件种类": "学生证"}, "受益人证件种类", "没有这种证件"),
        ({"银行账号": "12-34"}, "银行账号", "银行账号不对"),
        ({"受理区划代码": "999999"}, "受理区划代码", "没有这个行政区划代码"),
        ({"受理区划代码": "210102"}, "受理区划代码", "不属于本台账的城市"),
        ({"证书等级": "九级"}, "证书等级", "没有“九级”这个取值"),
        ({"失业保险累计缴费月数": "两年"}, "失业保险累计缴费月数", "须为整数"),
        ({"取得证书日期": "三月"}, "取得证书日期", "不是日期"),
        ({"就业失业状态": "在职@昨天/"}, "就业失业状态", "日期段"),
        ({"证书编号": somebody(1)["id"]}, "证书编号", "身份证件号码"),
        ({"开户银行": "银行\u200b"}, "开户银行", "看不见的字符"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column_with_what_to_do(
    changes: dict[str, object], column: str, words: str
) -> None:
    found = problems(**changes)
    assert words in found[column], found
    told = "".join(found.values())
    assert told.startswith("第 3 行")
    for secret in (somebody(1)["id"], somebody(1)["name"], "211202199003070001", "622202"):
        assert secret not in told


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    found = problems(申请日期="昨天", 银行账号="1", 证书等级="九级", 受益人证件号码="1")
    assert set(found) == {"申请日期", "银行账号", "证书等级", "受益人证件号码"}


def test_who_may_not_file_for_a_region_is_told_by_the_row() -> None:
    row = csv_file(ONE)
    assert checked(row, region="210402").problems, "another city's programme or region"
    (wrong,) = checked(row, source="Excel 2022").problems
    assert (wrong.row, "来源" in wrong.text) == (0, True)


def test_a_row_that_stands_there_twice_is_taken_once_and_other_content_is_a_problem() -> None:
    other = application_row(1, 证书等级="三级")
    found = checked(csv_file(ONE, ONE, other))
    assert [one.row for one in found.applications] == [2]
    assert found.twice == ((3, 2),)
    (problem,) = found.problems
    assert "与第 2 行编号相同，内容不同" in problem.text
    assert found.refused_rows == {4}


def test_no_row_vanishes() -> None:
    rows = [
        application_row(n, **({"证书等级": "九级"} if n % 3 == 0 else {})) for n in range(1, 40)
    ]
    found = checked(csv_file(*rows, rows[0]))
    told = {one.row for one in found.applications} | {one.row for one in found.twice}
    assert told | found.refused_rows == set(range(2, 42))
    assert Counter(line.finding for line in report(found, None)) == {
        "taken": 26,
        "refused": 13,
        "twice": 1,
    }


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"PK\x03\x04broken", b"a,b\n1,2\n"])
def test_what_is_no_such_file_is_said_in_one_sentence(raw: bytes) -> None:
    (problem,) = checked(raw).problems
    assert problem.row == 0
    assert "请" in problem.text
    assert "。。" not in problem.text


def test_missing_unknown_and_doubled_columns_refuse_the_file() -> None:
    cells = [str(cell) for cell in ONE.values()]
    short = checked(as_csv([cells[1:]], HEADINGS[1:]))
    assert [(p.row, p.column) for p in short.problems] == [(0, "申请编号")]
    more = checked(as_csv([[*cells, "x"]], [*HEADINGS, "备注栏"]))
    assert [(p.row, p.column) for p in more.problems] == [(0, "备注栏")]
    again = checked(as_csv([[*cells, "二级"]], [*HEADINGS, "certificate.level"]))
    assert "有两列都是这一项" in again.problems[0].text
    assert [*short.applications, *more.applications, *again.applications] == []


def test_what_the_ledger_has_is_told_before_anything_is_handed_in() -> None:
    found = checked(csv_file(*(application_row(n) for n in (1, 2, 3))))
    first, second, _ = found.applications
    recorded = {first.claim.key: first.claim.digest, second.claim.key: "other"}
    lines = report(found, recorded)
    assert [line.finding for line in lines] == ["known", "conflicting", "taken"]
    assert counts(lines)["conflicting"] == 1
    assert summary(lines).startswith("可报送 1 行，退回 0 行，台账已有，内容不同 1 行")
    assert somebody(1)["id"] not in repr(lines)
    assert somebody(1)["name"] not in repr(lines)


def test_what_is_handed_in_is_what_is_confirmed() -> None:
    found = checked(
        csv_file(application_row(1), application_row(2), application_row(3, 证书等级="x"))
    )
    handed_in = hold(found, "li-jing")
    assert (handed_in.rows, handed_in.applications, handed_in.refused) == (3, 2, 1)
    assert handed_in.number == found.number == f"Y-{handed_in.digest[:12]}"
    done, again = confirm(found, TODAY, NOW), confirm(found, TODAY, NOW)
    assert done == again
    assert done.body == ConfirmApplications(number=found.number, applications=2)


def test_every_fact_has_a_column_and_no_heading_means_two() -> None:
    stated = {column.fact for column in all_columns() if column.fact}
    assert stated == {fact.name for fact in REGISTRY} - {"payee.kind"}
    words = [
        plain_heading(word) for column in all_columns() for word in (column.heading, *column.others)
    ]
    assert [word for word, number in Counter(words).items() if number > 1] == []
    for fact in REGISTRY:
        if (column := by_heading().get(fact.name)) is not None:
            assert read_fact(fact.type, column.example) == fact.example, fact.name


@pytest.mark.parametrize("programme", policies().programmes)
def test_a_template_has_every_column_that_its_programme_asks_for(programme: str) -> None:
    headings = [column.fact for column in columns_of(policies(), [programme])]
    asked = {
        name
        for policy in policies()
        if policy.text.policy == programme
        for name in facts_used(policy.text)
    }
    known = {fact.name for fact in REGISTRY} - {"payee.kind"}
    assert {name for name in headings if name} == asked & known


def test_a_filled_template_is_taken() -> None:
    raw = template.xlsx(policies(), ["skill-upgrade"], "211202")
    assert raw == template.xlsx(policies(), ["skill-upgrade"], "211202"), "byte for byte"
    book = openpyxl.load_workbook(io.BytesIO(raw))
    sheet = book[template.SHEET]
    headings = [cell.value for cell in sheet[1]]
    for place, heading in enumerate(headings, 1):
        if heading in ONE:
            sheet.cell(2, place, str(ONE[str(heading)]))
    held = io.BytesIO()
    book.save(held)
    (one,) = checked(held.getvalue()).applications
    assert one.claim.application == ONE["申请编号"]
    first_line = template.as_csv(policies(), ["skill-upgrade"], "211202").decode("utf-8-sig")
    assert first_line.strip().split(",") == headings


def test_examples_of_the_form_fit_their_facts() -> None:
    for column in all_columns():
        if column.choices and column.fact:
            parts = column.example.split("、")
            kinds = {fact.name: fact.type for fact in REGISTRY}
            if kinds[column.fact] is not FactType.STATUS:
                assert set(parts) <= set(column.choices), column.heading


def test_a_claim_is_what_the_file_says_and_nothing_more() -> None:
    (one,) = checked(csv_file(ONE)).applications
    assert isinstance(one.claim, Claim)
    assert sorted(orjson.loads(one.value)["data"]) == [
        "account",
        "application",
        "applied_on",
        "beneficiary",
        "channel",
        "facts",
        "programme",
        "region",
    ]


def test_only_programmes_of_this_ledgers_cities_are_offered() -> None:
    law = policies()
    offered = programmes_served(law)
    assert "skill-upgrade" in offered
    for programme in law.programmes:
        judged = any(versions_for(law, programme, region) for region in law.cities.served)
        assert (programme in offered) == judged
