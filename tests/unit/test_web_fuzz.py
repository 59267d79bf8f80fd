"""Whatever an address or a form says: never a 5xx, and what is not understood is named in Chinese."""

import itertools
import os
import re
from collections.abc import AsyncIterator, Sequence
from inspect import signature
from pathlib import Path
from random import Random
from urllib.parse import quote_from_bytes
from uuid import uuid4

import asyncpg
import pytest
from fastapi.routing import APIRoute

from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.masking import Account
from services.runtime.vault import Vault, make_key_file
from services.web.acts.forms import FORMS
from services.web.acts.sending import Act, batch_number
from services.web.request.fields import NAMES
from services.web.request.scope import CARRIED
from tests.browser import city
from tests.web_pages import ADDRESS, WebPages, books_of, routes, web_pages

BAD_DAYS = (
    "0001-01-01",
    "9999-12-31",
    "1899-12-31",
    "2100-01-01",
    "2022-02-30",
    "20220831",
    "٢٠٢٢-٠٨-٣١",
    "0",
)
BAD_NUMBERS = ("-1", "9999", "9" * 400, "1e3", "0x10", "٢٠٢٢", "1.5", "NaN")
BAD_TEXTS = (
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF",
    "x" * 3000,
    "'; DROP TABLE",
    "<script>",
    "%E2%80%AE",
)
BAD_MARKS = ("nonsense", "2022-08-31", "0001-01-01,x", "9999-12-31,x", "x,y", "2022-08-31,%00")
EVERYTHING = (*BAD_DAYS, *BAD_NUMBERS, *BAD_TEXTS, *BAD_MARKS, "")
_PART = itertools.count()


def some(texts: Sequence[str], one_in: int) -> Sequence[str]:
    """One text in so many, at each call the next of them; all of them with `EXPLORE=1`."""
    return texts if os.environ.get("EXPLORE") else texts[next(_PART) % one_in :: one_in]


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """A city's books: rows of every kind."""
    return books_of(postgres, "web_fuzz", city.build().ledger.facts)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key of the vault in these books."""
    file = tmp_path_factory.mktemp("vault") / "vault.key"
    make_key_file(file)
    return file


@pytest.fixture
async def desk(database: str, key: Path) -> AsyncIterator[WebPages]:
    """Pages on which somebody acts, with a vault of their own."""

    async def keep(_token: str, _account: Account) -> str:
        return "a" * 33

    async with (
        asyncpg.create_pool(database, min_size=1, max_size=1) as pool,
        web_pages(
            database, "li-jing", keep_account=keep, vault=await Vault.open(pool, key)
        ) as opened,
    ):
        opened.http.headers["referer"] = f"{ADDRESS}/clawbacks"
        yield opened


def parameters(route: APIRoute) -> dict[str, str]:
    """What an address takes, as it is called there: its own, the scope's, one that nobody knows."""
    own = {field.alias: field.name for field in route.dependant.query_params}
    return own | dict.fromkeys((*CARRIED, "colour"), "")


def real(route: APIRoute) -> str:
    """A path that exists where there can be one."""
    known = {
        "/applications/{key}": f"/applications/district-{city.DISTRICT}.hrss:TL-2022-004000",
        "/batches/{batch}": "/batches/B2208170003",
        "/reconciliation/{account}/{month}": f"/reconciliation/{city.ACCOUNT}/2022-08",
        "/vouchers/{key}": f"/vouchers/district-{city.DISTRICT}.hrss:PXQ-0003",
        "/policies/{programme}/{version}": "/policies/skill-upgrade/211200-2022-01-01",
        "/journal/{number}": "/journal/J-0-0",
    }
    return known.get(route.path) or re.sub(r"{[^}]+}", "x", route.path)


async def test_no_query_whatever_ends_in_a_fault_of_ours(desk: WebPages) -> None:
    tried = 0
    for route in routes(desk.app, "GET"):
        for name in parameters(route):
            own = name not in (*CARRIED, "colour")
            for text in some(EVERYTHING, 3 if own else 7):
                said = text if "%" in text else quote_from_bytes(text.encode())
                answer = await desk.http.get(f"{real(route)}?{name}={said}")
                assert answer.status_code < 500, (route.path, name, text[:40])
                tried += 1
    assert tried > 1000


