"""Current books: are the tables those that this version writes and reads, before anything meets them?

In:   settings whose database is there
Out:  nothing where they are; else the names of what differs, with what to do
Holds: looked at before every start of a process that meets the books, and by `up` before it starts any
       of them: what would stand still for want of a rebuild says so at once
Raises: ShapeDiffers, BooksMissing, DatabaseAway
"""

import asyncio

from rich.console import Console
from rich.markup import escape

from projections.engine.books import ShapeDiffers
from services.machine.connections import books
from services.runtime.settings import Settings

LOOK_AGAIN_SECONDS = 1.0


async def require_current_books(settings: Settings) -> None:
    """Let nothing start on books of another version.

    Raises: ShapeDiffers, BooksMissing, DatabaseAway
    """
    async with books(settings.postgres_dsn):
        pass


async def await_current_books(settings: Settings, console: Console) -> None:
    """Say that a rebuild is needed, once, and wait until somebody has made it.

    Raises: BooksMissing, DatabaseAway
    """
    told = False
    while True:
        try:
            await require_current_books(settings)
        except ShapeDiffers as differs:
            if not told:
                console.print(f"[bold red]{escape(differs.what)}[/]\n{escape(differs.do)}")
                console.print("本机的 Kafka 和 PostgreSQL 开着，其余等重建完成后自动启动。")
            told = True
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        else:
            if told:
                console.print("账本已重建，继续启动。")
            return
