"""The command line: `benefit-ledger`, everything in one place.

Each command is thin: it reads its arguments, calls one module, and prints Chinese for people.
"""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from services.cli import (
    bank,
    ledger,
    letters,
    links,
    prior_uses,
    set_aside,
)
from services.cli import (
    key as cli_key,
)
from services.cli import (
    policies as cli_policies,
)
from services.cli.interruption import STOPPED
from services.cli.screen import quiet, screen, tell
from services.flow import BY_NAME, PROCESSES
from services.runtime.errors import OperatingFailure

app = typer.Typer(
    name="benefit-ledger",
    help="惠民补贴台账 · 事件溯源的就业补贴台账。\n\n"
    "第一次用：`benefit-ledger demo` 起一套真的 Kafka 和 PostgreSQL，发申请、审核、支付、对账，"
    "并给出工作台地址。平时：`benefit-ledger up` 起全部进程。",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
)
app.add_typer(cli_policies.app, name="policies")
app.add_typer(set_aside.app, name="set-aside")
app.add_typer(prior_uses.app, name="past")
app.add_typer(links.app, name="link")
app.add_typer(letters.app, name="letters")
app.add_typer(bank.app, name="bank")
app.add_typer(cli_key.app, name="key")
app.add_typer(ledger.app, name="ledger")

console = screen()
errors = screen(stderr=True)


class NoFile(OperatingFailure):
    """The file that was named cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"读不了文件 {path}：{why}。", "请核对路径和权限，再试一次。")


def _readable(path: Path) -> Path:
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise NoFile(path, error.strerror or str(error)) from error


File = Annotated[
    Path, typer.Argument(callback=_readable, help="报文文件：每行一条 JSON，或整份一条、一个数组")
]


class BadSettings(OperatingFailure):
    """Something that was set from outside cannot be meant."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            f"设置有误：{'；'.join(problems)}。",
            "改好环境变量或 .env；各项含义见 docs/reference/settings.md。",
        )


def _settings() -> Any:
    from pydantic import ValidationError

    from services.runtime.settings import PREFIX, Settings

    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(
            [
                f"{PREFIX}{'_'.join(map(str, one['loc'])).upper()} {one['msg']}"
                if one["loc"]
                else one["msg"]
                for one in error.errors()
            ]
        ) from error


def main() -> None:
    """Run the command; a failure of the surroundings is told in two sentences, not as a trace."""
    try:
        app()
    except OperatingFailure as failure:
        tell(failure, errors)
        raise SystemExit(1) from failure


def _until_stopped(work: Coroutine[Any, Any, None], interrupted: int = 0) -> None:
    """Run until done or until Ctrl-C or SIGTERM, which are the usual ends of a whole ledger."""
    try:
        asyncio.run(work)
    except (KeyboardInterrupt, asyncio.CancelledError):
        if interrupted == 0:  # any other end by a signal is told by `entry`
            errors.print(STOPPED)
        raise typer.Exit(interrupted) from None


@app.callback()
def before(context: typer.Context) -> None:
    if context.invoked_subcommand != "run":
        quiet()


@app.command()
def up() -> None:
    """在本机起 Kafka、PostgreSQL 和全部进程，直到 Ctrl-C。"""
    from services.machine.up import up as run_up
    from services.runtime.embedded.child import OWNER_ALONE

    os.umask(OWNER_ALONE)
    _until_stopped(run_up(_settings(), console))


@app.command()
def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="演示完即退出，最后一行是 JSON 摘要")
    ] = False,
    applications: Annotated[int, typer.Option(min=100, help="申请数")] = 2400,
    seed: Annotated[int, typer.Option(help="随机种子，同一种子同一批申请")] = 20220831,
) -> None:
    """演示：生成申请，经 Kafka 受理、审核、支付、对账，给出工作台地址。"""
    from services.cli.demo import demo as run_demo
    from services.runtime.embedded.child import OWNER_ALONE

    os.umask(OWNER_ALONE)
    play = run_demo(_settings(), console, once=once, applications=applications, seed=seed)
    _until_stopped(play, interrupted=130 if once else 0)


@app.command()
def run(process: Annotated[str, typer.Argument(help="、".join(BY_NAME))]) -> None:
    """前台运行一个进程（compose 和 up 用它）。"""
    if process not in BY_NAME:
        table = Table("进程", "做什么", title="没有这个进程，可选：")
        for one in PROCESSES:
            table.add_row(one.name, one.does_zh)
        errors.print(table)
        raise typer.Exit(2)
    from services.machine.process import run_process

    raise typer.Exit(run_process(process, _settings()))


@app.command()
def topics() -> None:
    """创建缺少的主题，核对已有的。"""
    from services.runtime.topics import create_topics

    s = _settings()
    made = asyncio.run(create_topics(s.kafka_bootstrap, s.partitions, s.replication, s.topics))
    console.print(f"新建 {len(made)} 个主题：{'、'.join(made)}" if made else "主题齐全，无需新建。")


