"""The pages of public lists, over books and files: two people, an objection, the public's own pages."""

import io
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from pypdf import PdfReader

from events import streams
from events.approvals import ApprovalGranted, RevokeApproval
from events.codec import command_of
from events.disbursements import ClaimDisbursement, DisbursementClaimRefused
from events.disclosures import DisclosurePrepared, DisclosurePublished
from events.envelope import Recorded
from events.ids import application_of
from events.objections import ObjectionRaised, ObjectionResolved
from events.values import Command
from projections.engine.books import LIVE, build
from projections.queries import payments
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.masking import Masked
from services.runtime.vault import Vault, make_key_file
from services.runtime.vault.files import StoredFile
from services.streams.in_memory import InMemoryLedger
from services.web.app import create_app
from services.web.pages import public as public_page
from services.web.request.scope import today
from services.web.request.sources import Sources
from tests.browser import city
from tests.given_when_then import only
from tests.unit.test_disclosures import law
from tests.web_pages import ADDRESS, books_of


class Files(Vault):
    """A vault whose masks are the city's own, and which a hand may have been laid upon."""

    tampered: str = ""

    async def public_names(self, tokens: Iterable[str]) -> dict[str, Masked]:
        known = await city.names_of(tokens)
        return {token: Masked(one.name, "211*************3X") for token, one in known.items()}

    async def load_file(self, digest: str) -> StoredFile | None:
        kept = await super().load_file(digest)
        if kept is None or digest != self.tampered:
            return kept
        return kept._replace(content=kept.content.replace(b"3X", b"4X"))


class Desk:
    """Decides what the pages send by the very deciders, and lets the books know at once."""

    def __init__(self, dsn: str, past: Sequence[Recorded]) -> None:
        self.dsn = dsn
        self.files: Files | None = None
        self.ledger = InMemoryLedger(law())
        self.ledger.record(past)

    async def send(self, commands: Sequence[tuple[str, bytes]]) -> None:
        facts = self.ledger.ask(command_of(orjson.loads(raw)) for _, raw in commands)
        await city.project(self.dsn, facts)

    async def asks(self, stream: str, body: Command) -> list[Recorded]:
        """Ask by rule, as what two people have confirmed is asked."""
        asked = asked_by_staff(stream, "desk", body)._replace(by="desk")
        facts = self.ledger.ask([asked])
        await city.project(self.dsn, facts)
        return facts

    def last(self, kind: Any) -> Any:
        return [fact.body for fact in self.ledger.facts if isinstance(fact.body, kind)][-1]


@pytest.fixture
async def desk(postgres: PostgresServer) -> Desk:
    facts = city.build().ledger.facts
    return Desk(books_of(postgres, "public_lists", facts), facts)


@pytest.fixture
async def pages(desk: Desk, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    make_key_file(tmp_path / "vault.key")
    async with asyncpg.create_pool(desk.dsn, min_size=1, max_size=3) as pool:
        desk.files = await Files.open(pool, tmp_path / "vault.key")
        modules = Path("node_modules")
        sources = Sources(pool, law(), modules, city.names_of, send=desk.send, vault=desk.files)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(sources)),
            base_url=ADDRESS,
            headers={"origin": ADDRESS},
            follow_redirects=True,
        ) as http:
            yield http


async def acts(
    pages: httpx.AsyncClient, who: str, page: str, form: str, **typed: str
) -> httpx.Response:
    """Send one of a page's forms as somebody, with its hidden fields."""
    pages.cookies.set("acting_as", who)
    text = (await pages.get(page)).text
    found = re.search(rf'<form[^>]*action="{form}[^"]*".*?</form>', text, re.DOTALL)
    assert found is not None, f"no form {form} on {page}"
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found[0]))
    return await pages.post(form, data={**hidden, **typed})


def is_grant(fact: Recorded, application: str) -> bool:
    return isinstance(fact.body, ApprovalGranted) and fact.body.application == application


