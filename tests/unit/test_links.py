"""Links: two people say that two documents are one person's; then the one history follows."""

from pathlib import Path

import orjson
import pytest

from events import COMMANDS, streams
from events.application_facts.checking import OTHER_NAME
from events.applications import ApplicationFiled, DecideApplication
from events.approvals import (
    ApprovalDenied,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalProposed,
    ApprovalReferred,
    ReviewApplication,
)
from events.codec import command_of
from events.control import CommandRefused, CommandSetAside
from events.links import (
    ApplicationReceived,
    HandedOver,
    HandOver,
    JudgeLink,
    LinkConfirmed,
    LinkProposed,
    LinkRejected,
    PassedOn,
    PeopleLinked,
    ProposeLink,
    TakeOver,
)
from events.payees import ChangeAccount
from events.senders import MAY_SEND
from events.status import RecordPriorUse, RecordStatus, StatusRecorded
from events.values import CapSlot
from tests.given_when_then import LINE_2022, Scene, applies, certificate, corrects, kinds, only

LEAD, OTHER, THIRD = (streams.beneficiary(f"{one}-person-token") for one in "abc")
PROPOSES = ProposeLink(other=OTHER, document="9号", reason="照片一致", maker="wang")
CONFIRMS = JudgeLink(other=OTHER, checker="li", verdict="confirm", reason="已核对原件")


def claims(name: str, occupation: str = "电工", token: str = "b") -> DecideApplication:
    return applies(name, certificate(occupation), payee=f"{token}-person-token")


def linked() -> Scene:
    scene = Scene().budget(100_000)
    scene.when(LEAD, PROPOSES)
    scene.when(LEAD, CONFIRMS)
    return scene


def test_one_proposes_another_agrees_and_caps_count_both() -> None:
    scene = Scene().budget(100_000)
    for name, occupation in (("one", "电工"), ("two", "焊工")):
        assert "ApprovalGranted" in kinds(scene.when(OTHER, claims(name, occupation)))
    assert kinds(scene.when(LEAD, PROPOSES)) == ["LinkProposed"]
    told = scene.when(LEAD, CONFIRMS)
    assert kinds(told) == ["LinkConfirmed", "HandedOver", "PeopleLinked"]
    uses = only(told, PeopleLinked).uses
    assert {use.holder for use in uses} == {f"{OTHER}#district:one", f"{OTHER}#district:two"}
    third = scene.when(LEAD, claims("three", "钳工", "a"))
    assert "ApprovalGranted" in kinds(third)
    fourth = only(scene.when(LEAD, claims("four", "车工", "a")), ApprovalDenied)
    assert fourth.code == "CAP_REACHED"
    again = only(scene.when(OTHER, claims("five", "铣工")), ApprovalDenied)
    assert again.code == "CAP_REACHED"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ProposeLink(other=LEAD, document="9号", reason="同", maker="wang"), "SAME_HISTORY"),
        (
            ProposeLink(other="beneficiary/0", document="9号", reason="同", maker="wang"),
            "SAME_HISTORY",
        ),
        (PROPOSES, "ALREADY_PROPOSED"),
        (ProposeLink(other=THIRD, document="9号", reason=" ", maker="wang"), "NO_REASON"),
        (ProposeLink(other=THIRD, document="\u3000", reason="同", maker="wang"), "NO_REASON"),
        (JudgeLink(other=THIRD, checker="li", verdict="confirm", reason="同"), "NOT_PROPOSED"),
        (JudgeLink(other=OTHER, checker="wang", verdict="confirm", reason="同"), "SAME_PERSON"),
        *(
            (JudgeLink(other=OTHER, checker=name, verdict="confirm", reason="同"), "SAME_PERSON")
            for name in ("Wang", "w ang", "staff:wang", "ｗａｎｇ", "wang\u200b")
        ),
        (JudgeLink(other=OTHER, checker="li", verdict="confirm", reason="  "), "NO_REASON"),
        (JudgeLink(other=OTHER, checker="li", verdict="confirm", reason="."), "NO_REASON"),
        (ProposeLink(other=THIRD, document="—", reason="同", maker="wang"), "NO_REASON"),
    ],
)
def test_what_does_not_link(command: ProposeLink | JudgeLink, code: str) -> None:
    scene = Scene()
    scene.when(LEAD, PROPOSES)
    assert only(scene.when(LEAD, command), CommandRefused).code == code


