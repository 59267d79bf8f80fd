"""What each read model makes of given facts: facts in, rows out."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from events import CATALOGUE, FACTS, streams
from events.applications import (
    ApplicationConflicted,
    ApplicationCorrected,
    ApplicationWithdrawn,
    Stated,
)
from events.approvals import (
    ApprovalDenied,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalReferred,
    ApprovalWithdrawn,
)
from events.batches import BatchLineRefused, BatchRejected, BatchRequested
from events.budgets import (
    BudgetAllocated,
    BudgetCommitted,
    BudgetDequeued,
    BudgetQueued,
    BudgetReleased,
)
from events.codec import Unreadable, decode_fact
from events.control import CommandRefused, CommandSetAside, StreamResumed
from events.disbursements import (
    DisbursementBatched,
    DisbursementCancelled,
    DisbursementReturned,
    DisbursementUnbatched,
)
from events.instalments import InstalmentStopped
from events.statements import StatementLineClassified, StatementLineRecorded, StatementOpened
from events.status import PriorUseRecorded, StatusRecorded
from events.values import Arrival, Fact
from projections.definition.located_fact import locate
from projections.definition.table import Append, Merge, Table, create
from projections.engine import reference_page
from projections.engine.folding import Folded
from projections.read_models import catalogue, dead_letters, facts
from tests.handmade_ledgers import (
    BANK,
    DISTRICT,
    FUND,
    LINE,
    ON,
    POLICY,
    History,
    ask,
    filed,
    grant,
    granted,
    money,
    paid_history,
    pay,
    proposed,
    slot,
)
from tests.unit.test_golden_events import GOLDEN

A, PERSON = "district-211202.hrss:A1", "person-1"
STREAM = streams.beneficiary(PERSON)
ARRIVED = Arrival(topic="benefits.applications.v1", partition=1, offset=2, event="e-2")


def rows(history: History, table: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows of a table of states after a history."""
    folded = Folded()
    folded.add(history.located())
    return folded.states[table]


def row(history: History, table: str) -> dict[str, Any]:
    """The only row of a table of states after a history."""
    [only] = rows(history, table).values()
    return only


def appended(history: History, table: str) -> list[tuple[Any, ...]]:
    """The rows appended to a table by a history."""
    folded = Folded()
    folded.add(history.located())
    return folded.appended[table]


def of(stream: str, *bodies: Fact) -> History:
    """A history of one stream."""
    history = History()
    history.add(stream, *bodies)
    return history


def person(*bodies: Fact) -> History:
    """A history of one person."""
    return of(STREAM, *bodies)


def test_every_type_of_fact_is_mirrored() -> None:
    for kind in FACTS.values():
        assert catalogue.MAPPINGS[kind][0] is facts.changes


_COPIED: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "uuid": (str, UUID),
    "jsonb": (str,),
    "integer": (int,),
    "smallint": (int,),
    "bigint": (int,),
    "boolean": (bool,),
    "date": (date,),
    "timestamptz": (datetime,),
    "text[]": (list, tuple),
    "bigint[]": (list, tuple),
}
"""What a row that is copied may hold in a column; nobody converts it on its way to PostgreSQL."""


@pytest.mark.parametrize("name", FACTS)
def test_what_is_copied_is_of_the_type_of_its_column(name: str) -> None:
    raw = (GOLDEN / f"{name}.v{CATALOGUE[name].version}.json").read_bytes()
    fact = decode_fact(orjson.dumps(orjson.loads(raw)))
    located = locate(fact, 0, 0)
    for mapping in catalogue.MAPPINGS[type(fact.body)]:
        for change in mapping(located):
            if not isinstance(change, Append):
                continue
            for column, value in zip(change.table.columns, change.row, strict=True):
                fits = value is None or isinstance(value, _COPIED[column.type])
                assert fits, (change.table.name, column.name, value)


def test_a_read_model_reads_only_what_it_names() -> None:
    history = paid_history(3)
    for located in history.located():
        for model in catalogue.READ_MODELS:
            if model.changes is None:
                continue
            made = list(model.changes(located))
            assert not made or type(located.fact.body) in model.reads
            assert {change.table for change in made} <= set(model.tables)


