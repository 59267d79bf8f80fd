"""A sample is drawn by its plan, again and again the same, and every item gets a conclusion."""

import random
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest

from events import streams
from events.control import CommandRefused
from events.samples import (
    MOST_ITEMS,
    CloseSample,
    ConcludeItem,
    Conclusion,
    DrawSample,
    SampleClosed,
    SampledItem,
    SamplePlan,
    SampleRule,
)
from events.values import Command
from projections.queries.sample_population import GrantRow
from services.audit.drawing import Drawn, draw
from tests.given_when_then import Scene, kinds, only

FILED = datetime(2022, 8, 1, 1, 0, tzinfo=UTC)


def plan(
    rule: SampleRule = "random", size: int = 5, seed: str = "7", threshold: int = 0
) -> SamplePlan:
    return SamplePlan(
        rule=rule,
        rules_version=1,
        seed=seed,
        size=size,
        programme="",
        region="",
        granted_from=date(2022, 1, 1),
        granted_to=date(2022, 12, 31),
        threshold=threshold,
        vector="0:100",
    )


def grant(
    number: int,
    *,
    person: str = "",
    payee: str = "",
    account: str = "",
    phone: str = "",
    certificate: str = "",
    amount: int = 100_000,
    minutes: float = 0,
    programme: str = "skill-upgrade",
) -> GrantRow:
    """One grant; of a person, an account, a certificate and an hour of its own unless said."""
    who = person or f"p{number}"
    arrived = FILED + timedelta(minutes=minutes or number * 60)
    return GrantRow(
        f"d:{number:05}", who, programme, "211202", payee or who, account or f"a{number}",
        phone, certificate, amount, arrived, date(2022, 8, 2),
    )  # fmt: skip


def keys(drawn: Drawn) -> set[str]:
    return {item.application for item in drawn.items}


def together(drawn: Drawn) -> list[set[str]]:
    """What was drawn, group by group."""
    groups = dict[str, set[str]]()
    for item in drawn.items:
        groups.setdefault(item.group, set()).add(item.application)
    return sorted(groups.values(), key=min)


def test_chance_is_a_digest_that_anybody_can_compute() -> None:
    grants = [grant(number) for number in range(50)]
    shuffled = random.Random(1).sample(grants, 50)
    drawn = draw(plan(size=3), grants)
    by_hand = sorted(grants, key=lambda g: sha256(f"7\n{g.application}".encode()).hexdigest())[:3]
    assert [item.application for item in drawn.items] == [g.application for g in by_hand]
    assert draw(plan(size=3), shuffled) == drawn
    assert (drawn.population, drawn.found) == (50, 50)
    assert keys(draw(plan(size=3, seed="8"), grants)) != keys(drawn)
    assert draw(plan(size=3), grants[:-1]).population_digest != drawn.population_digest


def test_one_account_for_several_payees_is_found_whatever_its_tokens() -> None:
    grants = [*(grant(n) for n in range(4)), grant(4, account="a-other"), grant(5, person="p4")]
    same = {"a1": "X", "a3": "X", "a4": "Y", "a-other": "Y", "a5": "Y"}
    assert together(draw(plan("shared_account"), grants, same)) == [{"d:00001", "d:00003"}]
    assert not draw(plan("shared_account"), grants).items, (
        "one payee's own account is nobody else's"
    )


def test_one_phone_for_several_people_is_found_whatever_its_tokens_and_none_stated_is_not() -> None:
    phones = {1: "t1", 2: "t2", 3: "t3", 4: "t4", 5: ""}
    grants = [grant(n, phone=phone) for n, phone in phones.items()]
    grants += [grant(6, person="p4", phone="t4"), grant(7), grant(8, payee="p9", phone="t8")]
    same = {"t1": "X", "t3": "X", "t2": "Y", "t4": "Z", "t8": "Y"}
    found = together(draw(plan("shared_phone"), grants, same))
    assert found == [{"d:00001", "d:00003"}, {"d:00002", "d:00008"}]
    assert not draw(plan("shared_phone"), grants).items, "a person's own two claims are no sign"


def test_one_certificate_stated_twice_is_found_and_none_stated_is_not() -> None:
    grants = [grant(1, certificate="C1"), grant(2), grant(3, certificate="C1"), grant(4)]
    assert together(draw(plan("same_certificate"), grants)) == [{"d:00001", "d:00003"}]


@pytest.mark.parametrize(("apart", "found"), [(10.0, 1), (10.01, 0)])
def test_minutes_apart_counts_both_sides_of_its_threshold(apart: float, found: int) -> None:
    grants = [grant(1, person="p", minutes=100), grant(2, person="p", minutes=100 + apart)]
    assert len(together(draw(plan("minutes_apart", threshold=10), grants))) == found


def test_minutes_apart_follows_a_run_and_an_account_but_no_units_batch() -> None:
    run = [grant(n, account="shared", minutes=1000 + 9 * n) for n in range(3)]
    unit = [grant(n, payee="u1", account="of-unit", minutes=5000) for n in range(10, 14)]
    drawn = draw(plan("minutes_apart", threshold=10), [*run, *unit])
    assert together(drawn) == [{"d:00000", "d:00001", "d:00002"}]


