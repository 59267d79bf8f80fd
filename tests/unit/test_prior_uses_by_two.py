"""A file of earlier benefits is handed in by one person and let count by another."""

from events import streams
from events.control import CommandRefused
from events.prior_uses import ConfirmImport, HoldImport, RejectImport, ReleaseImport
from events.values import Command
from tests.given_when_then import Scene, kinds, only

NUMBER = "9f86d081884c7d65"
STREAM = streams.prior_use_file(NUMBER)
RELEASE = ReleaseImport(number=NUMBER, checker="wang-fang", digest="d" * 64)
REJECT = RejectImport(number=NUMBER, checker="wang-fang", reason="缺少审批表")
DONE = ConfirmImport(number=NUMBER, uses=2)


def hold(digest: str = "d" * 64, uses: int = 2, maker: str = "li-jing") -> HoldImport:
    return HoldImport(
        number=NUMBER,
        file_digest="9" * 64,
        digest=digest,
        maker=maker,
        region="211202",
        rows=3,
        uses=uses,
        doubtful=0,
        refused=1,
        total=300_000,
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


def test_it_is_held_released_by_another_and_done() -> None:
    assert played(hold()) == ["ImportHeld"]
    assert played(hold(), RELEASE) == ["ImportReleased"]
    assert played(hold(), RELEASE, DONE) == ["ImportDone"]


def test_who_handed_it_in_cannot_release_or_reject_it_and_the_try_is_recorded() -> None:
    own = RELEASE.model_copy(update={"checker": "li-jing"})
    assert refused(hold(), own) == "SAME_PERSON"
    assert refused(hold(), REJECT.model_copy(update={"checker": "li-jing"})) == "SAME_PERSON"
    assert played(hold(), own, RELEASE) == ["ImportReleased"], "a refusal ends nothing"


def test_only_what_was_shown_can_be_released() -> None:
    assert refused(RELEASE) == "NOT_HELD"
    assert refused(hold(), RELEASE.model_copy(update={"digest": "e" * 64})) == "STALE"
    assert refused(hold(), DONE) == "NOT_RELEASED"
    assert refused(hold(uses=0)) == "EMPTY"


def test_every_repeat_is_quiet() -> None:
    assert played(hold(), hold()) == []
    assert played(hold(), hold(maker="zhao-min")) == []
    assert played(hold(), RELEASE, RELEASE) == []
    assert played(hold(), RELEASE, hold()) == []
    assert played(hold(), RELEASE, DONE, hold()) == []
    assert played(hold(), RELEASE, DONE, DONE) == []
    assert played(hold(), REJECT, REJECT) == []


def test_rows_that_read_otherwise_are_held_anew_until_they_are_released() -> None:
    assert played(hold(), hold("e" * 64)) == ["ImportHeld"]
    assert refused(hold(), hold("e" * 64), RELEASE) == "STALE"
    assert played(hold(), RELEASE, hold("e" * 64)) == []


def test_what_was_rejected_can_be_handed_in_again() -> None:
    assert refused(hold(), REJECT, RELEASE) == "NOT_HELD"
    assert played(hold(), REJECT, hold()) == ["ImportHeld"]
    assert played(hold(), REJECT, hold(), RELEASE) == ["ImportReleased"]
