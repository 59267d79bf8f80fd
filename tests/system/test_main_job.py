"""The main job: a client that we did not write publishes; money arrives, traceable to the clause."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import orjson

from events import streams
from events.batches import PrepareBatch, ReleaseBatch, WantedLine
from events.contract.schemas.examples import person
from events.days import legal_day
from events.envelope import Asked
from events.values import Command
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from tests.account_numbers import keep_numbers
from tests.whole_ledger import Upstream, Whole, call, everything_on, example, until, whole

BATCH = "B2208310003"
ZHANG = "district-211202.hrss:TL-2022-005120"
ZHAO = "district-211202.hrss:TL-2022-005121"
NOBODY = "211202199203041234"
LATE = "district-211202.hrss:TL-2022-005122"
WELDERS = "district-211202.hrss:TL-2022-B0017:1"


def another(application: str, who: dict[str, str], account: str, **facts: Any) -> dict[str, Any]:
    """Write the example's application for another person."""
    event = example("application.submitted")
    data = event["data"]
    data |= {
        "application": application,
        "beneficiary": who,
        "account": {**data["account"], "number": account, "holder": who["name"]},
        "facts": {**data["facts"], "certificate.number": f"S{application}", **facts},
    }
    return {**event, "id": f"another-{application}"}


def answer_of_today(kind: str) -> dict[str, Any]:
    """Write the example's bank answer for a file that has left today."""
    event = example(kind)
    event["data"] |= {"value_on": legal_day(datetime.now(UTC)).isoformat()}
    return event


def post_skill_budget() -> dict[str, Any]:
    """Allocate to the fund that the example of an employer's batch is paid from."""
    event = example("budget.allocated")
    event["data"] |= {
        "document": "铁财社〔2021〕9号",
        "fund": "skills_special_account",
        "year": 2021,
    }
    return {**event, "id": "another-budget"}


def published() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What goes in before anything is paid: in structured mode, in binary mode."""
    zhao = person("21120219910308003", "赵示例")
    qian = person("21120219920409004", "钱示例")
    structured = [
        example("budget.allocated"),
        example("account.opening-balance"),
        example("person.prior-use"),
        example("application.batch-submitted"),
        another("TL-2022-005121", zhao, "6222020000000000121", **{"certificate.level": "三级"}),
    ]
    binary = [
        example("application.submitted"),
        another(
            "TL-2022-005122",
            qian,
            "6222020000000000122",
            **{"certificate.issued_on": "2019-05-01"},
        ),
    ]
    return structured, binary


def identities(events: list[dict[str, Any]]) -> set[str]:
    """Every name, id and account that was published."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            found.update(value[key] for key in ("name", "holder", "number") if key in value)
            found.update([value["id"]] if value.get("kind") in ("person", "unit") else [])
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    for event in events:
        look(event["data"])
    return found


async def staff(ledger: Whole, who: str, body: Command) -> None:
    """Ask as a member of staff does from a page."""
    now = datetime.now(UTC)
    asked = Asked(str(uuid4()), streams.batch(BATCH), now, now.date(), f"staff:{who}", body)
    settings = ledger.settings
    async with PacketSender.of(settings, "web") as sender:
        await sender.send_commands([asked])