def test_who_is_linked_is_not_linked_again_and_a_rejected_link_may_be_proposed_anew() -> None:
    assert only(linked().when(LEAD, PROPOSES), CommandRefused).code == "ALREADY_LINKED"
    scene = Scene()
    scene.when(LEAD, PROPOSES)
    rejects = CONFIRMS.model_copy(update={"verdict": "reject"})
    assert only(scene.when(LEAD, rejects), LinkRejected).reason == "已核对原件"
    assert only(scene.when(LEAD, PROPOSES), LinkProposed).other == OTHER
    assert only(scene.when(LEAD, CONFIRMS), LinkConfirmed).maker == "wang"


def test_an_application_of_the_follower_is_filed_with_the_lead() -> None:
    scene = linked()
    told = scene.when(OTHER, claims("new"))
    assert kinds(told)[:3] == ["PassedOn", "ApplicationFiled", "ApprovalProposed"]
    filed = next(recorded for recorded in told if isinstance(recorded.body, ApplicationFiled))
    assert filed.stream == LEAD
    assert scene.ledger.ask([scene.asked(OTHER, claims("new"))]) != []  # another command, passed on
    assert "ApplicationConflicted" not in kinds(scene.ledger.facts)


def test_what_was_referred_is_judged_over_both_when_a_person_approves_it() -> None:
    scene = Scene().budget(100_000)
    doubtful = applies("old", {**certificate(), OTHER_NAME: True}, payee="b-person-token")
    assert only(scene.when(OTHER, doubtful), ApprovalReferred).code == "NAME_DIFFERS"
    for name, occupation in (("one", "焊工"), ("two", "钳工"), ("three", "车工")):
        scene.when(LEAD, claims(name, occupation, "a"))
    scene.when(LEAD, PROPOSES)
    scene.when(LEAD, CONFIRMS)
    approves = ReviewApplication(
        application="district:old", verdict="approve", reviewer="sh-1", document="3号", reason="同"
    )
    told = scene.when(OTHER, approves)
    assert only(told, ApplicationReceived).attempts == 0
    assert "ApprovalProposed" not in kinds(told)


def test_a_moved_application_goes_on_counting_its_attempts() -> None:
    """A budget line knows an application by its attempt: another attempt is no repeat."""
    scene = Scene()  # no money: the claim waits in a queue
    first = claims("old")
    assert "ApprovalHeld" in kinds(scene.when(OTHER, first))
    scene.when(LEAD, PROPOSES)
    scene.when(LEAD, CONFIRMS)
    correction = corrects("old", first, certificate(level="三级"), payee="b-person-token")
    told = scene.when(OTHER, correction)
    assert only(told, ApplicationReceived).attempts == 1
    assert only(told, ApprovalProposed).attempt == 2
    assert "UseReturned" in kinds(told)
    scene.budget(100_000)
    granted = [
        recorded.body
        for recorded in scene.ledger.facts
        if isinstance(recorded.body, ApprovalGranted)
    ]
    assert [(fact.application, fact.attempt) for fact in granted] == [("district:old", 2)]
    assert not [r for r in scene.ledger.facts[-3:] if isinstance(r.body, ApprovalHeld)]


def test_statuses_are_told_to_both_and_rest() -> None:
    scene = Scene()
    job = RecordStatus(status="employed", since=scene.on, source="r")
    scene.when(OTHER, job)
    scene.when(LEAD, PROPOSES)
    told = scene.when(LEAD, CONFIRMS)
    assert [r.stream for r in told if isinstance(r.body, StatusRecorded)] == [LEAD]
    death = RecordStatus(status="deceased", since=scene.on, source="r")
    on_lead = scene.when(LEAD, death)
    assert [r.stream for r in on_lead if isinstance(r.body, StatusRecorded)] == [LEAD, OTHER]
    retired = RecordStatus(status="retired", since=scene.on, source="r")
    on_other = scene.when(OTHER, retired)
    assert [r.stream for r in on_other if isinstance(r.body, StatusRecorded)] == [OTHER, LEAD]


