"""A line of the bank that nobody classified: two people say what it is, once, and it is booked."""

from collections import Counter
from datetime import date

from events import streams
from events.control import CommandRefused
from events.proposals import JudgeAct
from events.statement_files import ReverseStatement
from events.statements import (
    Classification,
    ClassifyStatementLine,
    LineClassificationReversed,
    RecordStatementLine,
    ReverseClassification,
    StatementLineClassified,
)
from projections.definition import chart_of_accounts
from projections.read_models.journal import entry
from tests.given_when_then import Scene, kinds, only
from tests.unit.test_statement_files import AUGUST, FILE, L, by, file, on_record, taken
from tests.unit.test_two_people import proposes

MONTH = streams.account("icbc-1234", "2022-08")
FEE = "20220816.out.150.1"


def says(
    line: str = FEE, kind: Classification = "fee", amount: int = -150, **changed: str
) -> ClassifyStatementLine:
    """Say what a line is."""
    own = ClassifyStatementLine(
        bank_account="icbc-1234",
        line=line,
        amount=amount,
        kind=kind,
        fund="unemployment_insurance",
        district="211202",
        reason="账户管理费",
    )
    return own.model_copy(update=changed)


def august() -> Scene:
    scene = Scene(on="2022-10-08")
    taken(scene, AUGUST)
    return scene


def proposed(scene: Scene, act: ClassifyStatementLine | ReverseClassification) -> str:
    """With which code the proposal is refused, or empty."""
    facts = by(scene, "staff:li", proposes(act, f"p-{len(scene.ledger.facts)}"), MONTH)
    return "" if kinds(facts) == ["ActProposed"] else only(facts, CommandRefused).code


def classified(scene: Scene, act: ClassifyStatementLine, proposal: str) -> StatementLineClassified:
    """Let one propose it and another confirm it."""
    by(scene, "staff:li", proposes(act, proposal), MONTH)
    judged = JudgeAct(proposal=proposal, checker="wang", verdict="confirm")
    return only(by(scene, "staff:wang", judged, MONTH), StatementLineClassified)


def test_two_people_classify_a_line_and_it_is_booked_from_that_very_line() -> None:
    scene = august()
    fact = classified(scene, says(), "p-1")
    assert (fact.line, fact.amount, fact.booked_on) == (FEE, -150, date(2022, 8, 16))
    recorded = next(f for f in scene.ledger.facts if f.body == fact)
    booked = entry(recorded)
    assert booked is not None
    assert [(p.account.code, p.amount) for p in booked.postings] == [("1002", -150), ("5201", 150)]


def test_a_line_is_classified_once() -> None:
    scene = august()
    classified(scene, says(), "p-1")
    assert by(scene, "staff:li", proposes(says(), "p-2"), MONTH) == []
    assert proposed(scene, says(kind="interest")) == "LINE_CLASSIFIED"
    assert proposed(scene, says("20220815.in.100000.1", "interest", 100_000)) == "LINE_CLASSIFIED"


def test_a_classification_is_refused_in_the_documented_order() -> None:
    scene = august()
    assert proposed(scene, says("20220816.out.150.3")) == "LINE_GONE"
    assert proposed(scene, says(bank_account="ccb-5678")) == "LINE_GONE"
    assert proposed(scene, says(amount=-151)) == "LINE_DIFFERS"
    assert proposed(scene, says(fund="nobody")) == "UNKNOWN_FUND"
    assert proposed(scene, says(district="999999")) == "UNKNOWN_DISTRICT"
    assert proposed(scene, says(reason="11010519491231002X 的款")) == "IDENTITY_IN_REASON"
    assert proposed(scene, says(reason=" ")) == "BLANK_REASON"


def test_what_names_a_payment_or_batch_of_ours_is_not_booked_anew() -> None:
    scene = Scene(on="2022-10-08")
    named = file(
        "2022-08-01", "2022-08-31", 1_000,
        L("2022-08-16", -150, "B220816AB1Z-0001"), L("2022-08-16", -160, "批次 B220816AB1Z"),
    )  # fmt: skip
    taken(scene, named)
    assert len(on_record(scene)) == 2
    assert proposed(scene, says()) == "LINE_IS_A_PAYMENT"
    assert proposed(scene, says("20220816.out.160.1", amount=-160)) == "LINE_IS_A_PAYMENT"


def test_a_line_of_a_message_is_classified_likewise() -> None:
    scene = Scene(on="2022-10-08")
    line = RecordStatementLine(
        bank_account="icbc-1234", line="L-7", booked_on=date(2022, 8, 20), amount=9,
        reference="", purpose="结息",
    )  # fmt: skip
    by(scene, "intake", line, MONTH)
    assert classified(scene, says("L-7", "interest", 9), "p-1").kind == "interest"


def test_the_banks_error_and_what_mends_it_leave_nothing_behind() -> None:
    scene = Scene(on="2022-10-08")
    taken(scene, file("2022-08-01", "2022-08-31", 0, L("2022-08-16", 700), L("2022-08-17", -700)))
    classified(scene, says("20220816.in.700.1", "correction", 700), "p-1")
    classified(scene, says("20220817.out.700.1", "correction", -700), "p-2")
    total: Counter[str] = Counter()
    for recorded in scene.ledger.facts:
        booked = entry(recorded)
        for posting in booked.postings if booked else ():
            total[posting.account.code] += posting.amount
    assert total == {"1002": 0, chart_of_accounts.BANK_ERRORS.code: 0}


