"""`benefit-ledger migrate`: bring the database up to date."""

import asyncio

from services.cli.arguments import read_settings
from services.cli.screen import console


def migrate() -> None:
    """把数据库升到最新结构。"""
    from services.machine.connections import migrated

    asyncio.run(migrated(read_settings().postgres_dsn))
    console.print("数据库结构已是最新。")
