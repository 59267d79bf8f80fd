"""A month of a fund and district is closed by two people, and carries on from the month before."""

from datetime import date
from typing import Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from events import periods, streams
from events.control import CommandRefused
from events.envelope import Recorded
from events.periods import (
    ClosingCheck,
    PeriodBalance,
    PeriodPrepared,
    PeriodReopened,
    PeriodSigned,
    PreparePeriod,
    RejectPeriod,
    ReopenPeriod,
    SignPeriod,
    VoucherDay,
)
from events.proposals import ActConfirmed, JudgeAct, ProposeAct
from events.values import Command
from tests.given_when_then import Scene, kinds, only

FUND, DISTRICT = "unemployment_insurance", "211202"
PERIOD = streams.period(FUND, DISTRICT)
REOPEN = ReopenPeriod(
    fund=FUND, district=DISTRICT, month="2022-08", document="铁财函〔2022〕8号", reason="更正"
)
BANK, INCOME = ("1002", "icbc-1234"), ("4001", "icbc-1234")


def checks(**found: int) -> tuple[ClosingCheck, ...]:
    """The closing list, with some found."""
    codes = (*periods.BLOCKS, *periods.OPEN_ITEMS)
    return tuple(ClosingCheck(code=code, number=found.get(code, 0)) for code in codes)


def through(opening: int, flow: int) -> tuple[PeriodBalance, ...]:
    """Money that came into a bank account in a month, over what there was."""
    return tuple(
        PeriodBalance(
            code=code,
            sub=sub,
            opening=sign * opening,
            debit=flow if sign > 0 else 0,
            credit=flow if sign < 0 else 0,
            closing=sign * (opening + flow),
        )
        for (code, sub), sign in ((BANK, 1), (INCOME, -1))
    )


def prepares(month: str = "2022-08", opening: int = 0, flow: int = 500, **more: Any) -> Any:
    """Count a month of two vouchers; the ledger has come to 10 a month."""
    stated: dict[str, Any] = {
        "fund": FUND,
        "district": DISTRICT,
        "month": month,
        "vector": f"0:{10 * int(month[-2:])}",
        "balances": through(opening, flow),
        "first_voucher": 1,
        "days": (VoucherDay(on=date.fromisoformat(f"{month}-15"), vouchers=2),),
        "late": 0,
        "entries": "e" * 64,
        "statements": (),
        "checks": checks(),
        "note": "",
        "maker": "li",
    }
    return PreparePeriod(**(stated | more))


def signs(digest: str, month: str = "2022-08", checker: str = "wang") -> SignPeriod:
    """Sign what has this digest."""
    return SignPeriod(fund=FUND, district=DISTRICT, month=month, digest=digest, checker=checker)


def refused(facts: list[Recorded]) -> tuple[str, str]:
    """The code and the words of the one refusal."""
    refusal = only(facts, CommandRefused)
    return refusal.code, refusal.text


def asks(scene: Scene, command: Command, by: str = "test") -> list[Recorded]:
    """Put a command to the months."""
    return scene.ledger.ask([scene.asked(PERIOD, command)._replace(by=by)])


def one_month() -> Scene:
    """The books with one month closed."""
    return closed(Scene(), prepares())


def closed(scene: Scene, *months: PreparePeriod) -> Scene:
    """Close months one after the other."""
    for month in months:
        prepared = only(asks(scene, month), PeriodPrepared)
        assert kinds(asks(scene, signs(prepared.digest, month.month))) == ["PeriodSigned"]
    return scene


def reopened(scene: Scene, month: str) -> list[Recorded]:
    """Open a month again, by two people."""
    proposal = f"reopen-{month}-{len(scene.ledger.facts)}"
    act = ProposeAct(
        proposal=proposal,
        act="ReopenPeriod",
        version=1,
        body=to_builtins(replace(REOPEN, month=month)),
        maker="li",
    )
    proposed = asks(scene, act, "staff:li")
    if kinds(proposed) != ["ActProposed"]:
        return proposed
    judgement = JudgeAct(proposal=proposal, checker="wang", verdict="confirm", reason="")
    return asks(scene, judgement, "staff:wang")


