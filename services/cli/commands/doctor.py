"""`benefit-ledger doctor`: is everything there that a ledger needs?"""

import asyncio

import typer

from services.cli.arguments import read_settings
from services.cli.screen import console


def doctor() -> None:
    """检查本机：磁盘、密钥、政策、Kafka、主题、数据库、滞后、搁置。"""
    from services.tools.operations.doctor import look

    async def body() -> bool:
        good = True
        async for finding in look(read_settings()):
            mark = "[green]✓[/]" if finding.good else "[bold red]✗[/]"
            console.print(f"{mark} {finding.what}：{finding.detail}", highlight=False)
            good = good and finding.good
        return good

    if not asyncio.run(body()):
        raise typer.Exit(1)
