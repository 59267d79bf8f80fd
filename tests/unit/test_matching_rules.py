"""Rules of matching as data: versions that stay, an order that must hold, nothing misspelt."""

from hashlib import sha256
from pathlib import Path

import pytest

from projections.matching import rule_set
from projections.matching.rule_set import CURRENT, RuleStep, WrongRuleSet, checked, read, versions
from projections.matching.steps import STEPS
from projections.read_models import matches
from tests.properties.matching_naive import RULES

FOLDER = Path(rule_set.__file__).parent / "rule_sets"
RELEASED = {
    2: "580572d5dd762c7ee1ee77e5b54ecf34ced78bfde513762d77ba04f3fab62998",
    3: "a4c84b49c8c1e53eff1029299395c42f7fb33d203467d7a9ff53889a6984cfb8",
}
"""What was once released stays as it is: a changed rule is the next number."""


def test_what_was_released_never_changes() -> None:
    digests = {
        number: sha256((FOLDER / f"{number}.yaml").read_bytes()).hexdigest() for number in RELEASED
    }
    assert digests == RELEASED
    assert [one.version for one in versions()] == sorted(RELEASED)


def test_the_table_of_matches_has_the_version_of_its_rules() -> None:
    assert matches.VERSION == CURRENT.version == max(RELEASED)


def test_the_second_matcher_has_the_same_rules_written_once_more() -> None:
    assert [tuple(one) for one in CURRENT.steps] == list(RULES)
    assert set(STEPS) == {one.step for one in CURRENT.steps}


HAND, LINE, REFERENCE = RuleStep("by_hand"), RuleStep("by_line"), RuleStep("by_reference", 5)
RETURN = RuleStep("by_return", 5)


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([HAND, RuleStep("by_luck")], "no step 'by_luck'"),
        ([HAND, LINE, LINE], "stands twice"),
        ([HAND, RuleStep("by_reference")], "by_reference has a window"),
        ([HAND, RuleStep("by_line", 5)], "by_line has no window"),
        ([HAND, RuleStep("by_reference", -1)], "not within"),
        ([HAND, RuleStep("by_reference", 367)], "not within"),
        ([LINE, HAND], "by_hand goes first"),
        ([LINE], "by_hand goes first"),
        ([], "by_hand goes first"),
        ([HAND, RETURN, LINE], "by_return goes last"),
    ],
)
def test_a_set_that_no_matching_can_go_by_is_refused(steps: list[RuleStep], why: str) -> None:
    with pytest.raises(WrongRuleSet, match=why):
        checked(0, steps)


def test_a_set_may_leave_steps_out_and_order_them_anew() -> None:
    made = checked(0, [HAND, REFERENCE, LINE])
    assert (made.has("by_reference"), made.days_of("by_reference")) == (True, 5)
    assert (made.has("by_return"), made.days_of("by_return")) == (False, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version: 3",
        "steps: [by_hand]\nversion: 3",
        "version: 3\nsteps: [{step: by_hand}, {step: by_reference, window_days: five}]",
        "version: 3\nsteps: [{step: by_hand}, {step: by_reference, window_days: true}]",
        "version: 3\nsteps: [{step: by_hand",
    ],
)
def test_what_is_not_written_as_rules_is_refused(text: str) -> None:
    with pytest.raises(WrongRuleSet):
        read(text)
