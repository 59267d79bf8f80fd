"""What creates a debt, marks a person, ends a line or changes an account takes two people."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import to_builtins

from events import CATALOGUE, COMMANDS, streams
from events.approvals import ApprovalRevoked, RevokeApproval
from events.budgets import AllocateBudget, CloseLine, LineClosed
from events.clawbacks import ClawbackOrdered, ClawbackRecovered, OrderClawback, StopPayments
from events.control import CommandRefused
from events.disbursements import ResolveDispute
from events.envelope import Asked, Recorded
from events.figures import FigureStated
from events.hands import HANDS, NOBODY_ALONE, TAKES_ZH
from events.manual_matches import (
    MakeManualMatch,
    ManualMatchMade,
    ManualMatchUndone,
    MatchedLine,
    MatchedMovement,
    UndoManualMatch,
)
from events.payees import ChangeAccount, CreditGraded, FraudMarked, GradeCredit, MarkFraud
from events.people import same_person
from events.periods import PeriodReopened
from events.proposals import ActConfirmed, ActProposed, ActRejected, JudgeAct, ProposeAct
from events.statement_files import ReverseStatement, StatementReversing
from events.statements import (
    ClassifyStatementLine,
    LineClassificationReversed,
    ReverseClassification,
    StatementLineClassified,
)
from events.treasury import TreasuryFiguresStated
from events.values import Command
from tests.given_when_then import LINE_2022, ZHANG, Scene, applies, kinds, only, pre_checks
from tests.unit.test_clawbacks import claws, paid, repaid
from tests.unit.test_payees import APPLICATION, PAYEE
from tests.unit.test_periods import PERIOD, REOPEN, one_month
from tests.unit.test_stated_figures import TIELING, states
from tests.unit.test_statement_files import AUGUST, FILE, taken
from tests.unit.test_treasury_figures import STREAM as TREASURY
from tests.unit.test_treasury_figures import stated as treasury_states

MARK = MarkFraud(document="查处-1", reason="虚假培训", source="district")
GRADE = GradeCredit(grade="A", document="评定-1", reason="年度评定", by="li")
CLOSE = CloseLine(document="关账-1")
ACCOUNT = ChangeAccount(
    application=APPLICATION,
    account="account-of-another",
    document="更正-1",
    reason="账户已销户",
    source="district",
)
REVOKE = RevokeApproval(
    application="district:a", cause="fraud", document="撤销-1", reason="查实骗取", by="staff:li"
)
AUGUST_STREAM = "account/icbc-1234/2022-08"
CLASSIFY = ClassifyStatementLine(
    bank_account="icbc-1234",
    line="20220816.out.150.1",
    amount=-150,
    kind="fee",
    fund="unemployment_insurance",
    district="211202",
    reason="账户管理费",
)
TREASURY_FIGURES = treasury_states()
UNCLASSIFY = ReverseClassification(
    bank_account="icbc-1234",
    line="20220815.in.100000.1",
    amount=100_000,
    kind="funds_received",
    reason="不是拨款",
)
MATCHING = "matching/icbc-1234"
MATCH = MakeManualMatch(
    bank_account="icbc-1234",
    movements=(MatchedMovement(movement="f3caeca4-19c6-5438-97c0-2c9a02830401", amount=-150),),
    lines=(MatchedLine(month="2022-08", line="20220816.out.150.1", amount=-150),),
    reason="回单已核",
)
UNDO = UndoManualMatch(bank_account="icbc-1234", number=1, reason="回单属另一笔")
TAKE_BACK = ReverseStatement(number=FILE.partition("/")[2], reason="导错账户")
FIND = ResolveDispute(
    disbursement=f"{APPLICATION}#1",
    instruction="B220831000100001",
    verdict="paid",
    document="回函-1",
    by="li",
)


def granted() -> Scene:
    """A grant with its payment on the way."""
    scene = Scene().budget(10_000)
    scene.when(ZHANG, applies("a"))
    scene.when(ZHANG, pre_checks("a"))
    return scene


def owed() -> Scene:
    """A debt for what was paid."""
    scene = paid()
    scene.when(PAYEE, claws())
    return scene


def budgeted() -> Scene:
    return Scene().budget(100)


def a_statement_taken() -> Scene:
    scene = Scene()
    taken(scene, AUGUST)
    return scene


def matched_by_hand() -> Scene:
    """A match that stands."""
    scene = Scene()
    by(scene, MATCHING, proposes(MATCH, "p-0"), "staff:li")
    judged = JudgeAct(proposal="p-0", checker="wang", verdict="confirm")
    assert kinds(by(scene, MATCHING, judged, "staff:wang"))[1:] == ["ManualMatchMade"]
    return scene


CASES: dict[str, tuple[Any, str, Command, type]] = {
    "RevokeApproval": (granted, ZHANG, REVOKE, ApprovalRevoked),
    "OrderClawback": (paid, PAYEE, claws(), ClawbackOrdered),
    "RecordRecovery": (owed, PAYEE, repaid(50_000), ClawbackRecovered),
    "MarkFraud": (Scene, PAYEE, MARK, FraudMarked),
    "GradeCredit": (Scene, PAYEE, GRADE, CreditGraded),
    "CloseLine": (budgeted, LINE_2022, CLOSE, LineClosed),
    "StateFigure": (Scene, TIELING, states(), FigureStated),
    "ReverseStatement": (a_statement_taken, FILE, TAKE_BACK, StatementReversing),
    "ClassifyStatementLine": (
        a_statement_taken,
        AUGUST_STREAM,
        CLASSIFY,
        StatementLineClassified,
    ),
    "ReverseClassification": (
        a_statement_taken,
        AUGUST_STREAM,
        UNCLASSIFY,
        LineClassificationReversed,
    ),
    "StateTreasuryFigures": (Scene, TREASURY, TREASURY_FIGURES, TreasuryFiguresStated),
    "ReopenPeriod": (one_month, PERIOD, REOPEN, PeriodReopened),
    "MakeManualMatch": (Scene, MATCHING, MATCH, ManualMatchMade),
    "UndoManualMatch": (matched_by_hand, MATCHING, UNDO, ManualMatchUndone),
}


def by(scene: Scene, stream: str, command: Command, sender: str) -> list[Recorded]:
    """Ask as somebody."""
    return scene.ledger.ask([scene.asked(stream, command)._replace(by=sender)])


def proposes(act: Command, proposal: str = "p-1", maker: str = "li", **more: str) -> ProposeAct:
    """Propose an act."""
    name = type(act).__name__
    return ProposeAct(
        proposal=proposal,
        act=name,
        version=CATALOGUE[name].version,
        body=to_builtins(act),
        maker=maker,
        **more,
    )


def judges(verdict: Any = "confirm", checker: str = "wang", reason: str = "") -> JudgeAct:
    """Judge it."""
    return JudgeAct(proposal="p-1", checker=checker, verdict=verdict, reason=reason)


def refused(facts: list[Recorded]) -> str:
    """The code of the one refusal."""
    return only(facts, CommandRefused).code


def test_the_table_names_every_command_and_no_other() -> None:
    assert set(HANDS) == set(COMMANDS)
    assert {hands.takes for hands in HANDS.values()} == set(TAKES_ZH)
    assert set(CASES) | {"ChangeAccount", "ResolveDispute"} == NOBODY_ALONE


@pytest.mark.parametrize("sender", ["staff:li", "intake", "operator", "", "city"])
@pytest.mark.parametrize(
    "act", [*(case[2] for case in CASES.values()), ACCOUNT, FIND], ids=lambda a: type(a).__name__
)
def test_nobody_does_it_alone_by_any_way_of_sending(act: Command, sender: str) -> None:
    scene = Scene()
    homes = {
        "RevokeApproval": ZHANG,
        "CloseLine": LINE_2022,
        "StateFigure": TIELING,
        "ReverseStatement": FILE,
        "ClassifyStatementLine": AUGUST_STREAM,
        "ReverseClassification": AUGUST_STREAM,
        "StateTreasuryFigures": TREASURY,
        "ReopenPeriod": PERIOD,
        "MakeManualMatch": MATCHING,
        "UndoManualMatch": MATCHING,
    }
    stream = homes.get(type(act).__name__, PAYEE)
    assert refused(by(scene, stream, act, sender)) == "NEEDS_TWO_PEOPLE"


def test_only_a_rule_stops_payments() -> None:
    stop = StopPayments(
        application=APPLICATION, clawback="c", cause="fraud", document="d", reason="r"
    )
    assert refused(by(paid(), PAYEE, stop, "staff:li")) == "BY_RULE_ALONE"


@pytest.mark.parametrize("name", CASES)
def test_it_is_proposed_by_one_confirmed_by_another_and_then_done_once(name: str) -> None:
    make, stream, act, done = CASES[name]
    scene = make()
    asked = by(scene, stream, proposes(act), "staff:li")
    assert kinds(asked) == ["ActProposed"]
    assert only(asked, ActProposed).body == to_builtins(act)
    assert by(scene, stream, proposes(act), "staff:li") == []
    assert refused(by(scene, stream, judges(checker="li"), "staff:li")) == "SAME_PERSON"
    facts = by(scene, stream, judges(), "staff:wang")
    assert kinds(facts)[0] == "ActConfirmed"
    assert done.__name__ in kinds(facts)
    assert (only(facts, ActConfirmed).maker, only(facts, ActConfirmed).checker) == ("li", "wang")
    assert by(scene, stream, judges(), "staff:wang") == []


@pytest.mark.parametrize("name", CASES)
def test_it_is_turned_down_with_a_reason_and_nothing_is_done(name: str) -> None:
    make, stream, act, _done = CASES[name]
    scene = make()
    by(scene, stream, proposes(act), "staff:li")
    assert refused(by(scene, stream, judges("reject"), "staff:wang")) == "BLANK_REASON"
    facts = by(scene, stream, judges("reject", reason="文书不符"), "staff:wang")
    assert kinds(facts) == ["ActRejected"]
    assert only(facts, ActRejected).reason == "文书不符"
    assert by(scene, stream, judges(), "staff:wang") == [], "a judgement ends it"


@pytest.mark.parametrize("name", CASES)
def test_a_message_that_names_two_people_is_done_at_once_and_one_is_not_two(name: str) -> None:
    make, stream, act, done = CASES[name]
    both = proposes(act, maker="hrss:li", checker="hrss:wang")
    facts = by(make(), stream, both, "intake")
    assert kinds(facts)[0] == "ActConfirmed"
    assert done.__name__ in kinds(facts)
    for checker in ("hrss:li", "HRSS:LI", " hrss:li ", "ｈｒｓｓ:li"):
        same = proposes(act, maker="hrss:li", checker=checker)
        assert refused(by(make(), stream, same, "intake")) == "SAME_PERSON"


def test_staff_never_confirm_in_anothers_name() -> None:
    both = proposes(MARK, maker="li", checker="wang")
    assert refused(by(Scene(), PAYEE, both, "staff:li")) == "NOT_YOURSELF"
    assert refused(by(Scene(), PAYEE, proposes(MARK, maker="wang"), "staff:li")) == "NOT_YOURSELF"
    scene = Scene()
    by(scene, PAYEE, proposes(MARK), "staff:li")
    assert refused(by(scene, PAYEE, judges(checker="wang"), "staff:li")) == "NOT_YOURSELF"
    assert refused(by(Scene(), PAYEE, proposes(MARK, maker=" "), "intake")) == "NOBODY_NAMED"


def test_what_cannot_be_done_is_refused_when_it_is_proposed() -> None:
    assert refused(by(Scene(), PAYEE, proposes(claws()), "intake")) == "NOTHING_PAID"
    unknown = proposes(MARK).model_copy(update={"act": "ReleaseBatch"})
    assert refused(by(Scene(), PAYEE, unknown, "intake")) == "UNKNOWN_ACT"
    wrong = proposes(MARK).model_copy(update={"body": {"document": "d"}})
    assert refused(by(Scene(), PAYEE, wrong, "intake")) == "UNKNOWN_ACT"
    assert refused(by(Scene(), LINE_2022, proposes(MARK), "intake")) == "UNKNOWN_ACT"
    newer = proposes(MARK).model_copy(update={"version": 99})
    assert refused(by(Scene(), PAYEE, newer, "intake")) == "UNKNOWN_ACT"


def test_it_is_decided_by_what_holds_when_it_is_confirmed() -> None:
    scene = paid()
    by(scene, PAYEE, proposes(claws("ZH-1")), "intake")
    scene.when(PAYEE, claws("ZH-2"))
    assert refused(by(scene, PAYEE, judges(), "staff:wang")) == "NOTHING_PAID"
    marked = Scene()
    by(marked, PAYEE, proposes(MARK), "intake")
    marked.when(PAYEE, MARK)
    assert kinds(by(marked, PAYEE, judges(), "staff:wang")) == ["ActConfirmed"], "it was done"


def test_nothing_that_was_not_proposed_is_confirmed() -> None:
    assert refused(by(Scene(), PAYEE, judges(), "staff:wang")) == "NOT_PROPOSED"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("li-jing", "staff:li-jing", True),
        ("Li-Jing", "li-jing", True),
        ("li-jing ", "li-jing", True),
        ("ｌｉ-jing", "li-jing", True),
        ("li-jing", "li-\u200bjing", True),
        ("li-jing", "staff:staff:li-jing", True),
        ("阿·力", "阿・力", True),
        ("阿·力", "阿.力", True),
        ("li-jing", "wang-fang", False),
        ("hrss:li", "bank:li", False),
    ],
)
def test_who_is_the_same_person(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same


BLANKS = ("", " ", "　", "\u200b", "——", "。", "...", "-", "()", " \t ")


def _asks() -> Iterator[tuple[str, Command, str]]:
    yield PAYEE, proposes(MARK), "document"
    yield PAYEE, proposes(MARK), "reason"
    yield PAYEE, proposes(GRADE), "document"
    yield PAYEE, proposes(claws()), "reason"
    yield PAYEE, proposes(repaid(1)), "bank_reference"
    yield LINE_2022, proposes(CLOSE), "document"
    yield ZHANG, proposes(REVOKE), "reason"


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(("stream", "command", "field"), list(_asks()))
def test_a_document_a_reason_or_a_reference_says_something(
    stream: str, command: ProposeAct, field: str, blank: str
) -> None:
    code = {"document": "BLANK_DOCUMENT", "reason": "BLANK_REASON"}.get(field, "BLANK_REFERENCE")
    asked = command.model_copy(update={"body": command.body | {field: blank}})
    assert refused(by(Scene(), stream, asked, "intake")) == code


def test_a_recovery_goes_into_the_funds_own_account_on_a_day_that_can_be() -> None:
    scene = owed()

    def asks(**other: object) -> str:
        body = to_builtins(repaid(50_000)) | other
        act = proposes(repaid(50_000), proposal=str(other)).model_copy(update={"body": body})
        return refused(by(scene, PAYEE, act, "intake"))

    for account in ("icbc-9999", "ccb-2234", "icbc-1282", "", "<script>"):
        assert asks(bank_account=account) == "WRONG_ACCOUNT"
    assert asks(received_on="2099-01-01") == "DAY_AHEAD"
    assert asks(received_on="2026-01-02") == "DAY_AHEAD"
    assert asks(received_on="2022-08-31") == "DAY_BEFORE_PAID"
    assert asks(received_on="1922-01-01") == "DAY_BEFORE_PAID"
    assert asks(amount=0) == "ZERO_AMOUNT"
    assert asks(amount=150_001) == "EXCEEDS_DEBT"
    fine = proposes(repaid(50_000).model_copy(update={"received_on": repaid(1).received_on}))
    assert kinds(by(scene, PAYEE, fine, "intake")) == ["ActProposed"]


def test_a_marker_of_the_desk_is_believed_since_two_have_said_so() -> None:
    asked = Scene().asked(PAYEE, MARK)
    assert isinstance(asked, Asked)
    assert asked.by == "desk"
    assert streams.kind(PAYEE) == "payee"
    assert isinstance(claws(), OrderClawback)


@pytest.mark.parametrize("year", ["02022", "+2022", " 2022", "2_022", "２０２２", "1999", "9999"])
def test_a_budget_line_has_one_writing_and_a_year_that_can_be(year: str) -> None:
    line = f"{LINE_2022.rpartition('/')[0]}/{year}"
    money = AllocateBudget(document="拨款-1", amount=100)
    assert refused(by(Scene(), line, money, "intake")) == "WRONG_YEAR"
