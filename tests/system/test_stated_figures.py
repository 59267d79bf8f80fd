"""A figure is stated on a running ledger by two people; the next application goes by it."""

import re

from events.contract.schemas.examples import person
from services.runtime.settings import Settings
from tests.conftest import PARTITIONS
from tests.faults.replay import replay
from tests.system.test_main_job import another
from tests.whole_ledger import Upstream, Whole, call, example, until, whole

RATES = "skill_upgrade.employee_rates"
DOCUMENT, NEXT = "铁市人社〔2022〕40号", "铁市人社〔2022〕41号"
SOURCE = "district-211202.hrss"
PEOPLE = {
    "F-1": person("21120219910308003", "赵示例"),
    "F-2": person("21120219920409004", "钱示例"),
    "F-3": person("21120219930510005", "孙示例"),
}


async def apply(ledger: Whole, upstream: Upstream, number: str) -> int:
    """Let an employee with a certificate apply; what is proposed, in yuan."""
    facts = {"person.status": ["在职"], "insured_months": 12}
    account = f"62220200000000001{number[-1]}1"
    upstream.structured(another(number, PEOPLE[number], account, **facts))
    key = f"{SOURCE}:{number}"

    async def there() -> bool:
        return (
            await ledger.count(
                "SELECT count(*) FROM books.facts WHERE type = 'ApprovalProposed' AND application = $1",
                key,
            )
            == 1
        )

    await until(f"{number} is proposed", there)
    body = "SELECT (body->>'amount')::bigint FROM books.facts WHERE type = 'ApprovalProposed' AND application = $1"
    return await ledger.count(body, key) // 100


async def test_a_figure_is_changed_on_a_running_ledger_by_two_people(settings: Settings) -> None:
    async with whole(settings) as ledger:
        upstream = Upstream(settings)
        upstream.structured(example("budget.allocated"))
        await ledger.facts("BudgetAllocated")
        assert await apply(ledger, upstream, "F-1") == 1500

        stated = await call(
            *("figures", "state", RATES, "211200", "五级 1000、四级 1800、三级 2000"),
            *("--from", "2022-08-01", "--document", DOCUMENT, "--by", "li-jing"),
            settings=ledger.settings,
        )
        assert stated.code == 0, stated
        (proposal,) = re.findall(r"^([0-9a-f-]{36})：已提出", stated.out, re.MULTILINE)
        alone = await call(
            "figures", "confirm", proposal, "--by", "Li-Jing", settings=ledger.settings
        )
        assert alone.code == 1
        assert "SAME_PERSON" in alone.out
        waits = await call("figures", "list", RATES, settings=ledger.settings)
        assert f"待复核 {proposal}" in waits.out
        done = await call(
            "figures", "confirm", proposal, "--by", "wang-fang", settings=ledger.settings
        )
        assert done.code == 0, done
        assert "已规定" in done.out
        await ledger.facts("FigureTakenUp", PARTITIONS)

        assert await apply(ledger, upstream, "F-2") == 1800

        message = example("figure.stated")
        message["data"] |= {
            "value": {"四级": 1900},
            "from_on": "2022-08-05",
            "document": NEXT,
            "maker": "zhang-wei",
            "checker": "zhao-min",
        }
        upstream.structured(message)
        await ledger.facts("FigureTakenUp", 2 * PARTITIONS)
        assert await apply(ledger, upstream, "F-3") == 1900

        for number, value, document in (
            ("F-1", "四级 1500", "文件未载明，系统默认"),
            ("F-2", "四级 1800", DOCUMENT),
            ("F-3", "四级 1900", NEXT),
        ):
            told = await call("trace", f"{SOURCE}:{number}", settings=ledger.settings)
            (line,) = [
                one for one in told.out.splitlines() if "企业在职职工技能提升补贴标准：" in one
            ]
            assert value in line
            assert line.endswith(f"依据 {document}"), line

        history = await call("figures", "list", RATES, settings=ledger.settings)
        for said in ("2022-07-31", "2022-08-04", "2022-08-05"):
            assert said in history.out

        digest = await ledger.books.fetchval(
            "SELECT hash FROM books.rule_texts WHERE text LIKE '%' || $1 || '%' LIMIT 1", DOCUMENT
        )
        kept = await call("policies", "bundle", digest[:20], settings=ledger.settings)
        assert DOCUMENT in kept.out, kept

        verified = await call("verify", settings=ledger.settings)
        assert verified.code == 0, verified

        differ = await call("policies", "backtest", settings=ledger.settings)
        assert differ.code == 0, differ
        assert "过去 3 件规则结论，改动后 2 件不同" in differ.out, differ.out
        assert "+500.00" in differ.out

    topics = settings.topics
    again = replay(settings.kafka_bootstrap, topics.ledger, topics.commands, PARTITIONS)
    assert again.wrong == []
    assert again.facts > 3 * PARTITIONS
