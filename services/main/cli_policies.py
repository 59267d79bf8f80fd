"""`benefit-ledger policies`: list the dated rules, and check them against the notices."""

import typer
from rich.table import Table

from services.main.screen import screen

app = typer.Typer(help="政策：列出各版本，核对原文、数字、边界。", no_args_is_help=True)
console = screen()


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
    """核对：格式、原文逐字、数字有出处、事实存在、版本不重叠。"""
    from policies.check import check_all

    problems = check_all()
    for problem in problems:
        console.print(str(problem), highlight=False, markup=False)
    if problems:
        raise typer.Exit(1)
    console.print("政策文件无误：原文、数字、事实、版本均已核对。")
