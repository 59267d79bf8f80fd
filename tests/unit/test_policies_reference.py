"""The reference pages say what the code and the data say today."""

from policies.card import policy_card
from policies.reference import pages
from policies.registry import ROOT, Policies


def test_the_pages_are_not_stale() -> None:
    for path, text in pages(ROOT.parent).items():
        assert path.read_text(encoding="utf-8") == text, f"run python -m policies.reference: {path}"


def test_every_line_of_a_card_rests_on_a_quote_or_a_convention() -> None:
    policies = Policies.load()
    for policy in policies:
        card = policy_card(policy, policies.standards)
        for line in (*card["conditions"], *card["amount"], *card["caps"], *card["refer"]):
            group = line.endswith(("以下全部满足", "以下满足其一"))
            assert group or " —— " in line, f"{policy.name}: {line}"
