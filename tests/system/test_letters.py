"""Letters as an administrator handles them: refused, told, opened, corrected, sent again, closed."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson

from services.runtime.settings import Settings
from tests.whole_ledger import Upstream, Whole, call, everything_on, example, until, whole

PURPOSE = "核对申请人所报内容"


async def test_a_letter_is_listed_opened_corrected_and_taken(
    settings: Settings, tmp_path: Path
) -> None:
    async with whole(settings) as ledger:
        upstream = Upstream(ledger.settings)
        upstream.structured(example("budget.allocated"))
        event = example("application.submitted")
        wrong = {**event, "data": {**event["data"], "region": "999999"}}
        upstream.structured(wrong, {**wrong, "id": "second"})
        await until("two letters", lambda: ledger.count("SELECT count(*) FROM books.dead_letters"))

        async def both() -> bool:
            return await ledger.count("SELECT count(*) FROM books.dead_letters") == 2

        await until("both letters", both)
        first, second = await _letters(ledger)
        listed = await _call(ledger, "list")
        assert event["source"].split(".")[0] in listed.out.replace("\n", "")
        assert "UNKNOWN" in listed.out

        blank = await _call(ledger, "show", first, "--purpose", " ", "--by", "admin")
        assert blank.code != 0
        assert "NO_REASON" in blank.out + blank.err
        shown = await _call(ledger, "show", first, "--purpose", PURPOSE, "--by", "admin")
        assert shown.code == 0, shown.err
        assert event["data"]["beneficiary"]["name"] in shown.out
        assert "没有这个行政区划代码" in shown.out

        corrected = tmp_path / "corrected.json"
        corrected.write_bytes(orjson.dumps(event))
        sent = await _call(
            ledger,
            "resubmit",
            first,
            "--purpose",
            PURPOSE,
            "--file",
            str(corrected),
            "--by",
            "admin",
        )
        assert sent.code == 0, sent.err
        await ledger.facts("ApplicationFiled")
        again = await _call(
            ledger,
            "resubmit",
            first,
            "--purpose",
            PURPOSE,
            "--file",
            str(corrected),
            "--by",
            "other",
        )
        assert again.code == 0, again.err  # the same content: one act
        other = await _call(ledger, "resubmit", first, "--purpose", PURPOSE, "--by", "admin")
        assert "ALREADY_RESUBMITTED" in other.out + other.err

        closed = await _call(ledger, "close", second, "--reason", "与前一封相同", "--by", "admin")
        assert closed.code == 0, closed.err
        assert "没有这样的死信" in (await _call(ledger, "list")).out

        acts = await ledger.books.fetch(
            "SELECT letter, act, operator, reason FROM books.letter_acts ORDER BY recorded_at"
        )
        assert [(row["letter"], row["act"], row["operator"]) for row in acts] == [
            (first, "read", "admin"),
            (first, "resubmitted", "admin"),
            (second, "closed", "admin"),
        ]
        await _told(ledger, event)
        assert ledger.supervisor.restarts == 0


async def _call(ledger: Whole, *arguments: str) -> Any:
    wide = {"COLUMNS": "400"}
    return await call("letters", *arguments, settings=ledger.settings, more=wide)


async def _letters(ledger: Whole) -> list[str]:
    rows = await ledger.books.fetch(
        """SELECT source_topic || '/' || source_partition || '/' || source_offset || '/' || line AS l
           FROM books.dead_letters ORDER BY event = 'second'"""
    )
    return [row["l"] for row in rows]


async def _told(ledger: Whole, event: dict[str, Any]) -> None:
    """Each refused message has its answer, with source, event, application, code and words."""
    topic = ledger.settings.topics.outcomes
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        raw = everything_on(ledger.settings.kafka_bootstrap, [topic])[topic]
        told = [orjson.loads(one[one.index(b'{"') :])["data"] for one in raw]
        found[:] = [one for one in told if one["outcome"] == "rejected"]
        return len(found) >= 2

    await until("two answers", there)
    key = f"{event['source']}:{event['data']['application']}"
    assert {(one["source"], one["event"], one["application"]) for one in found} == {
        (event["source"], event["id"], key),
        (event["source"], "second", key),
    }
    assert {(one["code"], one["field"]) for one in found} == {("UNKNOWN_REGION", "data.region")}
    assert all("没有这个行政区划代码" in one["text"] for one in found)


async def test_the_same_acts_on_the_page_and_nobody_else_sees_the_content(
    settings: Settings,
) -> None:
    async with whole(settings) as ledger:
        upstream = Upstream(ledger.settings)
        upstream.structured(example("budget.allocated"))
        event = example("application.submitted")
        upstream.structured({**event, "data": {**event["data"], "region": "999999"}})

        async def there() -> bool:
            return await ledger.count("SELECT count(*) FROM books.dead_letters") == 1

        await until("a letter", there)
        (letter,) = await _letters(ledger)
        base = f"http://127.0.0.1:{ledger.settings.web_port}"
        async with httpx.AsyncClient(base_url=base, headers={"origin": base}, timeout=30) as page:
            page.cookies.set("acting_as", "zhao-min")

            async def answers() -> bool:
                try:
                    return (await page.get("/dead-letters")).status_code == 200
                except httpx.TransportError:
                    return False

            await until("the page answers", answers)
            listed = (await page.get("/dead-letters")).text
            assert event["id"] in listed
            assert "待处理" in listed
            shown = (await page.get(f"/dead-letters/of/{letter}")).text
            name = event["data"]["beneficiary"]["name"]
            assert name not in shown

            command = str(uuid4())
            asked = {"command": command, "letter": letter, "purpose": PURPOSE}
            answer = await page.post("/dead-letters/read", data=asked)
            assert answer.status_code == 303, answer.text
            await ledger.facts("LetterRead")
            opened = f"/dead-letters/opened/{command}/{letter}"
            assert name in (await page.get(opened)).text
            page.cookies.set("acting_as", "sun-hong")
            assert (await page.get(opened)).status_code == 404
            page.cookies.set("acting_as", "zhao-min")

            sent = {
                "command": str(uuid4()),
                "letter": letter,
                "purpose": "更正区划代码",
                "corrected": orjson.dumps(event).decode(),
            }
            answer = await page.post(f"/dead-letters/resubmit?opened={command}", data=sent)
            assert answer.status_code == 303, answer.text
            await ledger.facts("ApplicationFiled")
            assert "已重新提交" in (await page.get(f"/dead-letters/of/{letter}")).text


async def test_an_operator_parks_a_message_and_intake_goes_on_behind_it(settings: Settings) -> None:
    async with whole(settings) as ledger:
        topic = ledger.settings.topics.inbound["applications"]
        parked = await _call(
            ledger, "park", topic, "0", "5", "--reason", "受理在此终止", "--by", "admin"
        )
        assert parked.code == 0, parked.err
        again = await _call(
            ledger, "park", topic, "0", "5", "--reason", "受理在此终止", "--by", "admin"
        )
        assert "早已搁置" in again.out
