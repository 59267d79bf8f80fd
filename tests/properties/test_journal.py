"""The journal balances whatever happens, and a batch of facts is worth its facts one by one."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.disbursements import (
    DisbursementBatched,
    DisbursementCancelled,
    DisbursementOrdered,
    DisbursementReturned,
    DisbursementSent,
    DisbursementSettled,
    DisbursementUnbatched,
    Money,
)
from events.invariants import BrokenInvariant
from events.statements import OpeningBalance, StatementLineClassified
from events.values import Fact
from projections.definition.chart_of_accounts import BY_CODE
from projections.definition.table import Merge, Table
from projections.engine.folding import Folded
from projections.read_models import account_flows
from projections.read_models.catalogue import TABLES
from projections.read_models.journal import entry
from tests.handmade_ledgers import DISTRICT, LINE, ON, START, History

FUNDS = ("unemployment-insurance", "employment-subsidies")
BANKS = ("icbc-1234", "ccb-5678")
DAYS = st.integers(0, 60).map(lambda days: ON + timedelta(days=days))
FEN = st.integers(0, 10**12)
SIGNED = st.integers(-(10**12), 10**12)
MONEY = Money(amount=1, fund=FUNDS[0], district=DISTRICT, programme="jobseeking", line=LINE)
PERSONS = st.integers(0, 3).map(lambda n: f"person-{n}")


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Payments and statement lines in any order that the deciders might ever write, and others."""
    history = History()
    for _ in range(draw(st.integers(0, 40))):
        token = draw(PERSONS)
        fact = draw(st.one_of(payments(token), bank_lines()))
        known = START + timedelta(days=draw(st.integers(0, 70)))
        history.add(streams.payee(token), fact, on=draw(DAYS), at=known)
    return history


@st.composite
def payments(draw: st.DrawFn, token: str) -> Fact:
    """One fact of a payment to this payee."""
    disbursement = f"s:{token}#{draw(st.integers(1, 3))}"
    bank = draw(st.sampled_from(BANKS))
    money = Money(
        amount=draw(FEN),
        fund=draw(st.sampled_from(FUNDS)),
        district=DISTRICT,
        programme=draw(st.sampled_from(("skill-upgrade", "jobseeking"))),
        line=LINE,
    )
    kind: Any = draw(st.sampled_from(("benefit", "advance")))
    day = draw(DAYS)
    facts: tuple[Fact, ...] = (
        DisbursementOrdered(
            disbursement=disbursement,
            application="s:A",
            instalment=1,
            beneficiary="beneficiary/person-0",
            account="acc-person",
            money=money,
            kind=kind,
        ),
        DisbursementBatched(
            disbursement=disbursement,
            attempt=draw(st.integers(1, 3)),
            batch="B2208310001",
            line_no=1,
            instruction="B220831000100001",
            bank_account=bank,
            account="acc-person",
            money=money,
        ),
        DisbursementSent(
            disbursement=disbursement,
            attempt=1,
            batch="B2208310001",
            instruction="B220831000100001",
            bank_account=bank,
            money=money,
        ),
        DisbursementSettled(
            disbursement=disbursement,
            attempt=1,
            instruction="B220831000100001",
            bank_account=bank,
            value_on=day,
            bank_reference="r",
            money=money,
        ),
        DisbursementReturned(
            disbursement=disbursement,
            attempt=1,
            instruction="B220831000100001",
            bank_account=bank,
            value_on=day,
            code="c",
            reason="r",
            after_settlement=draw(st.booleans()),
            money=money,
        ),
        DisbursementCancelled(disbursement=disbursement, reason="r", kind=kind, money=money),
    )
    return draw(st.sampled_from(facts))


@st.composite
def bank_lines(draw: st.DrawFn) -> Fact:
    """One line of a statement, or a beginning."""
    bank, fund = draw(st.sampled_from(BANKS)), draw(st.sampled_from(FUNDS))
    amount = draw(SIGNED)
    if draw(st.booleans()):
        return OpeningBalance(
            bank_account=bank, fund=fund, district=DISTRICT, amount=amount, document="d"
        )
    kinds: tuple[Any, ...] = ("payment", "funds_received", "interest", "fee", "refund", "other")
    return StatementLineClassified(
        bank_account=bank,
        line="1",
        booked_on=draw(DAYS),
        amount=amount,
        kind=draw(st.sampled_from(kinds)),
        fund=fund,
        district=DISTRICT,
    )


