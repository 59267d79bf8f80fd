"""Stream store: every type has its place, a bad command stops its own stream alone, nothing is lost."""

from datetime import UTC, date, datetime
from itertools import chain
from uuid import NAMESPACE_URL, uuid5

import orjson
import pytest
from msgspec import to_builtins

from events import COMMANDS, FACTS, streams
from events.applications import ApplicationFiled, DecideApplication
from events.approvals import ApprovalGranted, ApprovalProposed, ApprovalReferred
from events.batches import BatchLine, BatchRequested, BatchSent, PrepareBatch, WantedLine
from events.budgets import AdjustBudget, AllocateBudget, BudgetAllocated, BudgetCommitted
from events.codec import command_of, decode_fact, encode_command, encode_fact
from events.control import (
    CommandRefused,
    CommandRejected,
    CommandSetAside,
    RejectCommand,
    ResumeStream,
    StreamResumed,
)
from events.envelope import Asked, Position, Recorded
from events.hands import NOBODY_ALONE
from events.invariants import BrokenInvariant
from events.proposals import ProposeAct
from events.values import Fact, FactValue
from services.deciders.batch.preparing import MOST_LINES
from services.deciders.stream import Stream, UnfitCommand
from services.streams import StreamStore, guards
from services.streams import follow_ups as every_follow_up
from services.streams.follow_ups import FOLLOW_UPS
from services.streams.houses import DECIDERS, UNKNOWN
from tests import flow_diagram
from tests.example_cities import cities
from tests.flow_diagram import GOLDEN, golden_facts, played
from tests.given_when_then import (
    LINE_2022,
    ZHANG,
    Scene,
    applies,
    certificate,
    kinds,
    only,
    policies,
)

CONTROL = {
    "ActConfirmed",
    "ActProposed",
    "ActRejected",
    "CommandRefused",
    "CommandRejected",
    "CommandSetAside",
    "StreamResumed",
}
OF_EVERY_STREAM = ("ProposeAct", "JudgeAct", "ResumeStream", "RejectCommand")
RESUME = ResumeStream(operator="staff:ops", reason="已修复")
HERE = Position(0, 0, 0)


def unusable(application: str = "bad") -> DecideApplication:
    """State a certificate that a broken law cannot take."""
    return applies(application, certificate(**{"certificate.number": "poison"}))


def folds(kind: str, recorded: Recorded) -> bool:
    """Tell whether a stream of this kind takes a fact; what history it lacks does not count."""
    try:
        Stream(DECIDERS[kind]).evolve(recorded)
    except UnfitCommand:
        return False
    except (KeyError, BrokenInvariant):
        return True
    return True


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_is_folded_by_one_kind_of_stream_or_is_control(name: str) -> None:
    recorded = decode_fact((GOLDEN / f"{name}.v1.json").read_bytes())
    takers = {kind for kind in DECIDERS if folds(kind, recorded)}
    assert takers == (set() if name in CONTROL else {streams.kind(recorded.stream)})


def golden_command(name: str) -> Asked:
    """The golden command of a type, asked by rule, so that no guard answers before its stream."""
    asked = command_of(orjson.loads((GOLDEN / f"{name}.v1.json").read_bytes()))._replace(by="desk")
    assert guards.refusal(asked, cities()) is None
    return asked


def answers(asked: Asked, kind: str) -> list[Fact]:
    """What a new stream of a kind says to a command, or nothing."""
    stream = asked.stream if kind == streams.kind(asked.stream) else f"{kind}/some/thing"
    decision = StreamStore(policies()).decide(asked._replace(stream=stream), HERE)
    return [recorded.body for recorded in decision.facts]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in OF_EVERY_STREAM])
def test_every_command_is_answered_by_one_kind_of_stream(name: str) -> None:
    asked = golden_command(name)
    home = streams.kind(asked.stream)
    for kind in DECIDERS:
        told = answers(asked, kind)
        if kind == home:
            assert not any(isinstance(fact, CommandSetAside) for fact in told)
        else:
            (aside,) = told
            assert isinstance(aside, CommandSetAside)
            assert aside.error == f"UnfitCommand: {name} does not belong on a {kind} stream"