@pytest.mark.parametrize("table", catalogue.TABLES, ids=lambda table: table.name)
def test_a_table_names_its_columns_once_and_its_key_among_them(table: Table) -> None:
    names = [column.name for column in table.all_columns]
    assert len(names) == len(set(names))
    assert set(table.primary_key) <= set(names)
    money_columns = [column for column in table.columns if column.name.endswith("_fen")]
    assert all(column.unit == "fen" for column in money_columns)
    assert all(
        column.type in ("bigint", "integer")
        for column in table.columns
        if column.merge is Merge.SUM
    )
    assert all("{" not in statement for statement in create(table, "books"))


def test_the_page_of_read_models_is_fresh() -> None:
    written = reference_page.PAGE.read_text(encoding="utf-8")
    assert written == reference_page.page(), "run: benefit-ledger docs"


def test_an_application_carries_what_it_stated_and_where_it_came_from() -> None:
    application = row(person(filed(A, PERSON)), "applications")
    assert application["state"] == "filed"
    assert application["source"] == "district-211202.hrss"
    assert (application["inbound_partition"], application["inbound_offset"]) == (3, 88_120)
    assert application["filed_on"] == ON


def test_a_correction_replaces_what_was_stated_and_is_counted() -> None:
    stated = Stated(
        programme="post-skill",
        region=DISTRICT,
        applied_on=date(2022, 8, 13),
        channel="app",
        payee=PERSON,
        account="acc-other",
        facts={},
    )
    correction = ApplicationCorrected(
        application=A, replaces="d" * 64, digest="e" * 64, stated=stated, arrived=ARRIVED
    )
    application = row(person(filed(A, PERSON), correction), "applications")
    assert (application["programme"], application["account"]) == ("post-skill", "acc-other")
    assert (application["corrections"], application["digest"]) == (1, "e" * 64)
    assert application["inbound_offset"] == 88_120, "the trail begins at the first message"

    early = correction.model_copy(update={"before_filing": True})
    assert rows(person(early), "applications") == {}


def test_a_withdrawal_stands_whatever_comes_after_it() -> None:
    early = ApplicationWithdrawn(application=A, reason="r", before_filing=True)
    assert row(person(early, filed(A, PERSON)), "applications")["state"] == "withdrawn"
    late = ApplicationWithdrawn(application=A, reason="r")
    ended = row(person(filed(A, PERSON), proposed(A, PERSON), late), "applications")
    assert (ended["state"], ended["withdrawn_on"]) == ("withdrawn", ON)


def test_a_conflict_is_counted_on_the_claim_that_stands() -> None:
    conflict = ApplicationConflicted(
        application=A, digest="x", stands="d", other_person=True, arrived=ARRIVED
    )
    assert row(person(filed(A, PERSON), conflict), "applications")["conflicts"] == 1
    nowhere = conflict.model_copy(update={"stands": ""})
    assert rows(person(nowhere), "applications") == {}


def test_a_denial_names_every_failing_clause() -> None:
    denied = ApprovalDenied(
        application=A,
        code="CLAUSE_FAILED",
        failing=("insured", "in_time"),
        policy=POLICY,
        trail=(("insured", False, 3, ">= 12"), ("in_time", False, "2021-01-01", "<= 12M")),
    )
    application = row(person(filed(A, PERSON), denied), "applications")
    assert application["state"] == "denied"
    assert application["failing"] == ("insured", "in_time")
    assert application["trail"][0] == ("insured", False, 3, ">= 12")
    assert application["policy_hash"] == POLICY.content_hash


def test_a_referral_judged_by_a_person_keeps_the_trail_that_led_to_it() -> None:
    referred = ApprovalReferred(
        application=A,
        code="MISSING_FACT",
        text="t",
        policy=POLICY,
        trail=(("who", None, None, "x"),),
    )
    denied = ApprovalDenied(
        application=A,
        code="REVIEWED",
        failing=(),
        policy=None,
        trail=(),
        text="no",
        reviewer="wang",
    )
    application = row(person(filed(A, PERSON), referred, denied), "applications")
    assert (application["state"], application["reviewer"]) == ("denied", "wang")
    assert application["trail"] == (("who", None, None, "x"),)
    assert application["referred_on"] == ON


