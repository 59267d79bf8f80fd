"""`benefit-ledger check`: what is wrong with the messages of a file, before they are sent."""

import typer
from rich.table import Table

from services.cli.arguments import MessageFile
from services.cli.screen import console


def check(file: MessageFile) -> None:
    """上游自查：逐行指出报文哪里不对、怎么改。"""
    from events.contract.inbound.check import check_file
    from policies.engine.message_names import names_of_policies
    from services.cli.rules import rules

    checked = check_file(file, names_of_policies(rules()))
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