async def pay(ledger: Whole, upstream: Upstream) -> None:
    """Prepare the batch that the bank's examples answer, let it go, and let the bank answer."""
    rows = await ledger.books.fetch(
        "SELECT disbursement, payee, amount_fen FROM books.disbursements WHERE state = 'ordered'"
        " AND fund = 'unemployment_insurance' ORDER BY amount_fen"
    )
    assert [row["amount_fen"] for row in rows] == [150_000, 200_000]
    await staff(
        ledger,
        "li-jing",
        PrepareBatch(
            batch=BATCH,
            bank_account="icbc-1234",
            fund="unemployment_insurance",
            district="211202",
            maker="li-jing",
            lines=tuple(
                WantedLine(
                    payee=streams.payee(row["payee"]),
                    disbursement=row["disbursement"],
                    amount=row["amount_fen"],
                )
                for row in rows
            ),
        ),
    )
    await ledger.facts("BatchPrepared")
    batch = await ledger.books.fetchrow("SELECT * FROM books.batches WHERE batch = $1", BATCH)
    assert batch is not None
    await staff(
        ledger,
        "wang-fang",
        ReleaseBatch(
            batch=BATCH, checker="wang-fang", digest=batch["digest"], total=batch["total_fen"]
        ),
    )
    await ledger.facts("DisbursementSent", 2)
    file = ledger.settings.data_dir / "outbox" / f"{BATCH}.csv"
    assert "6222020000000000017" in file.read_text("gb18030", errors="replace")
    upstream.structured(answer_of_today("payment.settled"))
    upstream.binary(answer_of_today("payment.returned"))
    upstream.structured(example("statement.opened"), example("statement.line"))
    await ledger.facts("DisbursementSettled")
    await ledger.facts("DisbursementReturned")
    await ledger.facts("BatchClosed")
    await ledger.facts("StatementLineRecorded")


async def test_examples_published_by_another_client_are_decided_paid_and_told(
    settings: Settings,
) -> None:
    async with whole(settings) as ledger:
        await keep_numbers(ledger.settings)
        upstream = Upstream(settings)
        structured, binary = published()
        upstream.structured(*structured)
        upstream.binary(*binary)
        upstream.raw("applications", b'{"specversion": "1.0", "name": "\xe5\xbc\xa0')
        upstream.raw("applications", None)
        nobody = {"kind": "person", "id": NOBODY, "name": "吴此人"}
        upstream.structured(another("TL-2022-005123", nobody, "6222020000000000123"))
        await ledger.facts("DisbursementOrdered", 2)
        await ledger.facts("ApprovalDenied")
        await ledger.facts("ApprovalHeld", 2)
        upstream.structured(post_skill_budget(), example("person.status-changed"))
        await ledger.facts("ApprovalGranted", 4)
        await ledger.facts("StatusRecorded")
        await pay(ledger, upstream)
        # what comes too late is refused, and says why
        upstream.structured(*map(example, ("review.decided", "application.corrected")))
        await ledger.facts("CommandRefused", 2)
        upstream.binary(example("application.withdrawn"))
        await ledger.facts("CommandRefused", 3)

        await books_agree(ledger)
        await told_upstream(ledger)
        await traced(ledger)
        await pages_show(ledger)
        await rebuilt(ledger)
        await nobody_is_named(
            ledger, identities([*structured, *binary]) | {NOBODY, "吴此人", "6222020000000000123"}
        )
        assert ledger.alarms == []
        assert ledger.supervisor.restarts == 0


async def books_agree(ledger: Whole) -> None:
    rows = await ledger.books.fetch("SELECT application, state FROM books.applications")
    states = {row["application"]: row["state"] for row in rows}
    assert states == {
        ZHANG: "granted",
        ZHAO: "granted",
        LATE: "denied",
        WELDERS: "granted",
        f"{WELDERS[:-1]}2": "granted",
    }
    refused = await ledger.books.fetch(
        "SELECT body->>'code' AS code FROM books.facts WHERE type = 'CommandRefused'"
    )
    assert sorted(row["code"] for row in refused) == [
        "ALREADY_GRANTED",
        "NOT_REFERRED",
        "PAYMENT_UNDER_WAY",
    ]

    async def letters() -> bool:
        return await ledger.count("SELECT count(*) FROM books.dead_letters") >= 3

    await until("dead letters", letters)
    codes = await ledger.books.fetch("SELECT code FROM books.dead_letters")
    assert sorted(row["code"] for row in codes) == ["NOT_JSON", "NULL_VALUE", "WRONG_PERSON_ID"]
    assert await ledger.count("SELECT sum(amount_fen) FROM books.postings") == 0
    bank = "SELECT sum(amount_fen) FROM books.postings WHERE code = $1"
    assert await ledger.count(bank, "1002") == 1_200_000_000 - 150_000


