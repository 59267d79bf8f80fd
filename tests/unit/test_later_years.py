"""Later years: what this year covers is granted and paid; each later year's part waits for its own."""

from datetime import date
from random import Random
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

import pytest

from events import streams
from events.approvals import (
    AnswerBudget,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalRevoked,
    LaterYearCommitted,
    LaterYearDropped,
    LaterYearHeld,
    LaterYearLapsed,
    RevokeApproval,
)
from events.budgets import (
    AllocateBudget,
    BudgetAsk,
    BudgetCarried,
    BudgetCommitted,
    BudgetDequeued,
    BudgetParted,
    BudgetQueued,
    BudgetReleased,
    CloseLine,
    WakeLine,
)
from events.control import CommandRefused
from events.disbursements import DisbursementOrdered
from events.envelope import Asked, Position, Recorded
from events.instalments import EndPlan, InstalmentDue, InstalmentStopped, JudgeResumption
from events.values import BudgetClaim, LineTaken
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.budget_line.state import BudgetLineState
from services.outcomes.outcome_of_fact import outcome_of_fact
from tests.delaying_network import Network
from tests.given_when_then import ZHANG, kinds, only, policies, pre_checks, withdraws
from tests.monthly_claims import MonthlyScene, jobless
from tests.unit.test_budgets import CEILING, FIRST, Town, granted, person

NEXT = FIRST.replace("2022", "2023")
AFTER = FIRST.replace("2022", "2024")
FUND_2022 = streams.fund_line("unemployment_insurance", "211202", 2022)


def allocates(amount: int, document: str = "下年") -> AllocateBudget:
    return AllocateBudget(document=document, amount=amount)


def ends(application: str, day: str) -> EndPlan:
    return EndPlan(
        application=f"district:{application}",
        ended_on=date.fromisoformat(day),
        because="stable_job",
        document="终-1",
        source="district",
    )


def revokes(cause: Literal["administrative_error", "not_entitled"]) -> RevokeApproval:
    return RevokeApproval(
        application="district:a", cause=cause, document="撤-1", reason="核查", by="staff:li"
    )


def committed(town: Town, line: str) -> int:
    """Tell what a line has committed."""
    state = town.ledger.store.state(line)
    assert isinstance(state, BudgetLineState)
    assert state.committed <= state.allocated
    return state.committed


def waits_on(town: Town, line: str) -> list[str]:
    """List who waits for a line, in its order."""
    state = town.ledger.store.state(line)
    assert isinstance(state, BudgetLineState)
    return [application[9:] for application, _, _ in state.queue]


def paid(facts: list[Recorded]) -> list[tuple[str, str]]:
    """List the months that fell due, each with the year of its line."""
    return [
        (one.month, fact.body.line[-4:])
        for fact in facts
        if isinstance(fact.body, InstalmentDue)
        for one in fact.body.months
    ]


def test_what_is_claimed_in_autumn_is_paid_in_autumn_and_goes_on_with_the_next_budget() -> None:
    scene = MonthlyScene("2021-09-16", stated={2022: date(2022, 2, 10)})
    facts = scene.when(ZHANG, jobless("a", "2021-09-16"))
    told = only(facts, ApprovalGranted)
    assert [(one.year, one.line, one.instalments) for one in told.later] == [
        (2022, FUND_2022, tuple(range(3, 10)))
    ]
    assert told.amount == sum(part.amount for part in told.instalments) == 9 * 800_00
    assert only(facts, LaterYearHeld).line == FUND_2022
    assert paid(scene.until("2021-12-31")) == [("2021-10", "2021"), ("2021-11", "2021")]
    assert paid(scene.until("2022-02-09")) == [], "December waits for the budget of 2022"
    facts = scene.until("2022-02-10")
    assert only(facts, LaterYearCommitted).instalments == tuple(range(3, 10))
    assert paid(facts) == [("2021-12", "2022"), ("2022-01", "2022")]
    assert len(paid(scene.until("2022-12-31"))) == 5


