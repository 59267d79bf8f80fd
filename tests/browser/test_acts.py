"""What staff do on the pages: asked once, by two people, and told only when it is read back."""

import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from events.batches import PrepareBatch, ReleaseBatch
from tests.browser.conftest import Watched, Workplace

pytestmark = pytest.mark.browser

BATCH = "/batches/B2208310001"


def _act_as(page: Page, workplace: Workplace, name: str) -> None:
    page.goto(workplace.at("/acting-as"))
    page.get_by_label(re.compile(name)).check()
    page.get_by_role("button", name="以此身份办理").click()


def test_nobody_can_act_before_choosing_who_acts(workplace: Workplace, tab: Watched) -> None:
    tab.page.goto(workplace.at(BATCH))
    expect(tab.page.get_by_role("button", name=re.compile("放行"))).to_have_count(0)


def test_a_batch_goes_from_maker_to_checker(workplace: Workplace, tab: Watched) -> None:
    page = tab.page
    _act_as(page, workplace, "李静")
    page.goto(workplace.at(BATCH))
    expect(page.get_by_role("button", name=re.compile("^放行"))).to_be_disabled()

    # the maker tries all the same, by address: the ledger refuses, and keeps the attempt
    form = page.locator("form").filter(has=page.get_by_label("重新录入合计（元）"))
    total = re.search(r"[\d,]+\.\d\d", form.get_by_role("button").inner_text())
    assert total is not None
    form.get_by_role("button").evaluate("button => button.disabled = false")
    form.get_by_label("重新录入合计（元）").fill(total[0])
    form.get_by_role("button").click()
    expect(page.locator("h1")).to_have_text("没有办理")
    expect(page.locator("#answer")).to_contain_text("您是制单人或提出人")

    _act_as(page, workplace, "王芳")
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
    expect(page.locator("h1")).to_have_text("已记账")
    expect(page.locator("#answer")).to_contain_text("已放行")
    page.get_by_role("link", name="返回记录").click()
    expect(page.locator(".what .tag")).to_have_text("已放行")

    released = [a for a in workplace.asked if isinstance(a.body, ReleaseBatch)]
    assert [a.by for a in released] == ["staff:li-jing", "staff:wang-fang"]
    assert [one for one in tab.complaints if "422" not in one] == []


def test_sending_a_form_twice_changes_nothing(workplace: Workplace, tab: Watched) -> None:
    page = tab.page
    _act_as(page, workplace, "李静")
    page.goto(workplace.at("/batches/new"))
    page.get_by_role("link", name="选这些").first.click()
    form = page.locator("form[method=post]")
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
    body = b"who=li-jing"
    for headers in ({"Origin": "https://elsewhere.example"}, {}):
        request = Request(workplace.at("/acting-as"), body, headers)
        with pytest.raises(HTTPError) as refused:
            urlopen(request, timeout=10)
        assert refused.value.code == 403