async def test_no_path_whatever_ends_in_a_fault_of_ours(desk: WebPages) -> None:
    for route in routes(desk.app, "GET"):
        for name in re.findall(r"{([a-z_]+)(?::path)?}", route.path):
            for text in some((*EVERYTHING[:-1], "0000-00", "٢٠٢٢-٠٨", "J-99999-1", "f" * 64), 3):
                said = text if "%" in text else quote_from_bytes(text.encode(), safe="")
                path = re.sub(rf"{{{name}(:path)?}}", said.replace("\\", ""), route.path)
                path = re.sub(r"{[^}]+}", "x", path)
                answer = await desk.http.get(path)
                assert answer.status_code < 500, (route.path, text[:40])
    for path in ("/static/%00", "/static/..%2f..%2fapp.py", "/assets/%00", "/nothing/%00"):
        assert (await desk.http.get(path)).status_code == 404, path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *((f"/?as_of={day}", "截至") for day in BAD_DAYS),
        *((f"/journal?known={day}", "已知至") for day in BAD_DAYS),
        *((f"/budgets?year={number}", "年度") for number in BAD_NUMBERS),
        *((f"/applications?after={text}", "翻页位置") for text in BAD_MARKS[:5]),
        ("/applications?q=%00", "查找内容"),
        ("/find?q=a%00b", "查找内容"),
        ("/vouchers?q=%00", "查找内容"),
        ("/applications?from=9999-12-31", "起始日期"),
        ("/applications?to=0001-01-01", "截止日期"),
        ("/applications?size=1000000", "每页行数"),
        ("/applications?state=nonsense", "状态"),
        ("/disbursements?state=nonsense", "状态"),
        ("/batches?state=nonsense", "状态"),
        ("/clawbacks?state=nonsense", "状态"),
        ("/differences?age=old", "账龄"),
        ("/posts?quarter=5", "季度"),
        ("/alarms?kind=x", "种类"),
        ("/accounts?by=x", "排列方式"),
        ("/accounts?district=x", "区划"),
        ("/accounts?fund=x", "基金"),
        (f"/reconciliation/{city.ACCOUNT}/0000-01", "月份"),
        (f"/reconciliation/{city.ACCOUNT}/٢٠٢٢-٠٨", "月份"),
    ],
)
async def test_what_an_address_says_wrong_is_named_and_can_be_taken_away(
    desk: WebPages, path: str, name: str
) -> None:
    answer = await desk.http.get(path)
    assert answer.status_code == 422
    assert f"条件“{name}”不能识别" in answer.text
    assert 'aria-label="主要导航"' in answer.text, "the page stays usable"
    without = re.search(r'<a class="button" href="([^"]+)">去掉这一条件重新打开', answer.text)
    assert without is not None
    if "reconciliation" not in path:
        again = await desk.http.get(without[1].replace("&amp;", "&"), follow_redirects=True)
        assert again.status_code == 200, without[1]


async def test_every_field_that_a_page_takes_has_a_name_in_chinese(desk: WebPages) -> None:
    takes = {name for route in routes(desk.app, "GET") for name in parameters(route)}
    asks = {
        field.alias for route in routes(desk.app, "POST") for field in route.dependant.body_params
    }
    assert (takes | asks) - {"colour"} - set(NAMES) == set()


async def test_every_act_in_which_something_is_typed_keeps_its_form(desk: WebPages) -> None:
    nothing_typed = {
        "/acting-as", "/applications/import", "/applications/import/{number}/release", "/batches", "/past", "/past/{number}/release", "/results",
        "/audit/search", "/cases/{key}", "/samples/{number}/close",
        "/disclosures/{number}/again", "/disclosures/{number}/publish", "/results/{digest}/take", "/statements/try", "/tasks/unknown",
        "/reports", "/reports/verify", "/statements/import", "/statements/import/{number}/release",
        "/periods/{fund}/{district}/{month}/sign", "/treasury/file",
        # secrets are typed anew, and stand in no page
        "/sign-in", "/sign-in/code", "/sign-out", "/account/password", "/account/second-factor",
        "/account/sessions/end", "/account/sessions/end-others", "/users/{user}/credential",
        # ticked or chosen, and asked anew: what for belongs to one look
        "/jobs", "/jobs/{number}/again", "/jobs/{number}/cancel",
        "/users", "/users/{user}/roles", "/applications/{key}/reveal", "/applications/unmasked",
        "/session/continue", "/confirm-code",
    }  # fmt: skip
    assert {route.path for route in routes(desk.app, "POST")} - nothing_typed == set(FORMS)
    for route in routes(desk.app, "POST"):
        if route.path in FORMS:
            asked = {field.alias for field in route.dependant.body_params}
            assert set(FORMS[route.path].typed) <= asked, route.path