def test_an_instalment_whose_year_has_no_money_is_not_due() -> None:
    scene = MonthlyScene("2021-09-16", stated={2022: date(2023, 2, 10)})
    scene.when(ZHANG, jobless("a", "2021-09-16"))
    assert only(scene.when(ZHANG, pre_checks("a", 3)), CommandRefused).code == "NOT_YET_DUE"
    scene.until("2022-01-05")
    assert only(scene.when(ZHANG, pre_checks("a", 3)), CommandRefused).code == "YEAR_NOT_COMMITTED"


def test_next_years_part_neither_waits_for_nor_holds_up_another_years() -> None:
    town = Town(first=10)
    facts = town.claims("a", (4, (FIRST,)), (6, (NEXT,)), (8, (AFTER,)))
    assert granted(facts) == ["a"]
    facts = town.when(AFTER, allocates(8))
    assert only(facts, LaterYearCommitted).year == 2024
    assert (committed(town, FIRST), committed(town, NEXT), committed(town, AFTER)) == (4, 0, 8)
    assert waits_on(town, NEXT) == ["a"]
    assert only(town.when(NEXT, allocates(6)), LaterYearCommitted).line == NEXT


def test_who_came_first_is_served_first_by_the_next_year_too() -> None:
    town = Town(first=100)
    town.claims("large", (1, (FIRST,)), (9, (NEXT,)))
    town.claims("small", (1, (FIRST,)), (2, (NEXT,)))
    assert kinds(town.when(NEXT, allocates(8))) == ["BudgetAllocated"]
    facts = town.when(NEXT, allocates(3, "追加"))
    served = [f.body.application for f in facts if isinstance(f.body, LaterYearCommitted)]
    assert served == ["district:large", "district:small"]


def test_a_part_that_is_carried_is_paid_by_the_line_that_carries_it() -> None:
    town = Town(first=10)
    town.claims("a", (4, (FIRST,)), (6, (NEXT,)), (8, (AFTER,)))
    facts = town.when(NEXT, CloseLine(document="年终", queue="carry"))
    assert only(facts, LaterYearHeld).line == AFTER
    assert waits_on(town, AFTER) == ["a", "a"], "one place for each year"
    facts = town.when(AFTER, allocates(14))
    assert [f.body.year for f in facts if isinstance(f.body, LaterYearCommitted)] == [2024, 2023]
    town.on = date(2024, 3, 1)
    due = [
        only(town.when(person("a"), pre_checks("a", no)), InstalmentDue).line for no in (1, 2, 3)
    ]
    assert due == [FIRST, AFTER, AFTER]


def test_a_part_that_lapses_is_stopped_by_a_rule_and_a_person_may_plan_it_again() -> None:
    scene = MonthlyScene("2021-09-16", stated={2022: date(2030, 1, 1)})
    scene.when(ZHANG, jobless("a", "2021-09-16"))
    scene.until("2023-01-03")
    facts = scene.when(FUND_2022, CloseLine(document="年终", queue="lapse"))
    lapsed = only(facts, LaterYearLapsed)
    assert (lapsed.year, lapsed.amount, lapsed.rule) == (2022, 7 * 800_00, "budgets/Y1")
    stops = [fact.body for fact in facts if isinstance(fact.body, InstalmentStopped)]
    assert [(one.no, one.reason, one.rule) for one in stops] == [
        (no, "unfunded", "budgets/Y1") for no in range(3, 10)
    ]
    assert "CommandRefused" not in kinds(facts)
    again = JudgeResumption(
        application="district:a",
        verdict="resume",
        since=date(2021, 12, 1),
        by="li",
        document="补-1",
        reason="由本年度预算补发",
    )
    scene.when(ZHANG, again)
    assert paid(scene.until("2023-02-01")) == [
        (month, "2023") for month in ("2021-12", *(f"2022-0{n}" for n in range(1, 7)))
    ]


def test_what_is_stopped_while_it_waits_is_given_back_when_the_year_commits() -> None:
    town = Town(first=10)
    town.claims("a", (4, (FIRST,)), (6, (NEXT,)))  # December 3, January 3
    facts = town.when(person("a"), ends("a", "2022-12-10"))
    assert not only(facts, InstalmentStopped).committed
    facts = town.when(NEXT, allocates(6))
    part = only(facts, LaterYearCommitted)
    assert (part.amount, part.surplus, part.instalments) == (6, 3, (2,))
    assert only(facts, BudgetReleased).amount == 3
    assert committed(town, NEXT) == 3
    assert "CommandRefused" not in kinds(facts)


