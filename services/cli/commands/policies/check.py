"""`benefit-ledger policies check`: the files against themselves, and the cases against the rules."""

import typer

from services.cli.commands.policies.arguments import CASES, Parameters
from services.cli.screen import console


def check(*, parameters: Parameters = None) -> None:
    """核对：格式、原文逐字、数字有出处、事实存在、版本不重叠、互斥两边都写；案例对每个节点两面都走到。"""
    from policies.authoring.check import look_over

    found = look_over(overrides=parameters)
    for problem in found.errors:
        console.print(str(problem), highlight=False, markup=False)
    for remark in found.remarks:
        console.print(f"提示 {remark}", highlight=False, markup=False)
    good = not found.errors
    if good:
        console.print("政策文件无误：原文、数字、事实、版本、互斥均已核对。")
    if CASES.is_dir():
        good = _cases_are_right() and good
    if not good:
        raise typer.Exit(1)


def _cases_are_right() -> bool:
    """Run the golden cases and say how many nodes they have seen on both sides."""
    from policies.authoring.coverage import coverage
    from policies.authoring.golden import load_for, run_goldens

    loaded = load_for(CASES)
    results = list(run_goldens(CASES, loaded))
    wrong = [result for result in results if result.wrong]
    for result in wrong:
        place = f"{result.file.relative_to(CASES)}:{result.line}"
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
