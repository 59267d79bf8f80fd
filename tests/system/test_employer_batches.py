"""Employers' batches through the whole ledger: caps across employers, one readable result each.

Two employers in two districts send the same people at the same moment, with a bad line each.
"""

import io
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import openpyxl
import orjson

from events.contract.schemas.examples import person
from services.runtime.settings import Settings
from services.tools.histories.submission_result import result
from services.tools.histories.trace import trace
from services.web.app import create_app
from services.web.request.sources import Sources
from tests.given_when_then import policies
from tests.whole_ledger import Upstream, Whole, call, everything_on, example, until, whole

PEOPLE = [person(f"2112021990030{n}700", f"测试{name}") for n, name in enumerate("甲乙丙丁", 1)]
OCCUPATIONS = ("电工", "钳工", "焊工", "车工")
EMPLOYERS = {
    "employer-a.hrss": ("211202", OCCUPATIONS[:2]),
    "employer-b.hrss": ("211204", OCCUPATIONS[2:]),
}
MOST_A_YEAR = 3


def batch(source: str, region: str, occupations: tuple[str, ...]) -> dict[str, Any]:
    """Everybody has two certificates from this employer; the last line names nobody."""
    event = example("application.batch-submitted")
    lines = [
        {
            "line": f"{place}-{OCCUPATIONS.index(occupation)}",
            "beneficiary": who,
            "account": {
                "bank": "测试银行",
                "number": f"62220200000000{place:04d}",
                "holder": who["name"],
            },
            "facts": {
                "certificate.occupation": occupation,
                "certificate.level": "四级",
                "certificate.number": f"S{source[9]}{place}{OCCUPATIONS.index(occupation)}",
            },
        }
        for place, who in enumerate(PEOPLE, 1)
        for occupation in occupations
    ]
    bad = {**lines[-1], "line": "bad", "beneficiary": {**PEOPLE[0], "id": "211202199003071234"}}
    event["source"] = source
    event["data"] |= {
        "application": "B1",
        "programme": "skill-upgrade",
        "region": region,
        "applied_on": "2022-08-12",
        "facts": {
            "certificate.issued_on": "2022-03-15",
            "person.status": ["领取失业保险金期间@2022-01-01/"],
        },
        "lines": [*lines, bad],
    }
    return event


def budget(region: str) -> dict[str, Any]:
    """Money for a district."""
    event = example("budget.allocated")
    event["data"] |= {"district": region, "document": f"铁财社〔2022〕{region}号", "year": 2022}
    return {**event, "id": f"budget-{region}"}


async def decided(ledger: Whole, number: int) -> None:
    """Wait until so many results are in the books."""
    await ledger.facts("SubmissionDecided", number)


async def test_caps_hold_across_employers_and_each_hears_one_result(settings: Settings) -> None:
    events = [batch(source, *place) for source, place in EMPLOYERS.items()]
    async with whole(settings) as ledger:
        upstream = Upstream(ledger.settings)
        upstream.structured(*(budget(region) for region, _ in EMPLOYERS.values()))
        await ledger.facts("BudgetAllocated", 2)
        for event in events:  # both, and both again, before anything is waited for
            upstream.raw("applications", orjson.dumps(event))
            upstream.raw("applications", orjson.dumps({**event, "id": f"{event['id']}-again"}))
        upstream.flush()
        await decided(ledger, 2)

        granted = await ledger.books.fetch(
            "SELECT beneficiary FROM books.applications WHERE state = 'granted'"
        )
        by_person = Counter(row["beneficiary"] for row in granted)
        assert sorted(by_person.values()) == [MOST_A_YEAR] * len(PEOPLE)

        told = await _told(ledger, 2)
        assert set(told) == {f"{source}:B1" for source in EMPLOYERS}
        for said in told.values():
            ends = Counter(line["outcome"] for line in said["batch"]["lines"])
            assert ends["refused"] == 1
            assert sum(ends.values()) == 9
            assert sum(len(why["lines"]) for why in said["batch"]["reasons"]) == 9 - ends["granted"]
            assert said["amount_fen"] == 150_000 * ends["granted"]
        lines = [line for said in told.values() for line in said["batch"]["lines"]]
        assert sum(line["outcome"] == "granted" for line in lines) == 12
        reasons = [why for said in told.values() for why in said["batch"]["reasons"]]
        assert {(why["code"], tuple(why["lines"])) for why in reasons if why["code"][0] == "W"} == {
            ("WRONG_PERSON_ID", ("bad",))
        }
        capped = next(why for why in reasons if why["code"] == "CAP_REACHED")
        assert "最多不超过3次" in capped["clauses"][0]["quote"]
        secrets = [who[part] for who in PEOPLE for part in ("id", "name")]
        text = orjson.dumps(told).decode()
        assert not [secret for secret in secrets if secret in text]

        await _letters(ledger)
        await _read_by_staff(ledger)
        await _sent_again_with_the_bad_line_right(ledger, upstream, events[0])
        assert ledger.alarms == []


