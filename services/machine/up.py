"""Up: a whole ledger on this computer until Ctrl-C."""

import asyncio

from rich.console import Console

from services.machine.running_ledger import running_ledger
from services.runtime.settings import Settings


async def up(settings: Settings, console: Console) -> None:
    """Run everything until interrupted.

    Raises: as `services.machine.running_ledger.running_ledger`
    """
    async with running_ledger(settings, console) as running:
        console.print(f"工作台  {running.pages}")
        console.print(f"Kafka   {running.servers.kafka_bootstrap}")
        console.print(f"日志    {settings.data_dir / 'logs'}")
        console.print("Ctrl-C 停止；数据保留，下次接着用。")
        await asyncio.Event().wait()
