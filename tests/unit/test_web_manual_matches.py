"""Matching by hand on the pages: choose, see both sums, propose; what stands, what does not, what waits."""

import re
from collections.abc import AsyncIterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
import pytest

from events import streams
from events.disbursements import DisbursementSettled
from events.manual_matches import (
    MakeManualMatch,
    MatchedLine,
    MatchedMovement,
    UndoManualMatch,
)
from events.proposals import JudgeAct
from events.proposing import proposed
from events.statements import RecordStatementLine, StatementLineRecorded
from events.values import Command
from projections.queries.command_answers import CommandAnswer
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.settings import Settings
from services.tools.staff import matches as staff_matches
from tests.browser import city
from tests.web_pages import WebPages, books_of, csv_records, web_pages

ACCOUNT, MONTH = city.ACCOUNT, "2022-08"
STREAM = streams.matching(ACCOUNT)
MADE_ON = date(2022, 9, 2)
PAGE = f"/matches/{ACCOUNT}"
NOBODY = "00000000-0000-5000-8000-000000000000"


class Found(NamedTuple):
    """Books in which one payment waits for its line, and some things were matched by hand."""

    dsn: str
    missing: str
    """The movement that the bank's lines lack, by the fact's id."""
    amount: int
    line: str
    """The line that it is, which names nothing."""
    doubled: str
    second: str
    """A movement whose instruction two lines name, and the second of them."""


@pytest.fixture(scope="module")
def found(postgres: PostgresServer) -> Found:
    built = city.build()
    facts = built.ledger.facts
    lines = [one.body for one in facts if isinstance(one.body, StatementLineRecorded)]
    told = [one.reference for one in lines]
    settled = {
        one.body.instruction: one
        for one in facts
        if isinstance(one.body, DisbursementSettled) and one.body.instruction.startswith("B220817")
    }
    missing = next(one for name, one in settled.items() if name not in told)
    assert isinstance(missing.body, DisbursementSettled)
    twice = next(name for name in settled if told.count(name) == 2)
    second = max(one.line for one in lines if one.reference == twice)
    doubled = settled[twice]
    assert isinstance(doubled.body, DisbursementSettled)
    amount = -missing.body.money.amount
    payee = city._NAMES[streams.name_of(missing.stream)].name.replace("*", "小")
    line = RecordStatementLine(
        bank_account=ACCOUNT,
        line="20220824-501",
        booked_on=date(2022, 8, 24),
        amount=amount,
        reference="",
        purpose=f"补贴 {payee}",
    )
    built.ask(streams.account(ACCOUNT, MONTH), line, date(2022, 8, 24))

    def makes(movement: str, name: str, fen: int) -> MakeManualMatch:
        return MakeManualMatch(
            bank_account=ACCOUNT,
            movements=(MatchedMovement(movement=movement, amount=fen),),
            lines=(MatchedLine(month=MONTH, line=name, amount=fen),),
            reason="回单已核",
        )

    def done(act: Command, number: str, *, confirmed: bool = True) -> None:
        built.ask(STREAM, proposed(act, number, "li-jing"), MADE_ON, "staff:li-jing")
        if confirmed:
            judged = JudgeAct(proposal=number, checker="wang-fang", verdict="confirm")
            built.ask(STREAM, judged, MADE_ON, "staff:wang-fang")

    unknown = next(one for one in lines if one.purpose == "未知扣款")
    done(makes(doubled.id, second, -doubled.body.money.amount), "p-1")
    done(makes(NOBODY, unknown.line, unknown.amount), "p-2")
    done(makes(missing.id, line.line, amount), "p-3")
    done(UndoManualMatch(bank_account=ACCOUNT, number=3, reason="回单属另一笔"), "p-4")
    done(makes(missing.id, line.line, amount), "p-5", confirmed=False)
    dsn = books_of(postgres, "manual_matches", built.ledger.facts)
    return Found(dsn, missing.id, amount, line.line, doubled.id, second)


@pytest.fixture
async def pages(found: Found) -> AsyncIterator[WebPages]:
    async with web_pages(found.dsn, "li-jing") as opened:
        yield opened


