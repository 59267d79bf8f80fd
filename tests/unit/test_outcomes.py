"""What upstream hears of: every decision and payment state, every failing clause, and no person."""

from datetime import UTC, date, datetime

import orjson
import pytest

from events import FACTS, streams
from events.applications import ApplicationConflicted
from events.approvals import ApprovalExtended, ApprovalHeld, ApprovalLapsed
from events.batches import (
    BeginSending,
    ConfirmSent,
    PrepareBatch,
    RecordBankResult,
    RejectBatch,
    ReleaseBatch,
    WantedLine,
)
from events.codec import decode_fact
from events.codes import ANSWERED, REFUSED, words_of
from events.contract.outbound import OutcomeEvent, OutcomeTold
from events.contract.schemas import examples
from events.control import CommandRefused, CommandSetAside
from events.disbursements import DisbursementCancelled, Money
from events.envelope import Asked, Recorded
from events.ids import derived_id
from events.instalments import InstalmentWaits
from events.proposals import ProposeAct
from events.status import RecordStatus
from events.values import Command, Fact
from services.outcomes.not_published import NOT_PUBLISHED
from services.outcomes.outcome_of_fact import FIELDS_BY_FACT, outcome_of_fact
from services.outcomes.rejections import rejection_outcome
from services.streams.in_memory import InMemoryLedger
from tests.flow_diagram import GOLDEN
from tests.given_when_then import (
    DISTRICT,
    FUND,
    LINE_2022,
    ZHANG,
    Scene,
    applies,
    certificate,
    corrects,
    policies,
    pre_checks,
    withdraws,
)

PAYEE = "payee/zhang-san-token"
ENDS = ("Decided", "Closed")
YEARS = ("Held", "Committed", "Lapsed")
MONEY_BACK = (
    "ApprovalRevoked",
    "AdvanceGranted",
    "AccountChanged",
    "ClawbackOrdered",
    "ClawbackOffset",
    "ClawbackRecovered",
    "ClawbackWrittenOff",
)
VOUCHERS = tuple(name for name in FACTS if name.startswith("Voucher"))
SECRETS = ("zhang-san-token", "account-of-zhang", "李静", "王芳", "户名张三")


def recorded(body: Fact) -> Recorded:
    now = datetime(2022, 8, 12, tzinfo=UTC)
    return Recorded("f", ZHANG, 1, "c", (0, 0, 0), now, date(2022, 8, 12), body)  # type: ignore[arg-type]


def paid(scene: Scene, batch: str, application: str, outcome: str) -> None:
    """Pay the first instalment of an application in a batch of its own."""
    key = f"district:{application}"
    scene.when(ZHANG, pre_checks(application))
    line = WantedLine(payee=PAYEE, disbursement=f"{key}#1", amount=150_000)
    stream = streams.batch(batch)
    prepared = scene.when(
        stream,
        PrepareBatch(
            batch=batch,
            bank_account="icbc-1234",
            fund=FUND,
            district=DISTRICT,
            maker="李静",
            lines=(line,),
        ),
    )
    digest = prepared[-1].body.digest  # type: ignore[attr-defined]
    if outcome == "rejected":
        scene.when(stream, RejectBatch(batch=batch, checker="王芳", reason="户名张三有误"))
        return
    scene.when(stream, ReleaseBatch(batch=batch, checker="王芳", digest=digest, total=150_000))
    scene.when(stream, BeginSending(batch=batch))
    scene.when(stream, ConfirmSent(batch=batch, file=f"{batch}.csv", file_digest="d" * 64))
    scene.when(
        stream,
        RecordBankResult(
            batch=batch,
            instruction=f"{batch}00001",
            outcome=outcome,  # type: ignore[arg-type]
            amount=150_000,
            value_on=date(2022, 8, 29),
            code="" if outcome == "settled" else "R02",
            reason="户名张三不符",
            bank_reference="W1",
        ),
    )


@pytest.fixture(scope="module")
def life() -> list[Recorded]:
    """Facts of every published type, from whole lives on one person's and one line's streams."""
    scene = Scene()
    scene.when(ZHANG, withdraws("early"))
    scene.when(ZHANG, applies("held", certificate("焊工")))
    scene.budget(100_000)
    scene.when(ZHANG, applies("paid"))
    scene.when(ZHANG, applies("paid", certificate("钳工")))
    scene.when(ZHANG, applies("same"))
    paid(scene, "B2208310001", "paid", "settled")
    paid(scene, "B2208310002", "held", "rejected")
    paid(scene, "B2208310003", "held", "returned")
    first = applies("corrected", certificate(level="二级"))
    scene.when(ZHANG, first)
    better = corrects("corrected", first, certificate("钳工"))
    scene.when(ZHANG, better)
    scene.when(ZHANG, withdraws("corrected"))
    scene.when(ZHANG, withdraws("corrected"))
    scene.when(ZHANG, applies("referred", {"certificate.level": "四级"}))
    scene.when(ZHANG, applies("stopped", certificate("车工")))
    scene.when(ZHANG, RecordStatus(status="deceased", since=date(2022, 8, 12), source="民政"))
    scene.when(ZHANG, pre_checks("stopped"))
    scene.when(ZHANG, withdraws("same"))
    return scene.ledger.facts


