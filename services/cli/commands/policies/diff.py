"""`benefit-ledger policies diff`: what two versions or two sets of files have different."""

from typing import Annotated

import typer


def diff(
    before: Annotated[str, typer.Argument(help="旧：版本名，或放有政策文件的目录")],
    after: Annotated[str, typer.Argument(help="新：版本名，或目录")],
) -> None:
    """比对：两个版本（或两套文件）逐条不同，附两边原文。"""
    from services.cli.rules import rules
    from services.tools.authoring.diff import difference_lines

    for line in difference_lines(before, after, rules()):
        typer.echo(line)