@given(histories())
def test_debits_equal_credits_at_every_prefix(history: History) -> None:
    balances: dict[str, int] = defaultdict(int)
    for fact in history.facts:
        booked = entry(fact)
        if booked is None:
            continue
        assert len(booked.postings) >= 2
        assert all(posting.amount != 0 for posting in booked.postings)
        assert len({(p.fund, p.district) for p in booked.postings}) == 1, "no fund pays another's"
        for posting in booked.postings:
            balances[posting.account.code] += posting.amount
        assert sum(balances.values()) == 0
        assert BY_CODE.keys() >= balances.keys()


@given(histories())
def test_the_flows_are_the_postings_added_up(history: History) -> None:
    folded = Folded()
    folded.add(history.located())
    days: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    months: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in folded.appended["postings"]:
        _, _, _, code, fund, district, sub, amount, value_on, known_on = row
        first = value_on.replace(day=1), known_on.replace(day=1)
        for flow in (
            days[value_on, known_on, code, fund, district, sub],
            days[value_on, known_on, code, fund, district],
            months[*first, code, fund, district, sub],
            months[*first, code, fund, district],
        ):
            for place, more in enumerate((max(amount, 0), max(-amount, 0), 1, amount < 0)):
                flow[place] += more
    of_days = folded.states["account_days"] | folded.states["general_ledger_days"]
    of_months = folded.states["account_months"] | folded.states["general_ledger_months"]
    for flows, rows in ((days, of_days), (months, of_months)):
        assert flows == {
            key: [row[name] for name in ("debit_fen", "credit_fen", "postings", "credits")]
            for key, row in rows.items()
        }


@given(histories(), st.randoms())
@settings(max_examples=40)
def test_whichever_partition_is_written_first_the_flows_are_the_same(
    history: History, chance: Random
) -> None:
    located = history.located()
    turns = [one.partition for one in located]
    chance.shuffle(turns)
    queues = {p: iter([one for one in located if one.partition == p]) for p in set(turns)}
    straight, mixed = Tables(), Tables()
    straight.write(located)
    for partition in turns:
        mixed.write([next(queues[partition])])
    for table in account_flows.TABLES:
        assert straight.states[table.name] == mixed.states[table.name]


@given(histories(), st.lists(st.integers(0, 40), max_size=6))
@settings(max_examples=60)
def test_however_the_facts_are_cut_into_batches_the_rows_are_the_same(
    history: History, cuts: list[int]
) -> None:
    located = history.located()
    whole, parts = Tables(), Tables()
    whole.write(located)
    edges = sorted({0, len(located), *(cut for cut in cuts if cut < len(located))})
    for start, end in pairwise(edges):
        parts.write(located[start:end])
    assert whole.states == parts.states
    assert whole.appended == parts.appended


class Tables:
    """A database in a dictionary: it merges batches as the statements of `table` say."""

    def __init__(self) -> None:
        self.states: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
        self.appended: dict[str, list[Any]] = defaultdict(list)

    def write(self, located: list[Any]) -> None:
        """Write one batch."""
        folded = Folded()
        folded.add(located)
        for (name, prefix, _), amendments in folded.amended.items():
            for key, row in self.states[name].items():
                row.update(amendments.get(key[:prefix], {}))
        for name, rows in folded.states.items():
            for key, values in rows.items():
                self._upsert(_BY_NAME[name], key, values)
        for name, added in folded.appended.items():
            self.appended[name] += added

    def _upsert(self, table: Table, key: Any, values: dict[str, Any]) -> None:
        row = self.states[table.name].setdefault(key, {})
        for column in table.all_columns:
            value, earlier = values.get(column.name), row.get(column.name)
            if column.merge is Merge.SUM:
                row[column.name] = (earlier or 0) + (value or 0)
            elif column.merge is Merge.HIGHEST:
                row[column.name] = value if earlier is None else max(earlier, value)
            elif value is None or (column.merge is Merge.FIRST and earlier is not None):
                continue
            elif earlier not in column.final:
                row[column.name] = value


_BY_NAME = {table.name: table for table in TABLES}


def test_a_row_that_two_partitions_claim_is_no_row_of_ours() -> None:
    history = History()
    for number in range(9):
        freed = DisbursementUnbatched(
            disbursement="s:A#1", attempt=1, batch="B2208310001", money=MONEY
        )
        history.add(streams.payee(f"person-{number}"), freed)
    with pytest.raises(BrokenInvariant, match="two partitions"):
        Folded().add(history.located())