def test_every_type_of_fact_is_published_or_named_as_internal(life: list[Recorded]) -> None:
    money = Money(amount=1, fund=FUND, district=DISTRICT, programme="p", line=LINE_2022)
    by_hand: list[Fact] = [
        ApprovalHeld(application="d:a", attempt=1, line=LINE_2022),
        ApprovalExtended(
            application="d:a", attempt=1, turn=1, programme="p", instalments=(), taken=()
        ),
        InstalmentWaits(application="d:a", no=1, needs="contributions", month="2022-07"),
        ApprovalLapsed(application="d:a", attempt=1, line=LINE_2022),
        DisbursementCancelled(disbursement="d:a#1", reason="张三", money=money),
        CommandRefused(command="PreCheckInstalment", code="NOT_YET_DUE", about="d:a#1"),
        CommandSetAside(
            command="DecideApplication",
            command_id="x",
            error="张三",
            code_version="1",
            raw='{"body":{"application":"d:a"}}',
            parked=False,
        ),
        decode_fact((GOLDEN / "CommandRejected.v1.json").read_bytes()).body,
        decode_fact((GOLDEN / "ActRejected.v1.json").read_bytes()).body,
        *(decode_fact((GOLDEN / f"LaterYear{end}.v1.json").read_bytes()).body for end in YEARS),
        *(decode_fact((GOLDEN / f"Submission{end}.v1.json").read_bytes()).body for end in ENDS),
        *(decode_fact((GOLDEN / f"{name}.v1.json").read_bytes()).body for name in MONEY_BACK),
        *(decode_fact((GOLDEN / f"{name}.v1.json").read_bytes()).body for name in VOUCHERS),
    ]
    facts = [*life, *(recorded(body) for body in by_hand)]
    published = {type(fact.body) for fact in facts if outcome_of_fact(fact, policies()) is not None}
    assert published == set(FIELDS_BY_FACT)
    assert published | NOT_PUBLISHED == set(FACTS.values())
    assert not published & NOT_PUBLISHED


def test_nothing_published_names_a_person_or_a_token(life: list[Recorded]) -> None:
    for fact in life:
        outcome = outcome_of_fact(fact, policies())
        if outcome is not None:
            text = outcome.model_dump_json()
            assert not [secret for secret in SECRETS if secret in text], text


def test_a_denial_names_every_failing_clause_with_its_text() -> None:
    scene = Scene()
    facts = scene.when(ZHANG, applies("a", certificate(level="二级", on="2021-03-15")))
    outcome = outcome_of_fact(facts[-1], policies())
    assert isinstance(outcome, OutcomeTold)
    assert outcome.outcome == "denied"
    assert len(outcome.clauses) > 1
    assert all(clause.quote for clause in outcome.clauses)
    assert {clause.cite for clause in outcome.clauses} == {"铁市就组发〔2022〕1号#八"}


def test_a_decision_of_a_rule_no_longer_shipped_still_names_its_nodes() -> None:
    scene = Scene()
    denied = scene.when(ZHANG, applies("a", certificate(level="二级")))[-1]
    policy = denied.body.policy.model_copy(update={"content_hash": "0" * 64})  # type: ignore[attr-defined]
    body = denied.body.model_copy(update={"policy": policy})
    outcome = outcome_of_fact(denied._replace(body=body), policies())
    assert outcome is not None
    assert [clause.quote for clause in outcome.clauses] == ["" for _ in outcome.clauses]
    assert outcome.clauses


def test_a_conflict_tells_which_content_stands() -> None:
    body = ApplicationConflicted(
        application="d:a",
        digest="new",
        stands="old",
        other_person=True,
        arrived=applies("a").arrived,
    )
    outcome = outcome_of_fact(recorded(body), policies())
    assert outcome is not None
    assert (outcome.digest, outcome.stands, outcome.code) == ("new", "old", "OTHER_PERSON")


def test_a_refusal_about_a_batch_is_not_published() -> None:
    body = CommandRefused(command="ReleaseBatch", code="SAME_PERSON", about="B2208310001")
    assert outcome_of_fact(recorded(body), policies()) is None


def test_the_example_is_a_message() -> None:
    for shown in (examples.outcome("denied"), examples.outcome("batch")):
        event = OutcomeEvent.model_validate(shown)
        assert event.subject == event.data.application
        assert event.type == f"outcome.{event.data.outcome}"


