"""`benefit-ledger policies`: list the dated rules, and check them against the notices."""

from pathlib import Path

import typer
from rich.table import Table

from services.main.screen import screen

app = typer.Typer(help="政策：列出各版本，核对原文、数字、边界。", no_args_is_help=True)
console = screen()

_CASES = Path(__file__).parents[2] / "tests" / "policies"


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