def good(route: APIRoute) -> dict[str, str]:
    """A form that means something."""
    values = {
        "command": str(uuid4()), "line": "budget/fund/unemployment_insurance/211202/2022",
        "direction": "more", "amount": "1.00", "document": "文-1", "reason": "因故",
        "verdict": "confirm", "by": "1", "cause": "fraud", "rate": "20", "planned": "1",
        "nets": "claim", "settle_by": "2022-12-31", "grade": "B", "received_on": "2022-08-31",
        "bank_account": city.ACCOUNT, "bank_reference": "r", "bank": "农行", "number": "62220000",
        "holder": "张三", "batch": "B2208310001", "total": "1.00", "count": "1", "who": "li-jing",
        "layout": "city-csv", "fund": city.FUND, "district": city.DISTRICT, "region": city.DISTRICT,
        "digest": "0" * 64, "payee": "p", "disbursement": "d", "instruction": "i", "stream": "payee/p", "rejects": str(uuid4()), "letter": "t/0/1/0", "purpose": "因故", "corrected": "{}",
        "since": "2022-08-31", "kind": "fund-month", "area": "211200", "month": "2022-08", "vector": "0:1",
        "rule": "random", "seed": "1", "size": "5", "granted_from": "2022-01-01",
        "granted_to": "2022-12-31", "more": "因故",
        "application": f"district-{city.DISTRICT}.hrss:TL-2022-004000",
    }  # fmt: skip
    return {f.alias: values[f.alias] for f in route.dependant.body_params if f.alias in values}