@pytest.mark.parametrize("name", sorted(NOBODY_ALONE))
def test_every_act_of_two_people_is_proposed_to_one_kind_of_stream(name: str) -> None:
    asked = golden_command(name)
    home = streams.kind(asked.stream)
    act = ProposeAct(
        proposal="p-1", act=name, version=1, body=to_builtins(asked.body), maker="li", checker=""
    )
    for kind in DECIDERS:
        told = answers(asked._replace(by="intake", body=act), kind)
        unknown = [fact for fact in told if getattr(fact, "code", "") == "UNKNOWN_ACT"]
        assert not any(isinstance(fact, CommandSetAside) for fact in told)
        assert bool(unknown) is (kind != home)
        assert told


@pytest.mark.parametrize("name", OF_EVERY_STREAM)
def test_what_every_stream_answers_is_answered_by_every_kind(name: str) -> None:
    for kind in DECIDERS:
        told = answers(golden_command(name), kind)
        assert told
        assert not any(isinstance(fact, CommandSetAside) for fact in told)


@pytest.mark.parametrize("kind", DECIDERS)
def test_a_house_names_follow_ups_of_its_own_facts_alone(kind: str) -> None:
    decider = DECIDERS[kind]
    assert decider.kind == kind
    assert set(decider.follow_ups) <= decider.facts


@pytest.mark.parametrize("fact", FOLLOW_UPS, ids=lambda fact: fact.__name__)
def test_every_fact_that_is_said_to_lead_to_more_does(fact: type) -> None:
    everything = chain(*(network.facts for network in played()), golden_facts())
    examples = (recorded for recorded in everything if type(recorded.body) is fact)
    assert any(every_follow_up(recorded) for recorded in examples)


def test_every_other_fact_leads_to_nothing() -> None:
    for recorded in golden_facts():
        if type(recorded.body) not in FOLLOW_UPS:
            assert every_follow_up(recorded) == []


def test_the_flow_over_streams_is_drawn_as_the_code_goes() -> None:
    assert flow_diagram.drawn() == flow_diagram.diagram(), "run: python -m tests.flow_diagram"


def test_a_command_that_raises_parks_its_stream_and_nobody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene().budget(100_000)
    li = streams.beneficiary("li-si-token")
    break_the_law(monkeypatch)
    assert only(scene.when(ZHANG, unusable()), CommandSetAside).error.startswith("ZeroDivision")
    behind = only(scene.when(ZHANG, applies("good")), CommandSetAside)
    assert behind.parked
    assert "ApprovalGranted" in kinds(scene.when(li, applies("of-li", payee="li-si-token")))


def test_a_resumed_stream_decides_what_was_set_aside_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene().budget(100_000)
    with monkeypatch.context() as broken:
        break_the_law(broken)
        scene.when(ZHANG, unusable("first"))
        scene.when(ZHANG, applies("second", certificate("钳工")))
    aside = [fact.body for fact in scene.ledger.facts if isinstance(fact.body, CommandSetAside)]
    assert kinds(scene.when(ZHANG, RESUME)) == ["StreamResumed"]
    again = [command_of(orjson.loads(fact.raw)) for fact in aside]
    led_to = scene.ledger.ask(again)
    filed = [fact.body.application for fact in led_to if isinstance(fact.body, ApplicationFiled)]
    assert filed == ["district:first", "district:second"]
    granted = [fact.body for fact in led_to if isinstance(fact.body, ApprovalGranted)]
    assert [fact.application for fact in granted] == filed
    assert len({fact.id for fact in scene.ledger.facts}) == len(scene.ledger.facts)
    assert scene.ledger.ask(again) == []


def test_what_is_set_aside_twice_has_two_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    break_the_law(monkeypatch)
    asked = scene.asked(ZHANG, unusable())
    facts = [*scene.ledger.ask([asked]), *scene.ledger.ask([asked])]
    assert kinds(facts) == ["CommandSetAside", "CommandSetAside"]
    assert len({fact.id for fact in facts}) == 2


def test_a_stream_that_is_not_parked_cannot_be_resumed() -> None:
    scene = Scene()
    asked = scene.asked(ZHANG, RESUME)
    assert only(scene.ledger.ask([asked]), CommandRefused).code == "NOT_PARKED"
    assert scene.ledger.ask([asked]) == []


