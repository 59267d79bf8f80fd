"""Questions for the legal owner: nothing that we assumed and nothing that lacks is left out."""

import io

from openpyxl import load_workbook

from policies.authoring.questions import questions, questions_page
from policies.engine.nodes import params
from policies.reference_data.standards import NOT_STATED
from policies.vocabulary.places import jurisdictions
from services.tools.authoring.listing import questions_workbook
from tests.given_when_then import policies

POLICIES = policies()
ASKED = questions(POLICIES)


def test_every_convention_of_every_file_is_asked() -> None:
    for policy in POLICIES:
        version = policy.name.partition("/")[2]
        asked = {
            one.text
            for one in ASKED
            if one.programme == policy.text.policy and version in one.versions
        }
        assert {note.note for note in policy.text.assume} <= asked


def test_every_figure_that_no_document_states_is_asked() -> None:
    for policy in POLICIES:
        for _, ref in params(policy.text):
            rows = [
                row
                for place in jurisdictions(policy.text.jurisdiction)
                for row in POLICIES.standards.stated.get((ref.of, place), ())
            ]
            unstated = not rows or any(row.source == NOT_STATED for row in rows)
            about = [one for one in ASKED if one.about.startswith(f"{ref.of}（")]
            named = {
                v for one in about for v in one.versions if one.programme == policy.text.policy
            }
            assert (policy.name.partition("/")[2] in named) is unstated, (policy.name, ref.of)


def test_a_question_names_document_clause_and_quote() -> None:
    (one,) = [
        one
        for one in ASKED
        if one.programme == "skill-upgrade" and one.about == "T1（who）" and "1号" in one.document
    ]
    assert one.document == "铁市就组发〔2022〕1号"
    assert one.clauses == ("铁市就组发〔2022〕1号#八",)
    assert "企业在职职工" in one.quotes


def test_equal_questions_are_asked_once() -> None:
    keys = [(o.document, o.programme, o.kind, o.about, o.text) for o in ASKED]
    assert len(keys) == len(set(keys))


def test_the_page_and_the_workbook_hold_them_all() -> None:
    page = questions_page(POLICIES)
    assert f"共 {len(ASKED)} 条" in page
    assert page.count("\n| 约定 |") == sum(one.kind == "约定" for one in ASKED)
    book = load_workbook(io.BytesIO(questions_workbook(ASKED)))
    sheet = book.worksheets[0]
    assert sheet.max_row == len(ASKED) + 1
    assert [cell.value for cell in sheet[1]][-3:] == ["确认意见", "确认人", "日期"]
