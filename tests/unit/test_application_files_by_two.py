"""A file of applications is handed in by one person and let out by another."""

from events import streams
from events.application_files import (
    ConfirmApplications,
    HoldApplications,
    RejectApplications,
    ReleaseApplications,
)
from events.control import CommandRefused
from events.values import Command
from tests.given_when_then import Scene, kinds, only

NUMBER = "Y-9f86d081884c"
STREAM = streams.application_file(NUMBER)
RELEASE = ReleaseApplications(number=NUMBER, checker="wang-fang", digest="d" * 64)
REJECT = RejectApplications(number=NUMBER, checker="wang-fang", reason="缺少申请表")
DONE = ConfirmApplications(number=NUMBER, applications=2)


def hold(digest: str = "d" * 64, applications: int = 2, maker: str = "li-jing") -> HoldApplications:
    return HoldApplications(
        number=NUMBER,
        file_digest="9" * 64,
        digest=digest,
        maker=maker,
        source="excel-211202",
        region="211202",
        rows=3,
        applications=applications,
        refused=1,
    )


def played(*commands: Command) -> list[str]:
    """What the last of these commands led to."""
    scene, last = Scene(), []
    for command in commands:
        last = scene.when(STREAM, command)
    return kinds(last)


def refused(*commands: Command) -> str:
    """With which code the last of these commands was refused."""
    scene, last = Scene(), []
    for command in commands:
        last = scene.when(STREAM, command)
    return only(last, CommandRefused).code


def test_it_is_held_released_by_another_and_published() -> None:
    assert played(hold()) == ["ApplicationsHeld"]
    assert played(hold(), RELEASE) == ["ApplicationsReleased"]
    assert played(hold(), RELEASE, DONE) == ["ApplicationsPublished"]


def test_who_handed_it_in_cannot_release_or_reject_it() -> None:
    own = RELEASE.model_copy(update={"checker": "li-jing"})
    assert refused(hold(), own) == "SAME_PERSON"
    assert refused(hold(), REJECT.model_copy(update={"checker": "li-jing"})) == "SAME_PERSON"
    assert played(hold(), own, RELEASE) == ["ApplicationsReleased"], "a refusal ends nothing"


def test_only_what_was_shown_can_be_released() -> None:
    assert refused(RELEASE) == "NOT_HELD"
    assert refused(REJECT) == "NOT_HELD"
    assert refused(hold(), RELEASE.model_copy(update={"digest": "e" * 64})) == "STALE"
    assert refused(hold(), DONE) == "NOT_RELEASED"
    assert refused(hold(applications=0)) == "EMPTY"


def test_every_repeat_is_quiet() -> None:
    assert played(hold(), hold()) == []
    assert played(hold(), hold(maker="zhao-min")) == []
    assert played(hold(), RELEASE, RELEASE) == []
    assert played(hold(), RELEASE, hold()) == []
    assert played(hold(), REJECT, REJECT) == []
    assert played(hold(), RELEASE, DONE, DONE) == []


def test_what_reads_otherwise_now_or_was_sent_back_may_be_handed_in_anew() -> None:
    assert played(hold(), hold("e" * 64)) == ["ApplicationsHeld"]
    assert refused(hold(), hold("e" * 64), RELEASE) == "STALE"
    assert played(hold(), REJECT, hold()) == ["ApplicationsHeld"]
    assert played(hold(), REJECT, hold(), RELEASE) == ["ApplicationsReleased"]