def test_a_repeated_resume_does_not_let_a_stream_go_on_that_was_parked_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene()
    break_the_law(monkeypatch)
    scene.when(ZHANG, unusable("first"))
    resume = scene.asked(ZHANG, RESUME)
    assert only(scene.ledger.ask([resume]), StreamResumed).operator == "staff:ops"
    scene.when(ZHANG, unusable("second"))
    assert scene.ledger.ask([resume]) == []
    assert only(scene.when(ZHANG, applies("third")), CommandSetAside).parked


def test_a_stream_of_an_unknown_kind_refuses_whatever_it_is_asked() -> None:
    scene = Scene()
    asked = scene.asked("guild/some-token", AllocateBudget(document="d", amount=1))
    assert only(scene.ledger.ask([asked]), CommandRefused).code == "UNKNOWN_STREAM"
    assert scene.ledger.ask([asked]) == []
    stream = scene.ledger.store.stream("guild/some-token")
    assert stream is not None
    assert stream.decider is UNKNOWN


def test_a_command_on_the_wrong_kind_of_stream_is_set_aside() -> None:
    scene = Scene()
    aside = only(scene.when(ZHANG, AllocateBudget(document="d", amount=1)), CommandSetAside)
    assert aside.error == "UnfitCommand: AllocateBudget does not belong on a beneficiary stream"
    assert command_of(orjson.loads(aside.raw)).body == AllocateBudget(document="d", amount=1)


def test_a_fact_that_is_too_long_is_set_aside_with_its_command() -> None:
    store = StreamStore(policies(), limit_bytes=20_000)
    long = Scene().asked(LINE_2022, AllocateBudget(document="文" * 7_000, amount=1))
    aside = only(store.decide(long, HERE).facts, CommandSetAside)
    assert "a fact of" in aside.error
    assert (aside.command_id, aside.raw) == (long.id, "")


def test_what_can_still_be_kept_is_kept_verbatim() -> None:
    asked = Scene().asked(ZHANG, applies())
    store = StreamStore(policies(), limit_bytes=4 * len(encode_command(asked)))
    store.refuse_unreadable({"stream": ZHANG}, "parks it", asked.sent_at, HERE)
    aside = only(store.decide(asked, HERE).facts, CommandSetAside)
    assert command_of(orjson.loads(aside.raw)) == asked


def test_a_stated_day_that_is_none_goes_to_a_person_and_parks_nobody() -> None:
    scene = Scene().budget(10_000)
    answer = scene.when(ZHANG, applies("a", certificate(on="not a day")))
    assert only(answer, ApprovalReferred).code == "OUT_OF_BOUNDS"


def test_a_set_aside_command_that_is_too_long_itself_is_named_by_its_place() -> None:
    store = StreamStore(policies())
    long = Scene().asked(LINE_2022, AllocateBudget(document="文" * 400_000, amount=1))
    decision = store.decide(long, Position(3, 17, 4))
    aside = only(decision.facts, CommandSetAside)
    assert (aside.raw, aside.command_id) == ("", long.id)
    assert decision.facts[0].at == Position(3, 17, 4)
    assert len(decision.raw[0]) < 10_000


def test_a_follow_up_that_is_too_long_is_set_aside_and_its_fact_not_written() -> None:
    scene = Scene()
    asked = scene.asked(ZHANG, applies())
    whole = StreamStore(policies()).decide(asked, HERE)
    longest = max(map(len, whole.raw))
    follow = max(len(raw) for _, raw in whole.follow_ups)
    assert follow < longest
    tight = StreamStore(policies(), limit_bytes=longest - 1)
    aside = only(tight.decide(asked, HERE).facts, CommandSetAside)
    assert aside.error.startswith("TooLong")
    stream = tight.stream(ZHANG)
    assert stream is not None
    assert stream.parked