async def told_upstream(ledger: Whole) -> None:
    topic = ledger.settings.topics.outcomes

    def outcomes(key: str) -> list[str]:
        records = everything_on(ledger.settings.kafka_bootstrap, [topic])[topic]
        told = [orjson.loads(record[record.index(b"{") :])["data"] for record in records]
        return [one["outcome"] for one in told if one["application"] == key]

    async def complete() -> bool:
        return len(outcomes(ZHANG)) >= 11

    await until("outcomes of 张示例's application", complete)
    zhang = outcomes(ZHANG)
    paid = ("filed", "proposed", "granted", "payment_ordered", "payment_sent", "payment_settled")
    assert set(paid) <= set(zhang)
    assert zhang.count("refused") == 3
    assert "payment_returned" in outcomes(ZHAO)
    assert "denied" in outcomes(LATE)


async def traced(ledger: Whole) -> None:
    said = await call("trace", ZHANG, settings=ledger.settings)
    assert said.code == 0, said.err
    order = [
        "报文 example-01：",
        "  受理",
        "条件符合",
        "预算占用",
        "  核准",
        "到期应付",
        "列入支付",
        "申请制批",
        "  制批",
        "批次确认此笔",
        "批次制成",
        "复核 wang-fang",
        "批次已发送银行",
        "  已发送",
        "收到银行结果",
        "已到账",
        "PAYMENT_UNDER_WAY",
    ]
    places = [said.out.find(words) for words in order if words != "报文 example-01："]
    assert -1 not in places, (order, said.out)
    assert places == sorted(places), said.out
    assert "报文 example-01：" in said.out
    assert "铁市就组发〔2022〕1号" in said.out
    denied = await call("trace", LATE, settings=ledger.settings)
    assert "不予核准" in denied.out
    assert "2019-05-01" in denied.out


async def pages_show(ledger: Whole) -> None:
    address = f"http://{ledger.settings.web_host}:{ledger.settings.web_port}"
    async with httpx.AsyncClient(base_url=address, follow_redirects=True, timeout=30) as browser:
        application = await browser.get(f"/applications/{ZHANG}")
        assert application.status_code == 200
        assert "1,500.00" in application.text
        statement = await browser.get("/reconciliation/icbc-1234/2022-08")
        assert statement.status_code == 200


async def rebuilt(ledger: Whole) -> None:
    again = await call("rebuild", settings=ledger.settings)
    assert again.code == 0, again
    assert "已切换到新台账" in again.out
    same = await call("verify", settings=ledger.settings)
    assert same.code == 0, same
    assert "一致" in same.out
    looked = await call("doctor", settings=ledger.settings)
    assert looked.code == 0, looked
    assert "✗" not in looked.out


async def nobody_is_named(ledger: Whole, secrets: set[str]) -> None:
    assert {"张示例", "21120219900307000X", "6222020000000000017", "赵示例"} <= secrets
    settings = ledger.settings
    names = [secret.encode() for secret in secrets]
    inside = set(settings.topics) - set(settings.topics.inbound.values())
    read = everything_on(settings.kafka_bootstrap, inside)
    assert read[settings.topics.ledger]
    assert read[settings.topics.dead_letters]
    for topic, records in read.items():
        whole_topic = b"\n".join(records)
        assert not [name for name in names if name in whole_topic], topic
    logs = sorted((settings.data_dir / "logs").glob("*.log"))
    assert len(logs) == 6
    for log in logs:
        written = log.read_bytes()
        assert not [name for name in names if name in written], log.name
    tables = await ledger.books.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'books'"
    )
    assert len(tables) > 15
    for (table,) in tables:
        rows = await ledger.books.fetch(f'SELECT t::text FROM books."{table}" t')
        text = "\n".join(row[0] for row in rows)
        assert not [secret for secret in secrets if secret in text], table