def test_an_approval_waits_and_is_granted_or_lapses() -> None:
    held = ApprovalHeld(application=A, attempt=1, line=LINE)
    waiting = row(person(proposed(A, PERSON), held), "approvals")
    assert (waiting["state"], waiting["line"], waiting["held_on"]) == ("held", LINE, ON)
    due = row(person(proposed(A, PERSON), held, granted(A, PERSON)), "approvals")
    assert (due["state"], due["granted_on"], due["held_on"]) == ("granted", ON, ON)
    lapsed = ApprovalLapsed(application=A, attempt=1, line=LINE)
    ended = person(filed(A, PERSON), proposed(A, PERSON), held, lapsed)
    assert row(ended, "approvals")["state"] == row(ended, "applications")["state"] == "lapsed"


def test_slots_are_taken_with_the_proposal_and_given_back_with_its_end() -> None:
    taken = rows(person(proposed(A, PERSON)), "cap_usage")
    assert {key[3:] for key in taken} == {
        ("skill-upgrade", "per_year", "2022", "", 1),
        ("skill-upgrade", "no_repeat", "*", f"电工/四级/{A}", 1),
    }
    assert all(use.get("given_back_on") is None for use in taken.values())
    withdrawn = ApprovalWithdrawn(application=A, attempt=1, taken=(), queued_on=None)
    given_back = rows(person(proposed(A, PERSON), withdrawn), "cap_usage")
    assert all(use["given_back_on"] == ON for use in given_back.values())


def test_the_end_of_one_attempt_gives_back_nothing_of_the_next() -> None:
    withdrawn = ApprovalWithdrawn(application=A, attempt=1, taken=(), queued_on=None)
    both = person(proposed(A, PERSON), withdrawn, proposed(A, PERSON, attempt=2))
    uses = rows(both, "cap_usage")
    assert {key[2] for key, use in uses.items() if use.get("given_back_on") is None} == {2}


def test_a_use_from_before_this_ledger_takes_its_slots() -> None:
    prior = PriorUseRecorded(
        document="2021-7", programme="skill-upgrade", slots=(slot(),), amount=1, granted_on=ON
    )
    [(key, use)] = rows(person(prior), "cap_usage").items()
    assert key[:3] == (PERSON, "2021-7", 0)
    assert use["programme"] == "skill-upgrade"


def test_an_instalment_is_planned_for_the_day_of_the_grant_when_no_day_is_named() -> None:
    history = History()
    history.add(STREAM, granted(A, PERSON))
    planned = row(history, "instalments")
    assert (planned["state"], planned["due_on"]) == ("planned", ON)
    stopped = InstalmentStopped(
        application=A,
        no=1,
        attempt=1,
        amount=150_000,
        line=LINE,
        reason="employed",
        rule="stops/jobless",
        still_planned=0,
    )
    history.add(STREAM, stopped)
    assert (row(history, "instalments")["state"], row(history, "instalments")["reason"]) == (
        "stopped",
        "employed",
    )


def test_a_budget_line_counts_what_is_committed_and_keeps_who_waits() -> None:
    allocated = BudgetAllocated(document="d", amount=500)
    committed = BudgetCommitted(ask=ask(A, PERSON, 300), amount=300)
    queued = BudgetQueued(ask=ask("s:B", PERSON, 400), place=1)
    released = BudgetReleased(application=A, attempt=1, amount=300, key="k")
    served = BudgetDequeued(ask=ask("s:B", PERSON, 400))
    history = of(LINE, allocated, committed, queued)
    line = row(history, "budgets")
    assert (line["allocated_fen"], line["committed_fen"], line["name"]) == (500, 300, FUND)
    waiting = row(history, "budget_queue")
    assert (waiting["state"], waiting["seq"], waiting["amount_fen"]) == ("waiting", 3, 400)
    history.add(LINE, released, served)
    assert row(history, "budgets")["committed_fen"] == 0
    assert row(history, "budget_queue")["state"] == "served"
    assert row(history, "budget_months")["released_fen"] == 300


def test_who_leaves_the_queue_with_money_committed_gives_both_back() -> None:
    queued = BudgetQueued(ask=ask(A, PERSON, 400), place=1)
    left = BudgetReleased(application=A, attempt=1, amount=25, key="k", from_queue=True)
    history = of(LINE, queued, left)
    assert row(history, "budget_queue")["state"] == "left"
    assert row(history, "budgets")["committed_fen"] == -25


