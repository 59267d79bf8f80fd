"""The command line: its help teaches in Chinese; what goes wrong is said in two sentences."""

import re
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from projections.engine.migrate import migrate
from services.cli.app import app
from services.flow import BY_NAME
from services.runtime.settings import Settings
from tests.example_cities import city_with
from tests.scenario_folders import CITY
from tests.whole_ledger import EXAMPLES, Said, call, everything_on

COMMANDS = (
    "up",
    "demo",
    "run",
    "topics",
    "migrate",
    "publish",
    "check",
    "trace",
    "rebuild",
    "verify",
    "simulate",
    "docs",
    "doctor",
    "policies",
    "city",
    "set-aside",
    "link",
)
NESTED = (
    ("policies", "list"),
    ("policies", "check"),
    ("city", "new"),
    ("city", "check"),
    ("city", "show"),
    ("set-aside", "list"),
    ("set-aside", "resume"),
    ("set-aside", "reject"),
    ("link", "list"),
    ("link", "propose"),
    ("link", "confirm"),
    ("link", "reject"),
)
APPLICATION = "district-211202.hrss:TL-2022-005120"


MESSAGES = len(list(EXAMPLES.glob("*.json")))
"""How many example messages there are."""


@pytest.fixture
def away(tmp_path: Path) -> Settings:
    """Name servers that are not there."""
    return Settings(
        kafka_bootstrap="127.0.0.1:1",
        postgres_dsn="postgresql://postgres:geheim@127.0.0.1:1/benefit_ledger",
        data_dir=tmp_path,
    )


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """All example messages in one file."""
    file = tmp_path / "examples.jsonl"
    events = [orjson.loads(path.read_bytes()) for path in sorted(EXAMPLES.glob("*.json"))]
    file.write_bytes(b"\n".join(map(orjson.dumps, events)))
    return file


def between(file: Path, before: bytes, after: bytes) -> Path:
    """Write another file, with something before and after this one."""
    other = file.with_name("another.jsonl")
    other.write_bytes(before + file.read_bytes() + after)
    return other


def misspelt(file: Path) -> Path:
    """Write another file, with a wrong digit in an identity number."""
    other = file.with_name("misspelt.jsonl")
    other.write_bytes(file.read_bytes().replace(b"21120219900307000X", b"211202199003070001"))
    return other


def told_plainly(said: Said, *words: str) -> None:
    """Assert that a failure is told to a person: what happened and what to do."""
    assert said.code == 1, said
    assert "Traceback" not in said.err
    lines = said.err.strip().splitlines()
    assert len(lines) == 2, said.err
    assert lines[1].strip()[-1] in ".。", said.err
    assert "geheim" not in said.err + said.out
    for word in words:
        assert word in said.err, said.err


def help_of(*command: str) -> str:
    """Ask for help, as a user does."""
    said = CliRunner().invoke(app, [*command, "--help"])
    assert said.exit_code == 0
    return str(said.output)


def test_the_first_help_lists_every_command_in_chinese() -> None:
    said = help_of()
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b", said), command
    assert "第一次用" in said
    assert "第一次用" in CliRunner().invoke(app, []).output


@pytest.mark.parametrize("command", [(one,) for one in COMMANDS] + list(NESTED), ids=" ".join)
def test_every_help_is_chinese_and_says_what_for(command: tuple[str, ...]) -> None:
    words = help_of(*command).partition("Usage:")[2]
    first = next(line for line in words.splitlines()[1:] if line.strip())
    assert len(re.findall(r"[一-鿿]", first)) >= 6, words


async def test_a_process_that_does_not_exist_is_answered_with_those_that_do() -> None:
    said = await call("run", "cashier")
    assert said.code == 2
    assert all(name in said.err for name in BY_NAME)
    assert "没有这个进程" in said.err


async def test_kafka_away_is_told_plainly(away: Settings, examples: Path) -> None:
    told_plainly(
        await call("publish", str(examples), settings=away), "Kafka（127.0.0.1:1）没有应答"
    )
    told_plainly(await call("topics", settings=away), "Kafka（127.0.0.1:1）没有应答")


@pytest.mark.parametrize(
    "command",
    [
        ("migrate",),
        ("trace", APPLICATION),
        ("rebuild",),
        ("verify",),
        ("set-aside", "list"),
        ("set-aside", "resume", "beneficiary/x", "--reason", "已修复"),
        ("set-aside", "reject", "beneficiary/x", "c-1", "--reason", "不可能"),
        ("link", "list"),
        ("link", "propose", "s:a", "s:b", "--document", "9号", "--reason", "照片一致"),
        ("link", "confirm", "s:a", "s:b", "--reason", "已核对"),
    ],
    ids=" ".join,
)
async def test_postgres_away_is_told_plainly(away: Settings, command: tuple[str, ...]) -> None:
    told_plainly(
        await call(*command, settings=away), "PostgreSQL（127.0.0.1:1/benefit_ledger）没有应答"
    )