YEAR = {"since": "2022-01-01", "until": "2022-12-31"}


async def test_a_list_from_the_books_to_the_public_with_an_objection(
    pages: httpx.AsyncClient, desk: Desk
) -> None:
    asked = {"programme": "skill-upgrade", "region": city.DISTRICT, **YEAR}
    await acts(pages, "li-jing", "/disclosures", "/disclosures/grants", **asked)
    prepared = desk.last(DisclosurePrepared)
    number, own = prepared.number, f"/disclosures/{prepared.number}"
    public = f"/public/{number}"
    assert len(prepared.lines) > 40
    assert (await pages.get(public)).status_code == 404, "nobody sees what waits"
    assert "目前没有公示" in (await pages.get("/public")).text

    assert number in (await pages.get("/tasks/second")).text
    refused = await acts(pages, "li-jing", own, f"{own}/publish")
    assert "本次尝试已记录" in refused.text
    await acts(pages, "wang-fang", own, f"{own}/publish")
    assert desk.last(DisclosurePublished).from_on == today()

    pages.cookies.clear()
    shown = (await pages.get(public)).text
    assert "211*************3X" in shown
    assert "024-00000000" in shown
    for private in ("p-", "district-", "/applications", "acting-as", prepared.lines[0].application):
        assert private not in shown.partition("<main")[2], private
    assert number in (await pages.get("/public")).text
    assert f'href="{public}.pdf"' in shown
    english = (await pages.get(f"{public}?lang=en")).text
    assert "Objections may be raised" in english
    await same_on_paper(pages, desk, prepared)

    # a payment that waits, and an objection to it
    listed = {line.application for line in prepared.lines}
    application, payment = next(item for item in (await due(desk)).items() if item[0] in listed)
    said = {
        "application": application,
        "document": "异议-1",
        "reason": "称不在本地",
        "ground": "other",
    }
    answer = await acts(pages, "li-jing", own, f"{own}/object", **said)
    assert "登记异议" in answer.text
    raised = desk.last(ObjectionRaised)
    assert (raised.application, raised.disclosure) == (application, number)
    assert application not in await due(desk), "not offered to a batch"
    claim = ClaimDisbursement(
        disbursement=payment.disbursement,
        batch="B2612010001",
        line_no=1,
        bank_account=city.ACCOUNT,
        amount=payment.amount_fen,
    )
    claimed = await desk.asks(streams.payee(payment.payee), claim)
    assert only(claimed, DisbursementClaimRefused).code == "OBJECTED"
    of_claim = (await pages.get(f"/applications/{application}")).text
    assert "付款暂缓，直到认定" in of_claim
    assert "有人提出异议（其他），暂缓" in of_claim
    listed_page = (await pages.get(own)).text
    assert "有异议" in listed_page
    assert "公示异议，待认定" in (await pages.get("/")).text

    # another person finds out
    found = {"document": "核查-1", "reason": "经查属实", "verdict": "dismissed"}
    tasks = "/tasks/objections"
    own_try = await acts(pages, "li-jing", tasks, f"{tasks}/resolve", **found)
    assert "本次尝试已记录" in own_try.text
    await acts(pages, "wang-fang", tasks, f"{tasks}/resolve", **found)
    assert desk.last(ObjectionResolved).verdict == "dismissed"
    assert application in await due(desk)
    assert raised.objection in (await pages.get(f"{tasks}?csv=objections")).text

    # somebody's claim is revoked: the next issue is without it, and the public sees the next alone
    gone = prepared.lines[0].application
    (person,) = [f.stream for f in desk.ledger.facts if is_grant(f, gone)]
    revoke = RevokeApproval(
        application=gone, cause="not_entitled", document="撤-1", reason="不符", by="wang"
    )
    await desk.asks(person, revoke)
    assert "请编下一期" in (await pages.get(own)).text
    await acts(pages, "li-jing", own, f"{own}/again")
    again = desk.last(DisclosurePrepared)
    assert again.issue == 2
    assert gone not in {line.application for line in again.lines}
    await acts(pages, "wang-fang", own, f"{own}/publish")
    second = (await pages.get(public)).text
    assert f">{len(again.lines):,}<" in second
    assert second.count("211*************3X") == len(prepared.lines) - 1

    # a file that is not what was published is shown to nobody
    assert desk.files is not None
    desk.files.tampered = desk.last(DisclosurePublished).file_digest
    assert (await pages.get(public)).status_code == 503
    assert (await pages.get(f"{public}.pdf")).status_code == 503
    desk.files.tampered = ""

    down = {"document": "撤-1", "reason": "名单有误"}
    await acts(pages, "li-jing", own, f"{own}/take-down", **down)
    assert (await pages.get(public)).status_code == 404
    assert (await pages.get(f"{public}.pdf")).status_code == 404
    assert (await pages.get(f"{own}?xlsx={number}")).status_code == 200
    assert (await pages.get("/disclosures?csv=disclosures")).text.count(number) == 1

    # the use of a fund, each figure leading to its payments
    use = {"fund": city.FUND, "region": city.DISTRICT, **YEAR}
    await acts(pages, "li-jing", "/disclosures", "/disclosures/fund-use", **use)
    statement = desk.last(DisclosurePrepared)
    own = f"/disclosures/{statement.number}"
    page = (await pages.get(own)).text
    assert "state=settled" in page
    await acts(pages, "wang-fang", own, f"{own}/publish")
    told = (await pages.get(f"/public/{statement.number}")).text
    assert f"{statement.total / 100:,.2f}" in told
    (paper,) = PdfReader(
        io.BytesIO((await pages.get(f"/public/{statement.number}.pdf")).content)
    ).pages
    assert f"{statement.total / 100:,.2f}" in paper.extract_text()
    assert "使用情况" in paper.extract_text()
    nobody = {"fund": "talent_development", "region": city.DISTRICT, **YEAR}
    nothing = await acts(pages, "li-jing", "/disclosures", "/disclosures/fund-use", **nobody)
    assert (nothing.status_code, "没有付款" in nothing.text) == (422, True)