def test_a_year_of_which_nothing_is_left_leaves_its_queue_to_the_next() -> None:
    town = Town(first=10)
    town.claims("a", (4, (FIRST,)), (6, (NEXT,)))
    town.claims("b", (4, (FIRST,)), (2, (NEXT,)))
    town.when(NEXT, allocates(5))
    facts = town.when(person("a"), ends("a", "2022-11-10"))
    assert only(facts, LaterYearDropped).line == NEXT
    assert only(facts, LaterYearCommitted).application == "district:b"
    assert (waits_on(town, NEXT), committed(town, NEXT)) == ([], 2)


@pytest.mark.parametrize("cause", ["administrative_error", "not_entitled"])
def test_a_revocation_leaves_the_queues_and_gives_back_what_ceilings_hold_for_them(
    cause: Literal["administrative_error", "not_entitled"],
) -> None:
    town = Town(ceiling=10, first=10)
    ceiling = BudgetClaim(amount=10, lines=(CEILING,), shared="part")
    claims = (BudgetClaim(amount=4, lines=(FIRST,)), BudgetClaim(amount=6, lines=(NEXT,)))
    told = only(town.asks("a", ceiling, *claims), ApprovalGranted)
    assert told.later[0].ceilings == (CEILING,)
    facts = town.when(person("a"), revokes(cause))
    assert [one.year for one in only(facts, ApprovalRevoked).later] == [2023]
    assert (waits_on(town, NEXT), town.free(CEILING), town.free(FIRST)) == ([], 10, 10)
    assert "CommandRefused" not in kinds(facts)


def test_a_withdrawal_leaves_the_queues() -> None:
    town = Town(ceiling=10, first=10)
    ceiling = BudgetClaim(amount=10, lines=(CEILING,), shared="part")
    claims = (BudgetClaim(amount=4, lines=(FIRST,)), BudgetClaim(amount=6, lines=(NEXT,)))
    town.asks("a", ceiling, *claims)
    facts = town.when(person("a"), withdraws("a"))
    assert (waits_on(town, NEXT), town.free(CEILING), town.free(FIRST)) == ([], 10, 10)
    assert "CommandRefused" not in kinds(facts)


def test_a_ceiling_gets_back_what_a_year_lapses_or_does_not_need() -> None:
    town = Town(ceiling=30, first=10)
    for name in ("a", "b"):
        ceiling = BudgetClaim(amount=10, lines=(CEILING,), shared="part")
        claims = (BudgetClaim(amount=4, lines=(FIRST,)), BudgetClaim(amount=6, lines=(NEXT,)))
        town.asks(name, ceiling, *claims)
    town.when(person("a"), ends("a", "2022-12-10"))
    town.when(NEXT, allocates(6))
    assert town.free(CEILING) == 30 - 20 + 3
    town.when(NEXT, CloseLine(document="年终", queue="lapse"))
    assert town.free(CEILING) == 30 - 20 + 3 + 6


def test_a_ceiling_that_is_nearly_used_up_cuts_the_last_year_first() -> None:
    town = Town(ceiling=7, first=10)
    ceiling = BudgetClaim(amount=12, lines=(CEILING,), shared="part")
    claims = [BudgetClaim(amount=4, lines=(line,)) for line in (FIRST, NEXT, AFTER)]
    told = only(town.asks("a", ceiling, *claims), ApprovalGranted)
    assert told.amount == 7
    assert [(one.year, one.amount) for one in told.later] == [(2023, 3)]


def _answer(outcome: Literal["committed", "queued", "lapsed"], turn: int = 1001) -> AnswerBudget:
    taken = (LineTaken(line=NEXT, amount=6, step=0),) if outcome == "committed" else ()
    return AnswerBudget(
        application="district:a", attempt=1, outcome=outcome, line=NEXT, taken=taken, turn=turn
    )