async def test_a_doctor_without_servers_says_what_is_missing(away: Settings) -> None:
    said = await call("doctor", settings=away)
    assert said.code == 1
    assert "Traceback" not in said.err
    assert said.out.count("✗") == 3  # key, Kafka, PostgreSQL
    assert "✓ 政策" in said.out
    assert "geheim" not in said.out


async def test_a_doctor_reads_the_rules_with_the_citys_own_figures(
    away: Settings, tmp_path: Path
) -> None:
    city = city_with(CITY, tmp_path / "city")
    own = {"BENEFIT_LEDGER_CITY": str(city)}
    said = await call("doctor", settings=away, more=own)
    assert "铁岭市 211200" in said.out
    (city / "figures/local/211200.yaml").write_text(
        "min_wage:\n- {from: 2022-01-01, value: many}\n"
    )
    for folder in (city, tmp_path / "nowhere"):
        own = {"BENEFIT_LEDGER_CITY": str(folder)}
        said = await call("doctor", settings=away, more=own)
        assert "✗ 政策" in said.out
        assert str(folder) in said.out


async def test_a_file_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    for command in ("publish", "check", "simulate"):
        told_plainly(await call(command, str(tmp_path / "none.jsonl")), "none.jsonl")
        told_plainly(await call(command, str(tmp_path)), tmp_path.name)


async def test_settings_that_cannot_be_are_told_plainly() -> None:
    wrong = {"BENEFIT_LEDGER_PARTITIONS": "many"}
    told_plainly(await call("topics", more=wrong), "BENEFIT_LEDGER_PARTITIONS")
    public = {"BENEFIT_LEDGER_WEB_HOST": "0.0.0.0"}
    told_plainly(await call("topics", more=public), "0.0.0.0")


async def test_a_file_with_a_line_that_is_no_message_publishes_nothing(
    settings: Settings, examples: Path
) -> None:
    file = between(examples, b"", b'\n{"type": "application.imagined"}\n')
    told_plainly(
        await call("publish", str(file), settings=settings), f"第 {MESSAGES + 1} 行", "没有发布"
    )
    file = between(examples, b"{\n", b"")
    told_plainly(await call("publish", str(file), settings=settings), "第 1 行不是 JSON")
    assert not any(
        everything_on(settings.kafka_bootstrap, settings.topics.inbound.values()).values()
    )


async def test_publish_tells_how_many_were_acknowledged(settings: Settings, examples: Path) -> None:
    said = await call("publish", str(examples), settings=settings)
    assert said == Said(0, f"已发布 {MESSAGES} 条，Kafka 均已确认。\n", "")


async def test_check_names_line_field_and_remedy(examples: Path) -> None:
    good = await call("check", str(examples))
    assert good.code == 0, good
    assert f"{MESSAGES + 1} 条，没有发现问题" in good.out, "one of them is a batch of two lines"
    bad = await call("check", str(misspelt(examples)))
    assert bad.code == 1
    assert re.search(r"data.beneficiary.id.*WRONG_PERSON_ID.*请核对", bad.out)


async def test_topics_and_migrate_say_what_they_did_and_do_nothing_twice(
    settings: Settings,
) -> None:
    own = settings.model_copy(update={"topic_prefix": f"{settings.topic_prefix}again."})
    made = await call("topics", settings=own)
    assert made.code == 0, made
    assert "新建 13 个主题" in made.out
    assert (await call("topics", settings=own)).out == "主题齐全，无需新建。\n"
    for _ in range(2):
        assert await call("migrate", settings=own) == Said(0, "数据库结构已是最新。\n", "")


async def test_topics_of_another_shape_are_told_plainly(settings: Settings) -> None:
    other = settings.model_copy(update={"partitions": settings.partitions + 1})
    told_plainly(await call("topics", settings=other), "not 5")


async def test_a_database_without_books_is_told_plainly(settings: Settings) -> None:
    told_plainly(await call("trace", APPLICATION, settings=settings), "benefit-ledger migrate")
    told_plainly(await call("set-aside", "list", settings=settings), "benefit-ledger migrate")


async def test_an_application_that_nobody_knows_is_told_plainly(settings: Settings) -> None:
    await migrate(settings.postgres_dsn)
    told_plainly(await call("trace", APPLICATION, settings=settings), APPLICATION)
    nothing = await call("set-aside", "list", settings=settings)
    assert nothing == Said(0, "没有搁置的命令。\n", "")
    resumed = await call(
        "set-aside", "resume", "beneficiary/x", "--reason", "已修复", settings=settings
    )
    told_plainly(resumed, "beneficiary/x")


async def test_simulate_prints_one_json_text_a_line(examples: Path) -> None:
    said = await call("simulate", str(examples))
    assert said.code == 0
    told = [orjson.loads(line) for line in said.out.splitlines()]
    assert {"ApplicationFiled", "BudgetAllocated", "CommandRefused"} <= {
        one["type"] for one in told
    }


async def test_policies_are_listed_with_their_sources_and_checked() -> None:
    listed = await call("policies", "list")
    assert listed.code == 0
    assert re.search(r"skill-upgrade.*2022-01-01.*211200.*铁市就组发〔2022〕1号", listed.out)
    checked = await call("policies", "check")
    assert checked.code == 0
    assert "政策文件无误" in checked.out
