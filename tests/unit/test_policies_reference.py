"""The reference pages say what the code and the data say today."""

from policies.authoring.card import policy_card
from policies.authoring.law_pages import law_pages
from policies.authoring.quotes import load_notices
from policies.authoring.reference_pages import pages
from policies.engine.registry import Policies
from policies.engine.versions import ROOT
from policies.reference_data.figure_reading import load_standards


def test_the_pages_are_not_stale() -> None:
    for path, text in pages(ROOT.parent).items():
        assert path.read_text(encoding="utf-8") == text, (
            f"run python -m policies.authoring.reference_pages: {path}"
        )


def test_every_line_of_a_card_rests_on_a_quote_or_a_convention() -> None:
    policies = Policies.load()
    for policy in policies:
        card = policy_card(policy, policies.standards, policies.duties)
        for section, row in card.rows():
            if section in ("条件", "区分", "标准", "限额", "转人工", "资金") and row.id:
                group = row.words in ("以下全部满足", "以下满足其一")
                assert group or row.source, f"{policy.name}: {row.line}"


def test_what_no_document_states_is_marked_on_the_card() -> None:
    policies = Policies.load()
    cards = {
        policy.name: policy_card(policy, policies.standards, policies.duties) for policy in policies
    }
    figures = [
        row for section, row in cards["skill-upgrade/211200-2022-01-01"].rows() if section == "参数"
    ]
    assert [row.open for row in figures] == [True, True, False]
    assert all("未载明" in row.words for row in figures if row.open)


def test_every_notice_and_every_figure_is_on_its_page() -> None:
    pages = law_pages(ROOT)
    for number, (notice, _) in load_notices(ROOT / "notices").items():
        assert f"## {number}\n" in pages["notices.md"]
        assert f"（{len(notice.clauses)}）" in pages["notices.md"]
    standards = load_standards(ROOT / "parameters")
    for name in standards.declared:
        (line,) = (line for line in pages["parameters.md"].splitlines() if f"| `{name}` |" in line)
        stated = any(stated == name for stated, _ in standards.stated)
        assert ("未规定，转人工" in line) is not stated
