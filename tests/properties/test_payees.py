"""Whatever comes twice, late or crosswise: each payment is paid once, and every account stands."""

from collections import Counter

import pytest

from events.advances import AdvanceSettled
from events.approvals import LaterYearCommitted, LaterYearHeld
from events.clawbacks import (
    ClawbackOffset,
    ClawbackOrdered,
    ClawbackRecovered,
    ClawbackWrittenOff,
)
from events.codec import encode_fact
from events.disbursements import (
    DisbursementCancelled,
    DisbursementDisputed,
    DisbursementOrdered,
    DisbursementReturned,
    DisbursementSent,
    DisbursementSettled,
)
from events.payees import AccountChanged
from projections.definition import chart_of_accounts
from services.deciders.payee.state.payee import PayeeState
from services.streams import StreamStore
from services.streams.in_memory import replayed
from tests.delaying_network import is_ceiling
from tests.given_when_then import policies
from tests.office_at_work import PEOPLE
from tests.treasury_at_work import Treasury

SEEDS = range(90)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_order_of_events_pays_twice_or_turns_an_account(seed: int) -> None:
    treasury = Treasury(seed)
    treasury.run(220)
    stands_as_the_journal_says(treasury)
    facts_are_worth_their_postings(treasury)
    lines_hold_what_was_paid_and_what_can_be(treasury)


def lines_hold_what_was_paid_and_what_can_be(treasury: Treasury) -> None:
    """At rest, what a line has committed was spent, is on its way, or is planned; and no more."""
    money = treasury.network.money
    money.settle()
    lines = {name: stream for name, stream in treasury.lines() if not is_ceiling(name)}
    on_the_way: Counter[str] = Counter()
    for _, _, payment in treasury.standing_payments():
        if payment.state in ("ordered", "batched", "sent", "returned"):
            on_the_way[payment.money.line] += payment.money.amount
    for application, planned in money.planned.items():
        for where, amount in planned.items():
            own = sum(
                ahead.left
                for ahead in money.ahead.values()
                if (ahead.application, ahead.line) == (application, where)
            )
            on_the_way[where] += max(amount - own, 0)
    for application, (state, _) in money.live.items():
        if state != "granted" and application in money.taken:
            on_the_way.update(money.taken[application])
    for name, line in lines.items():
        assert line.committed == money.committed[name]
        assert line.spent == money.spent[name]
        assert line.committed == line.spent + on_the_way[name], name
        assert sum(line.commitments.values()) == line.committed


def stands_as_the_journal_says(treasury: Treasury) -> None:
    """What payees' stream states hold is what the journal's accounts hold."""
    payable = transit = owed = advanced = 0
    for person in PEOPLE:
        payee = treasury.payee(person)
        for payment in payee.payments.by_id.values():
            if payment.state in ("ordered", "batched", "returned"):
                payable += payment.money.amount
            elif payment.state == "sent":
                transit += payment.money.amount
        owed += sum(debt.left for debt in payee.debts.by_id.values())
        advanced += sum(advance.left for advance in payee.advances.by_id.values())
    totals = treasury.books.totals
    assert -totals[chart_of_accounts.PAYABLE.code] == payable
    assert -totals[chart_of_accounts.IN_TRANSIT.code] == transit
    assert totals[chart_of_accounts.RECEIVABLE.code] == owed
    assert totals[chart_of_accounts.ADVANCES.code] == advanced


def facts_are_worth_their_postings(treasury: Treasury) -> None:
    """Sums of facts, by their kind, equal the sums of the accounts."""
    sums: dict[type, int] = {}
    late = advances = expense_back = cancelled = twice = 0
    for recorded in treasury.network.facts:
        body = recorded.body
        money = getattr(body, "money", None)
        if money is None:
            continue
        sums[type(body)] = sums.get(type(body), 0) + money.amount
        match body:
            case DisbursementReturned(after_settlement=True):
                late += money.amount
            case DisbursementOrdered(kind="advance"):
                advances += money.amount
            case ClawbackOrdered(basis="benefit"):
                expense_back += money.amount
            case ClawbackOrdered(basis="bank"):
                twice += money.amount
            case DisbursementCancelled(kind="benefit"):
                cancelled += money.amount
            case _:
                pass

    def total(kind: type) -> int:
        return sums.get(kind, 0)

    totals = treasury.books.totals
    paid = total(DisbursementSettled) - late + twice - total(ClawbackRecovered)
    assert totals[chart_of_accounts.BANK.code] == -paid
    ordered = total(DisbursementOrdered) - advances + total(AdvanceSettled)
    assert totals[chart_of_accounts.EXPENSE.code] == ordered - cancelled - expense_back
    debts = total(ClawbackOrdered) - total(ClawbackOffset) - total(ClawbackRecovered)
    assert totals[chart_of_accounts.RECEIVABLE.code] == debts - total(ClawbackWrittenOff)
    assert totals[chart_of_accounts.WRITE_OFF.code] == total(ClawbackWrittenOff)


def test_the_seeds_reach_everything() -> None:
    seen: set[type] = set()
    for seed in range(40):
        treasury = Treasury(seed)
        treasury.run(220)
        seen |= {type(recorded.body) for recorded in treasury.network.facts}
    wanted = {
        AdvanceSettled,
        AccountChanged,
        ClawbackOffset,
        ClawbackWrittenOff,
        ClawbackRecovered,
        DisbursementCancelled,
        DisbursementDisputed,
        DisbursementSent,
        LaterYearCommitted,
        LaterYearHeld,
    }
    assert wanted <= seen, wanted - seen


@pytest.mark.parametrize("seed", range(10))
def test_what_is_folded_from_the_ledger_decides_as_what_was_there(seed: int) -> None:
    treasury = Treasury(seed)
    treasury.run(120)
    folded = replayed_with_what_was_given(treasury)
    for person in PEOPLE:
        there = folded.state(f"payee/{person}")
        if there is None:
            continue
        assert isinstance(there, PayeeState)
        here = treasury.payee(person)
        assert there.payments == here.payments
        assert there.debts == here.debts
        assert there.advances == here.advances
        assert there.accounts == here.accounts


def replayed_with_what_was_given(treasury: Treasury) -> StreamStore:
    """Fold every fact anew, from its bytes."""
    return replayed([encode_fact(fact) for fact in treasury.network.facts], policies())
