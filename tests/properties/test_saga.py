"""The whole way of many applications under delay, repeat and crossing: paid once, and all accounted.

Batches, releases, bank results, deaths and withdrawals come at any time; wires overtake each other
and send again.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.batches import BatchClosed, BatchPrepared, BatchRejected, BatchSent
from tests.office_at_work import BATCHES, Office


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(20, 110))
def test_every_payment_is_in_one_batch_and_settled_once_and_all_is_accounted(
    seed: int, moves: int
) -> None:
    office = Office(seed)
    office.run(moves)
    network, payments = office.network, office.payments
    network.money.settle()
    for name in BATCHES:
        facts = [r.body for r in network.facts if r.stream == streams.batch(name)]
        batch = office.batch(name)
        assert sum(isinstance(fact, BatchSent) for fact in facts) <= 1
        assert sum(isinstance(fact, BatchClosed) for fact in facts) <= 1
        rejected = any(isinstance(fact, BatchRejected) for fact in facts)
        mine = {line.disbursement for line in batch.in_order()}
        holds = {name_ for name_, holder in payments.batch_of.items() if holder == name}
        assert holds == (set() if rejected else mine), "a payment hangs in a batch"
        if batch.requested is not None:
            assert len(batch.lines) + len(batch.refused) == len(batch.requested.lines)
        lists = [fact for fact in facts if isinstance(fact, BatchPrepared)]
        if lists and batch.lines:  # a payment may be left out of a list that was final
            assert lists[-1].total == sum(line.amount for line in batch.in_order())
