"""`benefit-ledger policies`: list the dated rules, and check them against the notices."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from services.main.screen import screen

app = typer.Typer(help="政策：列出各版本，核对原文、数字、边界。", no_args_is_help=True)
console = screen()

_HERE = Path(__file__).parents[2]
_CASES = _HERE / "tests" / "policies"
_KNOWN_MUTANTS = _HERE / ".venv" / ".mutants.json"


@app.command("list")
def list_versions() -> None:
    """列出每个补贴项目的每个版本。"""
    from policies.registry import Policies

    table = Table("项目", "版本", "地区", "名称", "依据", "内容摘要")
    for policy in Policies.load():
        text = policy.text
        table.add_row(
            text.policy,
            str(text.version),
            text.jurisdiction,
            text.title,
            text.cite,
            policy.content_hash[:12],
        )
    console.print(table)


@app.command("check")
def check() -> None:
    """核对：格式、原文逐字、数字有出处、事实存在、版本不重叠；案例对每个节点两面都走到。"""
    from policies.check import check_all

    problems = check_all()
    for problem in problems:
        console.print(str(problem), highlight=False, markup=False)
    good = not problems
    if good:
        console.print("政策文件无误：原文、数字、事实、版本均已核对。")
    if _CASES.is_dir():
        good = _cases_are_right() and good
    if not good:
        raise typer.Exit(1)


@app.command("mutants")
def mutants(
    programmes: Annotated[list[str] | None, typer.Argument(help="只查这些补贴项目")] = None,
    *,
    report: Annotated[Path | None, typer.Option(help="把结果写成 JSON")] = None,
    again: Annotated[bool, typer.Option("--again", help="不用上次的结果，全部重跑")] = False,
) -> None:
    """变异：把政策文件逐处改错，看核对和案例能否发现；有没发现的，逐一列出。"""
    from policies.registry import ROOT
    from services.main.mutants import mutants as hunt

    known = None if again or not _KNOWN_MUTANTS.parent.is_dir() else _KNOWN_MUTANTS
    only = tuple(programmes or ())
    raise typer.Exit(hunt(console, ROOT, _CASES, only=only, known=known, report=report))


def _cases_are_right() -> bool:
    """Run the golden cases and say how many nodes they have seen on both sides."""
    from policies.coverage import coverage
    from policies.golden import load_for, run_goldens

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
