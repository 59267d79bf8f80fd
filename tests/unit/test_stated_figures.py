"""A figure is stated on the running ledger by two people, and counts from its day on."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from msgspec import to_builtins

from events import CATALOGUE, streams
from events.approvals import ApprovalProposed
from events.codec import decode_fact, encode_fact
from events.control import CommandRefused
from events.envelope import Asked, Position, Recorded
from events.figures import FigureStated, FigureTakenUp, StatedFigure, StateFigure, TakeUpFigure
from events.proposals import ActConfirmed, ActProposed, JudgeAct, ProposeAct
from events.streams import partition_of
from events.values import FactValue
from policies.engine.registry import Policies
from policies.reference_data.stated_figures import unfit
from services.streams import StreamStore
from services.streams.in_memory import replayed
from tests.given_when_then import Scene, applies, certificate, kinds, only, policies

RATES = "skill_upgrade.employee_rates"
TIELING = streams.figures("211200")
EMPLOYEE: dict[str, FactValue] = certificate() | {"person.status": "在职", "insured_months": 12}


def states(value: Any = None, from_on: str = "2022-09-01", **more: Any) -> StateFigure:
    """State what an employee's certificate is worth in 铁岭."""
    return StateFigure(
        **{
            "jurisdiction": "211200",
            "name": RATES,
            "from_on": date.fromisoformat(from_on),
            "value": {"四级": 1800} if value is None else value,
            "document": "铁市人社〔2022〕40号",
            **more,
        }
    )


def refused(facts: list[Recorded]) -> tuple[str, str]:
    """The code and the words of the one refusal."""
    refusal = only(facts, CommandRefused)
    return refusal.code, refusal.text


def granted(scene: Scene, person: str, on: str) -> int:
    """What an employee who applies on a day is proposed, in yuan."""
    scene.on = date.fromisoformat(on)
    facts = EMPLOYEE | {"certificate.number": person}
    led_to = scene.when(
        streams.beneficiary(f"{person}-token-of-8"),
        applies(person, facts, applied_on=on, payee=f"{person}-token-of-8"),
    )
    return only(led_to, ApprovalProposed).amount // 100


def test_two_people_state_a_figure_and_the_next_application_goes_by_it() -> None:
    scene = Scene("2022-08-20")
    before = granted(scene, "a", "2022-08-20")
    act = states()
    proposed = scene.ledger.ask(
        [
            scene.asked(
                TIELING,
                ProposeAct(
                    proposal="p-1",
                    act="StateFigure",
                    version=CATALOGUE["StateFigure"].version,
                    body=to_builtins(act),
                    maker="li-jing",
                ),
            )._replace(by="staff:li-jing")
        ]
    )
    assert kinds(proposed) == ["ActProposed"]
    assert only(proposed, ActProposed).body["document"] == act.document
    alone = scene.ledger.ask(
        [
            scene.asked(
                TIELING, JudgeAct(proposal="p-1", checker="LI-JING", verdict="confirm")
            )._replace(by="staff:li-jing")
        ]
    )
    assert refused(alone)[0] == "SAME_PERSON"
    assert granted(scene, "b", "2022-09-02") == before == 1500
    confirmed = scene.ledger.ask(
        [
            scene.asked(
                TIELING, JudgeAct(proposal="p-1", checker="wang", verdict="confirm")
            )._replace(by="staff:wang")
        ]
    )
    assert kinds(confirmed) == ["ActConfirmed", "FigureStated", "FigureTakenUp"]
    assert only(confirmed, ActConfirmed).checker == "wang"
    stated = only(confirmed, FigureStated).figure
    assert (stated.maker, stated.checker, stated.number) == ("li-jing", "wang", 1)
    assert granted(scene, "c", "2022-09-02") == 1800
    assert granted(scene, "d", "2022-08-31") == 1500, "the day of the application counts"


