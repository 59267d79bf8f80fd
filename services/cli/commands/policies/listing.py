"""`benefit-ledger policies list`: every version of every programme."""

from typing import Annotated

import typer
from rich.table import Table

from services.cli.commands.policies.arguments import Parameters
from services.cli.screen import console


def list_versions(
    *, parameters: Parameters = None, json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """列出每个补贴项目的每个版本：地区、受理期限、今天的状态、依据。"""
    from services.cli.rules import rules as loaded
    from services.tools.authoring.listing import as_json, rows

    listed = rows(loaded(parameters))
    if json:
        typer.echo(as_json(listed))
        return
    table = Table("项目", "版本", "地区", "名称", "受理期限", "状态", "依据", "约定", "内容摘要")
    for row in listed:
        table.add_row(*map(str, row))
    console.print(table)
    programmes = len({row.programme for row in listed})
    console.print(f"{programmes} 个补贴项目，{len(listed)} 个版本。")