def paid(count: int = 1) -> History:
    """So many granted applications of one batch, paid."""
    history = History()
    people = [(f"s:A{n}", f"person-{n}") for n in range(count)]
    for application, token in people:
        grant(history, application, token)
    pay(history, "B2208310001", people)
    return history


def test_a_payment_keeps_every_day_of_its_way() -> None:
    payment = row(paid(), "disbursements")
    assert payment["state"] == "settled"
    assert payment["ordered_on"] == payment["batched_on"] == payment["sent_on"] == ON
    assert payment["settled_on"] == payment["value_on"] == date(2022, 8, 29)
    assert payment["instruction"] == "B220831000100001"
    assert payment["application"] == "s:A0"
    attempt = row(paid(), "disbursement_attempts")
    assert (attempt["state"], attempt["bank_account"]) == ("settled", BANK)


def returned(*, after_settlement: bool) -> DisbursementReturned:
    """The bank could not pay, or the money came back."""
    return DisbursementReturned(
        disbursement="s:A0#1",
        attempt=1,
        instruction="B220831000100001",
        bank_account=BANK,
        value_on=date(2022, 9, 2),
        code="ACCOUNT_CLOSED",
        reason="账户已销户",
        after_settlement=after_settlement,
        money=money(),
    )


def test_money_that_came_back_is_told_from_money_that_never_left() -> None:
    history = paid()
    history.add("payee/person-0", returned(after_settlement=True))
    payment = row(history, "disbursements")
    assert (payment["state"], payment["return_code"]) == ("returned", "ACCOUNT_CLOSED")
    assert payment["settled_on"] == date(2022, 8, 29)
    flows = rows(history, "budget_flows")
    assert sum(flow.get("returned_fen", 0) for flow in flows.values()) == 150_000
    assert row(history, "disbursement_attempts")["after_settlement"] is True


def test_a_second_attempt_is_a_row_of_its_own() -> None:
    history = paid()
    again = DisbursementBatched(
        disbursement="s:A0#1",
        attempt=2,
        batch="B2209020001",
        line_no=1,
        instruction="B220902000100001",
        bank_account=BANK,
        account="acc-another",
        money=money(),
    )
    freed = DisbursementUnbatched(
        disbursement="s:A0#1", attempt=2, batch="B2209020001", money=money()
    )
    history.add("payee/person-0", returned(after_settlement=False), again, freed)
    attempts = rows(history, "disbursement_attempts")
    assert {key[1]: attempt["state"] for key, attempt in attempts.items()} == {
        1: "returned",
        2: "unbatched",
    }
    payment = row(history, "disbursements")
    assert (payment["state"], payment["batch"], payment["attempt"]) == ("ordered", "", 2)


def test_a_payment_given_up_is_counted_against_its_line() -> None:
    history = History()
    grant(history, "s:A0", "person-0")
    history.add(
        "payee/person-0",
        DisbursementCancelled(disbursement="s:A0#1", reason="objection", money=money()),
    )
    assert row(history, "disbursements")["state"] == "cancelled"
    assert row(history, "budget_flows")["cancelled_fen"] == 150_000


def test_a_batch_closes_with_its_lines_and_keeps_both_names() -> None:
    batch = row(paid(3), "batches")
    assert (batch["state"], batch["maker"], batch["checker"]) == ("closed", "li", "wang")
    assert batch["total_fen"] == 450_000
    lines = rows(paid(3), "batch_lines")
    assert {line["state"] for line in lines.values()} == {"settled"}
    assert {line["payee"] for line in lines.values()} == {"person-0", "person-1", "person-2"}


def test_a_refused_line_and_a_rejected_batch_say_why() -> None:
    number = "B2208310001"
    requested = BatchRequested(
        batch=number, bank_account=BANK, fund=FUND, district=DISTRICT, maker="li", lines=()
    )
    refused = BatchLineRefused(batch=number, line_no=1, disbursement="s:A0#1", code="NOT_PAYABLE")
    rejected = BatchRejected(batch=number, checker="wang", reason="r", lines=())
    history = of(streams.batch(number), requested, refused, rejected)
    assert row(history, "batch_lines")["code"] == "NOT_PAYABLE"
    assert (row(history, "batches")["state"], row(history, "batches")["reason"]) == (
        "rejected",
        "r",
    )


