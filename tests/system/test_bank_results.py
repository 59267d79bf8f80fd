"""A bank's answer file by the page and by the command line: checked whole, taken line by line."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import asyncpg
import httpx
import orjson
import pytest

from events.batches import BatchClosed, BatchResultRecorded
from events.codec import command_of
from events.disbursements import DisbursementBatched
from projections.engine.migrate import migrate
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from services.web.app import create_app
from services.web.request.sources import Sources
from tests.browser import city
from tests.given_when_then import policies
from tests.whole_ledger import call, everything_on

ADDRESS = "http://127.0.0.1"
BATCH = "B2208170003"
HEAD = "指令号,处理结果,金额（元）,入账日期,返回码,失败原因\n"


class Office:
    """A city whose first batch waits for two answers; what a page sends is decided at once."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.city = city.build()

    @property
    def lines(self) -> list[DisbursementBatched]:
        """The payments of the first batch."""
        return [body for _, body in self.city.find(DisbursementBatched) if body.batch == BATCH]

    def recorded(self) -> list[BatchResultRecorded]:
        """What the batch has recorded so far."""
        return [body for _, body in self.city.find(BatchResultRecorded)]

    def answer(self, *, wrong: str = "") -> bytes:
        """The bank's file: the second but last was paid, the last returned, the first told again."""
        first, paid, returned = self.lines[0], *self.lines[-2:]
        rows = [
            f"{first.instruction},成功,{yuan(first)},2022-08-19,,",
            f"{paid.instruction},成功,{wrong or yuan(paid)},2022-08-22,,",
            f"{returned.instruction},失败,{yuan(returned)},2022-08-22,R03,账户已销户",
        ]
        return (HEAD + "\n".join(rows) + "\n").encode("utf-8-sig")

    async def send(self, commands: Sequence[tuple[str, bytes]]) -> None:
        """Take what a page sends."""
        known = len(self.city.ledger.facts)
        self.city.ledger.ask(command_of(orjson.loads(raw)) for _, raw in commands)
        await city.project(self.dsn, self.city.ledger.facts[known:])


def yuan(line: DisbursementBatched) -> str:
    return f"{line.money.amount // 100}.{line.money.amount % 100:02d}"


@pytest.fixture
async def office(settings: Settings) -> Office:
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    made = Office(settings.postgres_dsn)
    await city.project(settings.postgres_dsn, made.city.ledger.facts)
    return made


@pytest.fixture
async def pages(office: Office, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=4) as pool:
        vault = await Vault.open(pool, settings.vault_key_file)
        sources = Sources(
            pool, policies(), Path("node_modules"), city.names_of, send=office.send, vault=vault
        )
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(sources)),
            base_url=ADDRESS,
            headers={"origin": ADDRESS},
            cookies={"acting_as": "zhao-min"},
            follow_redirects=True,
        ) as client:
            yield client


async def upload(pages: httpx.AsyncClient, content: bytes) -> httpx.Response:
    file = {"file": ("回盘.csv", content, "text/csv")}
    return await pages.post("/results", data={"layout": "city-csv"}, files=file)


async def test_a_file_is_compared_with_the_books_and_then_taken_once(
    pages: httpx.AsyncClient, office: Office
) -> None:
    assert BATCH in (await pages.get("/results")).text
    before = len(office.recorded())
    shown = await upload(pages, office.answer())
    for words in ("账上已有", "可入账", "账户已销户", "入账：到账 1 笔", "退回 1 笔"):
        assert words in shown.text, words
    assert len(office.recorded()) == before, "nothing is taken by looking"

    address = str(shown.url.path)
    taken = await pages.post(f"{address}/take", data={"layout": "city-csv"})
    assert "已提交 2 行，账上都有答复" in taken.text
    assert "入账：到账" not in taken.text, "there is no button to press once more"
    taken = await pages.post(f"{address}/take", data={"layout": "city-csv"})
    assert "没有要办的" in taken.text
    told = {body.line.instruction for body in office.recorded()[before:]}
    assert told == {line.instruction for line in office.lines[-2:]}
    assert [body.batch for _, body in office.city.find(BatchClosed)] == [BATCH]
    rows = (await pages.get(f"{address}?layout=city-csv&csv=1")).text.splitlines()
    assert len(rows) == 5, "header, three lines, totals"
    assert BATCH not in (await pages.get("/results?csv=open")).text


async def test_a_file_with_problems_names_each_by_line_and_column_and_is_not_taken(
    pages: httpx.AsyncClient, office: Office
) -> None:
    before = len(office.recorded())
    foreign = f"B2208170003{'9' * 5},成功,1.00,2022-08-22,,\n".encode()
    shown = await upload(pages, office.answer(wrong="12O0.00") + foreign)
    for words in ("整份未入账", "12O0.00", "金额（元）", "账上没有这笔付款"):
        assert words in shown.text, words
    refused = await pages.post(f"{shown.url.path}/take", data={"layout": "city-csv"})
    assert refused.status_code == 422
    assert len(office.recorded()) == before


