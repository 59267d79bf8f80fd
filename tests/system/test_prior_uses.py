"""Starting with a past, through the whole ledger: from a file in a clerk's hands to a right denial."""

from pathlib import Path
from typing import Any

import orjson

from projections.queries.command_answers import CommandAnswer
from services.prior_uses.report import counts
from services.runtime.settings import Settings
from services.tools.staff.prior_uses import hand_in, release
from tests.prior_use_files import as_csv, as_xlsx, prior_use_row, somebody
from tests.whole_ledger import Upstream, Whole, call, everything_on, example, until, whole

YEAR = ("电工", "钳工", "焊工")


def applies(who: int, occupation: str) -> dict[str, Any]:
    """Somebody of the file applies for one more certificate."""
    event = example("application.submitted")
    event["data"] |= {
        "application": f"new-{who}-{YEAR.index(occupation) if occupation in YEAR else 9}",
        "beneficiary": somebody(who),
        "account": {**event["data"]["account"], "number": f"62220200000001{who:04d}"},
    }
    event["data"]["facts"] |= {
        "certificate.occupation": occupation,
        "certificate.level": "四级",
        "certificate.number": f"new-{who}-{occupation}",
    }
    return {**event, "id": event["data"]["application"]}


async def test_two_people_take_over_a_file_and_the_caps_are_right_on_day_one(
    settings: Settings, place: Path
) -> None:
    full = [prior_use_row(1, occupation=one, certificate=f"S1{one}") for one in YEAR]
    rows = [
        *full,
        prior_use_row(2, occupation="电工"),
        prior_use_row(2, occupation="电工"),
        prior_use_row(3, amount="x"),
    ]
    file = place / "历史.csv"
    file.write_bytes(as_csv(rows))
    async with whole(settings) as ledger:
        told = await call("past", "template", str(place / "模板.xlsx"), settings=ledger.settings)
        assert told.code == 0, told.err
        held = await past(ledger, "import", str(file), "--region", "211202", "--by", "li-jing")
        assert held.code == 0, held.out + held.err
        assert "第 7 行“金额”为“x”，不是数字" in held.out
        assert "可导入 4 行" in held.out
        assert "等待另一人放行" in held.out
        (number,) = [str(row["number"]) for row in await imports(ledger)]

        own = await past(ledger, "release", number, "--by", "li-jing")
        assert own.code == 1
        assert "SAME_PERSON" in own.out
        recorded = "SELECT count(*) FROM books.refusals WHERE code = 'SAME_PERSON'"
        assert await ledger.count(recorded) == 1
        assert await ledger.count("SELECT count(*) FROM books.cap_usage") == 0, "nothing counts yet"

        released = await past(ledger, "release", number, "--by", "wang-fang")
        assert "已放行" in released.out, released.out + released.err
        await ledger.facts("ImportDone")
        await ledger.facts("PriorUseRecorded", 4)

        await _again_in_another_form(ledger, rows, place)

        upstream = Upstream(ledger.settings)
        upstream.structured(example("budget.allocated"))
        await ledger.facts("BudgetAllocated")
        upstream.structured(applies(1, "车工"), applies(2, "电工"), applies(2, "车工"))
        await ledger.facts("ApprovalDenied", 2)
        await ledger.facts("ApprovalGranted", 1)
        denied = await ledger.books.fetch(
            "SELECT application, code, failing::text FROM books.applications "
            "WHERE state = 'denied' ORDER BY application"
        )
        assert [(row["code"], orjson.loads(row["failing"])) for row in denied] == [
            ("CAP_REACHED", ["per_year"]),
            ("CAP_REACHED", ["no_repeat"]),
        ]
        await _nobody_in_the_clear(ledger)
        assert ledger.alarms == []


async def past(ledger: Whole, *arguments: str) -> Any:
    """Call the command line."""
    return await call("past", *arguments, settings=ledger.settings)


async def imports(ledger: Whole) -> list[Any]:
    """The imports in the books."""
    return list(await ledger.books.fetch("SELECT * FROM books.imports ORDER BY held_at"))


async def _again_in_another_form(ledger: Whole, rows: list[list[str]], place: Path) -> None:
    """The same file is known as such; the same rows in a workbook change nothing either."""
    file, settings = place / "历史.csv", ledger.settings
    looked, answered = await hand_in(settings, file.name, file.read_bytes(), "211202", "zhao-min")
    assert answered == CommandAnswer("")
    assert counts(looked.lines)["known"] == 4
    book = as_xlsx(rows[:5])
    looked, answered = await hand_in(settings, "历史.xlsx", book, "211202", "zhao-min")
    assert answered == CommandAnswer("ImportHeld")
    answered = await release(settings, looked.checked.number, "wang-fang")
    assert answered == CommandAnswer("ImportReleased")
    await ledger.facts("ImportDone", 2)

    async def all_read() -> bool:
        behind = "SELECT count(*) FROM books.positions WHERE next < log_end"
        unchanged = await ledger.count("SELECT count(*) FROM books.unchanged")
        return unchanged >= 5 and await ledger.count(behind) == 0

    await until("the second file is a repeat", all_read)
    recorded = "SELECT count(*) FROM books.facts WHERE type = 'PriorUseRecorded'"
    assert await ledger.count(recorded) == 4
    listed = await past(ledger, "list")
    assert listed.out.count("已计入") == 2


async def _nobody_in_the_clear(ledger: Whole) -> None:
    """Neither books nor topics nor the vault's tables show a name or number of the file."""
    topics = [ledger.settings.topics.ledger, ledger.settings.topics.commands]
    found = everything_on(ledger.settings.kafka_bootstrap, topics)
    spoken = b"\n".join(record for records in found.values() for record in records)
    tables = await ledger.books.fetch("SELECT f::text AS row FROM vault.files AS f")
    spoken += "\n".join(row["row"] for row in tables).encode()
    spoken += "\n".join(str(tuple(row)) for row in await imports(ledger)).encode()
    for who in (1, 2, 3):
        for secret in (somebody(who)["id"], somebody(who)["name"]):
            assert secret.encode() not in spoken