def test_one_prepares_a_month_and_another_signs_exactly_that() -> None:
    scene = Scene()
    prepared = only(asks(scene, prepares()), PeriodPrepared)
    assert prepared.digest == periods.digest_of(prepares())
    assert asks(scene, prepares()) == []
    assert refused(asks(scene, signs(prepared.digest, checker="Li "))) == ("SAME_PERSON", "Li ")
    assert refused(asks(scene, signs("f" * 64)))[0] == "PERIOD_CHANGED"
    signed = only(asks(scene, signs(prepared.digest)), PeriodSigned)
    assert (signed.signing, signed.maker, signed.checker) == (1, "li", "wang")
    assert signed.balances == prepared.balances
    assert asks(scene, signs(prepared.digest)) == []
    assert asks(scene, prepares()) == []
    assert refused(asks(scene, prepares(flow=501)))[0] == "PERIOD_SIGNED"


def test_the_digest_covers_everything_that_was_handed_over() -> None:
    other: dict[str, Any] = {
        "fund": "x", "district": "x", "month": "x", "vector": "1:1", "balances": (),
        "first_voucher": 2, "days": (), "late": 1, "entries": "x", "checks": (), "note": "x",
        "maker": "x", "statements": None,
    }  # fmt: skip
    assert set(other) == set(PreparePeriod.__struct_fields__)
    digests = {periods.digest_of(replace(prepares(), **{name: other[name]})) for name in other}
    assert len(digests | {periods.digest_of(prepares())}) == len(other) + 1


def test_what_was_sent_back_is_prepared_anew() -> None:
    scene = Scene()
    prepared = only(asks(scene, prepares()), PeriodPrepared)
    reject = RejectPeriod(
        fund=FUND, district=DISTRICT, month="2022-08", checker="li", reason="缺对账单"
    )
    assert refused(asks(scene, reject))[0] == "SAME_PERSON"
    assert kinds(asks(scene, replace(reject, checker="wang"))) == ["PeriodRejected"]
    assert refused(asks(scene, signs(prepared.digest)))[0] == "PERIOD_NOT_PREPARED"
    assert kinds(asks(scene, prepares())) == ["PeriodPrepared"]


def test_a_later_count_takes_the_place_of_what_waited() -> None:
    scene = Scene()
    first = only(asks(scene, prepares()), PeriodPrepared)
    second = only(asks(scene, prepares(flow=700)), PeriodPrepared)
    assert refused(asks(scene, signs(first.digest)))[0] == "PERIOD_CHANGED"
    assert only(asks(scene, signs(second.digest)), PeriodSigned).balances == through(0, 700)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"fund": "x"}, "UNKNOWN_FUND"),
        ({"district": "211201"}, "UNKNOWN_DISTRICT"),
        ({"vector": "0:x"}, "PERIOD_BEHIND"),
        ({"balances": through(0, 500)[:1]}, "PERIOD_UNBALANCED"),
        ({"balances": through(0, 500)[::-1]}, "PERIOD_UNBALANCED"),
        (
            {"balances": tuple(replace(one, debit=one.debit + 1) for one in through(0, 500))},
            "PERIOD_UNBALANCED",
        ),
        ({"first_voucher": 2}, "VOUCHERS_HAVE_GAPS"),
        ({"days": (VoucherDay(on=date(2022, 9, 1), vouchers=2),)}, "VOUCHERS_HAVE_GAPS"),
        ({"days": (VoucherDay(on=date(2022, 8, 1), vouchers=0),)}, "VOUCHERS_HAVE_GAPS"),
        ({"days": (VoucherDay(on=date(2022, 7, 31), vouchers=1),)}, "VOUCHERS_HAVE_GAPS"),
        ({"checks": checks()[:-1]}, "CHECKS_MISSING"),
        ({"checks": checks(statement_missing=1)}, "PERIOD_BLOCKED"),
        ({"checks": checks(differences=1), "note": " 。"}, "OPEN_ITEMS_UNEXPLAINED"),
    ],
)
def test_a_month_that_does_not_add_up_is_not_prepared(wrong: dict[str, Any], code: str) -> None:
    assert refused(asks(Scene(), prepares(**wrong)))[0] == code


def test_what_is_left_open_is_signed_with_its_explanation() -> None:
    month = prepares(checks=checks(differences=2), note="两笔在途，九月一日已到账")
    assert only(asks(Scene(), month), PeriodPrepared).note == month.note


