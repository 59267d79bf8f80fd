"""The auditor's questions over a real database and vault: samples, decisions, people, acts, cases."""

import io
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import asyncpg
import openpyxl
import pytest

from events import streams
from events.applications import ApplicationCorrected
from events.approvals import ApprovalDenied
from events.codec import command_of
from events.contract.inbound.identity import Party, check_character
from events.looks import ExportUnmasked, RevealDetail, export_number
from events.position_vector import PositionVector
from events.samples import CloseSample, ConcludeItem, DrawSample, SamplePlan
from events.values import PolicyRef
from projections.queries import sample_population
from services.audit.case import CaseRecords
from services.audit.case_check import Check
from services.audit.clause_search import key_of, shown
from services.audit.drawing import draw
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.vault import Vault, make_key_file
from services.runtime.vault.requests import RegisterParty
from tests.browser.city import PARTITIONS, project
from tests.given_when_then import Scene, policies
from tests.handmade_ledgers import History, filed, grant, granted, proposed
from tests.unit.test_case import on_the_ledger
from tests.web_pages import WebPages, books_of, csv_records, web_pages

FIRST = [f"district-211202.hrss:A{n:03}" for n in range(6)]
LATER, DENIED = "district-211202.hrss:A900", "district-211202.hrss:A901"
NUMBER, NOBODYS = "11010519491231002X", f"11010519491231004{check_character('11010519491231004')}"
WHO = "p000000001"
INSPECTOR = "sun-hong"

LAW = next(policy for policy in policies() if policy.text.policy == "skill-upgrade")
FAILED = next(node for node in LAW.nodes.values() if node.cite and node.quote)
MET = next(
    node for node in LAW.nodes.values() if node.cite and node.quote not in ("", FAILED.quote)
)


def histories() -> tuple[History, PositionVector]:
    """Six grants; behind the vector one more, a denial, and a correction of the first."""
    history = History()
    for number, application in enumerate(FIRST):
        grant(history, application, f"p{number:09}")
    known = Counter(one.partition for one in history.located(PARTITIONS))
    person = streams.beneficiary("p000000900")
    history.add(person, filed(LATER, "p000000900"), proposed(LATER, "p000000900"))
    history.add(person, granted(LATER, "p000000900"), filed(DENIED, "p000000900"))
    by = PolicyRef(
        programme="skill-upgrade", version="v", jurisdiction="211200", family="skill-upgrade",
        content_hash=LAW.content_hash, bundle_hash="b" * 64,
    )  # fmt: skip
    history.add(
        person,
        ApprovalDenied(
            application=DENIED, code="CLAUSE_FAILED", failing=(FAILED.id,), policy=by,
            trail=((FAILED.id, False, 11, ">= 12"),), reviewer="staff:zhao-min",
        ),
    )  # fmt: skip
    other = filed(FIRST[0], "p000000000")
    stated = other.stated.model_copy(update={"region": "211221", "account": "another-account"})
    history.add(
        streams.beneficiary("p000000000"),
        ApplicationCorrected(
            application=FIRST[0], replaces="d" * 64, digest="e" * 64, stated=stated,
            arrived=other.arrived, before_filing=False,
        ),
    )  # fmt: skip
    return history, PositionVector.of(known)


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """Books made once; what tests add to them stands apart."""
    return books_of(postgres, "audit_books", histories()[0].facts)


class Office(NamedTuple):
    """The pages with a vault, and who can look into it."""

    pages: WebPages
    vault: Vault