def test_a_unit_far_above_its_peers_is_found_by_their_median() -> None:
    peers = [grant(n, payee=f"u{n}") for n in range(4)]
    far = [grant(n, payee="u-far") for n in range(10, 14)]
    drawn = draw(plan("above_peers", size=9, threshold=300), [*peers, *far])
    assert together(drawn) == [{g.application for g in far}]
    assert not draw(plan("above_peers", threshold=400), [*peers, *far]).items
    assert not draw(plan("above_peers", threshold=300), [*peers[:2], *far]).items, (
        "two are no peers"
    )


def test_of_a_group_larger_than_the_sample_chance_takes_members() -> None:
    peers = [grant(n, payee=f"u{n}") for n in range(4)]
    far = [grant(n, payee="u-far") for n in range(10, 30)]
    drawn = draw(plan("above_peers", size=6, threshold=300), [*peers, *far])
    assert len(drawn.items) == 6
    assert drawn.found == 20
    pairs = [grant(n, certificate=f"C{n // 2}") for n in range(20)]
    cut = draw(plan("same_certificate", size=5), pairs)
    assert [len(group) for group in together(cut)] == [2, 2], "a pair is not torn apart"


def drawn_sample(size: int = 2) -> DrawSample:
    return draw(plan(size=size), [grant(n) for n in range(9)]).command("staff:audit")


def concludes(
    draws: DrawSample, place: int, conclusion: Conclusion = "sound", finding: str = ""
) -> ConcludeItem:
    return ConcludeItem(
        number=draws.number,
        application=draws.items[place].application,
        conclusion=conclusion,
        finding=finding,
        operator="staff:audit",
    )


def closes(draws: DrawSample) -> CloseSample:
    return CloseSample(number=draws.number, operator="staff:audit")


def told(*commands: Command) -> list[str]:
    """What the last of these commands led to."""
    scene, last = Scene(), []
    for command in commands:
        last = scene.when(streams.sample(command.number), command)  # type: ignore[attr-defined]
    return kinds(last)


def refused(*commands: Command) -> str:
    """With which code the last of these commands was refused."""
    scene, last = Scene(), []
    for command in commands:
        last = scene.when(streams.sample(command.number), command)  # type: ignore[attr-defined]
    return only(last, CommandRefused).code


def test_a_sample_is_drawn_concluded_and_closed() -> None:
    draws = drawn_sample()
    first, second = concludes(draws, 0), concludes(draws, 1, "doubtful", "考勤表缺页")
    assert told(draws) == ["SampleDrawn"]
    assert told(draws, draws) == [], "the same plan draws the same, whoever asks again"
    assert told(draws, draws.model_copy(update={"operator": "staff:other"})) == []
    assert told(draws, first) == ["ItemConcluded"]
    assert told(draws, first, first) == []
    assert refused(draws, first, closes(draws)) == "SAMPLE_OPEN"
    scene = Scene()
    for command in (draws, first, second):
        scene.when(streams.sample(draws.number), command)
    closed = only(scene.when(streams.sample(draws.number), closes(draws)), SampleClosed)
    assert (closed.sound, closed.doubtful, closed.wrong) == (1, 1, 0)
    assert scene.when(streams.sample(draws.number), closes(draws)) == []
    later = concludes(draws, 1, "wrong", "考勤表系补造")
    assert (
        only(scene.when(streams.sample(draws.number), later), CommandRefused).code
        == "SAMPLE_CLOSED"
    )


def test_a_later_conclusion_replaces_an_earlier_one_and_closes_with_it() -> None:
    draws = drawn_sample(1)
    scene = Scene()
    for command in (draws, concludes(draws, 0), concludes(draws, 0, "wrong", "重复发放")):
        scene.when(streams.sample(draws.number), command)
    closed = only(scene.when(streams.sample(draws.number), closes(draws)), SampleClosed)
    assert (closed.sound, closed.wrong) == (0, 1)


def test_a_draw_is_refused_in_the_documented_order() -> None:
    draws = drawn_sample()

    def but(**changed: object) -> DrawSample:
        return draws.model_copy(update=changed)

    def planned(**changed: object) -> DrawSample:
        other = draws.plan.model_copy(update=changed)
        return but(plan=other, number=other.number)

    nobody: tuple[SampledItem, ...] = ()
    assert refused(but(plan=plan(seed="other"))) == "SAMPLE_NUMBER_WRONG"
    assert refused(planned(vector="no vector")) == "SAMPLE_NUMBER_WRONG"
    assert refused(draws, but(items=draws.items[:1])) == "SAMPLE_EXISTS"
    assert refused(but(items=nobody)) == "EMPTY"
    assert refused(planned(size=MOST_ITEMS + 1)) == "SAMPLE_TOO_LARGE"
    assert refused(but(found=draws.population + 1)) == "SAMPLE_TOO_LARGE"
    assert refused(but(items=(*draws.items, draws.items[0]))) == "SAMPLE_ITEM_TWICE"


def test_a_conclusion_is_refused_in_the_documented_order() -> None:
    draws = drawn_sample()
    stranger = concludes(draws, 0).model_copy(update={"application": "d:99999"})
    assert refused(concludes(draws, 0)) == "NO_SAMPLE"
    assert refused(draws, stranger) == "NOT_IN_SAMPLE"
    assert refused(draws, concludes(draws, 0, "wrong", " ")) == "NO_REASON"
    assert refused(draws, concludes(draws, 0, "wrong", "身份证 11010519491231002X 有误")) == (
        "IDENTITY_IN_REASON"
    )
    assert refused(closes(draws)) == "NO_SAMPLE"