def test_what_was_decided_keeps_its_bundle_and_what_follows_names_another() -> None:
    scene = Scene("2022-08-20")
    granted(scene, "a", "2022-08-20")
    scene.when(TIELING, states())
    granted(scene, "b", "2022-09-02")
    first, second = [
        recorded.body.policy
        for recorded in scene.ledger.facts
        if isinstance(recorded.body, ApprovalProposed)
    ]
    assert first.content_hash == second.content_hash
    assert first.bundle_hash != second.bundle_hash


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (states(jurisdiction="999999"), "UNKNOWN_DISTRICT"),
        (states(jurisdiction="210400"), "UNKNOWN_DISTRICT"),
        (states(name="skill_upgrade.no_such"), "UNKNOWN_FIGURE"),
        (states(1800), "WRONG_VALUE"),
        (states({}), "WRONG_VALUE"),
        (states({"四级": 0}), "WRONG_VALUE"),
        (states({"四级": {"甲": 1800}}), "WRONG_VALUE"),
        (states(to_on=date(2022, 8, 31)), "ENDS_BEFORE_IT_BEGINS"),
        (states(supersedes="没有这份文件"), "NOTHING_SUPERSEDED"),
        (states(from_on="2021-01-01"), "FIGURE_OVERLAPS"),
        (states(from_on="2020-12-31"), "FIGURE_OVERLAPS"),
        (states(document=" "), "BLANK_DOCUMENT"),
    ],
)
def test_what_cannot_be_stated_is_refused_when_it_is_proposed(act: StateFigure, code: str) -> None:
    scene = Scene()
    asked = scene.asked(
        TIELING,
        ProposeAct(proposal="p-1", act="StateFigure", version=1, body=to_builtins(act), maker="li"),
    )
    assert refused(scene.ledger.ask([asked._replace(by="staff:li")]))[0] == code


def test_a_figure_of_a_city_that_this_ledger_does_not_serve_is_refused() -> None:
    elsewhere = states(jurisdiction="210500")
    found = Scene().when(streams.figures("210500"), elsewhere)
    assert refused(found) == ("UNKNOWN_DISTRICT", "210500")
    province = states(jurisdiction="210000")
    stated = only(Scene().when(streams.figures("210000"), province), FigureStated)
    assert stated.figure.jurisdiction == "210000"


def test_the_first_reason_wins() -> None:
    wrong = states(1800, jurisdiction="999999", name="no.such", to_on=date(2000, 1, 1))
    assert refused(Scene().when(TIELING, wrong))[0] == "UNKNOWN_DISTRICT"
    wrong = states(1800, to_on=date(2000, 1, 1), supersedes="?")
    assert refused(Scene().when(TIELING, wrong))[0] == "WRONG_VALUE"
    wrong = states(from_on="2020-01-01", to_on=date(2019, 1, 1), supersedes="?")
    assert refused(Scene().when(TIELING, wrong))[0] == "ENDS_BEFORE_IT_BEGINS"


def test_a_correction_names_what_it_supersedes_and_the_older_keeps_the_other_days() -> None:
    scene = Scene()
    scene.when(TIELING, states({"四级": 1800}, "2022-09-01"))
    again = states({"四级": 1900}, "2022-09-01", document="铁市人社〔2022〕41号")
    code, text = refused(scene.when(TIELING, again))
    assert (code, text) == ("FIGURE_OVERLAPS", "铁市人社〔2022〕40号（2022-09-01 起）")
    for_a_month = again.model_copy(
        update={"supersedes": "铁市人社〔2022〕40号", "to_on": date(2022, 9, 30)}
    )
    assert "FigureStated" in kinds(scene.when(TIELING, for_a_month))
    figure = scene.ledger.store.policies.standards.figure(RATES, "211202")
    days = ("2022-08-31", "2022-09-01", "2022-09-30", "2022-10-01")
    assert [figure.on(day) for day in days] == [
        {"五级": 100_000, "四级": 150_000, "三级": 200_000},
        {"四级": 190_000},
        {"四级": 190_000},
        {"四级": 180_000},
    ]


def test_the_same_document_may_state_its_own_figure_anew() -> None:
    scene = Scene()
    scene.when(TIELING, states({"四级": 1800}))
    assert "FigureStated" in kinds(scene.when(TIELING, states({"四级": 1850})))


def test_the_same_statement_again_changes_nothing() -> None:
    scene = Scene()
    scene.when(TIELING, states())
    assert kinds(scene.when(TIELING, states())) == []


def test_nobody_states_a_figure_alone() -> None:
    scene = Scene()
    asked = scene.asked(TIELING, states())._replace(by="staff:li")
    assert refused(scene.ledger.ask([asked]))[0] == "NEEDS_TWO_PEOPLE"


def test_a_city_does_not_touch_another_nor_the_province_a_city_that_has_its_own() -> None:
    law = policies()
    for_fushun = figure("210400", 1, {"四级": 900})
    for_all = figure("210000", 1, {"四级": 700})
    law = law.with_figures([for_fushun, for_all])
    on = "2022-09-02"
    assert law.standards.figure(RATES, "210402").on(on) == {"四级": 90_000}
    assert law.standards.figure(RATES, "211202").on(on) == {
        "五级": 100_000,
        "四级": 150_000,
        "三级": 200_000,
    }
    assert law.standards.figure(RATES, "210100").on(on) == {"四级": 70_000}