async def test_a_file_that_says_two_things_or_a_day_that_cannot_be_names_the_lines(
    pages: httpx.AsyncClient, office: Office
) -> None:
    before = len(office.recorded())
    paid = office.lines[-2]
    again = f"{paid.instruction},失败,{yuan(paid)},2022-08-22,R03,账户已销户\n".encode()
    shown = await upload(pages, office.answer() + again)
    assert "第 3 行与第 5 行对同一指令说法不同" in shown.text
    for day, wrong in (("2098-12-23", "晚于今天"), ("2020-01-01", "早于这一批的发送日")):
        shown = await upload(pages, office.answer().replace(b"2022-08-22", day.encode(), 1))
        assert wrong in shown.text
        assert "第 3 行" in shown.text or ">3<" in shown.text
    assert len(office.recorded()) == before


async def test_another_amount_is_not_offered_as_paid_and_is_told_as_what_was_recorded(
    pages: httpx.AsyncClient, office: Office
) -> None:
    paid = office.lines[-2]
    less = f"{(paid.money.amount - 100) // 100}.{paid.money.amount % 100:02d}"
    shown = await upload(pages, office.answer(wrong=less))
    assert "入账：到账 0 笔" in shown.text
    assert "1 行的金额与指令不同" in shown.text
    taken = await pages.post(f"{shown.url.path}/take", data={"layout": "city-csv"})
    assert "已记，金额与指令不同，转待查明" in taken.text
    assert "账上都有答复" in taken.text
    batch = (await pages.get(f"/batches/{BATCH}")).text
    assert "金额待查明" in batch
    assert "已结清" not in batch
    assert paid.instruction in (await pages.get("/tasks/unknown")).text, "somebody sees it"


async def test_whoever_prepared_or_released_the_batch_leaves_its_answers_to_somebody_else(
    pages: httpx.AsyncClient, office: Office
) -> None:
    before = len(office.recorded())
    address = (await upload(pages, office.answer())).url.path
    for person, why in (("li-jing", "制单的人不把"), ("wang-fang", "放行的人不把")):
        pages.cookies.set("acting_as", person)
        taken = await pages.post(f"{address}/take", data={"layout": "city-csv"})
        assert len(office.recorded()) == before
        assert why in taken.text
    pages.cookies.set("acting_as", "zhao-min")
    await pages.post(f"{address}/take", data={"layout": "city-csv"})
    assert len(office.recorded()) == before + 2, "what one was refused another takes"


async def test_a_file_cut_at_a_lines_end_says_what_is_missing(
    pages: httpx.AsyncClient, office: Office
) -> None:
    whole = office.answer()
    cut = whole[: whole[:-1].rindex(b"\n") + 1]
    shown = await upload(pages, cut)
    assert "文件缺 1 笔" in shown.text
    assert office.lines[-1].instruction in shown.text
    assert "文件缺" not in (await upload(pages, whole)).text


async def test_nobody_takes_a_file_unnamed_or_unknown(
    pages: httpx.AsyncClient, office: Office
) -> None:
    assert (await pages.get(f"/results/{'0' * 64}")).status_code == 404
    pages.cookies.clear()
    assert "不能办理" in (await upload(pages, office.answer())).text


async def test_the_command_line_publishes_each_line_and_takes_no_file_with_problems(
    office: Office, settings: Settings, tmp_path: Path
) -> None:
    topic = settings.topics.inbound["bank-results"]
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(office.answer(wrong="12O0.00"))
    said = await call("bank", "results", str(wrong), settings=settings)
    assert said.code != 0
    assert "第 3 行“金额（元）”为“12O0.00”" in said.err.replace("\n", "")
    assert everything_on(settings.kafka_bootstrap, [topic])[topic] == []

    file = tmp_path / "results.csv"
    file.write_bytes(office.answer())
    said = await call("bank", "results", str(file), "--wait", "0", settings=settings)
    assert said.code == 3, "no desk runs here, so the books have recorded nothing of what is new"
    told = said.out.replace("\n", "")
    assert "账上已记：到账 1 笔，退回 0 笔" in told
    assert "2 笔已发布而账上还没有记" in told
    published = everything_on(settings.kafka_bootstrap, [topic])[topic]
    events = [orjson.loads(raw[raw.index(b"{") :]) for raw in published]  # behind its key
    assert sorted(event["type"] for event in events) == [
        "payment.returned",
        "payment.settled",
        "payment.settled",
    ]
    instructions = {event["data"]["instruction"] for event in events}
    assert {line.instruction for line in office.lines[-2:]} < instructions
