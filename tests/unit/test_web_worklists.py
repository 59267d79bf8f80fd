"""The work lists over a city's books: what each counts and sums is what the first screen says."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import httpx
import pytest

from events import streams
from events.application_facts.checking import PAYEE_KIND
from events.approvals import ApprovalGranted
from events.budgets import AllocateBudget, CloseLine, ProposeAdjustment
from events.clawbacks import ProposeClawback
from events.disbursements import DisbursementSettled
from events.payees import GradeCredit
from events.status import RecordStatus
from events.values import FactValue
from policies.duties.promises import FACT
from policies.vocabulary.calendar import months_from
from services.runtime.embedded.postgres_server import PostgresServer
from tests.browser import city
from tests.unit.test_promises import APPRENTICE, PAPERS
from tests.web_pages import books_of, csv_records, fen, web_pages

TRUSTED = city.person(4300)
PROMISED = f"/applications/district-{city.DISTRICT}.hrss:TL-2022-004300"
RESUMES = city.person(4301)
RESUMED = f"district-{city.DISTRICT}.hrss:TL-2022-004301"
LONG = city.person(4302)
LONG_PLAN = f"district-{city.DISTRICT}.hrss:TL-2022-004302"
BEFORE = city.CLOSE - timedelta(days=1)
LISTS = ("due", "referred", "held", "years", "release", "second", "resumptions")


def books() -> city.City:
    """A city's summer; on its last day somebody proposes a clawback and a smaller budget."""
    made = city.build()
    stream, paid = made.find(DisbursementSettled)[0]
    propose = ProposeClawback(
        clawback="ZH-1",
        application=paid.disbursement.rpartition("#")[0],
        cause="not_entitled",
        document="铁人社〔2022〕9号",
        reason="重复申报",
        maker="li-jing",
        amount=10_000,
    )
    made.ask(stream, propose, city.CLOSE, "staff:li-jing")
    adjust = ProposeAdjustment(
        by=5_000_000, document="铁财社〔2022〕77号", reason="追加", maker="wang-fang"
    )
    made.ask(city.LINE, adjust, city.CLOSE, "staff:wang-fang")
    _promise(made)
    _stopped(made)
    _years_ahead(made)
    return made


def _flexible(months: list[str]) -> dict[str, FactValue]:
    return {
        "graduate.kind": "高校毕业生",
        "diploma.dated_on": "2021-07-01",
        "flexible.began_on": "2021-09-01",
        "person.status": ["灵活就业@2021-09-01/"],
        "contribution.months": months,
        "contribution.self_paid": 1_000_00 * len(months),
        PAYEE_KIND: "个人",
    }


def _years_ahead(made: city.City) -> None:
    """A plan of three years: its second year has no budget yet, its third was closed without one."""
    made.apply(LONG, 4302, city.CLOSE, _flexible(months_from(date(2022, 8, 1), 18)), "flexible-si")
    (later,) = (one.later for _, one in made.find(ApprovalGranted) if one.later)
    made.ask(later[1].line, CloseLine(document="年终", queue="lapse"), city.CLOSE)


def _stopped(made: city.City) -> None:
    """A plan of months to come is stopped by a job that has ended again."""
    facts = _flexible(["2022-08", "2022-09", "2022-10"])
    made.apply(RESUMES, 4301, city.CLOSE, facts, "flexible-si")
    for status, since in (("employed", date(2022, 8, 10)), ("unemployed", date(2022, 8, 20))):
        told = RecordStatus(status=status, since=since, source="hrss")  # type: ignore[arg-type]
        made.ask(streams.beneficiary(RESUMES), told, city.CLOSE)


def _promise(made: city.City) -> None:
    """A trusted payee promises two papers instead of handing them in."""
    line = streams.fund_line("skills_special_account", city.DISTRICT, 2022)
    money = AllocateBudget(document="铁财社〔2022〕33号", amount=1_000_000)
    made.ask(line, money, city.CLOSE)
    graded = GradeCredit(
        grade="A", document="铁人社信〔2022〕1号", reason="年度评定", by="staff:zhao-min"
    )
    made.ask(streams.payee(TRUSTED), graded, city.CLOSE, "staff:zhao-min")
    facts = APPRENTICE | {FACT: PAPERS, PAYEE_KIND: "单位"}
    made.apply(TRUSTED, 4300, city.CLOSE, facts, "apprenticeship")


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """The books, made once: these tests only read."""
    return books_of(postgres, "web_worklists", books().ledger.facts)