@pytest.fixture
async def office(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """An inspector at the pages; the vault knows one person by number."""
    key = tmp_path / "vault.key"
    make_key_file(key)
    located = histories()[0].located(PARTITIONS)

    async def fetch(places: Iterable[tuple[int, int]]) -> CaseRecords:
        wanted = set(places)
        whole = on_the_ledger(located)
        records = [r for r in whole.records if (r.partition, r.offset) in wanted]
        used = {(r.partition, r.checkpoint) for r in records}
        points = [p for p in whole.checkpoints if (p.partition, p.offset) in used]
        return whole._replace(records=records, checkpoints=points)

    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        await pool.execute("TRUNCATE vault.keys, vault.parties, vault.reveals CASCADE")
        vault = await Vault.open(pool, key)
        with monkeypatch.context() as minting:
            minting.setattr("services.runtime.vault.parties.new_token", lambda _kind: WHO)
            await vault.answer([RegisterParty(Party("person", NUMBER, "张三"))])
        async with web_pages(database, INSPECTOR, vault=vault, fetch_records=fetch) as pages:
            yield Office(pages, vault)


def plan(vector: str, **changed: object) -> SamplePlan:
    whole = SamplePlan(
        rule="random", rules_version=1, seed="1", size=3, programme="", region="",
        granted_from=date(2022, 1, 1), granted_to=date(2022, 12, 31), threshold=0, vector=vector,
    )  # fmt: skip
    return whole.model_copy(update=changed)


async def test_a_population_is_what_was_known_at_its_vector(database: str) -> None:
    history, vector = histories()
    now = PositionVector.of(Counter(one.partition for one in history.located(PARTITIONS)))
    books = await asyncpg.connect(database)
    try:
        then = await sample_population.grants(books, plan(vector.text))
        today = await sample_population.grants(books, plan(now.text))
        nowhere = await sample_population.grants(books, plan(now.text, region="210400"))
        corrected = await sample_population.grants(books, plan(now.text, region="211221"))
        other = await sample_population.grants(books, plan(now.text, programme="other"))
        too_early = plan(now.text, granted_to=date(2022, 8, 11))
        early = await sample_population.grants(books, too_early)
    finally:
        await books.close()
    assert [row.application for row in then] == FIRST
    assert [row.application for row in today] == [*FIRST, LATER]
    assert (then[0].region, then[0].account) == ("211202", "acc-p000000000")
    assert (today[0].region, today[0].account) == ("211221", "another-account")
    assert then[0].filed_at == today[0].filed_at
    assert [row.application for row in corrected] == [FIRST[0]]
    assert not nowhere
    assert not other
    assert not early
    assert len(draw(plan(vector.text), then).items) == 3


async def test_decisions_are_found_by_step_clause_and_the_clause_that_failed(
    office: Office,
) -> None:
    http = office.pages.http

    async def found(query: str) -> list[str]:
        rows = await csv_records(http, f"/audit?csv=decisions&{query}")
        return sorted(row["申请号"] for row in rows if row["申请号"] not in ("", "合计"))

    assert await found("") == sorted([*FIRST, LATER, DENIED])
    assert await found("step=denied") == [DENIED]
    assert await found("step=granted&to=2022-08-11") == []
    failed, met = (key_of(shown(node.cite), node.quote) for node in (FAILED, MET))
    assert await found(f"clause={shown(FAILED.cite)}") == [DENIED]
    assert await found(f"clause={failed}") == [DENIED]
    assert await found(f"clause={failed}&failed=1") == [DENIED]
    assert await found(f"clause={met}") == [DENIED], "a decision rests on every clause"
    assert await found(f"clause={met}&failed=1") == []
    assert await found("clause=没有这一条") == []
    page = (await http.get("/audit", params={"q": FAILED.quote})).text
    assert shown(FAILED.cite) in page


async def test_somebody_is_found_by_number_and_who_looked_is_on_record(office: Office) -> None:
    http, form = (
        office.pages.http,
        {"document": "resident_id", "purpose": "信访答复", "more": "0831"},
    )
    found = await http.post("/audit/search", data={**form, "number": NUMBER})
    assert (found.status_code, found.headers["location"]) == (303, f"/parties/{WHO}")
    nobody = await http.post("/audit/search", data={**form, "number": NOBODYS})
    assert "没有此人" in nobody.text
    wrong = await http.post("/audit/search", data={**form, "number": "110105194912310028"})
    assert wrong.status_code == 422
    assert "110105194912310028" not in wrong.text
    assert [(one.token, one.purpose, one.who) for one in await office.vault.looks()] == [
        ("", "信访答复：0831", INSPECTOR),
        (WHO, "信访答复：0831", INSPECTOR),
    ]
    page = (await http.get(found.headers["location"])).text
    assert FIRST[1] in page
    assert "信访答复：0831" in page, "the page says who has looked"
    assert NUMBER not in page
    rows = await csv_records(http, f"/parties/{WHO}?csv=decisions")
    assert [row["申请号"] for row in rows] == [FIRST[1]]
    looks = await csv_records(http, f"/audit/looks?csv=looks&who={INSPECTOR}")
    assert len(looks) == 2
    assert (await http.get("/parties/p-nobody")).status_code == 404
    assert office.pages.sent == []


async def test_nobody_is_looked_for_by_nobody(database: str, office: Office) -> None:
    async with web_pages(database, vault=office.vault) as strangers:
        form = {"document": "resident_id", "purpose": "信访答复", "number": NUMBER}
        answer = await strangers.http.post("/audit/search", data=form)
        assert answer.status_code == 200
        assert "不能办理" in answer.text
        await strangers.http.post(f"/cases/{FIRST[1]}", data={"purpose": "审计抽查"})
    assert await office.vault.looks() == []


@pytest.mark.parametrize(("looks", "told"), [(20, False), (21, True)])
async def test_whoever_looks_at_people_too_often_is_told_to_the_auditor(
    office: Office, database: str, looks: int, told: bool
) -> None:
    books = await asyncpg.connect(database)
    await books.execute(
        """INSERT INTO vault.reveals (token, field, purpose, who, at)
           SELECT 'p', 'name', '核实身份', 'li-jing', now() - n * interval '179 seconds'
           FROM generate_series(0, $1 - 1) AS n
           UNION ALL SELECT 'p', 'name', '核实身份', 'wang-fang', now() - n * interval '181 seconds'
           FROM generate_series(0, 40) AS n""",
        looks,
    )
    await books.close()
    page = (await office.pages.http.get("/alarms")).text
    assert ("李静 一小时内查看 21 次" in page) is told
    assert ("/audit/looks?who=li-jing" in page) is told
    assert "王芳 一小时内" not in page, "twenty an hour all day are usual"


async def test_acts_are_found_by_whoever_did_them_however_the_name_is_written(
    office: Office,
) -> None:
    for written in ("zhao-min", "staff:zhao-min", "ZHAO-MIN"):
        rows = await csv_records(office.pages.http, f"/audit/acts?csv=acts&who={written}")
        assert [(row["申请号"], row["身份"]) for row in rows] == [(DENIED, "审核")]
    assert not await csv_records(office.pages.http, "/audit/acts?csv=acts&who=li-jing&role=maker")


async def test_a_case_is_given_out_for_a_purpose_and_checks(office: Office) -> None:
    http, path = office.pages.http, f"/cases/{FIRST[1]}"
    assert "审计抽查" in (await http.get(path)).text
    answer = await http.post(path, data={"purpose": "审计抽查"})
    assert answer.headers["content-type"] == "application/zip"
    check = Check(answer.content)
    assert not check.faults
    assert [(one.token, one.field, one.purpose) for one in await office.vault.looks()] == [
        (WHO, "case", "审计抽查")
    ]
    assert (
        await http.post("/cases/district-211202.hrss:none", data={"purpose": "x"})
    ).status_code != 200
    assert len(await office.vault.looks()) == 1


async def test_a_sample_is_drawn_on_the_page_concluded_and_drawn_again(
    database: str, office: Office
) -> None:
    http = office.pages.http
    form = {
        "rule": "random", "seed": "77", "size": "2", "granted_from": "2022-01-01",
        "granted_to": "2022-12-31", "command": str(uuid4()),
    }  # fmt: skip
    found_nothing = {**form, "rule": "same_certificate"}
    assert "规则没有发现" in (await http.post("/samples", data=found_nothing)).text
    assert (await http.post("/samples", data={**form, "size": "501"})).status_code == 422
    assert (await http.post("/samples", data=form)).status_code == 303
    asked = command_of(office.pages.sent[0])
    assert isinstance(asked.body, DrawSample)
    number, items = asked.body.number, [item.application for item in asked.body.items]
    assert (asked.stream, asked.by) == (streams.sample(number), f"staff:{INSPECTOR}")
    assert (asked.body.population, len(items)) == (7, 2)

    scene = Scene()
    for command in (
        asked.body,
        ConcludeItem(number=number, application=items[0], conclusion="doubtful", finding="缺页", operator=INSPECTOR),
    ):  # fmt: skip
        scene.when(streams.sample(number), command)
    await project(database, scene.ledger.facts)
    page = (await http.get(f"/samples/{number}?again=1")).text
    assert "一致：再抽一次得到同一名单" in page
    rows = await csv_records(http, f"/samples/{number}?csv=sample-items")
    assert [(row["申请号"], row["结论"], row["说明"]) for row in rows] == [
        (items[0], "存疑", "缺页"),
        (items[1], "待结论", ""),
    ]
    (listed,) = await csv_records(http, "/samples?csv=samples")
    assert (listed["总体（件）"], listed["抽取（件）"], listed["待结论（件）"]) == ("7", "2", "1")
    assert "缺页" in (await http.get(f"/cases/{items[0]}")).text
    said = {"application": items[1], "verdict": "sound", "reason": "", "command": str(uuid4())}
    assert (await http.post(f"/samples/{number}/conclude", data=said)).status_code == 303
    assert (
        await http.post(f"/samples/{number}/close", data={"command": str(uuid4())})
    ).status_code == 303
    bodies = [command_of(one).body for one in office.pages.sent[1:]]
    assert isinstance(bodies[0], ConcludeItem)
    assert bodies[1] == CloseSample(number=number, operator=INSPECTOR)
    books = await asyncpg.connect(database)
    await books.execute("UPDATE books.sample_items SET application = 'x:y' WHERE no = 1")
    await books.close()
    assert "第 1 件：原 x:y，现 " in re.sub(
        r"\s+", " ", (await http.get(f"/samples/{number}?again=1")).text
    )


async def told(database: str, office: Office) -> None:
    """Let the ledger answer what the pages sent last."""
    (fact,) = Scene().ledger.ask([command_of(office.pages.sent[-1])])
    books = await asyncpg.connect(database)
    before = await books.fetchval("SELECT count(*) FROM books.facts WHERE stream = $1", fact.stream)
    await books.close()
    await project(database, [fact._replace(seq=before + 1)])


async def test_one_detail_is_shown_behind_its_fact_for_a_minute_to_whoever_asked(
    database: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    http, path = office.pages.http, f"/applications/{FIRST[1]}"
    assert NUMBER not in (await http.get(path)).text
    form = {"command": str(uuid4()), "detail": "number", "purpose": "核实身份", "more": "来访"}
    names_one = {**form, "more": f"查{NUMBER}"}
    assert (await http.post(f"{path}/reveal", data=names_one)).status_code == 422
    assert (await http.post(f"{path}/reveal", data={**form, "detail": "all"})).status_code == 422
    assert (await http.post(f"{path}/reveal", data=form)).status_code == 303
    (sent,) = office.pages.sent
    body = command_of(sent).body
    assert isinstance(body, RevealDetail)
    assert (body.user, body.party, body.region) == (INSPECTOR, WHO, "211202")
    behind = f"{path}/reveal/{form['command']}"
    assert "/commands/" in (await http.get(behind)).headers["location"], "no fact, nothing shown"
    await told(database, office)
    shown = await http.get(behind)
    assert NUMBER in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["refresh"].partition(";")[0].isdigit()
    async with web_pages(database, "li-jing", vault=office.vault) as others:
        assert (await others.http.get(behind)).status_code == 404
    other_page = f"/applications/{FIRST[2]}/reveal/{form['command']}"
    assert (await http.get(other_page)).status_code == 404
    books = await asyncpg.connect(database)
    assert await books.fetchval("SELECT count(*) FROM vault.reveals WHERE allowed_by = $1", form["command"]) == 1  # fmt: skip
    await books.close()
    monkeypatch.setattr("services.web.pages.revealed_details._SHOWN_FOR", timedelta())
    over = (await http.get(behind)).text
    assert NUMBER not in over
    assert "已超过 60 秒" in over
    (listed,) = await csv_records(http, f"/audit/looks?csv=looks&who={INSPECTOR}")
    assert (listed["看了什么"], listed["目的"]) == ("证件号码", "核实身份：来访")
    assert (listed["申请号或导出编号"], listed["地址"]) == (FIRST[1], body.address)
    assert "核实身份：来访" in (await http.get(f"/parties/{WHO}")).text, "their own page says it"
    assert "查看完整的个人信息" in (await http.get(f"/cases/{FIRST[1]}")).text


async def test_an_unmasked_file_says_itself_who_took_it_out_and_what_for(
    database: str, office: Office
) -> None:
    http, where = office.pages.http, "/applications/unmasked?q=A001"
    assert "1 件" in (await http.get(where)).text
    masked = await http.get("/applications?csv=applications&q=A001")
    assert NUMBER not in masked.text
    form = {"command": str(uuid4()), "purpose": "信访答复"}
    none = await http.post("/applications/unmasked?q=nothing", data=form)
    assert none.status_code == 200
    assert office.pages.sent == []
    assert (await http.post(where, data=form)).status_code == 303
    body = command_of(office.pages.sent[0]).body
    assert isinstance(body, ExportUnmasked)
    assert (body.applications, body.parties, body.region) == ((FIRST[1],), (WHO,), "211202")
    behind = f"/applications/unmasked/{form['command']}"
    assert "/commands/" in (await http.get(f"{behind}?csv=unmasked")).headers["location"]
    await told(database, office)
    number = export_number(form["command"])
    file = await http.get(f"{behind}?csv=unmasked")
    mark, _header, line = file.content.decode("utf-8-sig").splitlines()
    assert number in mark
    assert "信访答复" in mark
    assert "孙红" in mark or INSPECTOR in mark
    assert "张三" in line
    assert NUMBER in line
    assert number in file.headers["content-disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO((await http.get(f"{behind}?xlsx=unmasked")).content))
    assert number in str(sheet.worksheets[0]["A1"].value)
    assert number in (await http.get(f"/parties/{WHO}")).text
    async with web_pages(database, "li-jing", vault=office.vault) as others:
        assert (await others.http.get(f"{behind}?csv=unmasked")).status_code == 404
