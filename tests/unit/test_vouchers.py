"""A training voucher goes from issue to use, once, in its holder's hands, while it holds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from events import streams
from events.contract.inbound.vouchers import VoucherUsed as VoucherStepTold
from events.control import CommandRefused
from events.invariants import BrokenInvariant
from events.values import Command
from events.vouchers import (
    Applied,
    ClaimVoucher,
    ExpireVoucher,
    IssueVoucher,
    UseVoucher,
    VerifyVoucher,
    VoucherIssued,
    VoucherStepDropped,
    VoucherStepKept,
    VoucherUsed,
)
from projections.queries.due_work import PastVoucher
from services.clerk.due import due_commands
from services.deciders.voucher.decider import decide, evolve
from services.deciders.voucher.state import VoucherState
from services.intake.voucher_commands import voucher_command, voucher_key
from tests.given_when_then import Scene, kinds, only

KEY = "district:PXQ-1"
STREAM = streams.voucher(KEY)
WELDING = Applied(programme="free-training", course="YZ-31")


def day(text: str) -> date:
    return date.fromisoformat(f"2022-{text}")


def issues(
    holder: str = "zhang-san-token", until: str = "12-31", on: str = "08-01"
) -> IssueVoucher:
    return IssueVoucher(
        voucher=KEY,
        holder=holder,
        district="211202",
        issued_on=day(on),
        valid_until=day(until),
        source="district",
    )


def claims(on: str = "08-03", holder: str = "zhang-san-token") -> ClaimVoucher:
    return ClaimVoucher(voucher=KEY, holder=holder, on=day(on), source="app")


def verifies(on: str = "08-15", holder: str = "zhang-san-token") -> VerifyVoucher:
    return VerifyVoucher(voucher=KEY, holder=holder, on=day(on), source="school")


def uses(
    on: str = "08-15", holder: str = "zhang-san-token", applied: Applied = WELDING
) -> UseVoucher:
    return UseVoucher(voucher=KEY, holder=holder, on=day(on), applied=applied, source="school")


EXPIRES = ExpireVoucher(voucher=KEY)
WHOLE_LIFE = (issues(), claims(), verifies(), uses())


def played(*commands: Command, on: str = "2022-08-20") -> list[str]:
    """What the last of these commands led to."""
    scene, last = Scene(on), []
    for command in commands:
        last = scene.when(STREAM, command)
    return kinds(last)


def refused(*commands: Command, on: str = "2022-08-20") -> str:
    """With which code the last of these commands was refused."""
    scene, last = Scene(on), []
    for command in commands:
        last = scene.when(STREAM, command)
    return only(last, CommandRefused).code


def test_it_is_issued_claimed_verified_and_used_each_a_fact() -> None:
    assert played(issues()) == ["VoucherIssued"]
    assert played(issues(), claims()) == ["VoucherClaimed"]
    assert played(issues(), claims(), verifies()) == ["VoucherVerified"]
    assert played(*WHOLE_LIFE) == ["VoucherUsed"]


@pytest.mark.parametrize("again", WHOLE_LIFE, ids=lambda command: type(command).__name__)
def test_what_is_told_again_changes_nothing_whoever_tells_it(again: Command) -> None:
    assert played(*WHOLE_LIFE, again) == []
    assert played(*WHOLE_LIFE, again.model_copy(update={"source": "another"})) == []


def test_a_step_of_another_person_is_refused_before_anything_else() -> None:
    assert refused(*WHOLE_LIFE, uses("12-31", holder="li-si-token")) == "WRONG_HOLDER"
    assert refused(issues(), claims(holder="li-si-token")) == "WRONG_HOLDER"
    assert refused(issues(), issues(holder="li-si-token")) == "WRONG_HOLDER"


def test_a_used_voucher_is_not_used_for_another_course() -> None:
    cooking = Applied(programme="free-training", course="YZ-32")
    assert refused(*WHOLE_LIFE, uses(applied=cooking)) == "ALREADY_USED"
    assert refused(*WHOLE_LIFE, uses("08-16")) == "ALREADY_USED"


def test_a_step_told_otherwise_is_refused_and_the_first_telling_stands() -> None:
    assert refused(issues(), claims(), claims("08-04")) == "TOLD_OTHERWISE"
    assert refused(issues(), issues(until="11-30")) == "TOLD_OTHERWISE"
    assert refused(verifies(), verifies("08-16")) == "TOLD_OTHERWISE", "also while it waits"


def test_the_last_day_counts_and_the_day_after_does_not() -> None:
    assert played(issues(until="08-15"), claims(), verifies(), uses()) == ["VoucherUsed"]
    assert refused(issues(until="08-14"), claims(), verifies()) == "EXPIRED"
    assert refused(issues(until="08-14"), claims(), uses()) == "EXPIRED", "not even kept"


def test_a_step_dated_before_the_one_it_follows_is_a_wrong_step() -> None:
    assert refused(issues(), claims("07-31")) == "WRONG_STEP"
    assert refused(issues(), claims("08-03"), verifies("08-02")) == "WRONG_STEP"
    assert played(issues(), claims("08-15"), verifies("08-15")) == ["VoucherVerified"]


def test_a_voucher_cannot_end_before_it_begins() -> None:
    assert refused(issues(until="07-31")) == "ENDS_BEFORE_ISSUE"
    assert played(issues(until="08-01")) == ["VoucherIssued"]


def test_what_comes_before_its_voucher_is_kept_and_taken_when_that_comes() -> None:
    assert played(claims()) == ["VoucherStepKept"]
    assert played(uses(), verifies(), claims(), issues()) == [
        "VoucherIssued",
        "VoucherClaimed",
        "VoucherVerified",
        "VoucherUsed",
    ]
    assert played(issues(), uses(), claims(), verifies()) == ["VoucherVerified", "VoucherUsed"]


def test_what_was_kept_is_dropped_with_its_reason_when_it_turns_out_not_to_fit() -> None:
    scene = Scene("2022-08-20")
    scene.when(STREAM, uses(holder="li-si-token"))
    scene.when(STREAM, uses())
    issued = scene.when(STREAM, issues())
    assert kinds(issued) == ["VoucherIssued", "VoucherStepDropped"]
    dropped = only(issued, VoucherStepDropped)
    assert (dropped.step, dropped.holder, dropped.code) == ("use", "li-si-token", "WRONG_HOLDER")
    scene.when(STREAM, claims())
    assert kinds(scene.when(STREAM, verifies())) == ["VoucherVerified", "VoucherUsed"]

    late = Scene("2022-08-20")
    late.when(STREAM, verifies("08-02"))
    late.when(STREAM, issues())
    assert only(late.when(STREAM, claims("08-03")), VoucherStepDropped).code == "WRONG_STEP"
    assert kinds(late.when(STREAM, verifies("08-04"))) == ["VoucherVerified"], "told rightly now"


def test_it_expires_when_its_day_has_passed_and_never_before() -> None:
    lives = (issues(until="08-20"), claims(), EXPIRES)
    assert refused(*lives, on="2022-08-20") == "STILL_VALID"
    assert played(*lives, on="2022-08-21") == ["VoucherExpired"]
    assert played(*lives, EXPIRES, on="2022-08-21") == []
    assert refused(EXPIRES) == "UNKNOWN_VOUCHER"


def test_a_used_voucher_does_not_expire() -> None:
    assert played(*WHOLE_LIFE, EXPIRES, on="2023-01-01") == []


def test_after_it_has_expired_even_a_step_within_its_days_is_refused() -> None:
    lives = (issues(until="08-20"), claims(), EXPIRES)
    assert refused(*lives, verifies("08-15"), on="2022-08-21") == "EXPIRED"
    assert played(*lives, claims(), on="2022-08-21") == [], "a repeat stays a repeat"


def test_what_waits_when_it_expires_is_dropped() -> None:
    waits = (issues(until="08-20"), uses(), EXPIRES)
    assert played(*waits, on="2022-08-21") == ["VoucherExpired", "VoucherStepDropped"]


def test_a_history_that_uses_a_voucher_twice_is_broken() -> None:
    voucher = VoucherState()
    evolve(voucher, VoucherIssued(**dict(issues())))
    used = VoucherUsed(
        voucher=KEY, holder="zhang-san-token", on=day("08-15"), source="school", applied=WELDING
    )
    evolve(voucher, used)
    with pytest.raises(BrokenInvariant, match="use twice"):
        evolve(voucher, used)


def test_a_decision_leaves_the_standing_as_it_was() -> None:
    voucher = VoucherState()
    for body in decide(voucher, uses(), day("08-20")):
        assert isinstance(body, VoucherStepKept)
        evolve(voucher, body)
    before = (voucher.issued, dict(voucher.taken), dict(voucher.kept))
    decide(voucher, issues(), day("08-20") + timedelta(days=1))
    assert (voucher.issued, voucher.taken, voucher.kept) == before


@pytest.mark.parametrize(("today", "asked"), [("08-23", 0), ("08-24", 1), ("12-31", 1)])
def test_the_clerk_says_that_it_has_ended_three_days_after_its_last(today: str, asked: int) -> None:
    now = datetime(2022, 8, 24, 1, tzinfo=UTC)
    found = due_commands([PastVoucher(KEY, day("08-20"))], day(today), now)
    assert [(one.stream, one.body) for one in found] == [(STREAM, EXPIRES)] * asked


def test_the_people_and_numbers_of_a_message_reach_the_voucher_of_its_issuer() -> None:
    told = VoucherStepTold.model_validate(
        {
            "source": "district",
            "voucher": "PXQ-1",
            "person": {"kind": "person", "id": "21122119951120001X", "name": "李示例"},
            "on": "2022-08-15",
            "programme": "free-training",
            "course": "YZ-31",
            "application": "TL-7",
        }
    )
    key = voucher_key("school", told)
    asked = voucher_command("school", told, key, "zhang-san-token")
    assert key == KEY
    welding = Applied(programme="free-training", course="YZ-31", application="school:TL-7")
    assert asked == uses(applied=welding)