def test_an_answer_that_comes_again_changes_nothing() -> None:
    town = Town(first=10)
    town.claims("a", (4, (FIRST,)), (6, (NEXT,)))
    town.when(NEXT, allocates(6))
    for again in (_answer("committed"), _answer("queued")):
        assert town.when(person("a"), again) == []
    town.when(person("a"), revokes("not_entitled"))
    assert town.when(person("a"), _answer("committed")) == []
    assert (committed(town, NEXT), committed(town, FIRST)) == (0, 0)


def _deliver(network: Network, sender: str, receiver: str) -> None:
    """Let the next command of one wire arrive."""
    wire = network.wires[sender, receiver]
    wire.next += 1
    network.deliver(wire.asks[wire.next - 1])


def test_an_answer_that_crosses_a_revocation_gives_the_money_back() -> None:
    network, who = Network(policies()), person("a")
    network.ask(FIRST, allocates(10), "city")
    network.ask(NEXT, allocates(10), "city")
    claims = (BudgetClaim(amount=4, lines=(FIRST,)), BudgetClaim(amount=6, lines=(NEXT,)))
    network.propose("a", claims)
    network.ask(who, revokes("not_entitled"), "staff")
    way = (("city", FIRST), ("city", NEXT), (who, FIRST), (FIRST, who), (who, NEXT))
    for sender, receiver in (*way, ("staff", who), (NEXT, who)):
        _deliver(network, sender, receiver)
    network.until_quiet(Random(1), crashes=9)
    network.money.settle()
    assert "CommitmentDeclined" in kinds(network.facts)
    assert network.money.committed[NEXT] == network.money.committed[FIRST] == 0


def test_the_answers_of_two_lines_may_cross() -> None:
    town = Town(first=10)
    town.claims("a", (4, (FIRST,)), (6, (NEXT,)))
    town.when(NEXT, CloseLine(document="年终", queue="carry"))
    assert town.when(person("a"), _answer("queued", 1000)) == [], (
        "it waits where it was queued last"
    )
    state = town.ledger.store.state(person("a"))
    assert isinstance(state, BeneficiaryState)
    assert [one.line for one in state.approvals.by_application["district:a"].later] == [AFTER]


def test_upstream_hears_which_part_waits_for_which_year() -> None:
    town = Town(first=10)
    facts = town.claims("a", (4, (FIRST,)), (6, (NEXT,)))
    facts += town.when(NEXT, allocates(6))
    told = [outcome_of_fact(fact, policies()) for fact in facts]
    found = {one.outcome: one for one in told if one is not None}
    assert [
        (one.year, one.amount_fen, one.budget_line, one.instalments)
        for one in found["granted"].later_years
    ] == [(2023, 6, NEXT, (2, 3))]
    assert (found["granted"].amount_fen, found["year_held"].year) == (10, 2023)
    done = found["year_committed"]
    assert (done.year, done.amount_fen, done.budget_line) == (2023, 6, NEXT)


def held_whole(town: Town) -> Asked:
    """Let the history begin as an earlier version left it: `a` waits for 2023 with what 2022 had, and
    `b` came behind it; what was first asked for `a`."""
    network = Network(policies())
    claims = (BudgetClaim(amount=4, lines=(FIRST,)), BudgetClaim(amount=6, lines=(NEXT,)))
    network.propose("a", claims)
    (asked,) = (ask for wire in network.wires.values() for ask in wire.asks)
    first = BudgetAsk(application="district:a", attempt=1, beneficiary=person("a"), claims=claims)
    taken = (LineTaken(line=FIRST, amount=4, step=0),)
    waiting = first.model_copy(update={"step": 1, "taken": taken})
    held = ApprovalHeld(application="district:a", attempt=1, line=NEXT, turn=0, taken=taken)
    bodies = (
        (FIRST, BudgetCommitted(ask=first, amount=4)),
        (NEXT, BudgetQueued(ask=waiting, place=1)),
        (person("a"), held),
    )
    known = network.facts[-1]
    facts = [
        known._replace(
            id=str(uuid5(NAMESPACE_URL, f"old/{seq}")),
            stream=stream,
            seq=seq,
            at=Position(0, seq, 0),
            body=body,
        )
        for (stream, body), seq in zip(bodies, (2, 1, 3), strict=True)
    ]
    town.ledger.record([*network.facts, *facts])
    town.claims("b", (1, (FIRST,)), (1, (NEXT,)))
    assert waits_on(town, NEXT) == ["a", "b"]
    return asked