def test_the_largest_batch_fits_into_a_record() -> None:
    token, key = "t" * 64, "s" * 63 + ":" + "a" * 47 + ":" + "l" * 48
    lines = tuple(
        WantedLine(payee=streams.payee(token), disbursement=f"{key[:-5]}{n:05d}#12", amount=10**9)
        for n in range(MOST_LINES)
    )
    scene = Scene()
    prepare = PrepareBatch(
        batch="B2208310003",
        bank_account="icbc-1234",
        fund="unemployment_insurance",
        district="211202",
        maker="staff:wang",
        lines=lines,
    )
    decision = StreamStore(policies()).decide(
        scene.asked(streams.batch("B2208310003"), prepare), HERE
    )
    assert kinds(decision.facts) == ["BatchRequested"]
    assert len(decision.follow_ups) == MOST_LINES
    only(decision.facts, BatchRequested)
    assert len(largest_sent(lines)) < 900_000


def test_an_unreadable_command_is_set_aside_on_its_stream() -> None:
    store = StreamStore(policies())
    item = {"id": "no uuid", "stream": ZHANG, "type": "Nonsense", "body": 1}
    at, when = Position(2, 9, 1), datetime(2026, 1, 1, tzinfo=UTC)
    first = store.refuse_unreadable(item, "unknown type", when, at)
    second = store.refuse_unreadable(item, "unknown type", when, at)
    assert {first.facts[0].seq, second.facts[0].seq} == {1, 2}
    assert first.facts[0].id != second.facts[0].id
    aside = only(first.facts, CommandSetAside)
    assert (aside.command, orjson.loads(aside.raw)) == ("Nonsense", item)
    assert decode_fact(first.raw[0]) == first.facts[0]
    stream = store.stream(ZHANG)
    assert stream is not None
    assert stream.parked


def test_what_is_set_aside_unread_names_its_command_where_that_has_an_id() -> None:
    store = StreamStore(policies())
    at, when = Position(2, 9, 1), datetime(2026, 1, 1, tzinfo=UTC)
    named = "7d1a2d8e-0000-5000-8000-000000000001"
    (told,) = store.refuse_unreadable({"id": named, "stream": ZHANG}, "?", when, at).facts
    (other,) = store.refuse_unreadable({"id": "7d1a", "stream": ZHANG}, "?", when, at).facts
    assert told.cause == named
    assert other.cause not in (named, "7d1a")


def test_what_cannot_be_read_is_dated_by_the_legal_day() -> None:
    late = datetime(2022, 8, 31, 16, 30, tzinfo=UTC)  # half past midnight in Shenyang
    decision = StreamStore(policies()).refuse_unreadable({"stream": ZHANG}, "?", late, HERE)
    assert decision.facts[0].effective_on == date(2022, 9, 1)


def test_an_impossible_history_stops_the_process() -> None:
    scene = Scene().budget(10_000)
    scene.when(ZHANG, applies())
    proposed = next(f for f in scene.ledger.facts if isinstance(f.body, ApprovalProposed))
    other = proposed.body.model_copy(update={"application": "district:b"})
    with pytest.raises(BrokenInvariant, match="taken twice"):
        scene.ledger.record([proposed._replace(seq=4, body=other)])
    with pytest.raises(BrokenInvariant, match="one is missing"):
        scene.ledger.record([proposed._replace(seq=9)])
    committed = next(f for f in scene.ledger.facts if isinstance(f.body, BudgetCommitted))
    fresh = StreamStore(policies())
    fresh.fold(committed._replace(seq=1, body=BudgetAllocated(document="d", amount=1)))
    with pytest.raises(BrokenInvariant, match="committed"):
        fresh.fold(committed._replace(seq=2))


def test_a_command_id_twice_writes_no_fact_id_twice() -> None:
    for network in played():
        ids = [recorded.id for recorded in network.facts]
        assert len(ids) == len(set(ids))


def break_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the evaluation of one certificate's number divide by zero."""
    law = policies()
    evaluate = type(law).evaluate

    def broken(self: object, claim: object, counters: object) -> object:
        if claim.facts.get("certificate.number") == "poison":  # type: ignore[attr-defined]
            raise ZeroDivisionError("division by zero")
        return evaluate(self, claim, counters)  # type: ignore[arg-type]

    monkeypatch.setattr(type(law), "evaluate", broken)