def test_a_statement_adds_up_and_its_lines_stay_verbatim() -> None:
    def line(number: str, amount: int) -> StatementLineRecorded:
        return StatementLineRecorded(
            bank_account=BANK,
            line=number,
            booked_on=date(2022, 8, 29),
            amount=amount,
            reference="B220831000100001",
            purpose="技能提升补贴",
            balance_after=1_000 + amount,
        )

    classified = StatementLineClassified(
        bank_account=BANK,
        line="2",
        booked_on=date(2022, 8, 29),
        amount=7,
        kind="interest",
        fund=FUND,
        district=DISTRICT,
    )
    opened = StatementOpened(bank_account=BANK, month="2022-08", opening_balance=1_000)
    history = of(
        streams.account(BANK, "2022-08"), opened, line("1", -300), line("2", 7), classified
    )
    month = row(history, "statements")
    assert (month["opening_fen"], month["lines"]) == (1_000, 2)
    assert (month["in_fen"], month["out_fen"], month["last_balance_fen"]) == (7, 300, 1_007)
    kinds = {key[2]: line["kind"] for key, line in rows(history, "statement_lines").items()}
    assert kinds == {"1": "", "2": "interest"}


def test_a_parked_stream_is_listed_until_it_is_resumed() -> None:
    aside = CommandSetAside(
        command="DecideApplication",
        command_id="c-1",
        error="ZeroDivisionError",
        code_version="1",
        raw="{}",
        parked=False,
    )
    behind = aside.model_copy(update={"parked": True, "error": "behind"})
    history = person(aside, behind)
    parked = row(history, "parked_streams")
    assert (parked["state"], parked["commands"]) == ("parked", 2)
    assert parked["error"] == "ZeroDivisionError", "what merely stood behind explains nothing"
    assert len(appended(history, "set_aside")) == 2
    history.add(STREAM, StreamResumed(operator="liu", reason="fixed"))
    assert row(history, "parked_streams")["state"] == "resumed"


def test_a_refusal_is_found_by_the_record_it_was_about() -> None:
    refused = CommandRefused(command="ClaimDisbursement", code="TAKEN", about=f"{A}#1")
    [mirrored] = appended(person(refused), "facts")
    assert A in mirrored
    [listed] = appended(person(refused), "refusals")
    assert ("TAKEN", f"{A}#1") == listed[5:7]


def test_status_is_kept_by_kind_and_day() -> None:
    since = date(2022, 5, 1)
    changed = StatusRecorded(status="employed", since=since, source="insurance")
    [(key, status)] = rows(person(changed, changed), "status").items()
    assert key == (PERSON, "employed", since, "")
    assert status["source"] == "insurance"


def test_a_day_becomes_known_in_shanghai() -> None:
    history = History()
    late = datetime(2022, 8, 31, 16, 0, tzinfo=UTC)
    history.add(STREAM, filed(A, PERSON), at=late)
    history.add(STREAM, filed("s:B", PERSON), at=late.replace(hour=15, minute=59))
    assert [located.known_on for located in history.located()] == [
        date(2022, 9, 1),
        date(2022, 8, 31),
    ]


LETTER = (
    b'{"topic":"benefits.applications.v1","partition":2,"offset":9,"line":null,"code":"JSON",'
    b'"field":"","reason":"r","received_at":"2022-08-12T01:14:00Z","key":"k","sealed":"secret"}'
)


def test_a_dead_letter_is_listed_once_and_without_its_content() -> None:
    folded = Folded()
    for offset in (5, 6):
        received_at, change = dead_letters.change(LETTER, offset)
        folded.merge(0, received_at, change)
    [(key, letter)] = folded.states["dead_letters"].items()
    assert key == ("benefits.applications.v1", 2, 9, 0)
    assert letter["letter_offset"] == 5
    assert "secret" not in str(letter)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"{", None])
def test_a_letter_that_cannot_be_read_is_refused(raw: bytes | None) -> None:
    with pytest.raises(Unreadable):
        dead_letters.change(raw, 0)
