"""The clerk publishes exactly what was released, and says so only when it is acknowledged."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from events.application_files import ConfirmApplications
from events.envelope import Asked
from projections.queries import application_files
from projections.queries.application_files import ApplicationFileRow
from services.application_files.checking import check
from services.clerk import application_files as clerk
from services.clerk.application_files import AGAIN_AFTER, ApplicationPublisher
from services.runtime.errors import BrokerAway
from services.runtime.kafka.inbound_topics import InboundMessage
from services.runtime.vault.files import StoredFile
from tests.application_files import application_row, csv_file
from tests.given_when_then import policies

NOW = datetime(2022, 9, 2, 1, tzinfo=UTC)
HELD_ON = date(2022, 9, 1)
FILE = csv_file(*(application_row(number) for number in range(1, 6)))
CHECKED = check(FILE, "excel-211202", "211202", policies(), HELD_ON)


class Office:
    """The vault, the topic and the stream, as far as the clerk needs them."""

    def __init__(self, content: bytes | None = FILE) -> None:
        self.content = content
        self.away = False
        self.published: list[list[InboundMessage]] = []
        self.asked: list[Asked] = []

    async def load_file(self, digest: str) -> StoredFile | None:
        assert digest == CHECKED.file_digest
        if self.content is None:
            return None
        return StoredFile("申请.csv", self.content)

    async def publish(self, messages: Sequence[InboundMessage]) -> None:
        if self.away:
            raise BrokerAway("kafka:9092", "no answer")
        self.published.append(list(messages))

    async def send_commands(self, commands: list[Asked]) -> None:
        self.asked += commands


def publisher(
    office: Office, monkeypatch: pytest.MonkeyPatch, **released: Any
) -> ApplicationPublisher:
    row = ApplicationFileRow(
        CHECKED.number, "released", CHECKED.file_digest, CHECKED.digest, CHECKED.source,
        CHECKED.region, 5, 5, 0, "li-jing", "wang-fang", None, HELD_ON, HELD_ON, None, None,
    )._replace(**released)  # fmt: skip

    async def found(_: object) -> list[ApplicationFileRow]:
        return [row]

    monkeypatch.setattr(application_files, "released", found)
    anything = cast("Any", office)
    return ApplicationPublisher(anything, anything, policies(), office.publish, anything)


async def test_what_was_released_is_published_in_slices_and_confirmed_once_acknowledged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = Office()
    monkeypatch.setattr(clerk, "_SLICE", 2)
    published = publisher(office, monkeypatch)
    assert await published.round(NOW) == 5
    assert [len(one) for one in office.published] == [2, 2, 1]
    sent = [message.value for one in office.published for message in one]
    assert sent == [one.value for one in CHECKED.applications]
    (asked,) = office.asked
    assert asked.body == ConfirmApplications(number=CHECKED.number, applications=5)
    assert await published.round(NOW + timedelta(seconds=1)) == 0, "not twice in a minute"
    assert await published.round(NOW + AGAIN_AFTER) == 5, "asked again, the very same"
    assert office.published[:3] == office.published[3:]
    assert office.asked[0].id == office.asked[1].id


@pytest.mark.parametrize(
    ("content", "released"),
    [(None, {}), (csv_file(application_row(9)), {}), (FILE, {"digest": "e" * 64})],
)
async def test_what_is_not_as_it_was_released_is_not_published_at_all(
    content: bytes | None, released: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(content)
    assert await publisher(office, monkeypatch, **released).round(NOW) == 0
    assert (office.published, office.asked) == ([], [])


async def test_what_is_not_acknowledged_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    office.away = True
    published = publisher(office, monkeypatch)
    with pytest.raises(BrokerAway):
        await published.round(NOW)
    assert office.asked == []
    office.away = False
    assert await published.round(NOW + AGAIN_AFTER) == 5
    assert len(office.asked) == 1