def test_an_earlier_grant_of_the_follower_counts_with_the_lead() -> None:
    scene = linked()
    slot = CapSlot(family="skill-upgrade", cap="per_year", period="2022")
    use = RecordPriorUse(
        document="3号", programme="skill-upgrade", slots=(slot,), amount=1, granted_on=scene.on
    )
    assert kinds(scene.when(OTHER, use)) == ["PassedOn", "PriorUseRecorded"]


def test_a_chain_of_links_ends_at_the_first() -> None:
    """c follows b, then b follows a; and whoever is linked to c meets a."""
    scene = Scene().budget(100_000)
    scene.when(THIRD, claims("c-1", "电工", "c"))
    for lead, other in ((OTHER, THIRD), (LEAD, OTHER)):
        scene.when(lead, PROPOSES.model_copy(update={"other": other}))
        scene.when(lead, CONFIRMS.model_copy(update={"other": other}))
    linked_to = [r for r in scene.ledger.facts if isinstance(r.body, PeopleLinked)]
    assert [r.stream for r in linked_to] == [OTHER, LEAD]
    last = linked_to[-1].body
    assert isinstance(last, PeopleLinked)
    assert [use.holder for use in last.uses] == [f"{THIRD}#district:c-1"]
    denied = only(scene.when(THIRD, claims("c-2", "电工", "c")), ApprovalDenied)
    assert denied.code == "CAP_REACHED"


def test_a_follower_asked_to_follow_another_lets_the_two_leads_settle_it() -> None:
    scene = Scene()
    scene.ledger.ask([scene.asked(THIRD, HandOver(lead=OTHER))])
    told = scene.ledger.ask([scene.asked(THIRD, HandOver(lead=LEAD))])
    assert [(r.stream, type(r.body).__name__) for r in told][:2] == [
        (THIRD, "PassedOn"),
        (OTHER, "HandedOver"),
    ]
    assert only(told, HandedOver).lead == LEAD


def test_what_is_handed_over_twice_counts_once() -> None:
    scene = Scene()
    slot = CapSlot(family="skill-upgrade", cap="per_year", period="2022")
    takes = TakeOver.model_validate(
        {
            "other": OTHER,
            "uses": [{"holder": f"{OTHER}#x", "slots": [dict(slot)]}],
        }
    )
    assert len(only(scene.when(LEAD, takes), PeopleLinked).uses) == 1
    assert only(scene.when(LEAD, takes), PeopleLinked).uses == ()


def test_a_command_passed_on_is_what_came() -> None:
    scene = linked()
    (passed_on, *_) = scene.when(OTHER, claims("new"))
    assert isinstance(passed_on.body, PassedOn)
    assert passed_on.body.command == "DecideApplication"
    assert passed_on.body.to == LEAD
    assert LINE_2022 not in passed_on.body.body


def test_the_desk_may_send_whatever_a_history_passes_on() -> None:
    """Every command of a person's history may reach a follower, and go on from there."""
    passed_on = {
        name
        for name in COMMANDS
        if streams.kind(command_of(orjson.loads(golden(name))).stream) == "beneficiary"
    }
    of_people = {"ProposeLink", "JudgeLink", "JudgeAct", "ResumeStream", "RejectCommand"}
    assert passed_on - of_people <= MAY_SEND["desk"].commands


def golden(name: str) -> bytes:
    return max((Path(__file__).parent.parent / "golden").glob(f"{name}.v*.json")).read_bytes()


def test_what_is_not_for_a_history_is_set_aside_there_and_never_reaches_its_lead() -> None:
    scene = linked()
    change = ChangeAccount(
        application="district:x", account="acc", document="d", reason="换卡", source="city"
    )
    aside = only(scene.when(OTHER, change), CommandSetAside)
    assert aside.error == "UnfitCommand: ChangeAccount does not belong on a beneficiary stream"
    assert kinds(scene.when(LEAD, claims("one", token="a")))[0] == "ApplicationFiled"
