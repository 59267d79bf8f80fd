"""`benefit-ledger policies check`: the files against themselves, and the cases against the rules."""

import typer

from services.cli.commands.policies.arguments import CASES, Parameters
from services.cli.screen import console


def check(*, parameters: Parameters = None) -> None:
    """核对：格式、原文逐字、数字有出处、事实存在、版本不重叠、互斥两边都写；案例对每个节点两面都走到；本市自己的政策一样核对。"""
    from services.cli.arguments import read_settings
    from services.cli.rules import has_city
    from services.tools.authoring.checking import look_over

    settings = read_settings()
    folder = settings.city if has_city(settings) else None
    found = look_over(folder, parameters, CASES)
    for line in found.lines():
        console.print(line, highlight=False, markup=False)
    if not found.good:
        raise typer.Exit(1)
