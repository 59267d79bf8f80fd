"""`benefit-ledger topics`: make the topics that are missing."""

import asyncio

from services.cli.arguments import read_settings
from services.cli.screen import console


def topics() -> None:
    """创建缺少的主题，核对已有的。"""
    from services.runtime.topic_admin import create_topics

    s = read_settings()
    made = asyncio.run(create_topics(s.kafka_bootstrap, s.partitions, s.replication, s.topics))
    console.print(f"新建 {len(made)} 个主题：{'、'.join(made)}" if made else "主题齐全，无需新建。")