@pytest.mark.parametrize("name", VOUCHERS)
def test_a_vouchers_steps_are_published_by_its_number_and_without_its_holder(name: str) -> None:
    fact = decode_fact((GOLDEN / f"{name}.v1.json").read_bytes())
    outcome = outcome_of_fact(fact, policies())
    assert outcome is not None
    assert outcome.application == fact.stream
    assert fact.body.holder not in outcome.model_dump_json()  # type: ignore[attr-defined]


ASKED = "intake:bank-icbc/result-7"
BANK = [
    (
        streams.batch("B2208310003"),
        RecordBankResult(
            batch="B2208310003",
            instruction="B2208310003-1",
            outcome="settled",
            amount=1,
            value_on=date(2022, 8, 31),
        ),
        "NOT_SENT",
    ),
    (
        PAYEE,
        ProposeAct(
            proposal="p-1",
            act="RecordRecovery",
            version=1,
            body={
                "clawback": "Z-1",
                "amount": 1,
                "received_on": "2022-08-31",
                "bank_account": "icbc-1234",
                "bank_reference": "R-1",
                "source": "bank-icbc",
            },
            maker="bank-icbc",
        ),
        "UNKNOWN_CLAWBACK",
    ),
]


@pytest.mark.parametrize(("stream", "command", "code"), BANK)
def test_a_refused_message_that_names_no_application_is_answered_by_its_event(
    stream: str, command: Command, code: str
) -> None:
    ledger = InMemoryLedger(policies())
    now = datetime(2022, 9, 1, tzinfo=UTC)
    one = Asked(derived_id("00" * 16, 1), stream, now, date(2022, 9, 1), ASKED, command)
    (refused,) = ledger.ask([one])
    outcome = outcome_of_fact(refused, policies())
    assert outcome is not None
    assert (outcome.outcome, outcome.code, outcome.application) == ("refused", code, "")
    assert (outcome.source, outcome.event) == ("bank-icbc", "result-7")
    assert outcome.text == words_of(code)


@pytest.mark.parametrize("code", [*REFUSED, *ANSWERED])
def test_every_refusal_is_published_with_its_words(code: str) -> None:
    refused = CommandRefused(command="ReviewApplication", code=code, about="district:a")
    outcome = outcome_of_fact(recorded(refused), policies())
    assert outcome is not None
    assert outcome.text == words_of(code) != ""


def letter(**changes: object) -> bytes:
    """A letter's part in the clear."""
    place = {"topic": "benefits.reviews.v1", "partition": 2, "offset": 41, "line": None}
    names = {"source": "city.review", "event": "r-9", "application": "district:a:7", "error": ""}
    why = {"code": "WRONG_FORMAT", "field": "data.verdict", "reason": "格式不对"}
    stamp = {"received_at": "2022-08-31T17:00:00Z", "key": "dead-letters:2022-08-31"}
    return orjson.dumps({**place, **names, **why, **stamp, "sealed": "", **changes})


def test_a_rejected_message_is_published_with_source_event_application_code_field_and_text() -> (
    None
):
    found = rejection_outcome(letter())
    assert found is not None
    key, value = found
    event = OutcomeEvent.model_validate_json(value)
    assert key == b"district:a:7"
    assert (event.type, event.subject) == ("outcome.rejected", "district:a:7")
    outcome = event.data
    assert (outcome.source, outcome.event, outcome.application) == (
        "city.review",
        "r-9",
        "district:a:7",
    )
    assert (outcome.code, outcome.field, outcome.on) == (
        "WRONG_FORMAT",
        "data.verdict",
        date(2022, 9, 1),
    )
    assert "字段 data.verdict：格式不对" in outcome.text


def test_a_message_of_which_nothing_can_be_read_is_published_all_the_same() -> None:
    found = rejection_outcome(
        letter(source="", event="", application="", code="NOT_JSON", field="")
    )
    assert found is not None
    event = OutcomeEvent.model_validate_json(found[1])
    assert (event.data.outcome, event.data.source, event.data.application) == ("rejected", None, "")
    assert event.data.text


def test_one_letter_written_twice_is_one_answer_and_each_line_has_its_own() -> None:
    ids = {
        OutcomeEvent.model_validate_json(found[1]).id
        for raw in (letter(), letter(), letter(line=1), letter(line=2), letter(offset=42))
        if (found := rejection_outcome(raw))
    }
    assert len(ids) == 4


def test_a_letter_of_before_there_were_answers_is_not_published() -> None:
    old = orjson.loads(letter())
    del old["source"]
    assert rejection_outcome(orjson.dumps(old)) is None
    assert rejection_outcome(b"no letter") is None
