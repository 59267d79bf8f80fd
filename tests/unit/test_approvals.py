"""Approvals: proposed, denied or referred; then granted or held; what nobody waits for goes back."""

from typing import Literal

from events.approvals import (
    AnswerBudget,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalProposed,
    ApprovalReferred,
    CommitmentDeclined,
    ReviewApplication,
)
from events.budgets import CloseLine, CommitBudget
from events.control import CommandRefused
from events.envelope import Recorded
from events.values import FactValue, LineTaken
from services.streams import follow_ups
from tests.given_when_then import (
    LINE_2022,
    ZHANG,
    Scene,
    applies,
    certificate,
    corrects,
    kinds,
    only,
    withdraws,
)

FIRM = "firm-that-hires-token"
TWICE = {"certificate.number": "212106000400456"}
TAKEN = (LineTaken(line=LINE_2022, amount=150_000, step=0),)


def reviews(
    verdict: Literal["approve", "deny"] = "approve", application: str = "b"
) -> ReviewApplication:
    """Judge a referred application by hand."""
    return ReviewApplication(
        application=f"district:{application}",
        verdict=verdict,
        reviewer="staff:li",
        document="审〔2022〕1号",
        reason="核实无误",
    )


def answer(
    outcome: Literal["committed", "queued", "lapsed"], *, turn: int = 0, attempt: int = 1
) -> AnswerBudget:
    """Answer an attempt of application a."""
    return AnswerBudget(
        application="district:a",
        attempt=attempt,
        outcome=outcome,
        line=LINE_2022,
        taken=TAKEN if outcome == "committed" else (),
        turn=turn,
    )


def proposed() -> Scene:
    """Begin where application a is proposed and no line has answered."""
    scene = Scene()
    scene.ledger.record(Scene().when(ZHANG, applies())[:2])
    return scene


def referred() -> Scene:
    """Begin where application b is referred: its certificate was claimed before."""
    scene = Scene().budget(10_000)
    scene.when(ZHANG, applies("a", certificate("电工", **TWICE)))
    facts = scene.when(ZHANG, applies("b", certificate("钳工", **TWICE)))
    assert only(facts, ApprovalReferred).code == "TO_JUDGE"
    return scene


def refused(facts: list[Recorded]) -> str:
    """The code of the one refusal."""
    return only(facts, CommandRefused).code


def test_a_claim_whose_clauses_hold_is_proposed_with_its_trail() -> None:
    fact = only(Scene().when(ZHANG, applies()), ApprovalProposed)
    assert (fact.amount, fact.attempt) == (1500_00, 1)
    assert fact.claims[0].lines == (LINE_2022,)
    assert {slot.cap for slot in fact.slots} == {"no_repeat", "per_year", "certificate"}
    assert {"drawing", "per_year"} <= {node for node, _, _, _ in fact.trail}


def test_the_line_of_the_decisions_year_is_asked_first() -> None:
    facts = Scene().when(ZHANG, applies())
    ask = next(follow_ups(f)[0] for f in facts if isinstance(f.body, ApprovalProposed))
    assert ask.stream == LINE_2022
    assert isinstance(ask.body, CommitBudget)


def test_a_claim_that_fails_is_denied_with_every_failing_clause() -> None:
    fact = only(Scene().when(ZHANG, applies(facts=certificate(on="2021-03-15"))), ApprovalDenied)
    assert fact.code == "CLAUSE_FAILED"
    assert len(fact.failing) > 1


def test_a_day_without_a_policy_is_denied() -> None:
    facts = Scene().when(ZHANG, applies(applied_on="2019-01-01"))
    assert only(facts, ApprovalDenied).code == "NO_POLICY"


def test_a_committed_claim_is_granted_once() -> None:
    scene = proposed()
    assert only(scene.when(ZHANG, answer("committed")), ApprovalGranted).taken == TAKEN
    assert scene.when(ZHANG, answer("committed")) == []


def test_a_queued_claim_is_held_once_and_granted_when_its_money_comes() -> None:
    scene = proposed()
    assert kinds(scene.when(ZHANG, answer("queued"))) == ["ApprovalHeld"]
    assert scene.when(ZHANG, answer("queued")) == []
    assert only(scene.when(ZHANG, answer("committed", turn=1)), ApprovalGranted).turn == 1


