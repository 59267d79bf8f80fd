"""Vouchers: whatever order, repeats and contradictions the messages come in, none is used twice."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.envelope import Recorded
from events.values import Command
from events.vouchers import (
    Applied,
    ClaimVoucher,
    ExpireVoucher,
    IssueVoucher,
    UseVoucher,
    VerifyVoucher,
    VoucherClaimed,
    VoucherExpired,
    VoucherIssued,
    VoucherUsed,
    VoucherVerified,
)
from tests.given_when_then import Scene

KEY = "district:PXQ-1"
STREAM = streams.voucher(KEY)
BEGIN = date(2022, 8, 1)
HOLDERS = ("zhang-san-token", "li-si-token")
STEPS = (VoucherIssued, VoucherClaimed, VoucherVerified, VoucherUsed)

days = st.integers(0, 6).map(lambda n: BEGIN + timedelta(days=n))
holders = st.sampled_from(HOLDERS)
courses = st.sampled_from(("YZ-1", "YZ-2"))


def applied(course: str) -> Applied:
    return Applied(programme="free-training", course=course)


def step(kind: type[ClaimVoucher] | type[VerifyVoucher]) -> st.SearchStrategy[Command]:
    return st.builds(kind, voucher=st.just(KEY), holder=holders, on=days, source=st.just("school"))


issues = st.builds(
    IssueVoucher,
    voucher=st.just(KEY),
    holder=holders,
    district=st.just("211202"),
    issued_on=days,
    valid_until=days,
    source=st.just("district"),
)
uses = st.builds(
    UseVoucher,
    voucher=st.just(KEY),
    holder=holders,
    on=days,
    applied=courses.map(applied),
    source=st.just("school"),
)
anything = st.one_of(issues, step(ClaimVoucher), step(VerifyVoucher), uses)
expiry = st.tuples(st.just(ExpireVoucher(voucher=KEY)), days)


def taken(facts: list[Recorded]) -> list[Recorded]:
    return [fact for fact in facts if isinstance(fact.body, STEPS)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(anything, expiry), max_size=14))
def test_no_messages_use_a_voucher_twice_or_out_of_step(asked: list[object]) -> None:
    scene = Scene("2022-08-31")
    for one in asked:
        command, scene.on = one if isinstance(one, tuple) else (one, date(2022, 8, 31))
        scene.when(STREAM, command)
    steps = taken(scene.ledger.facts)
    assert [type(fact.body) for fact in steps] == list(STEPS[: len(steps)])
    if not steps:
        return
    issued = steps[0].body
    assert isinstance(issued, VoucherIssued)
    dates = [issued.issued_on, *(fact.body.on for fact in steps[1:])]  # type: ignore[attr-defined]
    assert dates == sorted(dates)
    assert all(day <= issued.valid_until for day in dates)
    assert {fact.body.holder for fact in steps} == {issued.holder}  # type: ignore[attr-defined]
    ended = [fact for fact in scene.ledger.facts if isinstance(fact.body, VoucherExpired)]
    assert len(ended) + sum(isinstance(fact.body, VoucherUsed) for fact in steps) <= 1


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_in_whatever_order_and_however_often_they_come_the_same_steps_are_taken(
    data: st.DataObject,
) -> None:
    told = [data.draw(one) for one in (issues, step(ClaimVoucher), step(VerifyVoucher), uses)]
    shuffled = data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told)))))
    bodies = []
    for order in (told, shuffled):
        scene = Scene("2022-08-31")
        for command in order:
            scene.when(STREAM, command)
        bodies.append([fact.body for fact in taken(scene.ledger.facts)])
    assert bodies[0] == bodies[1]
