"""Incompatible acts: over one payment, whoever did one step does not do another that excludes it."""

from pathlib import Path
from typing import Any

import pytest

from events import FACTS, streams
from events.advances import AdvanceGranted, OrderAdvance
from events.approvals import ApprovalDenied, ApprovalProposed, ExtensionProposed, ReviewApplication
from events.batches import (
    BatchLineRefused,
    BatchPrepared,
    BatchResultRecorded,
    RejectBatch,
)
from events.clawbacks import ProposeWriteOff, RecordRecovery
from events.codec import decode_fact
from events.control import CommandRefused
from events.disbursements import (
    DisbursementBatched,
    DisbursementDisputed,
    DisbursementOrdered,
    DisputeResolved,
    ResolveDispute,
)
from events.envelope import Asked, Recorded
from events.ids import by_staff
from events.instalments import InstalmentDue, PlanKeptStopped, PlanResumed
from events.objections import ObjectionResolved
from events.proposals import ActConfirmed, ActProposed, JudgeAct
from events.proposing import proposed
from events.values import Command, Fact
from policies.access import access
from services.deciders import incompatible
from services.deciders.beneficiary.instalments.advance_granting import follow_ups
from services.deciders.beneficiary.judges import evolve, named_in
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.wording.refusals import left_out, refused
from tests.given_when_then import ZHANG, Scene, applies, certificate, kinds, only, pre_checks
from tests.unit.test_batches import BEGIN, ONE, PAYEE, REJECT, SENT, TWO, Desk, prepares, result
from tests.unit.test_batches import wants as _wants
from tests.unit.test_clawbacks import claws, paid, repaid
from tests.unit.test_objections import finds, objects, ordered
from tests.unit.test_payees import claim

GOLDEN = Path(__file__).parents[1] / "golden"
JUDGE, MAKER, CHECKER, OTHER = "zhao-min", "li-jing", "wang-fang", "sun-hong"
JUDGED, BY_RULE_ALONE = "district:2#1", "district:0#1"
TWICE = {"certificate.number": "212106000400456"}


def wants(payment: str) -> Any:
    return _wants(payment.removeprefix("district:").partition("#")[0])


class Case(Desk):
    """Payments that rules alone granted, and one whose application a person has judged."""

    def __init__(self) -> None:
        Scene.__init__(self)
        self.budget(10_000)
        self.when(ZHANG, applies("0", certificate("电工", **TWICE)))
        self.when(ZHANG, pre_checks("0"))
        self.when(ZHANG, applies("2", certificate("钳工", **TWICE)))
        review = ReviewApplication(
            application="district:2",
            verdict="approve",
            reviewer=by_staff(JUDGE),
            document="审-1",
            reason="核实无误",
        )
        self.when(ZHANG, review)
        self.ordered = only(self.when(ZHANG, pre_checks("2")), DisbursementOrdered)

    def by(self, person: str, command: Command, stream: str = streams.batch(ONE)) -> list[Recorded]:
        """Ask as one of the staff."""
        return self.ledger.ask([self.asked(stream, command)._replace(by=by_staff(person))])

    def prepared(self, *payments: str, maker: str = MAKER) -> list[Recorded]:
        """Prepare the first batch."""
        lines = [wants(one) for one in payments or (JUDGED, BY_RULE_ALONE)]
        return self.by(maker, prepares(*lines, maker=maker))

    def sent(self) -> "Case":
        """Go on until the file has left."""
        self.prepared()
        self.by(CHECKER, self.releases(CHECKER))
        self.asks(BEGIN, SENT)
        return self

    def disputed(self) -> "Case":
        """Go on until the bank has told another amount for the judged payment."""
        self.sent().asks(result(1).model_copy(update={"amount": 1}))
        return self

    def resolves(self, maker: str, *, named: str = "") -> Asked:
        """Propose what was found out of the doubted instruction."""
        found = ResolveDispute(
            disbursement=JUDGED,
            instruction=f"{ONE}00001",
            verdict="paid",
            document="银行函-1",
            by=named or maker,
        )
        return self.asked(PAYEE, proposed(found, "P-1", maker))._replace(by=by_staff(maker))


def code(facts: list[Recorded]) -> str:
    """The code of a refusal; empty where it was done."""
    refusals = [fact.body for fact in facts if isinstance(fact.body, CommandRefused)]
    return refusals[0].code if refusals else ""


def test_whoever_judged_an_application_is_named_in_its_payment_and_rules_name_nobody() -> None:
    case = Case()
    assert case.ordered.judged_by == (by_staff(JUDGE),)
    orders = [f.body for f in case.ledger.facts if isinstance(f.body, DisbursementOrdered)]
    assert [one.judged_by for one in orders] == [(), (by_staff(JUDGE),)]