def test_a_claim_that_an_earlier_version_holds_whole_is_granted_when_its_line_commits() -> None:
    town = Town(first=10)
    asked = held_whole(town)
    assert town.ledger.ask([asked]) == [], "what was asked is not asked again"
    facts = town.when(NEXT, allocates(6))
    told = only(facts, ApprovalGranted)
    assert (told.application, told.later) == ("district:a", ())
    assert [(one.line, one.amount) for one in told.taken] == [(FIRST, 4), (NEXT, 6)]
    town.on = date(2023, 2, 1)
    lines = [only(town.when(person("a"), pre_checks("a", no)), InstalmentDue).line for no in (1, 2)]
    assert lines == [FIRST, NEXT]


def test_a_line_that_is_woken_lets_them_be_paid_what_this_year_has_and_keeps_their_place() -> None:
    town = Town(first=10)
    held_whole(town)
    facts = town.when(NEXT, WakeLine())
    assert kinds(facts) == ["BudgetParted", "ApprovalGranted"]
    told = only(facts, ApprovalGranted)
    assert [(one.turn, one.line, one.amount) for one in told.later] == [(1000, NEXT, 6)]
    assert (committed(town, FIRST), committed(town, NEXT)) == (5, 0)
    assert only(town.when(person("a"), pre_checks("a", 1)), InstalmentDue).line == FIRST
    assert town.when(NEXT, WakeLine()) == []
    facts = town.when(NEXT, allocates(7))
    served = [f.body.application for f in facts if isinstance(f.body, LaterYearCommitted)]
    assert served == ["district:a", "district:b"]
    assert committed(town, NEXT) == 7
    assert "CommandRefused" not in kinds(facts)


def test_who_was_parted_and_is_taken_back_gives_everything_back() -> None:
    town = Town(first=10)
    held_whole(town)
    parted = only(town.when(NEXT, WakeLine()), BudgetParted)
    town.when(person("a"), withdraws("a"))
    assert (waits_on(town, NEXT), committed(town, FIRST), parted.more) == (["b"], 1, True)
    town.when(NEXT, CloseLine(document="年终", queue="carry"))
    assert waits_on(town, AFTER) == ["b"]


def test_a_parting_that_crosses_a_withdrawal_gives_everything_back() -> None:
    town = Town(first=10)
    held_whole(town)
    wake = town.asked(NEXT, WakeLine())
    late = town.ledger.store.decide(wake, Position(0, 1, 0))
    town.ledger.facts.extend(late.facts)
    town.when(person("a"), withdraws("a"))
    town.ledger.ask([ask for ask, _ in late.follow_ups])
    assert (waits_on(town, NEXT), committed(town, FIRST), committed(town, NEXT)) == (["b"], 1, 0)


def test_carried_and_dequeued_facts_name_the_way_they_are_of() -> None:
    town = Town(first=10)
    town.claims("a", (4, (FIRST,)), (6, (NEXT,)))
    carried = only(town.when(NEXT, CloseLine(document="年终", queue="carry")), BudgetCarried)
    assert (carried.ask.turn, carried.onward.turn) == (1000, 1001)
    served = only(town.when(AFTER, allocates(6)), BudgetDequeued)
    assert (served.ask.turn, served.lapsed) == (1001, False)


def test_no_payment_is_ordered_twice_where_the_year_commits_late() -> None:
    scene = MonthlyScene("2021-09-16", stated={2022: date(2022, 8, 1)})
    scene.when(ZHANG, jobless("a", "2021-09-16"))
    facts = scene.until("2022-12-31")
    ordered = [f.body.disbursement for f in facts if isinstance(f.body, DisbursementOrdered)]
    assert len(ordered) == len(set(ordered)) == 9
