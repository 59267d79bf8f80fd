"""What staff do on the pages: asked once, by two people, and told only when it is read back."""

import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from events.batches import PrepareBatch, ReleaseBatch
from events.proposals import ProposeAct
from events.statements import StatementLineRecorded
from tests.browser.city import ACCOUNT
from tests.browser.conftest import Watched, Workplace

pytestmark = pytest.mark.browser

BATCH = "/batches/B2208310001"


def test_nobody_sees_anything_before_signing_in(
    workplace: Workplace, context: BrowserContext
) -> None:
    page = context.new_page()
    for path in ("/", BATCH, "/acting-as"):
        page.goto(workplace.at(path))
        expect(page.locator("h1")).to_have_text("登录")
        assert "/sign-in" in page.url


def _with_a_code(page: Page, workplace: Workplace, user: str) -> None:
    """Give the code that is asked for; the form stands there again, filled, and nothing was done."""
    expect(page.locator("h1")).to_have_text("输入动态口令")
    page.get_by_label("6 位数字").fill(workplace.code(user))
    page.get_by_role("button", name="确认").click()
    expect(page.locator("h1")).to_have_text("尚未提交")


def test_a_batch_goes_from_maker_to_checker(workplace: Workplace, tab: Watched) -> None:
    page = tab.page
    workplace.sign_in(page, "li-jing")
    page.goto(workplace.at(BATCH))
    expect(page.get_by_role("button", name=re.compile("^放行"))).to_be_disabled()

    # the maker tries all the same, by address: the ledger refuses, and keeps the attempt
    form = page.locator("form").filter(has=page.get_by_label("重新录入合计（元）"))
    total = re.search(r"[\d,]+\.\d\d", form.get_by_role("button").inner_text())
    assert total is not None
    form.get_by_role("button").evaluate("button => button.disabled = false")
    form.get_by_label("重新录入合计（元）").fill(total[0])
    form.get_by_role("button").click()
    _with_a_code(page, workplace, "li-jing")
    page.get_by_role("button", name=re.compile("放行")).click()
    expect(page.locator("h1")).to_have_text("没有办理")
    expect(page.locator("#answer")).to_contain_text("您的角色不办这件事")

    workplace.sign_in(page, "wang-fang")
    page.goto(workplace.at(BATCH))
    page.evaluate("addEventListener('submit', () => { document.title = 'sent' })")
    page.get_by_label("重新录入合计（元）").fill(total[0])
    page.get_by_label("重新录入合计（元）").press("Enter")
    assert page.title() != "sent", "Enter in a field of money asks nothing"
    page.get_by_label("重新录入合计（元）").fill("1.00")
    page.get_by_role("button", name=re.compile("^放行")).click()
    expect(page.locator("h1")).to_contain_text("没有办理：“合计”与名单不符")
    expect(page.get_by_label("合计")).to_have_value("1.00")
    page.get_by_role("link", name="返回", exact=True).click()
    page.get_by_label("重新录入合计（元）").fill(total[0])
    page.get_by_role("button", name=re.compile("^放行")).click()
    _with_a_code(page, workplace, "wang-fang")
    expect(page.get_by_label("合计")).to_have_value(total[0])
    page.get_by_role("button", name=re.compile("放行")).click()
    expect(page.locator("h1")).to_have_text("已记账")
    expect(page.locator("#answer")).to_contain_text("已放行")
    page.get_by_role("link", name="返回记录").click()
    expect(page.locator(".what .tag")).to_have_text("已放行")

    released = [a for a in workplace.asked if isinstance(a.body, ReleaseBatch)]
    assert [a.by for a in released] == ["staff:li-jing", "staff:wang-fang"]
    assert all(a.authority and a.authority.session and a.authority.confirmed_at for a in released)
    assert [one for one in tab.complaints if "422" not in one] == []


def test_sending_a_form_twice_changes_nothing(workplace: Workplace, tab: Watched) -> None:
    page = tab.page
    workplace.sign_in(page, "li-jing")
    page.goto(workplace.at("/batches/new"))
    page.get_by_role("link", name="选这些").first.click()
    form = page.locator("form.acts[method=post]")
    fields = form.evaluate("form => [...new FormData(form)]")
    before = len(workplace.city.ledger.facts)
    statuses = [
        page.request.post(
            workplace.at("/batches"), form=dict(fields), headers={"Origin": workplace.address}
        ).status
        for _ in range(2)
    ]
    assert statuses == [200, 200]
    asked = [a for a in workplace.asked if isinstance(a.body, PrepareBatch)]
    assert len({a.id for a in asked}) == 1
    after = workplace.city.ledger.facts[before:]
    assert sum(type(f.body).__name__ == "BatchRequested" for f in after) == 1


def test_a_form_of_another_site_is_refused(workplace: Workplace) -> None:
    body = b"user=li-jing&password=x"
    for headers in ({"Origin": "https://elsewhere.example"}, {}):
        request = Request(workplace.at("/sign-in"), body, headers)
        with pytest.raises(HTTPError) as refused:
            urlopen(request, timeout=10)
        assert refused.value.code == 403


def test_a_clerk_goes_from_a_line_to_matches_rules_and_the_treasury(
    workplace: Workplace, tab: Watched
) -> None:
    page = tab.page
    workplace.sign_in(page, "li-jing")
    tab.complaints.clear()  # the form of the sign-in takes the focus by itself
    line = next(
        one.body
        for one in workplace.city.ledger.facts
        if isinstance(one.body, StatementLineRecorded) and one.body.bank_account == ACCOUNT
    )
    page.goto(workplace.at(f"/statements/lines/{ACCOUNT}/{line.booked_on:%Y-%m}/{line.line}"))
    expect(page.locator("h1")).to_contain_text(line.line)

    page.get_by_role("link", name="手工勾对", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("手工勾对")
    page.get_by_role("link", name="勾对规则").click()
    page.get_by_label("账户").select_option(ACCOUNT)
    page.get_by_label("自", exact=True).fill("2022-08-01")
    page.get_by_label("至", exact=True).fill("2022-08-31")
    page.get_by_role("button", name="试用这些规则").click()
    expect(page.locator("main")).to_contain_text("与现行规则相同")

    page.goto(workplace.at("/treasury?month=2022-08"))
    form = page.locator("form").filter(has=page.get_by_role("button", name="提出这一行"))
    form.get_by_label("基金").select_option("unemployment_insurance")
    form.get_by_label("区划").select_option("211202")
    for name, amount in (
        ("拨款（元）", "500.00"),
        ("支出（元）", "1.00"),
        ("余额（元）", "499.00"),
    ):
        form.get_by_label(name).fill(amount)
    form.get_by_label("文书", exact=True).fill("铁财社〔2022〕8号")
    form.get_by_role("button").click()
    expect(page.locator("h1")).to_have_text("已记账")
    proposed = workplace.asked[-1].body
    assert isinstance(proposed, ProposeAct)
    assert proposed.act == "StateTreasuryFigures"
    assert tab.complaints == []