def largest_sent(lines: tuple[WantedLine, ...]) -> bytes:
    """Encode the longest fact of a batch's life."""
    body = BatchSent(
        batch="B2208310003",
        file="B2208310003.csv",
        file_digest="f" * 64,
        lines=tuple(
            BatchLine(
                line_no=number,
                payee=line.payee,
                disbursement=line.disbursement,
                instruction=f"B2208310003{number:05d}",
                account="t" * 64,
                amount=line.amount,
            )
            for number, line in enumerate(lines, start=1)
        ),
    )
    identity = str(uuid5(NAMESPACE_URL, "largest"))
    return encode_fact(
        Recorded(
            identity,
            streams.batch("B2208310003"),
            9999,
            identity,
            HERE,
            datetime(2026, 1, 1, tzinfo=UTC),
            date(2022, 8, 31),
            body,
        )
    )


def test_one_command_that_was_set_aside_can_be_given_up_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene().budget(100_000)
    with monkeypatch.context() as broken:
        break_the_law(broken)
        (bad,) = scene.when(ZHANG, unusable())
        (behind,) = scene.when(ZHANG, applies("good", certificate("钳工")))
    gives_up = RejectCommand(rejects=bad.cause, operator="li-jing", reason="证书日期不可能")
    (rejected,) = scene.when(ZHANG, gives_up)
    assert rejected.body == CommandRejected(
        command="DecideApplication",
        command_id=bad.cause,
        about="district:bad",
        operator="li-jing",
        reason="证书日期不可能",
    )
    assert kinds(scene.when(ZHANG, applies("third"))) == ["CommandSetAside"]  # one still waits
    assert kinds(scene.when(ZHANG, RESUME)) == ["StreamResumed"]
    aside = [fact.body for fact in (bad, behind) if isinstance(fact.body, CommandSetAside)]
    again = [command_of(orjson.loads(body.raw)) for body in aside]
    led_to = scene.ledger.ask(again)
    filed = [fact.body.application for fact in led_to if isinstance(fact.body, ApplicationFiled)]
    assert filed == ["district:good"]


def test_the_last_command_that_is_given_up_lets_its_stream_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene().budget(100_000)
    with monkeypatch.context() as broken:
        break_the_law(broken)
        (bad,) = scene.when(ZHANG, unusable())
    gives_up = RejectCommand(rejects=bad.cause, operator="li-jing", reason="证书日期不可能")
    assert kinds(scene.when(ZHANG, gives_up)) == ["CommandRejected", "StreamResumed"]
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, applies("good")))


@pytest.mark.parametrize(
    ("rejects", "reason", "code"),
    [
        ("nothing", "有理由", "NOT_SET_ASIDE"),
        ("", " ", "NO_REASON"),
        ("", "\u200b", "NO_REASON"),
        ("", "—", "NO_REASON"),
    ],
)
def test_nothing_is_given_up_that_does_not_wait_or_without_a_reason(
    monkeypatch: pytest.MonkeyPatch, rejects: str, reason: str, code: str
) -> None:
    scene = Scene().budget(100_000)
    break_the_law(monkeypatch)
    (bad,) = scene.when(ZHANG, unusable())
    gives_up = RejectCommand(rejects=rejects or bad.cause, operator="li-jing", reason=reason)
    assert only(scene.when(ZHANG, gives_up), CommandRefused).code == code


def test_what_staff_type_holds_nothing_unseen() -> None:
    scene = Scene()
    asked = scene.asked(LINE_2022, AdjustBudget(document="d", by=1, reason="加\x00拨"))
    refused = only(scene.ledger.ask([asked._replace(by="staff:li-jing")]), CommandRefused)
    assert (refused.code, refused.text) == ("HIDDEN_CHARACTER", "reason：U+0000 空字符")


@pytest.mark.parametrize(
    "odd",
    [
        {"certificate.issued_on": "9999-12-31"},
        {"certificate.issued_on": "0001-01-01"},
        {"certificate.issued_on": "2022-W01-1"},
        {"insured_months": 10**12},
        {"person.born_on": "9999-12-31"},
    ],
)
def test_a_fact_that_nobody_can_reckon_with_goes_to_a_person_and_stops_nobody(
    odd: dict[str, FactValue],
) -> None:
    scene = Scene().budget(100_000)
    facts = {**certificate(), **odd}
    referred = only(scene.when(ZHANG, applies("odd", facts)), ApprovalReferred)
    assert referred.code == "OUT_OF_BOUNDS"
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, applies("good")))