async def _told(ledger: Whole, number: int) -> dict[str, dict[str, Any]]:
    """What upstream hears of batches; each key once."""
    found: dict[str, dict[str, Any]] = {}
    topic = ledger.settings.topics.outcomes

    async def there() -> bool:
        found.clear()
        records = everything_on(ledger.settings.kafka_bootstrap, [topic])[topic]
        events = [orjson.loads(record[record.index(b"{") :]) for record in records]
        batches = [event for event in events if event["type"] == "outcome.batch_decided"]
        found.update({event["subject"]: event["data"] for event in batches})
        assert len(batches) <= number, "one result each"
        return len(batches) == number

    await until("results told", there)
    return found


async def _letters(ledger: Whole) -> None:
    """The bad line alone is a dead letter, with its number."""

    async def there() -> bool:
        return await ledger.count("SELECT count(*) FROM books.dead_letters") == 4

    await until("dead letters", there)
    rows = await ledger.books.fetch("SELECT DISTINCT code, line FROM books.dead_letters")
    assert [(row["code"], row["line"]) for row in rows] == [("WRONG_PERSON_ID", 9)]


async def _read_by_staff(ledger: Whole) -> None:
    """The same on the page, in its files, on the command line and in the trace."""
    key = "employer-a.hrss:B1"
    said = await call("batch", key, settings=ledger.settings)
    assert said.code == 0, said.err
    assert "共 9 行" in said.out
    assert "第 9 行  行号 bad  退回" in said.out
    assert "证件号码不对" in said.out
    assert said.out.splitlines() == await result(ledger.settings.postgres_dsn, key, policies())
    story = await trace(ledger.settings.postgres_dsn, key, policies())
    assert any("收到批量申报" in line for line in story)
    assert any("每行都有答复" in line for line in story)
    wrong = await call("batch", "employer-a.hrss:B2", settings=ledger.settings)
    assert wrong.code == 1
    assert "没有找到批量申报" in wrong.err

    async with asyncpg.create_pool(ledger.settings.postgres_dsn, min_size=1, max_size=2) as pool:
        app = httpx.ASGITransport(create_app(Sources(pool, policies(), Path("node_modules"))))
        async with httpx.AsyncClient(transport=app, base_url="http://127.0.0.1") as pages:
            listed = (await pages.get("/submissions")).text
            assert key in listed
            page = (await pages.get(f"/submissions/{key}")).text
            assert "批量申报结果" in page
            assert "证件号码不对" in page
            sheet = await pages.get(f"/submissions/{key}?xlsx=1")
            book = openpyxl.load_workbook(io.BytesIO(sheet.content))
            rows = list(book.worksheets[0].values)
            assert len(rows) == 11, "header, nine lines, total"
            granted = [float(str(row[3] or 0)) for row in rows[1:]]
            assert granted[-1] == sum(granted[:-1])
            assert book.sheetnames[1] == "说明"
            csv = (await pages.get(f"/submissions/{key}?csv=1")).text
            assert csv.count("\r\n") == 11
            assert (await pages.get("/submissions/nobody:B9")).status_code == 404


async def _sent_again_with_the_bad_line_right(
    ledger: Whole, upstream: Upstream, event: dict[str, Any]
) -> None:
    """The employer mends its bad line and sends that line alone: all is told once more."""
    zhao = person("21120219910308003", "赵测试")
    right = {**event["data"]["lines"][-1], "beneficiary": zhao}
    right["facts"] = {**right["facts"], "certificate.number": "S-zhao"}
    mended = {**event, "id": "mended", "data": {**event["data"], "lines": [right]}}
    upstream.structured(mended)
    await decided(ledger, 3)
    row = await ledger.books.fetchrow(
        "SELECT round, lines, refused FROM books.submissions WHERE submission = $1",
        "employer-a.hrss:B1",
    )
    assert row is not None
    assert tuple(row) == (2, 9, 0)
