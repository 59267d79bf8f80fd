"""A file is handed in by one person and let out by another: the same steps in every house that has files."""

from typing import Any, NamedTuple

import pytest

from events import application_files, prior_uses, statement_files, streams
from events.control import CommandRefused
from events.values import Command
from services.banking.statements import importing
from tests.given_when_then import Scene, kinds, only
from tests.unit.test_statement_files import ACCOUNT, AUGUST, NOW


class House(NamedTuple):
    """One house of files: its stream, the four commands, the field that says how much would count."""

    stream: str
    hold: Any
    release: Any
    reject: Any
    confirm: Any
    counts: str
    facts: tuple[str, ...]

    def last(self, *commands: Command) -> Any:
        """What the last of these commands led to."""
        scene, last = Scene(), []
        for command in commands:
            asked = scene.asked(self.stream, command)
            by = getattr(command, "checker", getattr(command, "maker", ""))
            last = scene.ledger.ask(
                [asked._replace(by=f"staff:{by}" if by else "clerk", sent_at=NOW)]
            )
        return last

    def played(self, *commands: Command) -> list[str]:
        """The facts of the last of these commands."""
        return kinds(self.last(*commands))

    def refused(self, *commands: Command) -> str:
        """With which code the last of these commands was refused."""
        return only(self.last(*commands), CommandRefused).code


def changed(command: Any, **fields: object) -> Any:
    return command.model_copy(update=fields)


NUMBER, DIGEST = "9f86d081884c7d65", "d" * 64
PRIOR_USES = House(
    streams.prior_use_file(NUMBER),
    prior_uses.HoldImport(
        number=NUMBER, file_digest="9" * 64, digest=DIGEST, maker="li-jing", region="211202",
        rows=3, uses=2, doubtful=0, refused=1, total=300_000,
    ),
    prior_uses.ReleaseImport(number=NUMBER, checker="wang-fang", digest=DIGEST),
    prior_uses.RejectImport(number=NUMBER, checker="wang-fang", reason="缺少审批表"),
    prior_uses.ConfirmImport(number=NUMBER, uses=2),
    "uses",
    ("ImportHeld", "ImportReleased", "ImportRejected", "ImportDone"),
)  # fmt: skip
LIST = "Y-9f86d081884c"
APPLICATIONS = House(
    streams.application_file(LIST),
    application_files.HoldApplications(
        number=LIST, file_digest="9" * 64, digest=DIGEST, maker="li-jing", source="excel-211202",
        region="211202", rows=3, applications=2, refused=1,
    ),
    application_files.ReleaseApplications(number=LIST, checker="wang-fang", digest=DIGEST),
    application_files.RejectApplications(number=LIST, checker="wang-fang", reason="缺少申请表"),
    application_files.ConfirmApplications(number=LIST, applications=2),
    "applications",
    ("ApplicationsHeld", "ApplicationsReleased", "ApplicationsRejected", "ApplicationsPublished"),
)  # fmt: skip
_HELD = importing.hold(AUGUST, ACCOUNT, "li-jing")
STATEMENT = House(
    streams.statement_file(_HELD.number),
    _HELD,
    statement_files.ReleaseStatement(number=_HELD.number, checker="wang-fang", digest=_HELD.digest),
    statement_files.RejectStatement(number=_HELD.number, checker="wang-fang", reason="缺页"),
    None,
    "",
    ("StatementHeld", "StatementReleased", "StatementRejected"),
)
ALL = pytest.mark.parametrize(
    "house", [PRIOR_USES, APPLICATIONS, STATEMENT], ids=["prior-uses", "applications", "statement"]
)
CONFIRMED = pytest.mark.parametrize(
    "house", [PRIOR_USES, APPLICATIONS], ids=["prior-uses", "applications"]
)


@ALL
def test_it_is_held_and_released_by_another(house: House) -> None:
    held, released, *_ = house.facts
    assert house.played(house.hold) == [held]
    assert house.played(house.hold, house.release) == [released]


@ALL
def test_who_handed_it_in_cannot_release_or_reject_it_and_the_try_is_recorded(
    house: House,
) -> None:
    own = changed(house.release, checker="li-jing")
    assert house.refused(house.hold, own) == "SAME_PERSON"
    assert house.refused(house.hold, changed(own, checker=" LI-JING ")) == "SAME_PERSON"
    assert house.refused(house.hold, changed(house.reject, checker="li-jing")) == "SAME_PERSON"
    assert house.played(house.hold, own, house.release) == [house.facts[1]], (
        "a refusal ends nothing"
    )


@ALL
def test_only_what_was_shown_can_be_released(house: House) -> None:
    assert house.refused(house.release) == "NOT_HELD"
    assert house.refused(house.reject) == "NOT_HELD"
    assert house.refused(house.hold, changed(house.release, digest="e" * 64)) == "STALE"


@ALL
def test_a_repeat_of_a_step_is_quiet(house: House) -> None:
    hold, release, reject = house.hold, house.release, house.reject
    assert house.played(hold, hold) == []
    assert house.played(hold, release, release) == []
    assert house.played(hold, release, hold) == []
    assert house.played(hold, reject, reject) == []


@ALL
def test_what_reads_otherwise_is_held_anew_until_it_is_released(house: House) -> None:
    otherwise = changed(house.hold, digest="e" * 64)
    assert house.played(house.hold, otherwise) == [house.facts[0]]
    assert house.refused(house.hold, otherwise, house.release) == "STALE"
    assert house.played(house.hold, house.release, otherwise) == []


@ALL
def test_what_was_sent_back_can_be_handed_in_again(house: House) -> None:
    hold, release, reject = house.hold, house.release, house.reject
    assert house.played(hold, reject) == [house.facts[2]]
    assert house.refused(hold, reject, release) == "NOT_HELD"
    assert house.played(hold, reject, hold) == [house.facts[0]]
    assert house.played(hold, reject, hold, release) == [house.facts[1]]


@CONFIRMED
def test_what_was_released_is_done_once_and_stays_done(house: House) -> None:
    hold, release, confirm = house.hold, house.release, house.confirm
    assert house.played(hold, release, confirm) == [house.facts[3]]
    assert house.played(hold, release, confirm, confirm) == []
    assert house.played(hold, release, confirm, hold) == []
    assert house.played(hold, release, confirm, release) == []
    assert house.refused(hold, release, house.reject) == "NOT_HELD"
    assert house.refused(hold, confirm) == "NOT_RELEASED"


@CONFIRMED
def test_a_file_of_which_nothing_counts_is_refused_and_another_makers_repeat_is_quiet(
    house: House,
) -> None:
    assert house.refused(changed(house.hold, **{house.counts: 0})) == "EMPTY"
    assert house.played(house.hold, changed(house.hold, maker="zhao-min")) == []
