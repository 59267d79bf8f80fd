"""What messages become: commands with ids of their own content, and letters that tell no secret."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
import pytest

from events import streams
from events.application_facts.checking import OTHER_NAME
from events.applications import CorrectApplication, DecideApplication, ReportConflict
from events.approvals import ApprovalReferred
from events.contract.inbound.applications import MAX_LINES
from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.reader import Message
from events.contract.inbound.rejections import Code
from events.contract.schemas import examples
from events.envelope import Asked
from events.ids import named_id
from events.statements import RecordStatementLine
from events.submissions import OpenSubmission
from policies.engine.message_names import names_of_policies
from policies.engine.registry import Policies
from services.intake import command_ids
from services.intake.commands import COMMAND_BY_MESSAGE
from services.intake.dead_letter_writer import dead_letters_of
from services.intake.memory_vault import MemoryVault
from services.intake.message_batch import LONGEST_BATCH, LONGEST_COMMAND, BatchResult, process_batch
from services.intake.message_reading import read_all
from services.runtime.kafka.dead_letters import (
    MAX_KEPT_BYTES,
    Letter,
    seal,
    unseal,
)
from services.runtime.vault.keys import Sealer, WrongKey
from services.runtime.vault.register import MOST_WAITING
from services.runtime.vault.store import DayKey
from services.streams.in_memory import InMemoryLedger
from tests.given_when_then import policies

KNOWN = names_of_policies(policies())
NOON = datetime(2022, 9, 1, 12, tzinfo=UTC)


def message(event: dict[str, Any], offset: int = 0, at: datetime = NOON) -> Message:
    feed = TYPES[event["type"]].feed
    milliseconds = int(at.timestamp() * 1000)
    return Message(feed, orjson.dumps(event), [], milliseconds, f"benefits.{feed}.v1", 0, offset)


def event(kind: str, **data: Any) -> dict[str, Any]:
    found = examples.events()[kind]
    return {**found, "data": {**found["data"], **data}}


async def processed(
    vault: MemoryVault, *events: dict[str, Any], at: datetime = NOON
) -> BatchResult:
    return await process_batch(
        read_all([message(e, n, at) for n, e in enumerate(events)], KNOWN), vault
    )


async def asked(vault: MemoryVault, *events: dict[str, Any], at: datetime = NOON) -> list[Asked]:
    found = await processed(vault, *events, at=at)
    assert not found.rejected, found.rejected[0].rejected.text_zh
    return found.commands


async def test_an_application_arrives_at_its_kafka_time_and_counts_from_its_own_day() -> None:
    (one,) = await asked(MemoryVault(), event("application.submitted"))
    assert one.sent_at == NOON
    assert one.effective_on == date(2022, 8, 12)
    assert one.by == f"intake:{examples.SOURCE}/{event('application.submitted')['id']}"
    assert isinstance(one.body, DecideApplication)
    assert one.body.arrived.topic == "benefits.applications.v1"


async def test_a_command_s_id_does_not_depend_on_when_or_where_it_arrived() -> None:
    for kind in TYPES:
        if TYPES[kind].feed == "reviews" or kind in ("instalment.evidence", "plan.ended"):
            continue  # needs its application
        first = await asked(MemoryVault(), event(kind))
        later = datetime(2022, 12, 1, tzinfo=UTC)
        again = await asked(MemoryVault(), event(kind), at=later)
        assert [one.id for one in first] == [one.id for one in again]


async def test_different_commands_have_different_ids() -> None:
    vault = MemoryVault()
    events = [
        event("application.submitted"),
        event("application.submitted", channel="app"),
        event("application.corrected"),
        event("application.withdrawn"),
        event("application.withdrawn", reason="重复申报"),
        event("review.decided"),
        event("payment.settled"),
        event("payment.settled", amount_fen=1),
    ]
    ids = [one.id for one in await asked(vault, *events)]
    assert len(set(ids)) == len(ids)


def test_ids_are_uuids_of_version_5() -> None:
    namespace = UUID(bytes=command_ids.NAMESPACE)
    assert named_id(command_ids.NAMESPACE, "名称".encode()) == str(uuid5(namespace, "名称"))
    assert str(uuid5(NAMESPACE_URL, "名称")) != named_id(command_ids.NAMESPACE, "名称".encode())


async def test_a_correction_goes_to_the_first_stream_and_another_person_is_a_conflict() -> None:
    vault = MemoryVault()
    stranger = examples.DATA["person.prior-use"]["person"]
    decided, corrected, conflict = await asked(
        vault,
        event("application.submitted"),
        event("application.corrected"),
        event("application.corrected", beneficiary=stranger),
    )
    assert decided.stream == corrected.stream == conflict.stream
    assert isinstance(decided.body, DecideApplication)
    assert isinstance(corrected.body, CorrectApplication)
    assert corrected.body.replaces == decided.body.digest
    assert isinstance(conflict.body, ReportConflict)
    assert conflict.body.other_person


async def test_a_correction_before_its_application_waits_on_the_person_s_stream() -> None:
    vault = MemoryVault()
    (corrected,) = await asked(vault, event("application.corrected"))
    (decided,) = await asked(vault, event("application.submitted"))
    assert corrected.stream == decided.stream
    assert isinstance(corrected.body, CorrectApplication)


OF_APPLICATION = [
    "review.decided", "approval.revoked", "advance.ordered", "plan.extended", "plan.ended",
    "instalment.evidence",
]  # fmt: skip


@pytest.mark.parametrize("kind", OF_APPLICATION)
async def test_what_names_an_application_waits_until_it_comes_and_stands_behind_it(
    kind: str,
) -> None:
    vault = MemoryVault()
    early = event(kind, source=examples.SOURCE)
    assert await processed(vault, early) == BatchResult([], [], [])
    decided, told = await asked(vault, event("application.submitted"))
    assert isinstance(decided.body, DecideApplication)
    alone = MemoryVault()
    _, same = await asked(alone, event("application.submitted"), early)
    assert told._replace(stream="") == same._replace(stream="")


async def test_a_review_in_front_of_its_application_in_one_fetch_stands_behind_it() -> None:
    found = await asked(MemoryVault(), event("review.decided"), event("application.submitted"))
    assert [type(one.body).__name__ for one in found] == ["DecideApplication", "ReviewApplication"]


async def test_only_so_many_messages_wait_for_one_application() -> None:
    vault = MemoryVault()
    reviews = [event("review.decided", document=f"D-{n}") for n in range(MOST_WAITING + 1)]
    ((_, rejected),) = (await processed(vault, *reviews)).rejected
    assert (rejected.code, rejected.field) == (Code.TOO_MANY_WAITING, "data.application")
    assert len(await asked(vault, event("application.submitted"))) == MOST_WAITING + 1


async def test_a_review_may_come_from_another_system_than_the_application() -> None:
    vault = MemoryVault()
    review = {**event("review.decided", source=examples.SOURCE), "source": "city-211200.review"}
    decided, reviewed = await asked(vault, event("application.submitted"), review)
    assert reviewed.stream == decided.stream


async def test_a_payee_of_its_own_has_a_token_of_its_own() -> None:
    payee = {"kind": "unit", "id": "91211200MA0XXXX19D", "name": "铁岭示例机械有限公司"}
    (one,) = await asked(MemoryVault(), event("application.submitted", payee=payee))
    assert isinstance(one.body, DecideApplication)
    assert one.body.stated.payee.startswith("u")
    assert streams.beneficiary(one.body.stated.payee) != one.stream


async def test_money_messages_find_their_streams() -> None:
    kinds = ("payment.settled", "budget.allocated", "statement.line", "account.opening-balance")
    found = await asked(MemoryVault(), *map(event, kinds))
    assert [one.stream for one in found] == [
        "batch/B2208310003",
        "budget/fund/unemployment_insurance/211202/2022",
        "account/icbc-1234/2022-08",
        "account/icbc-1234/2022-01",
    ]


async def test_a_resident_id_in_the_bank_s_words_is_blotted_out() -> None:
    line = event("statement.line", purpose="代发21120219900307000X补贴")
    (one,) = await asked(MemoryVault(), line)
    assert isinstance(one.body, RecordStatementLine)
    assert one.body.purpose == "代发" + "*" * 18 + "补贴"


LETTER = Letter(
    "benefits.applications.v1",
    3,
    88,
    "NOT_JSON",
    "",
    "不是有效的 JSON",
    b"{ 21120219900307000X",
    (("ce_id", b"7"), ("empty", None)),
    b"key",
    "details",
)


class Keys:
    """Day keys without a vault."""

    def __init__(self) -> None:
        self.sealers: dict[str, Sealer] = {}

    async def day(self, day: date) -> DayKey:
        name = f"dead-letters:{day}"
        return DayKey(name, self.sealers.setdefault(name, Sealer(bytes([day.day]) * 32)))

    async def named(self, name: str) -> Sealer | None:
        return self.sealers.get(name)


async def test_a_dead_letter_opens_with_its_day_s_key_and_not_without() -> None:
    keys = Keys()
    raw = await seal(LETTER, NOON, keys.day)
    assert b"21120219900307000X" not in raw
    assert b"details" not in raw
    opened = await unseal(raw, keys.named)
    assert opened is not None
    assert opened.letter == LETTER
    assert opened.received_at == NOON
    keys.sealers.clear()  # the day's key is destroyed
    assert await unseal(raw, keys.named) is None


@pytest.mark.parametrize("change", [{"offset": 89}, {"code": "TOO_LARGE"}, {"topic": "other"}])
async def test_a_dead_letter_cannot_be_moved_under_another_reason(change: dict[str, Any]) -> None:
    keys = Keys()
    raw = await seal(LETTER, NOON, keys.day)
    moved = orjson.dumps({**orjson.loads(raw), **change})
    with pytest.raises(WrongKey):
        await unseal(moved, keys.named)


async def test_a_long_value_is_kept_as_its_beginning() -> None:
    keys = Keys()
    long = LETTER._replace(value=b"x" * (MAX_KEPT_BYTES + 1))
    raw = await seal(long, NOON, keys.day)
    opened = await unseal(raw, keys.named)
    assert opened is not None
    assert opened.letter.value == b"x" * 65_536


async def test_of_a_batch_only_the_bad_line_goes_to_the_letter() -> None:
    lines = [*examples.DATA["application.batch-submitted"]["lines"], {"line": "坏"}]
    (refused,) = (
        await processed(MemoryVault(), event("application.batch-submitted", lines=lines))
    ).rejected
    (letter,) = dead_letters_of([refused])
    whole = event("application.batch-submitted", lines=[{"line": "坏"}])
    assert letter.line == 3
    assert letter.value is not None
    assert orjson.loads(letter.value) == whole


async def test_a_batch_of_many_lines_is_opened_by_a_command_longer_than_a_single_claim_s() -> None:
    good = examples.DATA["application.batch-submitted"]["lines"]
    bad = [{"line": f"L{number:05d}"} for number in range(MAX_LINES - len(good))]
    found = await processed(
        MemoryVault(), event("application.batch-submitted", lines=[*good, *bad])
    )
    assert {one.rejected.code for one in found.rejected} == {Code.MISSING_FIELD}
    assert len(found.rejected) == len(bad)
    (opened,) = [one for one in found.commands if isinstance(one.body, OpenSubmission)]
    longest = found.encoded[found.commands.index(opened)]
    assert LONGEST_COMMAND < len(longest) <= LONGEST_BATCH
    assert isinstance(opened.body, OpenSubmission)
    assert len(opened.body.accepted) == len(good)
    assert len(opened.body.refused) == len(bad)


async def test_an_application_with_another_name_for_a_known_id_is_never_granted_unseen() -> None:
    vault = MemoryVault()
    zhang = examples.events()["application.submitted"]["data"]["beneficiary"]
    (known,) = await asked(vault, event("application.submitted"))
    other = event("application.submitted", application="X-2", beneficiary={**zhang, "name": "王五"})
    (flagged,) = await asked(vault, other)
    assert known.stream == flagged.stream
    assert isinstance(known.body, DecideApplication)
    assert isinstance(flagged.body, DecideApplication)
    assert OTHER_NAME not in known.body.stated.facts
    assert flagged.body.stated.facts[OTHER_NAME] is True
    assert "王五" not in str(flagged)
    ledger = InMemoryLedger(Policies.load())
    told = [recorded.body for recorded in ledger.ask([flagged])]
    referred = [body for body in told if isinstance(body, ApprovalReferred)]
    assert [body.code for body in referred] == ["NAME_DIFFERS"]


async def test_what_a_correction_says_under_another_name_goes_to_a_person_too() -> None:
    vault = MemoryVault()
    zhang = examples.events()["application.submitted"]["data"]["beneficiary"]
    await asked(vault, event("application.submitted"))
    (corrected,) = await asked(
        vault, event("application.corrected", beneficiary={**zhang, "name": "王五"})
    )
    assert isinstance(corrected.body, CorrectApplication)
    assert corrected.body.stated.facts[OTHER_NAME] is True


async def test_no_application_can_state_that_its_name_is_another() -> None:
    facts = {**examples.events()["application.submitted"]["data"]["facts"], OTHER_NAME: False}
    found = await processed(MemoryVault(), event("application.submitted", facts=facts))
    assert [one.rejected.code for one in found.rejected] == [Code.WRONG_FACT]


def test_every_message_that_is_about_no_application_has_its_command() -> None:
    about_an_application = {
        TYPES[f"application.{what}"].model
        for what in ("submitted", "corrected", "withdrawn", "batch-submitted")
    } | {TYPES[name].model for name in OF_APPLICATION}
    assert COMMAND_BY_MESSAGE.keys() | about_an_application == {
        entry.model for entry in TYPES.values()
    }
    assert not COMMAND_BY_MESSAGE.keys() & about_an_application
