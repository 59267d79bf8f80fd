"""`benefit-ledger simulate`: messages of a file through the rules, without a ledger."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.cli.arguments import MessageFile


def simulate(
    file: MessageFile,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="每件申请只打印一行：结论、金额、每条依据的原文")
    ] = False,
    funded: Annotated[
        bool, typer.Option("--funded", help="视同各项资金充足，只看政策怎么说")
    ] = False,
    parameters: Annotated[
        Path | None, typer.Option(help="本市参数目录，先于随附参数（见 docs/how-to/try-a-case.md）")
    ] = None,
) -> None:
    """试算：不连 Kafka，把报文依次过一遍受理、审核、支付规则，打印事实（JSON 行）。"""
    from events.contract.inbound.check import documents
    from services.cli.rules import rules
    from services.tools.simulation.decisions import decisions as reduced
    from services.tools.simulation.simulate import simulated

    policies = rules(parameters)
    lines = (document for _, document in documents(file.read_bytes()))
    items = simulated(lines, policies, funded=funded)
    for item in reduced(items, policies) if decisions else items:
        typer.echo(orjson.dumps(item).decode())