def test_a_line_that_is_taken_back_takes_its_classification_with_it() -> None:
    scene = august()
    classified(scene, says(), "p-1")
    act = ReverseStatement(number=FILE.partition("/")[2], reason="导错账户")
    by(scene, "staff:li", proposes(act, "p-9"), FILE)
    by(scene, "staff:wang", JudgeAct(proposal="p-9", checker="wang", verdict="confirm"), FILE)
    back = [f.body for f in scene.ledger.facts if isinstance(f.body, LineClassificationReversed)]
    assert FEE in {one.line for one in back}
    assert proposed(scene, says()) == "LINE_GONE"


def unsays(
    line: str = FEE, kind: Classification = "fee", amount: int = -150, **changed: str
) -> ReverseClassification:
    """Take back what a line was said to be."""
    own = ReverseClassification(
        bank_account="icbc-1234", line=line, amount=amount, kind=kind, reason="认错了"
    )
    return own.model_copy(update=changed)


def unsaid(scene: Scene, act: ReverseClassification, proposal: str) -> LineClassificationReversed:
    """Let one propose it and another confirm it."""
    by(scene, "staff:li", proposes(act, proposal), MONTH)
    judged = JudgeAct(proposal=proposal, checker="wang", verdict="confirm")
    return only(by(scene, "staff:wang", judged, MONTH), LineClassificationReversed)


def test_a_wrong_classification_is_booked_back_and_another_one_takes_its_place() -> None:
    scene = august()
    classified(scene, says(), "p-1")
    back = unsaid(scene, unsays(), "p-2")
    assert (back.reason, back.stays, back.booked_on) == ("认错了", True, date(2022, 8, 16))
    assert proposed(scene, unsays()) == "LINE_NOT_CLASSIFIED"
    classified(scene, says(kind="correction"), "p-3")
    booked = [b for f in scene.ledger.facts if (b := entry(f)) and b.reference == FEE]
    assert [(b.kind, [(p.account.code, p.amount) for p in b.postings]) for b in booked] == [
        ("fee", [("1002", -150), ("5201", 150)]),
        ("classification_reversed", [("1002", 150), ("5201", -150)]),
        ("correction", [("1002", -150), (chart_of_accounts.BANK_ERRORS.code, 150)]),
    ]


def test_what_a_file_said_of_its_own_line_can_be_taken_back_too() -> None:
    scene = august()
    line = "20220815.in.100000.1"
    assert proposed(scene, says(line, "interest", 100_000)) == "LINE_CLASSIFIED"
    unsaid(scene, unsays(line, "funds_received", 100_000), "p-1")
    assert classified(scene, says(line, "interest", 100_000), "p-2").kind == "interest"


def test_taking_a_classification_back_is_refused_in_the_documented_order() -> None:
    scene = august()
    assert proposed(scene, unsays("20220816.out.150.3")) == "LINE_GONE"
    assert proposed(scene, unsays(bank_account="ccb-5678")) == "LINE_GONE"
    assert proposed(scene, unsays()) == "LINE_NOT_CLASSIFIED"
    classified(scene, says(), "p-1")
    assert proposed(scene, unsays(amount=-151)) == "LINE_DIFFERS"
    assert proposed(scene, unsays(kind="interest")) == "LINE_DIFFERS"
    assert proposed(scene, unsays(reason="11010519491231002X 的款")) == "IDENTITY_IN_REASON"
    assert proposed(scene, unsays(reason=" ")) == "BLANK_REASON"


def test_of_two_who_take_the_same_classification_back_one_is_refused() -> None:
    scene = august()
    classified(scene, says(), "p-1")
    by(scene, "staff:li", proposes(unsays(), "p-2"), MONTH)
    by(scene, "staff:li", proposes(unsays(), "p-3"), MONTH)
    by(scene, "staff:wang", JudgeAct(proposal="p-2", checker="wang", verdict="confirm"), MONTH)
    second = JudgeAct(proposal="p-3", checker="wang", verdict="confirm")
    assert only(by(scene, "staff:wang", second, MONTH), CommandRefused).code == (
        "LINE_NOT_CLASSIFIED"
    )


def test_a_file_that_is_reversed_after_an_undo_books_nothing_back_twice() -> None:
    scene = august()
    classified(scene, says(), "p-1")
    unsaid(scene, unsays(), "p-2")
    act = ReverseStatement(number=FILE.partition("/")[2], reason="导错账户")
    by(scene, "staff:li", proposes(act, "p-9"), FILE)
    by(scene, "staff:wang", JudgeAct(proposal="p-9", checker="wang", verdict="confirm"), FILE)
    total: Counter[str] = Counter()
    for recorded in scene.ledger.facts:
        booked = entry(recorded)
        for posting in booked.postings if booked else ():
            total[posting.account.code] += posting.amount
    assert set(total.values()) == {0}