async def test_no_form_whatever_ends_in_a_fault_of_ours_nor_blames_the_address(
    desk: WebPages,
) -> None:
    pick = Random(1)
    bad = ["", " ", "\x00", "a\x00b", "９９９９９９９９９９９９９９９９", "-1", "1.234", "1e9",
                      "9999-12-31", "0001-01-01", "x" * 3000, "<script>", "\x1b[2J", "9" * 5000]  # fmt: skip
    for route in routes(desk.app, "POST"):
        path = re.sub(r"{[^}]+}", "x", route.path)
        for name in good(route):
            for text in some(bad, 3):
                answer = await desk.http.post(path, data={**good(route), name: text})
                assert answer.status_code < 500, (route.path, name, text[:20])
                assert "地址" not in re.sub(r"(?s)<footer.*", "", answer.text), (route.path, name)
            without = {key: value for key, value in good(route).items() if key != name}
            assert (await desk.http.post(path, data=without)).status_code < 500
        for content, kind in (
            (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
            (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
            (b"a=1", "multipart/form-data"),
            (b"{}", "application/json"),
            (pick.randbytes(300), "application/x-www-form-urlencoded; charset=utf-16"),
        ):
            answer = await desk.http.post(path, content=content, headers={"content-type": kind})
            assert 400 <= answer.status_code < 500 or answer.status_code == 303, (path, kind)


@pytest.mark.parametrize(
    ("path", "form", "name", "kept"),
    [
        ("/budgets/adjustments", {"amount": "1.234"}, "金额", "文-1"),
        ("/budgets/adjustments", {"document": " "}, "文书（文号）", "因故"),
        (
            "/budgets/adjustments",
            {"document": "文 211202 19900307 000X"},
            "文书（文号）",
            "因故",
        ),
        ("/budgets/adjustments", {"reason": "卡6222021234567890128"}, "理由", "文-1"),
        ("/decisions/credit", {"reason": "本人 211202199003070００X"}, "理由", "文-1"),
        ("/budgets/adjustments", {"direction": "up"}, "方向", "文-1"),
        ("/decisions/advance", {"rate": "101"}, "比例", "2022-12-31"),
        ("/decisions/advance", {"settle_by": "9999-12-31"}, "应结算日", "文-1"),
        ("/decisions/credit", {"grade": "Z"}, "信用等级", "文-1"),
        ("/decisions/review", {"amount": "一千", "verdict": "approve"}, "金额", "文-1"),
        ("/clawbacks/x/y/recovered", {"received_on": "0001-01-01"}, "入账日期", "1.00"),
        ("/clawbacks", {"floor": "-1"}, "每笔留给本人", "因故"),
        ("/batches/B2208310001/release", {"total": "0.01"}, "合计", "0.01"),
    ],
)
async def test_what_a_form_says_wrong_is_named_and_the_rest_is_kept(
    desk: WebPages, path: str, form: dict[str, str], name: str, kept: str
) -> None:
    route = next(route for route in routes(desk.app, "POST") if route.path_regex.fullmatch(path))
    answer = await desk.http.post(path, data={**good(route), **form})
    assert answer.status_code == 422
    assert f"没有办理：“{name}”" in answer.text
    assert f'value="{kept}"' in answer.text
    assert "/clawbacks" in answer.text
    assert desk.sent == []


async def test_a_form_that_was_used_is_not_used_for_something_else(desk: WebPages) -> None:
    route = next(r for r in routes(desk.app, "POST") if r.path == "/budgets/adjustments")
    form = good(route)
    assert (await desk.http.post(route.path, data=form)).status_code == 303
    assert (await desk.http.post(route.path, data=form)).status_code == 303, "the same once more"
    other = await desk.http.post(route.path, data={**form, "amount": "2.00"})
    assert other.status_code == 422
    assert "表单编号" in other.text
    fresh = re.search(r'name="command" value="([^"]+)"', other.text)
    assert fresh is not None
    assert fresh[1] != form["command"]
    assert len(desk.sent) == 2


def test_handlers_take_no_day_or_number_that_is_not_read_strictly(desk: WebPages) -> None:
    for route in (*routes(desk.app, "GET"), *routes(desk.app, "POST")):
        for name, parameter in signature(route.endpoint).parameters.items():
            assert "datetime.date" not in str(parameter.annotation) or "BeforeValidator" in str(
                parameter.annotation
            ), (route.path, name)


@pytest.mark.parametrize("scope", ["", f"?district={city.DISTRICT}&lang=zh"])
@pytest.mark.parametrize(
    "path",
    [
        "/budgets/adjustments",
        "/budgets/adjustments/judge",
        "/budgets/close",
        "/decisions/revoke",
        "/decisions/advance",
        "/decisions/fraud",
        "/decisions/credit",
        "/batches/B2208310001/reject",
    ],
)
async def test_every_act_leads_to_its_answer_and_back_to_its_record(
    desk: WebPages, path: str, scope: str
) -> None:
    route = next(route for route in routes(desk.app, "POST") if route.path_regex.fullmatch(path))
    form = good(route)
    sent = await desk.http.post(f"{path}{scope}", data=form)
    assert sent.status_code == 303, sent.text[:300]
    answer = await desk.http.get(sent.headers["location"])
    assert answer.status_code == 200, sent.headers["location"]
    assert "已提交，办理中" in answer.text
    back = re.search(r'<a class="button" href="([^"]+)">返回记录', answer.text)
    assert back is not None
    assert (await desk.http.get(back[1].replace("&amp;", "&"))).status_code == 200, back[1]


async def test_a_command_that_nobody_sent_is_not_called_received(desk: WebPages) -> None:
    answer = await desk.http.get(f"/commands/{uuid4()}")
    assert answer.status_code == 404
    assert "没有这个命令" in answer.text
    assert "已收到" not in answer.text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil", "x"])
async def test_a_way_back_never_leads_elsewhere(desk: WebPages, back: str) -> None:
    assert (await desk.http.get(f"/commands/{uuid4()}", params={"back": back})).status_code == 422
    chosen = await desk.http.post("/acting-as", data={"who": "li-jing", "back": back})
    assert chosen.headers["location"] == "/"


async def test_a_batch_has_the_number_of_its_form_and_no_other(desk: WebPages) -> None:
    form = {"fund": city.FUND, "district": city.DISTRICT, "count": "0", "total": "0"}
    year_10889 = "ffffffff-ffff-7fff-8fff-ffffffffffff"
    today = Act.of_today()
    version_4 = today[:14] + "4" + today[15:]
    for command in (str(uuid4()), "<script>", version_4, year_10889):
        answer = await desk.http.post("/batches", data={"command": command, **form})
        assert answer.status_code == 422, command
    fresh = Act.of_today()
    assert batch_number(fresh) == batch_number(fresh)
    assert re.fullmatch(r"B[0-9]{6}[0-9A-Z]{4}", batch_number(fresh))
    assert desk.sent == []