async def same_on_paper(pages: httpx.AsyncClient, desk: Desk, prepared: DisclosurePrepared) -> None:
    """The PDF says what the page says, on each of its sheets whose it is, and the same after a rebuild."""
    address = f"/public/{prepared.number}.pdf"
    answer = await pages.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    sheets = [
        "".join(one.extract_text().split()) for one in PdfReader(io.BytesIO(answer.content)).pages
    ]
    assert len(sheets) > 1
    for number, text in enumerate(sheets, start=1):
        assert f"第{number}页共{len(sheets)}页" in text
        assert text.count("证件号码") == 1, "the head of the table is on each page"
        assert f"公示编号{prepared.number}第1期" in text
        assert prepared.file_digest in text
    whole = "".join(sheets)
    assert whole.count("211*************3X") == len(prepared.lines)
    assert "024-00000000" in whole
    assert f"{prepared.total / 100:,.2f}" in sheets[-1]
    await rebuilt(desk)
    public_page._paper.cache_clear()
    assert (await pages.get(f"{address}?lang=en")).content == answer.content


async def rebuilt(desk: Desk) -> None:
    """Make the books anew from the same facts."""
    books = await asyncpg.connect(desk.dsn)
    try:
        await build(books, LIVE)
    finally:
        await books.close()
    await city.project(desk.dsn, desk.ledger.facts)


async def due(desk: Desk) -> dict[str, payments.DuePayment]:
    """The payments that could be put into a batch, by application."""
    books = await asyncpg.connect(desk.dsn)
    try:
        lines = await payments.due_lines(books, city.FUND, (city.DISTRICT,), 1000)
        return {application_of(line.disbursement): line for line in lines}
    finally:
        await books.close()