def test_a_batch_goes_on_without_what_its_maker_has_judged_and_says_so() -> None:
    case = Case()
    facts = case.prepared(maker=JUDGE)
    left = only(facts, BatchLineRefused)
    assert (left.disbursement, left.code) == (JUDGED, "INCOMPATIBLE_ACTS")
    assert only(facts, BatchPrepared).count == 1
    other = case.by(MAKER, prepares(wants(JUDGED), batch=TWO, maker=MAKER), streams.batch(TWO))
    assert only(other, BatchPrepared).count == 1
    assert "另一名制单的人" in left_out(left.code)


def test_a_maker_is_known_however_the_name_is_written() -> None:
    case = Case()
    facts = case.prepared(JUDGED, maker="Zhao-Min ")
    assert only(facts, BatchLineRefused).code == "INCOMPATIBLE_ACTS"
    assert "BatchClosed" in kinds(facts)


def test_whoever_judged_one_payment_does_not_release_its_batch_but_may_give_it_back() -> None:
    case = Case()
    case.prepared()
    refusal = only(case.by(JUDGE, case.releases(JUDGE)), CommandRefused)
    assert (refusal.code, refusal.text) == ("INCOMPATIBLE_ACTS", f"审核的人不放行：{JUDGED}")
    assert JUDGED in refused(refusal.command, refusal.code, refusal.text)
    assert kinds(case.by(CHECKER, case.releases(CHECKER))) == ["BatchReleased"]
    again = Case()
    again.prepared()
    given_back = REJECT.model_copy(update={"checker": JUDGE})
    assert isinstance(given_back, RejectBatch)
    assert "BatchRejected" in kinds(again.by(JUDGE, given_back))


def test_a_payment_that_nobody_judged_may_be_released_by_any_other() -> None:
    case = Case()
    case.prepared(BY_RULE_ALONE)
    assert kinds(case.by(JUDGE, case.releases(JUDGE))) == ["BatchReleased"]


@pytest.mark.parametrize("person", [MAKER, CHECKER, JUDGE])
def test_the_banks_answer_is_taken_by_none_of_those_who_let_the_payment_go(person: str) -> None:
    case = Case().sent()
    refusal = only(case.by(person, result(1)), CommandRefused)
    assert refusal.code == "INCOMPATIBLE_ACTS"
    assert (JUDGED if person == JUDGE else ONE) in refusal.text
    recorded = only(case.by(OTHER, result(1)), BatchResultRecorded)
    assert (recorded.prepared_by, recorded.released_by) == (MAKER, CHECKER)


def test_the_judge_takes_the_banks_answers_of_other_payments_and_the_bank_its_own() -> None:
    case = Case().sent()
    assert code(case.by(JUDGE, result(2))) == ""
    assert code(case.asks(result(1))) == ""


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (MAKER, "INCOMPATIBLE_ACTS"),
        (CHECKER, "INCOMPATIBLE_ACTS"),
        (JUDGE, "INCOMPATIBLE_ACTS"),
        (OTHER, ""),
    ],
)
def test_what_became_of_a_doubted_payment_is_found_out_by_somebody_else(
    person: str, why: str
) -> None:
    case = Case().disputed()
    assert code(case.ledger.ask([case.resolves(person)])) == why


def test_nobody_finds_it_out_in_anothers_name() -> None:
    case = Case().disputed()
    assert code(case.ledger.ask([case.resolves(MAKER, named=OTHER)])) == "NOT_YOURSELF"


def test_whoever_confirms_only_checks_and_may_have_released() -> None:
    """The one who proposes takes the answer; the other's step is 复核, which excludes none of these."""
    case = Case().disputed()
    assert only(case.ledger.ask([case.resolves(OTHER)]), ActProposed).maker == OTHER
    judge = JudgeAct(proposal="P-1", checker=CHECKER, verdict="confirm")
    facts = case.by(CHECKER, judge, PAYEE)
    assert only(facts, ActConfirmed).checker == CHECKER
    assert only(facts, DisputeResolved).by == OTHER


def test_what_was_let_go_before_anybody_was_named_concerns_nobody() -> None:
    """A dispute that an earlier version wrote names nobody who let its batch go."""
    old = decode_fact((GOLDEN / "DisbursementDisputed.v2.json").read_bytes()).body
    assert isinstance(old, DisbursementDisputed)
    assert (old.prepared_by, old.released_by) == ("", "")
    assert incompatible.why_not("bank_answers", MAKER, incompatible.Done("prepare", ("",))) == ""


def test_whoever_found_out_about_an_objection_does_not_prepare_what_it_held() -> None:
    scene = ordered()
    scene.when(PAYEE, objects())
    scene.when(PAYEE, finds(by="wang"))
    asked = claim(TWO).model_copy(update={"prepared_by": by_staff("wang")})
    assert "DisbursementClaimRefused" in kinds(scene.when(PAYEE, asked))
    batched = only(scene.when(PAYEE, claim(ONE)), DisbursementBatched)
    assert batched.judged_by == ("wang",)