def test_a_held_claim_that_is_queued_anew_waits_there() -> None:
    scene = proposed()
    scene.when(ZHANG, answer("queued"))
    elsewhere = answer("queued", turn=1).model_copy(
        update={"line": "budget/fund/other/211202/2022"}
    )
    assert kinds(scene.when(ZHANG, elsewhere)) == ["ApprovalHeld"]
    assert scene.when(ZHANG, answer("queued")) == []
    withdrawn = scene.when(ZHANG, withdraws())
    released = [fact for fact in withdrawn if fact.stream.startswith("budget")]
    assert [fact.stream for fact in released] == ["budget/fund/other/211202/2022"]


def test_an_answer_that_comes_late_to_a_granted_claim_changes_nothing() -> None:
    scene = proposed()
    scene.when(ZHANG, answer("committed", turn=1))
    assert scene.when(ZHANG, answer("queued")) == []
    assert scene.when(ZHANG, answer("lapsed")) == []


def test_a_lapsed_claim_gives_its_slots_back_once() -> None:
    scene = proposed()
    assert kinds(scene.when(ZHANG, answer("lapsed"))) == ["ApprovalLapsed"]
    assert scene.when(ZHANG, answer("lapsed")) == []
    assert "ApprovalProposed" in kinds(scene.when(ZHANG, applies("b")))


def test_an_answer_that_nobody_waits_for_gives_its_money_back_once() -> None:
    scene = proposed()
    scene.when(ZHANG, withdraws())
    declined = only(scene.when(ZHANG, answer("committed")), CommitmentDeclined)
    assert (declined.taken, declined.queued_on) == (TAKEN, None)
    assert scene.when(ZHANG, answer("committed")) == []
    assert only(scene.when(ZHANG, answer("queued")), CommitmentDeclined).queued_on == LINE_2022
    assert scene.when(ZHANG, answer("queued")) == []
    assert scene.when(ZHANG, answer("lapsed")) == []


def test_an_answer_to_an_earlier_attempt_gives_its_money_back() -> None:
    scene = proposed()
    assert only(scene.when(ZHANG, answer("committed", attempt=7)), CommitmentDeclined).attempt == 7


def test_an_answer_for_a_claim_that_never_came_gives_its_money_back() -> None:
    assert kinds(Scene().when(ZHANG, answer("committed")))[0] == "CommitmentDeclined"


def test_an_answer_that_was_heard_before_the_withdrawal_is_no_stale_one() -> None:
    for outcome in ("committed", "queued"):
        scene = proposed()
        asked = scene.asked(ZHANG, answer(outcome))
        assert len(scene.ledger.ask([asked])) == 1
        scene.when(ZHANG, withdraws())
        assert scene.ledger.ask([asked]) == []


def test_a_person_approves_what_was_referred_within_the_caps() -> None:
    scene = referred()
    asked = scene.asked(ZHANG, reviews())
    facts = scene.ledger.ask([asked])
    assert only(facts, ApprovalProposed).reviewer == "staff:li"
    assert "ApprovalGranted" in kinds(facts)
    assert scene.ledger.ask([asked]) == []


def test_a_person_denies_what_was_referred() -> None:
    scene = referred()
    asked = scene.asked(ZHANG, reviews("deny"))
    fact = only(scene.ledger.ask([asked]), ApprovalDenied)
    assert (fact.code, fact.reviewer, fact.text) == ("REVIEWED", "staff:li", "核实无误")
    assert scene.ledger.ask([asked]) == []


def test_reviews_are_refused_in_this_order() -> None:
    scene = referred()
    assert refused(scene.when(ZHANG, reviews(application="z"))) == "NOT_FILED"
    assert refused(scene.when(ZHANG, reviews(application="a"))) == "NOT_REFERRED"
    scene.when(ZHANG, withdraws("b"))
    assert refused(scene.when(ZHANG, reviews())) == "WITHDRAWN"


def test_a_reviewer_is_bound_by_the_caps_too() -> None:
    scene = referred()
    for number, trade in enumerate(("焊工", "车工")):
        scene.when(ZHANG, applies(f"{number}", certificate(trade)))
    assert refused(scene.when(ZHANG, reviews())) == "CAP_REACHED"


