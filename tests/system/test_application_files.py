"""A city that starts from Excel: from a filled template to decided applications, by two people."""

from pathlib import Path
from typing import Any

import openpyxl
import orjson

from projections.queries.command_answers import CommandAnswer
from services.runtime.settings import Settings
from services.tools.staff.application_files import check_file, hand_in
from tests.application_files import application_row, csv_file
from tests.prior_use_files import somebody
from tests.whole_ledger import Upstream, Whole, call, everything_on, example, whole

ROWS = [
    application_row(1),
    application_row(2, 申请日期="2022-08-15"),
    application_row(3, 证书等级="九级"),
    application_row(1),
]


async def test_a_filled_template_is_released_by_another_person_and_decided_like_any_application(
    settings: Settings, place: Path
) -> None:
    async with whole(settings) as ledger:
        file = await _filled_template(ledger, place)
        looked = await applications(ledger, "check", str(file), "--region", "211202")
        assert looked.code == 1, looked.out
        assert "第 4 行  退回" in looked.out
        assert "没有“九级”这个取值" in looked.out
        assert "可报送 2 行，退回 1 行，台账已有，内容不同 0 行，本文件内重复 1 行" in looked.out

        held = await applications(
            ledger, "hold", str(file), "--region", "211202", "--by", "li-jing"
        )
        assert "等待另一人放行" in held.out, held.out + held.err
        (row,) = await files(ledger)
        assert (row["rows"], row["applications"], row["refused"]) == (4, 2, 1)
        own = await applications(ledger, "release", row["number"], "--by", "li-jing")
        assert (own.code, "SAME_PERSON" in own.out) == (1, True)
        assert await ledger.count("SELECT count(*) FROM books.applications") == 0

        released = await applications(ledger, "release", row["number"], "--by", "wang-fang")
        assert "已放行" in released.out, released.out + released.err
        await ledger.facts("ApplicationsPublished")
        await ledger.facts("ApplicationFiled", 2)
        await _the_same_events_as_of_a_system(ledger)
        await _nobody_in_the_clear(ledger)
        assert ledger.alarms == []


async def applications(ledger: Whole, *arguments: str) -> Any:
    """Call the command line."""
    return await call("applications", *arguments, settings=ledger.settings)


async def files(ledger: Whole) -> list[Any]:
    """The files in the books."""
    return list(await ledger.books.fetch("SELECT * FROM books.application_files ORDER BY held_at"))


async def _filled_template(ledger: Whole, place: Path) -> Path:
    """Fill the published template in, as a clerk does."""
    file = place / "申请.xlsx"
    told = await applications(ledger, "template", "skill-upgrade", "--file", str(file))
    assert told.code == 0, told.err
    book = openpyxl.load_workbook(file)
    sheet = book["申请"]
    headings = [str(cell.value) for cell in sheet[1]]
    for at, row in enumerate(ROWS, 2):
        assert set(row) <= set(headings), set(row) - set(headings)
        for heading, value in row.items():
            sheet.cell(at, headings.index(heading) + 1, str(value))
    book.save(file)
    return file


async def _the_same_events_as_of_a_system(ledger: Whole) -> None:
    """A system that sends the very same application later is a repeat; a file with it again is known."""
    topic = ledger.settings.topics.inbound["applications"]
    on_topic = everything_on(ledger.settings.kafka_bootstrap, [topic])[topic]
    events = [orjson.loads(record[record.index(b"{") :]) for record in on_topic]
    assert [event["type"] for event in events] == ["application.submitted"] * 2
    assert {event["source"] for event in events} == {"excel-211202"}
    upstream = Upstream(ledger.settings)
    upstream.structured({**events[0], "id": "sent-by-a-system"})
    other = {**example("application.submitted"), "id": "another"}
    upstream.structured(other)
    await ledger.facts("ApplicationFiled", 3)
    assert await ledger.count("SELECT count(*) FROM books.facts WHERE type LIKE '%Conflict%'") == 0
    again = csv_file(ROWS[1], ROWS[0], application_row(2, 证书编号="S9"))
    looked = await check_file(ledger.settings, again, "excel-211202", "211202")
    assert looked.compared
    assert [line.finding for line in looked.lines] == ["known", "known", "refused"]
    again = csv_file(ROWS[1], ROWS[0])
    where = ("再次.csv", again, "excel-211202", "211202", "zhao-min")
    _, answered = await hand_in(ledger.settings, *where)
    assert answered == CommandAnswer(""), "the same list is the same file"


async def _nobody_in_the_clear(ledger: Whole) -> None:
    """Neither ledger nor commands nor the books show a name or number of the file."""
    topics = [ledger.settings.topics.ledger, ledger.settings.topics.commands]
    found = everything_on(ledger.settings.kafka_bootstrap, topics)
    spoken = b"\n".join(record for records in found.values() for record in records)
    spoken += "\n".join(str(tuple(row)) for row in await files(ledger)).encode()
    for who in (1, 2, 3):
        for secret in (somebody(who)["id"], somebody(who)["name"]):
            assert secret.encode() not in spoken
