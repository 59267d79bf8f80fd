"""What a treasury states of a month: two people, its own document, and a correction that says so."""

import pytest
from msgspec import to_builtins

from events import streams
from events.contract.inbound.fields import MAX_FEN
from events.control import CommandRefused
from events.proposals import JudgeAct, ProposeAct
from events.treasury import StateTreasuryFigures, TreasuryFiguresStated, TreasuryRow
from tests.given_when_then import Scene, kinds

CITY, DISTRICT, FUND = "211200", "211202", "employment_subsidy"
STREAM = streams.treasury(CITY, "2022-07")


def row(
    fund: str = FUND, district: str = DISTRICT, appropriated: int = 500, paid: int = 200,
    balance: int = 300,
) -> TreasuryRow:  # fmt: skip
    return TreasuryRow(
        fund=fund, district=district, appropriated=appropriated, paid=paid, balance=balance
    )


def stated(
    *rows: TreasuryRow, document: str = "铁财社〔2022〕7号", corrects: str = "", why: str = "",
    city: str = CITY, month: str = "2022-07",
) -> StateTreasuryFigures:  # fmt: skip
    """What is asked to be taken over."""
    return StateTreasuryFigures(
        city=city, month=month, rows=rows or (row(),), document=document, corrects=corrects, why=why
    )


def asks(scene: Scene, act: StateTreasuryFigures) -> list[object]:
    """Let one propose it and another confirm it; what comes of it, or the refusal."""
    stream, proposal = streams.treasury(act.city, act.month), f"p-{len(scene.ledger.facts)}"
    proposed = ProposeAct(
        proposal=proposal, act="StateTreasuryFigures", version=1, body=to_builtins(act), maker="li"
    )
    facts = scene.ledger.ask([scene.asked(stream, proposed)._replace(by="staff:li")])
    if kinds(facts) == ["ActProposed"]:
        judged = JudgeAct(proposal=proposal, checker="wang", verdict="confirm")
        facts = scene.ledger.ask([scene.asked(stream, judged)._replace(by="staff:wang")])
        assert kinds(facts)[0] == "ActConfirmed"
        return [fact.body for fact in facts[1:]]
    return [fact.body for fact in facts]


def code(scene: Scene, act: StateTreasuryFigures) -> str:
    """With which code it is refused."""
    found = asks(scene, act)[0]
    assert isinstance(found, CommandRefused), found
    return found.code


def test_two_people_state_figures_and_they_are_numbered() -> None:
    scene = Scene(on="2022-08-12")
    (fact,) = asks(scene, stated())
    assert isinstance(fact, TreasuryFiguresStated)
    assert (fact.number, fact.rows, fact.document) == (1, (row(),), "铁财社〔2022〕7号")


def test_the_same_figures_again_change_nothing_and_new_rows_alone_are_recorded() -> None:
    scene = Scene(on="2022-08-12")
    asks(scene, stated())
    assert asks(scene, stated()) == []
    other = row(district="211282")
    (fact,) = asks(scene, stated(row(), other))
    assert isinstance(fact, TreasuryFiguresStated)
    assert (fact.number, fact.rows) == (2, (other,))


def test_other_figures_name_the_document_that_they_correct_and_say_why() -> None:
    scene = Scene(on="2022-08-12")
    asks(scene, stated())
    other = row(paid=201)
    new = "铁财社〔2022〕9号"
    assert code(scene, stated(other, document=new)) == "TREASURY_FIGURES_DIFFER"
    assert code(scene, stated(other, document=new, corrects="铁财社〔2022〕7号")) == (
        "TREASURY_FIGURES_DIFFER"
    ), "why?"
    assert code(scene, stated(other, document=new, corrects="别的文", why="更正")) == (
        "TREASURY_CORRECTS_NOTHING"
    )
    both = row(district="211282"), other
    (fact,) = asks(scene, stated(*both, document=new, corrects="铁财社〔2022〕7号", why="更正"))
    assert isinstance(fact, TreasuryFiguresStated)
    assert (fact.rows, fact.corrects, fact.why) == (both, "铁财社〔2022〕7号", "更正")
    # from then on the later document is the one to be corrected
    again = stated(row(), document="又一文", corrects="铁财社〔2022〕7号", why="又更正")
    assert code(scene, again) == "TREASURY_CORRECTS_NOTHING"


@pytest.mark.parametrize(
    ("act", "refused"),
    [
        (stated(city="999900", month="8"), "UNKNOWN_DISTRICT"),
        (stated(month="2022-8"), "WRONG_MONTH"),
        (stated(row(), row(), month="2099-12"), "TREASURY_MONTH_OPEN"),
        (stated(row(fund="x"), row(fund="x")), "TREASURY_ROW_TWICE"),
        (stated(row(fund="x", district="1")), "UNKNOWN_FUND"),
        (stated(row(district="210402", paid=MAX_FEN + 1)), "UNKNOWN_DISTRICT"),
        (stated(row(balance=-MAX_FEN - 1), why="11010519491231002X"), "AMOUNT_TOO_LARGE"),
        (stated(why="11010519491231002X", corrects="x"), "IDENTITY_IN_REASON"),
        (stated(corrects="从未有过"), "TREASURY_CORRECTS_NOTHING"),
        (stated(document=" "), "BLANK_DOCUMENT"),
    ],
)
def test_refused_in_the_documented_order(act: StateTreasuryFigures, refused: str) -> None:
    assert code(Scene(on="2022-08-12"), act) == refused