def owes() -> Scene:
    """Somebody owes money back."""
    scene = paid()
    scene.when(PAYEE, claws())
    return scene


def gives_up(maker: str) -> ProposeWriteOff:
    return ProposeWriteOff(
        clawback="ZH-1", amount=1_000, document="核销-1", reason="无法收回", maker=maker
    )


def receives(source: str, reference: str = "in-1") -> RecordRecovery:
    return repaid(1_000, reference).model_copy(update={"source": source})


def test_whoever_entered_a_receipt_for_a_debt_does_not_ask_to_give_it_up() -> None:
    scene = owes()
    scene.when(PAYEE, receives(by_staff(MAKER)))
    assert code(scene.when(PAYEE, gives_up(MAKER))) == "INCOMPATIBLE_ACTS"
    assert code(scene.when(PAYEE, gives_up(OTHER))) == ""


def test_whoever_asked_to_give_a_debt_up_enters_no_receipt_for_it() -> None:
    scene = owes()
    scene.when(PAYEE, gives_up(MAKER))
    assert code(scene.when(PAYEE, receives(by_staff(MAKER)))) == "INCOMPATIBLE_ACTS"
    assert code(scene.when(PAYEE, receives(by_staff(OTHER)))) == ""
    assert code(scene.when(PAYEE, receives("bank", "in-2"))) == ""


def test_nobody_enters_a_receipt_in_anothers_name() -> None:
    scene = owes()
    forged = proposed(receives(by_staff(OTHER)), "P-1", MAKER)
    asked = scene.asked(PAYEE, forged)._replace(by=by_staff(MAKER))
    assert code(scene.ledger.ask([asked])) == "NOT_YOURSELF"


JUDGEMENTS: dict[str, tuple[type[Fact], ...]] = {
    "ReviewApplication": (ApprovalProposed, ApprovalDenied),
    "ExtendApproval": (ExtensionProposed,),
    "GrantAdvance": (AdvanceGranted,),
    "JudgeResumption": (PlanResumed, PlanKeptStopped),
    "ResolveObjection": (ObjectionResolved,),
    # they lead to no payment: an approval taken back, a mark, a grade, a debt
    "RevokeApproval": (),
    "MarkFraud": (),
    "GradeCredit": (),
    "ProposeClawback": (),
}
"""The facts by which each act of 审核 is known."""


def test_every_act_of_judging_is_known_by_its_facts() -> None:
    assert set(JUDGEMENTS) == set(access().permissions["judge"].acts)
    for fact in {one for facts in JUDGEMENTS.values() for one in facts} - {ObjectionResolved}:
        newest = max(
            GOLDEN.glob(f"{fact.__name__}.v*.json"), key=lambda p: len(p.name) * 9 + ord(p.stem[-1])
        )
        body: Any = decode_fact(newest.read_bytes()).body
        named = body.by if hasattr(body, "by") else body.reviewer or JUDGE
        if getattr(body, "reviewer", "") is None:
            body = body.model_copy(update={"reviewer": JUDGE})
        state = BeneficiaryState()
        evolve(state, body)
        evolve(state, body)
        assert state.judges == {body.application: (named,)}, fact
    assert set(FACTS.values()) > {one for facts in JUDGEMENTS.values() for one in facts}


def test_an_advance_names_who_granted_it_unless_a_rule_did() -> None:
    recorded = decode_fact((GOLDEN / "AdvanceGranted.v2.json").read_bytes())
    granted = recorded.body
    assert isinstance(granted, AdvanceGranted)
    for by, judges in (("staff:li", ("staff:zhao", "staff:li")), ("policy", ("staff:zhao",))):
        state = BeneficiaryState(judges={granted.application: ("staff:zhao",)})
        (named,) = named_in(state, [granted.model_copy(update={"by": by})])
        order = follow_ups(recorded._replace(body=named))[0].body
        assert isinstance(order, OrderAdvance)
        assert order.judged_by == judges
        advance = Scene().when(PAYEE, order)
        assert only(advance, DisbursementOrdered).judged_by == judges
        evolve(state, named)
        assert (state.judges or {})[granted.application] == judges


def test_a_due_instalment_names_all_who_have_judged_its_application() -> None:
    due = decode_fact((GOLDEN / "InstalmentDue.v2.json").read_bytes()).body
    assert isinstance(due, InstalmentDue)
    assert due.judged_by == ()
    state = BeneficiaryState(judges={due.application: ("a", "b"), "other": ("c",)})
    (named,) = named_in(state, [due])
    assert isinstance(named, InstalmentDue)
    assert named.judged_by == ("a", "b")
