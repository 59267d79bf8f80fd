"""`benefit-ledger policies questions`: what somebody still has to confirm."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.screen import console


def list_questions(
    *, output: Annotated[Path | None, typer.Option("-o", "--output", help="写成 XLSX 文件")] = None
) -> None:
    """待确认事项：每一条约定、默认值、未载明的标准，按文号和项目。"""
    from policies.authoring.questions import questions, questions_page
    from services.cli.rules import rules
    from services.tools.authoring.listing import questions_workbook

    policies = rules()
    if output is None:
        typer.echo(questions_page(policies), nl=False)
        return
    rows = questions(policies)
    output.write_bytes(questions_workbook(rows))
    console.print(f"已写 {output}，{len(rows)} 条", highlight=False)