def test_a_referred_claim_without_an_amount_needs_one() -> None:
    scene = Scene(on="2021-08-16").budget(10_000, "budget/fund/unemployment_insurance/211202/2021")
    facts: dict[str, FactValue] = {
        "ui.status": "不符合领取条件",
        "unemployment.occurred_on": "2021-03-01",
        "months_to_retirement": 240,
    }
    claim = applies("b", facts, programme="unemployment-assistance", applied_on="2021-08-16")
    assert only(scene.when(ZHANG, claim), ApprovalReferred).code == "NOT_STATED"
    assert refused(scene.when(ZHANG, reviews())) == "NO_AMOUNT"
    with_amount = reviews().model_copy(update={"amount": 800_00})
    granted = only(scene.when(ZHANG, with_amount), ApprovalGranted)
    assert (granted.amount, granted.attempt) == (800_00, 1)


def test_a_reviewer_stays_under_what_the_notice_allows() -> None:
    scene = Scene(on="2020-12-01").budget(10_000, "budget/fund/employment_subsidy/211202/2020")
    facts: dict[str, FactValue] = {
        "unit.kind": "企业",
        "unit.number": "2112021006831",
        "unit.supplies": True,
        "hire.during_epidemic": True,
        "contract.months": 12,
        "unit.arrears_settled": True,
        "epidemic.ended_on": "2020-09-30",
    }
    claim = applies(
        "b", facts, programme="one-off-hiring-supplies", applied_on="2020-12-01", payee=FIRM
    )
    assert only(scene.when(ZHANG, claim), ApprovalReferred).code == "NOT_STATED"
    too_much = reviews().model_copy(update={"amount": 1_000_01})
    assert refused(scene.when(ZHANG, too_much)) == "ABOVE_CEILING"
    at_most = reviews().model_copy(update={"amount": 1_000_00})
    assert only(scene.when(ZHANG, at_most), ApprovalGranted).amount == 1_000_00


def test_nobody_approves_months_that_nobody_can_count() -> None:
    scene = Scene(on="2021-11-10")
    facts: dict[str, FactValue] = {
        "unit.kind": "企业",
        "graduate.kind": "高校毕业生",
        "diploma.dated_on": "2021-06-30",
        "hire.began_on": "2021-08-01",
        "hire.registered": False,
        "contract.months": 12,
        "hire.insured": True,
        "advance.requested": False,
        "hire.after_internship": False,
        "contribution.employer": 256_500,
    }
    own = {"programme": "hire-graduate-si", "applied_on": "2021-11-10", "payee": FIRM}
    claim = applies("b", facts, **own)
    assert only(scene.when(ZHANG, claim), ApprovalReferred).code == "MISSING_FACT"
    with_amount = reviews().model_copy(update={"amount": 2_565_00})
    assert refused(scene.when(ZHANG, with_amount)) == "MISSING_FACT"
    stated = {**facts, "contribution.months": ["2021-08", "2021-09"]}
    correction = corrects("b", claim, stated, **own)
    proposal = only(scene.when(ZHANG, correction), ApprovalProposed)
    assert [slot.months for slot in proposal.slots if slot.cap == "term"] == [2]


def test_nobody_approves_under_a_version_that_nobody_can_name() -> None:
    scene = Scene()
    facts: dict[str, FactValue] = {"unit.kind": "企业", "leader.recognised": True}
    claim = applies("b", facts, programme="leader-si", applied_on="2022-10-12", payee=FIRM)
    assert only(scene.when(ZHANG, claim), ApprovalReferred).code == "MISSING_FACT"
    with_amount = reviews().model_copy(update={"amount": 1_881_00})
    assert refused(scene.when(ZHANG, with_amount)) == "MISSING_FACT"


def test_the_end_of_the_year_frees_a_held_claims_slots() -> None:
    scene = Scene()
    scene.when(ZHANG, applies())
    assert "ApprovalLapsed" in kinds(scene.when(LINE_2022, CloseLine(document="年终")))
    assert "ApprovalProposed" in kinds(scene.when(ZHANG, applies("b")))