def hidden_of(text: str, path: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to a path."""
    own = re.search(rf'(?s)<form method="post" action="{path}[^"]*".*?</form>', text)
    assert own is not None, path
    fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', own[0])
    return {name: unescape(value) for name, value in fields}


async def test_what_may_be_the_same_is_proposed_with_reasons_and_fills_the_form_in(
    pages: WebPages, found: Found
) -> None:
    text = (await pages.http.get(PAGE)).text
    rows = re.findall(r"(?s)<tr>(?:(?!</tr>).)*</tr>", text)
    row = next((one for one in rows if "选入" in one and found.line in one), None)
    assert row is not None
    for reason in ("金额相同", "相差 5 天", "摘要中的户名与收款人相符", "另有同额的，请核对"):
        assert reason in row, reason
    (fill,) = set(re.findall(r'href="(/matches/[^"]*member=[^"]*)"', row))
    filled = (await pages.http.get(unescape(fill))).text
    hidden = hidden_of(filled, PAGE)
    assert set(orjson.loads(hidden["selection"])) == {found.missing, f"{MONTH}/{found.line}"}
    answer = await pages.http.post(PAGE, data={**hidden, "reason": "回单已核"})
    assert answer.status_code == 303, answer.text[:300]
    sent = pages.sent[-1]
    assert (sent["type"], sent["stream"], sent["body"]["act"]) == (
        "ProposeAct", STREAM, "MakeManualMatch",
    )  # fmt: skip
    body = sent["body"]["body"]
    assert body["movements"] == [{"movement": found.missing, "amount": found.amount}]
    assert body["lines"] == [{"month": MONTH, "line": found.line, "amount": found.amount}]


async def test_a_fen_apart_or_one_side_alone_is_offered_to_nobody(
    pages: WebPages, found: Found
) -> None:
    other = f"{MONTH}/{found.second}"
    for members in ([found.missing], [found.missing, f"{MONTH}/{found.line}", other]):
        answer = await pages.http.get(PAGE, params={"member": members})
        assert answer.status_code == 200, answer.text[:300]
        assert "差一分也是差异" in answer.text
        assert 'name="selection"' not in answer.text
    gone = await pages.http.get(PAGE, params={"member": [found.missing, NOBODY]})
    assert "所选的 1 笔在这个账户上没有" in gone.text
    assert 'name="selection"' not in gone.text


async def test_nothing_is_believed_from_the_form(pages: WebPages, found: Found) -> None:
    hidden = hidden_of(
        (
            await pages.http.get(PAGE, params={"member": [found.missing, f"{MONTH}/{found.line}"]})
        ).text,
        PAGE,
    )
    for selection in (orjson.dumps([NOBODY]).decode(), "[1]", "{", '"x"'):
        data = {**hidden, "selection": selection, "reason": "回单已核"}
        answer = await pages.http.post(PAGE, data=data)
        assert 400 <= answer.status_code < 500, selection
    assert not pages.sent
    assert (await pages.http.get("/matches/nobody-0000")).status_code == 404
    assert (await pages.http.get(f"{PAGE}/99")).status_code == 404


async def test_the_list_tells_what_holds_what_does_not_and_who_said_so(pages: WebPages) -> None:
    rows = await csv_records(pages.http, "/matches?csv=matches")
    assert [(row["编号"], row["状态"], row["提出"], row["复核"]) for row in rows] == [
        ("3", "已取消", "李静", "王芳"),
        ("2", "不成立", "李静", "王芳"),
        ("1", "已勾对", "李静", "王芳"),
    ]
    broken = await csv_records(pages.http, "/matches?state=broken&csv=matches")
    assert [row["编号"] for row in broken] == ["2"]
    waiting = (await pages.http.get("/matches")).text
    assert "/proposals/p-5" in waiting


async def test_one_that_does_not_hold_says_which_member_is_not_there(pages: WebPages) -> None:
    text = (await pages.http.get(f"{PAGE}/2")).text
    assert "勾对不成立" in text
    assert "没有这一笔" in text
    assert "没有这一笔" not in (await pages.http.get(f"{PAGE}/1")).text


async def test_undo_is_proposed_with_a_reason_and_not_offered_twice(pages: WebPages) -> None:
    path = f"{PAGE}/1/undo"
    hidden = hidden_of((await pages.http.get(f"{PAGE}/1")).text, path)
    answer = await pages.http.post(path, data={**hidden, "reason": "回单属另一笔"})
    assert answer.status_code == 303, answer.text[:300]
    body = pages.sent[-1]["body"]
    assert (body["act"], body["body"]["number"]) == ("UndoManualMatch", 1)
    undone = (await pages.http.get(f"{PAGE}/3")).text
    assert "/undo" not in undone
    assert "回单属另一笔" in undone


async def test_the_second_person_reads_both_sides_before_judging(
    pages: WebPages, found: Found
) -> None:
    text = (await pages.http.get("/proposals/p-5")).text
    assert found.missing in text
    assert found.line in text
    assert "您是提出人，不能复核" in text


async def test_what_waits_is_found_from_the_district_whose_account_it_is(pages: WebPages) -> None:
    async def waits(district: str) -> bool:
        answer = await pages.http.get(f"/tasks/second?district={district}")
        assert answer.status_code == 200
        return "/proposals/p-5" in answer.text

    assert await waits(city.DISTRICT)
    assert not await waits("211282")


async def test_a_difference_leads_to_its_members_chosen(pages: WebPages, found: Found) -> None:
    text = (await pages.http.get(f"/differences?as_of={city.CLOSE}&kind=missing_at_bank")).text
    (own,) = set(re.findall(rf'href="(/differences/{ACCOUNT}/D-[0-9a-f]+)', text))
    page = (await pages.http.get(f"{own}?as_of={city.CLOSE}")).text
    (choose,) = set(re.findall(rf'href="(/matches/{ACCOUNT}\?[^"]*)"', page))
    chosen = (await pages.http.get(unescape(choose))).text
    assert "已选的账面" in chosen
    assert found.missing in chosen


async def test_a_match_by_hand_parts_what_a_rule_had_joined_and_is_not_known_before(
    pages: WebPages, found: Found
) -> None:
    async def second_lines(known: str) -> list[str]:
        path = f"/differences?as_of={city.CLOSE}&known={known}&kind=duplicate&csv=1"
        return [row["流水行"] for row in await csv_records(pages.http, path) if row["流水行"]]

    assert await second_lines("2022-09-01") == [found.second]
    now = await second_lines("2022-09-03")
    assert len(now) == 1
    assert now != [found.second], "the second line has its payment now, the first has none"


async def test_other_rules_are_tried_and_change_nothing(pages: WebPages) -> None:
    text = (await pages.http.get("/matching-rules")).text
    steps = re.findall(r'name="rule" value="(\w+)"', text)
    windows = re.findall(r'name="window" value="(\d*)"', text)
    period = {"account": ACCOUNT, "from": "2022-08-01", "to": "2022-08-31"}
    form = {
        **period,
        "rule": steps,
        "place": [str(n) for n in range(len(steps))],
        "window": windows,
    }
    same = await pages.http.get("/matching-rules", params={**form, "use": steps})
    assert "没有一笔不同" in same.text
    assert "与现行规则相同" in same.text
    without = [step for step in steps if step not in ("by_instruction", "by_split")]
    path = "/matching-rules"
    tried = await csv_records(
        pages.http, f"{path}?{urlencode({**form, 'use': without, 'csv': '1'}, doseq=True)}"
    )
    assert {row["变化"] for row in tried} == {"失去"}
    assert {row["规则"] for row in tried} == {"指令"}
    assert "已勾对" in (await pages.http.get(f"{PAGE}/1")).text, "nothing was changed by it"
    wrong = await pages.http.get(path, params={**form, "use": steps[1:]})
    assert wrong.status_code >= 400
    assert "手工勾对须在最先" in wrong.text


async def test_a_terminal_lists_proposes_undoes_and_tries_rules_as_the_pages_do(
    found: Found, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(postgres_dsn=found.dsn)
    rows, waiting = await staff_matches.listed(settings, ACCOUNT)
    assert [(row.number, bool(row.undone_on)) for row in rows] == [
        (3, True),
        (2, False),
        (1, False),
    ]
    assert [one.act for one in waiting] == ["MakeManualMatch"]
    assert await staff_matches.listed(settings, "another") == ([], [])
    items = await staff_matches.open_items(settings, ACCOUNT)
    line = f"{MONTH}/{found.line}"
    assert {found.missing, line} <= {one.name for one in items}

    asked: list[tuple[str, Command, str]] = []

    async def answered(_: Settings, stream: str, act: Command, maker: str, __: float) -> Any:
        asked.append((stream, act, maker))
        return "p-9", CommandAnswer("ActProposed")

    monkeypatch.setattr(staff_matches, "propose_and_wait", answered)
    await staff_matches.propose(settings, ACCOUNT, [found.missing, line], "回单已核", "li-jing")
    await staff_matches.undo(settings, ACCOUNT, 1, "回单属另一笔", "li-jing")
    made = MakeManualMatch(
        bank_account=ACCOUNT,
        movements=(MatchedMovement(movement=found.missing, amount=found.amount),),
        lines=(MatchedLine(month=MONTH, line=found.line, amount=found.amount),),
        reason="回单已核",
    )
    undone = UndoManualMatch(bank_account=ACCOUNT, number=1, reason="回单属另一笔")
    assert asked == [(STREAM, made, "li-jing"), (STREAM, undone, "li-jing")]
    with pytest.raises(staff_matches.NotThere, match=NOBODY):
        await staff_matches.propose(settings, ACCOUNT, [found.missing, NOBODY], "x", "li-jing")
    assert len(asked) == 2, "what is not there is asked of nobody"

    august = (date(2022, 8, 1), date(2022, 8, 31))
    same = staff_matches.rules_of(None, (), (), "")
    tried = await staff_matches.preview(settings, same, ACCOUNT, *august)
    assert (tried.won, tried.lost) == ([], [])
    fewer = staff_matches.rules_of(None, (), ("by_instruction", "by_split"), "")
    tried = await staff_matches.preview(settings, fewer, ACCOUNT, *august)
    assert {one.rule for one in tried.lost} == {"instruction"}
    wrong = tmp_path / "rules.yaml"
    wrong.write_text("steps: 1")
    for arguments in (
        (None, ("by_reference=x",), (), ""),
        (None, (), ("by_magic",), ""),
        (None, (), (), "by_hand"),
        (wrong, (), (), ""),
    ):
        with pytest.raises(staff_matches.UnfitRules, match="不能用"):
            staff_matches.rules_of(*arguments)