@pytest.fixture
async def pages(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages over these books."""
    async with web_pages(database, "li-jing") as opened:
        yield opened.http


async def tasks(pages: httpx.AsyncClient, query: str = "") -> dict[str, tuple[str, str]]:
    """What the first screen says of each list: counts and amount, by address."""
    text = (await pages.get(f"/{query}")).text
    found = re.findall(
        r'<li><a href="(/tasks/\w+)[^"]*">.*?class="count">([^<]*)</a>.*?class="amount">([^<]*)<',
        text,
    )
    return {path: (counts, amount) for path, counts, amount in found}


@pytest.mark.parametrize("name", LISTS)
async def test_every_list_is_shown_in_both_languages_and_in_the_past(
    pages: httpx.AsyncClient, name: str
) -> None:
    for query in ("", "?lang=en", "?as_of=2022-08-20", "?district=211281", "?as_of=2021-01-01"):
        answer = await pages.get(f"/tasks/{name}{query}")
        assert answer.status_code == 200, answer.text[:400]
    assert "没有" in (await pages.get(f"/tasks/{name}?as_of=2021-01-01&lang=zh")).text


@pytest.mark.parametrize(
    "query", ["?as_of=2022-08-31", f"?district={city.DISTRICT}&fund={city.FUND}"]
)
async def test_the_first_screen_says_what_the_lists_say(
    pages: httpx.AsyncClient, query: str
) -> None:
    said = await tasks(pages, query)
    for name, amount in (("due", "金额（元）"), ("held", "金额（元）"), ("release", "金额（元）")):
        *rows, total = await csv_records(pages, f"/tasks/{name}{query}&csv={name}")
        counts, sum_ = said[f"/tasks/{name}"]
        assert rows, name
        assert fen(total[amount]) == sum(fen(row[amount]) for row in rows) == fen(sum_), name
        assert int(re.findall(r"\d+", counts)[0]) == len(rows), name
    judged = await csv_records(pages, f"/tasks/referred{query}&csv=referred")
    assert said["/tasks/referred"] == (f"{len(judged)} 件", "未知")
    proposed = await csv_records(pages, f"/tasks/second{query}&csv=second")
    assert said["/tasks/second"] == (f"{len(proposed)} 项", "—")


async def test_what_is_due_by_day_and_account_is_what_the_batch_would_take(
    pages: httpx.AsyncClient,
) -> None:
    *groups, total = await csv_records(pages, "/tasks/due?csv=due-groups")
    assert sum(int(row["笔数"]) for row in groups) == int(total["笔数"]) == 6
    *payments, _sum = await csv_records(pages, "/tasks/due?csv=due")
    keys = [(row["应付日"], row["申请号"]) for row in payments]
    assert keys == sorted(keys), "the longest wait first"
    own = f"/tasks/due?account={city.ACCOUNT}&from=2022-08-31&to=2022-08-31"
    page = (await pages.get(own)).text
    link = re.search(r'href="(/batches/new[^"]*of=[^"]*)"', page)
    assert link is not None
    confirmed = (await pages.get(link[1].replace("&amp;", "&"))).text
    assert f"制批 6 笔 {total['金额（元）'][:-3]}" in confirmed.replace(",", "")
    assert 'name="since" value="2022-08-31"' in confirmed
    for nothing in ("account=ccb-2234", "account=nobody", "to=2022-08-30"):
        assert await csv_records(pages, f"/tasks/due?csv=due-groups&{nothing}") == [
            {**dict.fromkeys(total, ""), "基金": "合计", "笔数": "0", "金额（元）": "0.00"}
        ]


async def test_instalments_that_nobody_has_checked_yet_are_listed_beneath(
    pages: httpx.AsyncClient,
) -> None:
    early = await csv_records(pages, "/tasks/due?as_of=2022-08-12&csv=due-instalments")
    assert {row["状态"] for row in early[:-1]} == {"待比对"}
    assert fen(early[-1]["计划金额（元）"]) == sum(fen(row["计划金额（元）"]) for row in early[:-1])
    now = await csv_records(pages, "/tasks/due?csv=due-instalments")
    assert len(now) < len(early)


async def test_a_person_sees_which_fact_is_missing_beside_the_clause(
    pages: httpx.AsyncClient,
) -> None:
    rows = await csv_records(pages, "/tasks/referred?csv=referred")
    assert [row["申请号"][-6:] for row in rows] == ["004204", "004205", "004206"]
    for row in rows:
        assert row["原因"] == "缺少事实"
        assert "缺少申报事实" in row["所见或所缺"]
        assert "铁市" in row["条款"]
    page = (await pages.get("/tasks/referred")).text
    assert f"/decisions/new?application={rows[0]['申请号']}" in page


async def test_a_queue_is_served_in_its_order_and_says_what_its_line_has_left(
    pages: httpx.AsyncClient,
) -> None:
    *rows, total = await csv_records(pages, "/tasks/held?csv=held")
    assert [int(row["排第几位"]) for row in rows] == list(range(1, len(rows) + 1))
    *lines, whole = await csv_records(pages, "/tasks/held?csv=queues")
    assert whole["金额（元）"] == total["金额（元）"]
    (line,) = lines
    assert line["件数"] == str(len(rows))
    lack = fen(total["金额（元）"]) - fen(line["现可用（元）"])
    assert fen(line["尚缺（元）"]) == lack > 0
    *own, _sum = await csv_records(pages, f"/tasks/held?csv=held&line={city.LINE}")
    assert own == rows
    *none, _sum = await csv_records(pages, f"/tasks/held?csv=held&line={city.LINE[:-1]}1")
    assert none == []


async def test_a_maker_is_told_that_another_person_judges(pages: httpx.AsyncClient) -> None:
    (batch, _total) = await csv_records(pages, "/tasks/release?csv=release")
    assert batch["批次"] == "B2208310001"
    assert batch["办理"] == "您是制单人，由他人放行"
    rows = await csv_records(pages, "/tasks/second?csv=second")
    assert {row["事项"]: row["状态"] for row in rows} == {
        "追回": "您提出，待他人复核",
        "调整预算": "待您复核",
    }
    assert date.fromisoformat(rows[0]["提出日"]) == city.CLOSE
    assert streams.line_parts(city.LINE)[2] == city.DISTRICT


async def test_how_far_a_payee_is_trusted_and_what_it_promised_stands_on_its_pages(
    pages: httpx.AsyncClient,
) -> None:
    page = (await pages.get(PROMISED)).text
    assert re.search(r"信用等级</dt><dd>A · 2022-08-31\s+铁人社信〔2022〕1号", page)
    assert "有效承诺</dt>" in page
    assert "合同" in page.partition("有效承诺</dt>")[2]
    before = (await pages.get(f"/applications/district-{city.DISTRICT}.hrss:TL-2022-004000")).text
    assert re.search(r"信用等级</dt><dd>B · 尚未评定", before)
    (debt,) = [
        row for row in await csv_records(pages, "/tasks/second?csv=second") if row["事项"] == "追回"
    ]
    link = re.search(
        rf'href="(/clawbacks/[^"]*{debt["编号"]})"', (await pages.get("/clawbacks")).text
    )
    assert link is not None
    assert re.search(r"信用等级</dt><dd>B · 尚未评定", (await pages.get(link[1])).text)


async def test_a_referred_application_can_be_judged_from_its_form(
    database: str,
) -> None:
    key = f"district-{city.DISTRICT}.hrss:TL-2022-004204"
    async with web_pages(database, "zhao-min") as pages:
        client = pages.http
        form = (await client.get(f"/decisions/new?application={key}")).text
        assert "/decisions/review" in form
        granted = f"district-{city.DISTRICT}.hrss:TL-2022-004000"
        assert (
            "/decisions/review"
            not in (await client.get(f"/decisions/new?application={granted}")).text
        )
        answer = await client.post(
            "/decisions/review",
            data={
                "command": "3e2a6f80-6e8f-4f3b-9c43-00000000000a",
                "application": key,
                "verdict": "deny",
                "document": "铁人社〔2022〕12号",
                "reason": "材料不齐",
            },
        )
    assert answer.status_code == 303
    (asked,) = pages.sent
    assert (asked["type"], asked["by"]) == ("ReviewApplication", "staff:zhao-min")
    assert asked["body"]["reviewer"] == "zhao-min"


async def test_a_stopped_plan_that_may_go_on_waits_for_a_person_who_says_why(database: str) -> None:
    async with web_pages(database, "zhao-min") as pages:
        client = pages.http
        rows = await csv_records(client, "/tasks/resumptions?csv=resumptions")
        (row,) = (one for one in rows if one["申请号"] == RESUMED)
        assert (row["申请号"], row["停发事由"], row["变化自"]) == (
            RESUMED,
            "已就业",
            "2022-08-20",
        )
        assert (await tasks(client))["/tasks/resumptions"] == ("2 件", "—")
        form = (await client.get(f"/tasks/resumptions?application={RESUMED}")).text
        assert 'name="since" value="2022-08-20"' in form
        said = {
            "command": "3e2a6f80-6e8f-4f3b-9c43-00000000000b",
            "application": RESUMED,
            "verdict": "resume",
            "since": "2022-08-20",
            "document": "铁人社〔2022〕13号",
            "reason": " ",
        }
        assert (await client.post("/tasks/resumptions", data=said)).status_code == 422
        answer = await client.post(
            "/tasks/resumptions", data=said | {"reason": "合同解除，恢复灵活就业"}
        )
    assert answer.status_code == 303, answer.text[:300]
    (asked,) = pages.sent
    assert (asked["type"], asked["by"]) == ("JudgeResumption", "staff:zhao-min")
    assert (asked["body"]["since"], asked["body"]["by"]) == ("2022-08-20", "zhao-min")


async def test_who_waits_for_a_later_budget_is_listed_beside_what_lapsed(
    pages: httpx.AsyncClient,
) -> None:
    *rows, total = await csv_records(pages, "/tasks/years?csv=years")
    assert [(row["申请号"], row["所属年度"], row["期数"], row["排第几位"]) for row in rows] == [
        (LONG_PLAN, "2023", "12", "1"),
        (LONG_PLAN, "2024", "2", ""),
    ]
    assert [row["状态"] for row in rows] == ["待预算", "年终未轮到，已停发（budgets/Y1）"]
    assert [row["首期应付日"] for row in rows] == ["2023-01-01", "2024-01-01"]
    counts, amount = (await tasks(pages))["/tasks/years"]
    assert counts == "2 项"
    assert fen(total["金额（元）"]) == sum(fen(row["金额（元）"]) for row in rows) == fen(amount)
    assert await csv_records(pages, f"/tasks/years?as_of={BEFORE}&csv=years") == [
        {**dict.fromkeys(total, ""), "申请号": "合计", "金额（元）": "0.00"}
    ]
    shown = (await pages.get("/tasks/years")).text
    assert "budgets/Y2：原文未说跨年度的计划如何安排" in shown
    alarms = (await pages.get("/alarms")).text
    assert "所属年度终了没有轮到" in alarms
    assert "首期应付日已过" in alarms
    then = (await pages.get(f"/alarms?as_of={city.CLOSE}")).text
    assert "首期应付日已过" not in then, "2023 had not come"
    (stopped,) = (
        row
        for row in await csv_records(pages, "/tasks/resumptions?csv=resumptions")
        if row["申请号"] == LONG_PLAN
    )
    assert stopped["停发事由"] == "所属年度终了，没有轮到预算"
    trail = (await pages.get(f"/applications/{LONG_PLAN}")).text
    assert "其中 14 期由 2023、2024 年度预算支付" in trail
    assert "2023 年度的部分待预算" in trail


async def test_what_is_not_committed_is_not_due_whatever_day_is_asked_about(
    pages: httpx.AsyncClient,
) -> None:
    for day in ("2023-01-02", "2024-02-02"):
        rows = await csv_records(pages, f"/tasks/due?as_of={day}&csv=due-instalments")
        own = [row["计划金额（元）"] for row in rows if row["申请号"] == LONG_PLAN]
        assert len(own) == 4, "September to December, whose year has committed them"
