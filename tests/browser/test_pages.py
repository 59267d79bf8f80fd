"""The pages as people meet them: drawn, readable, silent, on a desk and on a phone."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Watched, Workplace, watched

PAID = "/applications/district-211202.hrss:TL-2022-004000"
DENIED = "/applications/district-211202.hrss:TL-2022-004201"
DAY = "as_of=2022-08-31"

PAGES = (
    "/",
    f"/?{DAY}",
    f"/applications?{DAY}",
    "/applications?state=held,referred",
    PAID,
    DENIED,
    "/submissions",
    "/applications/import",
    "/past",
    "/targets?year=2022",
    "/head-count?count=high_skilled&year=2022",
    "/vouchers",
    "/vouchers/district-211202.hrss:PXQ-0003",
    "/posts",
    "/tasks/release",
    f"/tasks/due?{DAY}",
    "/tasks/due?account=icbc-1234&to=2022-08-31",
    "/tasks/referred",
    "/tasks/held",
    "/tasks/second",
    f"/disbursements?{DAY}",
    "/batches",
    "/batches/new",
    "/batches/B2208310001",
    "/batches/B2208170003",
    "/budgets?year=2022",
    f"/reconciliation?{DAY}",
    f"/reconciliation/icbc-1234/2022-08?{DAY}",
    f"/differences?{DAY}",
    "/matches",
    "/matches/icbc-1234",
    "/matching-rules",
    f"/statements?account=icbc-1234&{DAY}",
    f"/accounts?{DAY}",
    "/accounts?by=sub",
    "/journal?code=1002",
    "/reports",
    "/reports/new?kind=fund-month&area=211200&month=2022-08",
    "/policies",
    "/policies/skill-upgrade/211200-2022-01-01",
    "/policies/figures",
    "/policies/figures/skill_upgrade.employee_rates",
    "/operations",
    "/dead-letters",
    "/account",
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (390, "dark")])
def test_every_page_is_silent_and_scrolls_only_downwards(
    workplace: Workplace, chromium: Browser, width: int, colours: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        locale="zh-CN",
        color_scheme="dark" if colours == "dark" else "light",
    )
    tab = watched(context)
    workplace.sign_in(tab.page, "sun-hong")
    for path in PAGES:
        answer = tab.page.goto(workplace.at(path), wait_until="load")
        assert answer is not None
        assert answer.status == 200, path
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert tab.page.locator("h1").count() == 1, path
    assert tab.complaints == []
    context.close()


def test_the_three_pages_are_pictured(workplace: Workplace, tab: Watched, tmp_path: Path) -> None:
    """`make pictures` names the folder of the documents, so that no other run changes theirs."""
    images = Path(os.environ.get("PICTURES") or tmp_path)
    for name, path in (
        ("first", f"/?{DAY}"),
        ("application", f"{PAID}?{DAY}"),
        ("reconciliation", f"/reconciliation/icbc-1234/2022-08?{DAY}"),
    ):
        tab.page.goto(workplace.at(path), wait_until="networkidle")
        tab.page.evaluate("document.fonts.ready")
        tab.page.screenshot(path=images / f"{name}.png", full_page=True)
        assert (images / f"{name}.png").stat().st_size > 50_000
    assert tab.complaints == []


_DRAWN = """async () => {
  await document.fonts.ready;
  const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  pen.canvas.width = pen.canvas.height = 64;
  const family = getComputedStyle(document.body).fontFamily;
  const picture = (text) => {
    pen.clearRect(0, 0, 64, 64);
    pen.font = `40px ${family}`;
    pen.fillText(text, 8, 48);
    return pen.canvas.toDataURL();
  };
  const pictures = [...'账实相符待查凭证'].map(picture);
  return {different: new Set(pictures).size, missing: pictures.includes(picture('\\u{10FFFD}'))};
}"""


def test_chinese_is_drawn_with_real_glyphs(workplace: Workplace, tab: Watched) -> None:
    tab.page.goto(workplace.at(f"/?{DAY}"), wait_until="networkidle")
    drawn = tab.page.evaluate(_DRAWN)
    assert drawn == {"different": 8, "missing": False}


_WIDTHS = """() => {
  const cell = document.querySelector('table.data td.n');
  return ['111,111.11', '888,888.88'].map(text => {
    const span = document.createElement('span');
    span.textContent = text;
    cell.append(span);
    const width = span.getBoundingClientRect().width;
    span.remove();
    return width;
  });
}"""


def test_figures_are_equally_wide_and_stand_on_the_right(
    workplace: Workplace, tab: Watched
) -> None:
    tab.page.goto(workplace.at(f"/accounts?{DAY}"), wait_until="networkidle")
    ones, eights = tab.page.evaluate(_WIDTHS)
    assert ones == eights
    cell = tab.page.locator("table.data td.n").first
    expect(cell).to_have_css("text-align", "right")


def test_everything_reads_and_filters_without_script(
    workplace: Workplace, chromium: Browser
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    workplace.sign_in(page, "sun-hong")
    page.goto(workplace.at("/applications"))
    page.get_by_label("决定").select_option("denied")
    page.get_by_role("button", name="查询").click()
    assert "state=denied" in page.url
    expect(page.locator("table.data tbody tr")).to_have_count(3)
    page.locator("ul.chips a").first.click()
    assert "denied" not in page.url
    page.goto(workplace.at(DENIED))
    page.locator("details.facts summary").first.click()
    expect(page.locator("details.facts pre").first).to_be_visible()
    context.close()


def test_the_first_screen_shows_nothing_green_that_is_not_proved(
    workplace: Workplace, tab: Watched
) -> None:
    tab.page.goto(workplace.at(f"/?{DAY}"))
    tiles = tab.page.locator("section.tile")
    expect(tiles.nth(0).locator(".tag").first).to_have_text("待查")
    expect(tiles.nth(0)).to_contain_text("4 笔差异")
    expect(tiles.nth(1).locator(".tag").first).to_have_text("尚无报表")
    expect(tiles.nth(2).locator(".tag").first).to_have_text("摘要未比对")
    assert tab.page.locator("section.tile .tag.green").count() == 0


def test_the_statement_balances_and_names_all_four_differences(
    workplace: Workplace, tab: Watched
) -> None:
    tab.page.goto(workplace.at("/reconciliation/icbc-1234/2022-08?as_of=2022-08-30"))
    balances = tab.page.locator(".statement tr.balance").last.locator("td.n").all_inner_texts()
    assert len(set(balances)) == 1
    kinds = tab.page.locator("table.data tbody .tag").all_inner_texts()
    assert sorted(kinds) == sorted(["重复", "账上没有这一笔", "金额不符", "银行缺这一笔"])


def test_the_statement_is_printed_on_one_page_in_its_own_form(
    workplace: Workplace, tab: Watched
) -> None:
    tab.page.goto(
        workplace.at("/reconciliation/icbc-1234/2022-08?as_of=2022-08-30"), wait_until="networkidle"
    )
    paper = tab.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    tab.page.set_viewport_size({"width": 690, "height": 980})  # what A4 leaves between the margins
    tab.page.emulate_media(media="print")
    expect(tab.page.locator(".statement table")).to_have_css("display", "table")
    expect(tab.page.locator("header.top")).to_be_hidden()


def test_a_trail_leads_from_the_message_to_the_entries(workplace: Workplace, tab: Watched) -> None:
    tab.page.goto(workplace.at(PAID))
    stages = tab.page.locator("ol.trail .stage").all_inner_texts()
    assert stages == ["报文", "条款", "限额", "标准", "预算", "决定", "支付", "银行"]
    expect(tab.page.locator("ol.trail")).to_contain_text("benefits.applications.v1，分区")
    expect(tab.page.locator("ol.trail")).to_contain_text("在取得证书一年内")
    tab.page.locator("details.facts summary").first.click()
    expect(tab.page.locator("details.facts pre").first).to_contain_text('"arrived"')
    assert tab.page.locator("table.data tfoot td.n").all_inner_texts() == ["3,000.00"] * 2


def test_a_denial_names_the_failing_clause_and_the_quote(
    workplace: Workplace, tab: Watched
) -> None:
    tab.page.goto(workplace.at(DENIED))
    failed = tab.page.locator(".clause.failed .quote").all_inner_texts()
    assert "同一职业同一等级不可重复享受" in failed


def test_english_behind_the_switch_keeps_the_quotes_chinese(
    workplace: Workplace, tab: Watched
) -> None:
    tab.page.goto(workplace.at(PAID))
    tab.page.get_by_role("link", name="English").click()
    expect(tab.page.locator("html")).to_have_attribute("lang", "en")
    expect(tab.page.locator("ol.trail .stage").first).to_have_text("Message")
    expect(tab.page.locator("ol.trail")).to_contain_text("在取得证书一年内")