def test_a_region_that_a_figure_is_not_for_keeps_what_was_compiled() -> None:
    law = Policies.load()
    tieling, fushun = ("skill-upgrade", "211202"), ("skill-upgrade", "210402")
    kept, anew = law._of_regions.by_place(*fushun), law._of_regions.by_place(*tieling)
    changed = law.with_figures([figure("211200", 1, {"四级": 1800})])
    assert changed._of_regions.by_place(*fushun) is kept
    assert changed._of_regions.by_place(*tieling) is not anew
    again = law.with_figures([figure("211200", 1, {"四级": 1800})])
    assert again is changed, "partitions of one process share what is compiled"


def figure(jurisdiction: str, number: int, value: Any, **more: Any) -> StatedFigure:
    """A statement as it was recorded."""
    return StatedFigure(
        **{
            "jurisdiction": jurisdiction,
            "number": number,
            "name": RATES,
            "from_on": date(2022, 9, 1),
            "to_on": None,
            "value": value,
            "document": f"文件-{number}",
            "maker": "li",
            "checker": "wang",
            **more,
        }
    )


STATEMENTS = (
    figure("211200", 1, {"四级": 1600}),
    figure("211200", 2, {"四级": 1700}, from_on=date(2022, 10, 1)),
    figure("211200", 3, {"四级": 1800}, to_on=date(2022, 10, 15)),
)


@pytest.mark.parametrize("order", list(permutations(STATEMENTS)))
def test_the_order_in_which_a_partition_takes_figures_up_makes_no_difference(
    order: tuple[StatedFigure, ...],
) -> None:
    law = policies().with_figures(order)
    in_order = policies().with_figures(STATEMENTS)
    assert law.standards == in_order.standards
    found = law.standards.figure(RATES, "211202")
    assert [found.on(day) for day in ("2022-10-15", "2022-10-16", "2022-08-31")] == [
        {"四级": 180_000},
        {"四级": 170_000},
        {"五级": 100_000, "四级": 150_000, "三级": 200_000},
    ]


@pytest.mark.parametrize("partitions", [1, 2, 3, 12, 64])
def test_each_partition_has_a_history_of_its_rules(partitions: int) -> None:
    names = [streams.rules(partition, partitions) for partition in range(partitions)]
    assert [partition_of(name, partitions) for name in names] == list(range(partitions))


def test_every_partition_is_asked_to_take_a_figure_up_and_does_so_once() -> None:
    store = StreamStore(policies(), partitions=12)
    asked = Scene().asked(TIELING, states())
    decision = store.decide(asked, Position(0, 0, 0))
    stated = decision.facts[0].body
    assert isinstance(stated, FigureStated)
    assert stated.partitions == 12
    asks = [ask for ask, _ in decision.follow_ups]
    assert {partition_of(ask.stream, 12) for ask in asks} == set(range(12))
    assert len(asks) == 12
    first = store.decide(asks[0], Position(0, 1, 0))
    assert [type(one.body) for one in first.facts] == [FigureTakenUp]
    renamed: Asked = asks[0]._replace(id=asks[1].id)
    assert store.decide(renamed, Position(0, 2, 0)).facts == ()


def test_a_partition_that_is_folded_again_goes_by_the_same_figures() -> None:
    scene = Scene("2022-09-02")
    scene.when(TIELING, states())
    raw = [encode_fact(recorded) for recorded in scene.ledger.facts]
    folded = replayed(raw, policies())
    assert folded.policies.standards == scene.ledger.store.policies.standards
    assert folded.policies.figures == scene.ledger.store.policies.figures
    assert [decode_fact(one) for one in raw] == scene.ledger.facts


def test_a_figure_that_is_declared_no_more_stops_nobody() -> None:
    law = policies().with_figures([figure("211200", 1, 5, name="no.such.figure")])
    assert law.standards.stated == policies().standards.stated


def test_only_a_rule_asks_a_partition_to_take_a_figure_up() -> None:
    from events.senders import MAY_SEND

    senders = {who for who, sender in MAY_SEND.items() if TakeUpFigure.__name__ in sender.commands}
    assert senders == {"desk", "operator"}


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("unemployment_assistance.monthly", 900, True),
        ("unemployment_assistance.monthly", -1, False),
        ("unemployment_assistance.monthly", True, False),
        ("unemployment_assistance.monthly", "900", False),
        ("unemployment_assistance.first_group_end", "2021-07", True),
        ("unemployment_assistance.first_group_end", "2021-13", False),
        ("skill_upgrade.employee_window", "12M", True),
        ("skill_upgrade.employee_window", "12", False),
        ("flexible_si.rate", "2/3", True),
        ("flexible_si.rate", "六成", False),
        ("talent_housing.clawback", "全额追回", True),
        ("talent_housing.clawback", "看情况", False),
        (RATES, {"四级": "1800"}, False),
    ],
)
def test_a_value_is_of_its_declared_type(name: str, value: Any, fits: bool) -> None:
    assert (unfit(policies().written.declared[name], value) == "") is fits
