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
    from policies.cities import NO_CITY, read_cities
    from policies.engine.versions import ROOT
    from services.cli.arguments import read_settings
    from services.cli.rules import has_city
    from services.tools.authoring.mutants import mutants as hunt

    settings = read_settings()
    cities = read_cities(settings.city) if has_city(settings) else NO_CITY
    known = None if again or not KNOWN_MUTANTS.parent.is_dir() else KNOWN_MUTANTS
    only = tuple(programmes or ())
    code = 0
    if CASES.is_dir() and (not only or any((ROOT / "programmes" / one).is_dir() for one in only)):
        code = hunt(console, ROOT, CASES, only=only, known=known, report=report)
    for city in cities:
        own = city.folder / "programmes"
        if any((own / one).is_dir() for one in only) if only else own.is_dir():
            about = report and report.with_stem(f"{report.stem}-{city.code}")
            found = hunt(
                console, city.folder, city.folder / "cases", only=only, report=about, cities=cities
            )
            code = code or found
    raise typer.Exit(code)
