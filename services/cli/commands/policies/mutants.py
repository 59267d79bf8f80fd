"""`benefit-ledger policies mutants`: whether every small change of a policy file is noticed."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.commands.policies.arguments import CASES, KNOWN_MUTANTS
from services.cli.screen import console


def mutants(
    programmes: Annotated[list[str] | None, typer.Argument(help="只查这些补贴项目")] = None,
    *,
    report: Annotated[Path | None, typer.Option(help="把结果写成 JSON")] = None,
    again: Annotated[bool, typer.Option("--again", help="不用上次的结果，全部重跑")] = False,
) -> None:
    """变异：把政策文件逐处改错，看核对和案例能否发现；有没发现的，逐一列出。"""
    from policies.engine.versions import ROOT
    from services.tools.authoring.mutants import mutants as hunt

    known = None if again or not KNOWN_MUTANTS.parent.is_dir() else KNOWN_MUTANTS
    only = tuple(programmes or ())
    raise typer.Exit(hunt(console, ROOT, CASES, only=only, known=known, report=report))