@app.command()
def migrate() -> None:
    """把数据库升到最新结构。"""
    from services.machine.connections import migrated

    asyncio.run(migrated(_settings().postgres_dsn))
    console.print("数据库结构已是最新。")


@app.command()
def publish(file: File) -> None:
    """把文件里的报文发到它们的主题。"""
    from services.tools.publish import publish as run_publish

    count = asyncio.run(run_publish(_settings(), file.read_bytes()))
    console.print(f"已发布 {count} 条，Kafka 均已确认。")


@app.command()
def check(file: File) -> None:
    """上游自查：逐行指出报文哪里不对、怎么改。"""
    from events.contract.inbound.check import check_file
    from policies.engine.registry import Policies
    from services.intake.take import known_of

    checked = check_file(file, known_of(Policies.load()))
    table = Table("行", "批内行", "字段", "代码", "问题与办法")
    for finding in checked.findings:
        batch_line = str(finding.batch_line or "")
        table.add_row(str(finding.line), batch_line, finding.field, finding.code, finding.text)
    for accepted in checked.accepted:
        if accepted.digest:
            console.print(
                f"第 {accepted.line} 行 {accepted.key} 摘要 {accepted.digest}", style="dim"
            )
    if checked.findings:
        console.print(table)
        console.print(
            f"[bold red]{len(checked.findings)} 处问题[/]，{len(checked.accepted)} 条无误。"
        )
        raise typer.Exit(1)
    console.print(f"{len(checked.accepted)} 条，没有发现问题。")


@app.command()
def trace(application: Annotated[str, typer.Argument(help="来源:申请号[:行号]")]) -> None:
    """一件申请从报文到到账的全过程，逐条条款。"""
    from policies.engine.registry import Policies
    from services.tools.trace import trace as run_trace

    settings = _settings()
    policies = Policies.load(overrides=settings.parameters)
    for line in asyncio.run(run_trace(settings.postgres_dsn, application, policies)):
        typer.echo(line)


@app.command()
def batch(key: Annotated[str, typer.Argument(help="来源:申请号，不带行号")]) -> None:
    """用人单位一批申报的结果：逐行核准、不予核准、转人工或退回，附条款。"""
    from policies.engine.registry import Policies
    from services.tools.submission_result import result

    settings = _settings()
    policies = Policies.load(overrides=settings.parameters)
    for line in asyncio.run(result(settings.postgres_dsn, key, policies)):
        typer.echo(line)


@app.command()
def rebuild() -> None:
    """从总账重建全部台账，比对摘要，一致后切换；期间照常可查。"""
    from services.tools.rebuild import rebuild as run_rebuild

    raise typer.Exit(asyncio.run(run_rebuild(_settings(), console, swap=True)))


@app.command()
def verify() -> None:
    """从总账另算一遍并比对摘要，不切换。"""
    from services.tools.rebuild import rebuild as run_rebuild

    raise typer.Exit(asyncio.run(run_rebuild(_settings(), console, swap=False)))


@app.command()
def simulate(
    file: File,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="每件申请只打印一行：结论、金额、每条依据的原文")
    ] = False,
    funded: Annotated[
        bool, typer.Option("--funded", help="视同各项资金充足，只看政策怎么说")
    ] = False,
    parameters: Annotated[
        Path | None, typer.Option(help="本市参数目录，先于随附参数（见 docs/how-to/try-a-case.md）")
    ] = None,
) -> None:
    """试算：不连 Kafka，把报文依次过一遍受理、审核、支付规则，打印事实（JSON 行）。"""
    from events.contract.inbound.check import documents
    from policies.engine.registry import Policies
    from services.tools.policy_overlay import overlaid
    from services.tools.simulate import simulated
    from services.tools.simulated_decisions import decisions as reduced

    policies = Policies.load() if parameters is None else overlaid(parameters)
    lines = (document for _, document in documents(file.read_bytes()))
    items = simulated(lines, policies, funded=funded)
    for item in reduced(items, policies) if decisions else items:
        typer.echo(orjson.dumps(item).decode())


@app.command()
def docs() -> None:
    """重新生成 docs/reference 下的参考文档。"""
    from services.tools.generated_docs import generate

    for path in generate():
        console.print(f"已写 {path}")


@app.command()
def doctor() -> None:
    """检查本机：磁盘、密钥、政策、Kafka、主题、数据库、滞后、搁置。"""
    from services.tools.doctor import look

    async def body() -> bool:
        good = True
        async for finding in look(_settings()):
            mark = "[green]✓[/]" if finding.good else "[bold red]✗[/]"
            console.print(f"{mark} {finding.what}：{finding.detail}", highlight=False)
            good = good and finding.good
        return good

    if not asyncio.run(body()):
        raise typer.Exit(1)