@pytest.mark.parametrize(
    ("month", "code"),
    [("2025-12", ""), ("2026-01", "PERIOD_NOT_OVER"), ("2022-8", "WRONG_MONTH")],
)
def test_a_month_is_closed_when_it_is_over(month: str, code: str) -> None:
    asked = prepares(month, days=()) if len(month) == 7 else replace(prepares(), month=month)
    facts = asks(Scene(), asked)  # asked on 2026-01-01
    assert (refused(facts)[0] if code else kinds(facts)[0]) == (code or "PeriodPrepared")


def test_the_next_month_begins_where_the_month_before_ended() -> None:
    scene = one_month()
    assert refused(asks(scene, prepares("2022-10", 500))) == ("PERIOD_OUT_OF_ORDER", "2022-09")
    assert refused(asks(scene, prepares("2022-07", 500))) == ("PERIOD_OUT_OF_ORDER", "2022-09")
    assert refused(asks(scene, prepares("2022-09", 499))) == (
        "PERIOD_DOES_NOT_CARRY",
        "1002 icbc-1234",
    )
    behind = prepares("2022-09", 500, vector="0:79")
    assert refused(asks(scene, behind))[0] == "PERIOD_BEHIND"
    closed(scene, prepares("2022-09", 500, vector="0:80"))


def test_an_account_may_not_vanish_between_two_months() -> None:
    scene = one_month()
    assert refused(asks(scene, prepares("2022-09", balances=())))[0] == "PERIOD_DOES_NOT_CARRY"


def test_the_last_signed_month_is_opened_by_two_people_and_signed_again() -> None:
    scene = closed(Scene(), prepares(), prepares("2022-09", 500))
    assert refused(reopened(scene, "2022-08")) == ("PERIOD_FOLLOWED", "2022-09")
    assert refused(reopened(scene, "2022-07"))[0] == "PERIOD_NOT_SIGNED"
    facts = reopened(scene, "2022-09")
    assert (only(facts, ActConfirmed).checker, only(facts, PeriodReopened).month) == (
        "wang",
        "2022-09",
    )
    assert refused(asks(scene, prepares("2022-10", 1000))) == ("PERIOD_OUT_OF_ORDER", "2022-09")
    more: dict[str, Any] = {"vector": "0:95", "flow": 800}
    assert refused(asks(scene, prepares("2022-09", 500, **more)))[1] == "3"
    again = prepares("2022-09", 500, first_voucher=3, **more)
    closed(scene, again)
    signed = [fact.body for fact in scene.ledger.facts if isinstance(fact.body, PeriodSigned)]
    assert [(one.month, one.signing, one.first_voucher) for one in signed] == [
        ("2022-08", 1, 1),
        ("2022-09", 2, 1),
        ("2022-09", 3, 3),
    ]
    closed(scene, prepares("2022-10", 1300))


def test_a_month_is_not_opened_under_one_that_waits_for_its_signature() -> None:
    scene = closed(Scene(), prepares())
    asks(scene, prepares("2022-09", 500))
    assert refused(reopened(scene, "2022-08")) == ("PERIOD_FOLLOWED", "2022-09")


def test_the_first_month_keeps_its_opening_when_it_is_opened_again() -> None:
    scene = closed(Scene(), prepares(opening=40))
    reopened(scene, "2022-08")
    other = prepares("2022-07", 40)
    assert refused(asks(scene, other)) == ("PERIOD_OUT_OF_ORDER", "2022-08")
    assert refused(asks(scene, prepares(opening=41, first_voucher=3)))[0] == "PERIOD_DOES_NOT_CARRY"
    closed(scene, prepares(opening=40, first_voucher=3))


def test_a_command_that_comes_again_later_does_nothing_more() -> None:
    scene = Scene()
    asked = scene.asked(PERIOD, prepares())
    prepared = only(scene.ledger.ask([asked]), PeriodPrepared)
    sign = scene.asked(PERIOD, signs(prepared.digest))
    scene.ledger.ask([sign])
    reopened(scene, "2022-08")
    assert scene.ledger.ask([asked]) == []
    assert scene.ledger.ask([sign]) == []


def test_nobody_closes_a_month_of_another_city() -> None:
    facts = asks(Scene(), prepares(maker="chen-bo"), "staff:chen-bo")
    assert refused(facts)[0] == "OF_ANOTHER_CITY"
