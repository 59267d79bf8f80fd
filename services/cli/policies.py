"""`benefit-ledger policies`: the dated rules listed, checked, printed, compared and tried out."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from services.cli.screen import screen

app = typer.Typer(
    help="政策：列出各版本，核对原文、数字、边界；政策卡、比对、回测、变异、待确认事项。",
    no_args_is_help=True,
)
console = screen()

_HERE = Path(__file__).parents[2]
_CASES = _HERE / "tests" / "policies"
_KNOWN_MUTANTS = _HERE / ".venv" / ".mutants.json"

Name = Annotated[
    str, typer.Argument(help="版本名，如 skill-upgrade/211200-2022-01-01，或唯一的开头")
]
_DAY = ["%Y-%m-%d", "%Y%m%d"]
Parameters = Annotated[
    Path | None,
    typer.Option("--parameters", help="市里自己的参数目录", file_okay=False, exists=True),
]


@app.command("list")
def list_versions(
    *, parameters: Parameters = None, json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """列出每个补贴项目的每个版本：地区、受理期限、今天的状态、依据。"""
    from policies.engine.registry import Policies
    from services.tools.listing import as_json, rows

    listed = rows(Policies.load(overrides=parameters))
    if json:
        typer.echo(as_json(listed))
        return
    table = Table("项目", "版本", "地区", "名称", "受理期限", "状态", "依据", "约定", "内容摘要")
    for row in listed:
        table.add_row(*map(str, row))
    console.print(table)
    programmes = len({row.programme for row in listed})
    console.print(f"{programmes} 个补贴项目，{len(listed)} 个版本。")


@app.command("check")
def check(*, parameters: Parameters = None) -> None:
    """核对：格式、原文逐字、数字有出处、事实存在、版本不重叠、互斥两边都写；案例对每个节点两面都走到。"""
    from policies.authoring.check import check_all

    problems = check_all(overrides=parameters)
    for problem in problems:
        console.print(str(problem), highlight=False, markup=False)
    good = not problems
    if good:
        console.print("政策文件无误：原文、数字、事实、版本、互斥均已核对。")
    if _CASES.is_dir():
        good = _cases_are_right() and good
    if not good:
        raise typer.Exit(1)


@app.command("card")
def card(
    name: Name,
    *,
    html: Annotated[bool, typer.Option("--html", help="单个网页文件")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="A4，可打印签字")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="写到文件")] = None,
    parameters: Parameters = None,
) -> None:
    """政策卡：一个版本的条件、标准、限额、原文、约定；可打印，供签字确认。"""
    from policies.authoring.card import policy_card
    from policies.engine.registry import Policies
    from services.documents.card_sheets import card_pdf
    from services.tools.cards import card_html, card_text, version_named

    policies = Policies.load(overrides=parameters)
    shown = policy_card(version_named(policies, name), policies.standards)
    if pdf:
        path = output or Path(f"{shown.name.replace('/', '-')}.pdf")
        path.write_bytes(card_pdf(shown))
    elif html:
        path = output or Path(f"{shown.name.replace('/', '-')}.html")
        path.write_text(card_html(shown), encoding="utf-8")
    else:
        text = "\n".join(card_text(shown)) + "\n"
        if output is None:
            typer.echo(text, nl=False)
            return
        path = output
        path.write_text(text, encoding="utf-8")
    console.print(f"已写 {path}", highlight=False)


@app.command("cards")
def cards(
    folder: Annotated[Path, typer.Argument(help="写到哪个目录", file_okay=False)],
    *,
    parameters: Parameters = None,
) -> None:
    """全部政策卡：每个版本一个网页、一个 PDF，附目录页。"""
    from policies.engine.registry import Policies
    from services.tools.cards import write_all

    policies = Policies.load(overrides=parameters)
    with _bar() as bar:
        task = bar.add_task("政策卡", total=len(list(policies)))
        written = write_all(policies, folder, lambda done: bar.update(task, completed=done))
    console.print(f"已写 {len(written)} 个文件，目录页 {written[-1]}", highlight=False)


@app.command("diff")
def diff(
    before: Annotated[str, typer.Argument(help="旧：版本名，或放有政策文件的目录")],
    after: Annotated[str, typer.Argument(help="新：版本名，或目录")],
) -> None:
    """比对：两个版本（或两套文件）逐条不同，附两边原文。"""
    from services.tools.policy_diff import told

    for line in told(before, after):
        typer.echo(line)


@app.command("backtest")
def backtest(
    folder: Annotated[Path, typer.Argument(help="放有改动文件的目录，或市里的参数目录")],
    *,
    facts: Annotated[
        Path | None, typer.Option(help="不读 Kafka，改读 simulate 打印的事实", exists=True)
    ] = None,
    programme: Annotated[str | None, typer.Option(help="只看这个补贴项目")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", help="申请日期自", formats=_DAY)
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", help="申请日期至", formats=_DAY)] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="逐件写成 .xlsx 或 .csv")
    ] = None,
) -> None:
    """回测：改动后的规则对过去的申请会怎么判，从总账逐件重算，汇总并逐件列明条款。"""
    from services.runtime.settings import Settings
    from services.tools.backtest_run import Wanted
    from services.tools.backtest_run import backtest as run

    wanted = Wanted(programme, first.date() if first else None, last.date() if last else None)
    run(Settings(), console, folder, facts=facts, wanted=wanted, output=output)


@app.command("questions")
def asked(
    *, output: Annotated[Path | None, typer.Option("-o", "--output", help="写成 XLSX 文件")] = None
) -> None:
    """待确认事项：每一条约定、默认值、未载明的标准，按文号和项目。"""
    from policies.authoring.questions import questions, questions_page
    from policies.engine.registry import Policies
    from services.tools.listing import questions_workbook

    policies = Policies.load()
    if output is None:
        typer.echo(questions_page(policies), nl=False)
        return
    rows = questions(policies)
    output.write_bytes(questions_workbook(rows))
    console.print(f"已写 {output}，{len(rows)} 条", highlight=False)


@app.command("mutants")
def mutants(
    programmes: Annotated[list[str] | None, typer.Argument(help="只查这些补贴项目")] = None,
    *,
    report: Annotated[Path | None, typer.Option(help="把结果写成 JSON")] = None,
    again: Annotated[bool, typer.Option("--again", help="不用上次的结果，全部重跑")] = False,
) -> None:
    """变异：把政策文件逐处改错，看核对和案例能否发现；有没发现的，逐一列出。"""
    from policies.engine.registry import ROOT
    from services.tools.policy_mutants import mutants as hunt

    known = None if again or not _KNOWN_MUTANTS.parent.is_dir() else _KNOWN_MUTANTS
    only = tuple(programmes or ())
    raise typer.Exit(hunt(console, ROOT, _CASES, only=only, known=known, report=report))


def _bar() -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress("{task.description}", *columns, console=console)


def _cases_are_right() -> bool:
    """Run the golden cases and say how many nodes they have seen on both sides."""
    from policies.authoring.coverage import coverage
    from policies.authoring.golden import load_for, run_goldens

    loaded = load_for(_CASES)
    results = list(run_goldens(_CASES, loaded))
    wrong = [result for result in results if result.wrong]
    for result in wrong:
        place = f"{result.file.relative_to(_CASES)}:{result.line}"
        console.print(f"{place} {result.wrong}", highlight=False, markup=False)
    seen = coverage(loaded[None], results)
    for missed in seen.missed:
        text = f"{missed.policy} {missed.node} 没有案例：{missed.sight}"
        console.print(text, highlight=False, markup=False)
    wanted = sum(seen.sights.values())
    console.print(
        f"案例 {len(results) - len(wrong)}/{len(results)} 与规则一致；"
        f"节点覆盖 {wanted - len(seen.missed)}/{wanted}。"
    )
    return not wrong and not seen.missed
