"""`benefit-ledger publish`: messages of a file, as an upstream system would send them."""

import asyncio

from services.cli.arguments import MessageFile, read_settings
from services.cli.screen import console


def publish(file: MessageFile) -> None:
    """把文件里的报文发到它们的主题。"""
    from services.tools.staff.publish import publish as run_publish

    count = asyncio.run(run_publish(read_settings(), file.read_bytes()))
    console.print(f"已发布 {count} 条，Kafka 均已确认。")
