"""A desk that hangs between its last write and its commit, until it is frozen from outside."""

import asyncio
import os
import sys
from typing import Any

from services.desk.failures import Fenced
from services.desk.limits import Limits
from services.desk.partition_owner import PartitionOwner
from services.runtime.topics import Topics
from tests.system.desk_kit import desk_context


async def main(bootstrap: str, prefix: str, partition: int) -> None:
    """Open, decide what waits, and hang inside the transaction for a second."""
    limits = Limits(transaction_seconds=60.0, commit_seconds=60.0)
    async with desk_context(bootstrap, Topics(prefix), limits=limits) as context:
        owner = PartitionOwner(partition, context)
        await owner.pause()
        await owner.open()
        owner.resume()
        producer: Any = owner._ledger._writer._producer
        commit = producer.commit_transaction

        async def late() -> None:
            print("inside", flush=True)  # noqa: T201
            await asyncio.sleep(1)
            await commit()

        producer.commit_transaction = late
        try:
            await owner.catch_up()
        except Fenced:
            os._exit(70)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
