"""A clerk or desk that kills itself at one exact moment: `python -m tests.faults.batch_process …`.

In:   `clerk POINT` or `desk POINT`; settings from the environment
Out:  SIGKILL from within, so that nothing is cleaned up and nothing more is written
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from aiokafka import AIOKafkaProducer

from services.clerk import outbox
from services.desk.transaction import LedgerRecord, LedgerWriter
from services.machine.process import run_process
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings

CLERK_POINTS = (
    "BeginSending unsent",
    "BeginSending sent",
    "file half written",
    "file not renamed",
    "folder not synced",
    "ConfirmSent unsent",
    "ConfirmSent sent",
)
DESK_POINTS = (
    "BatchRequested committed",
    "BatchReleased committed",
    "BatchSent uncommitted",
    "BatchResultRecorded committed",
)
SESSION_SECONDS = 6.0


def die() -> NoReturn:
    """End as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL is not survived")


def arm_clerk(point: str) -> None:
    """Let the clerk end at a point."""
    synced = os.fsync
    renamed = Path.replace
    sent = PacketSender.send_all

    def fsync(number: int) -> None:
        if point == "file half written":
            os.ftruncate(number, os.fstat(number).st_size // 2)
            die()
        if point == "folder not synced" and Path(f"/proc/self/fd/{number}").is_dir():
            die()
        synced(number)

    def replace(self: Path, target: Path) -> Path:
        if point == "file not renamed":
            die()
        return renamed(self, target)

    async def send_all(self: PacketSender, commands: Sequence[tuple[str, bytes]]) -> None:
        name = point.partition(" ")[0].encode()
        about = any(b'"' + name + b'"' in body for _, body in commands)
        if about and point.endswith(" unsent"):
            die()
        await sent(self, commands)
        if about and point.endswith(" sent"):
            die()

    outbox.os.fsync = fsync  # type: ignore[attr-defined]
    Path.replace = replace  # type: ignore[assignment,method-assign]
    PacketSender.send_all = send_all  # type: ignore[method-assign]


def arm_desk(point: str) -> None:
    """Let the desk end before or after the commit of the first fact of a kind."""
    name, _, when = point.partition(" ")
    write, commit = LedgerWriter.write, AIOKafkaProducer.commit_transaction
    seen: list[bool] = []

    async def writing(self: LedgerWriter, records: Sequence[LedgerRecord]) -> Any:
        if any(b'"' + name.encode() + b'"' in value for _, value, _ in records):
            seen.append(True)
        return await write(self, records)

    async def committing(self: Any) -> None:
        if seen and when == "uncommitted":
            die()
        await commit(self)
        if seen:
            die()

    LedgerWriter.write = writing  # type: ignore[method-assign]
    AIOKafkaProducer.commit_transaction = committing


def main(process: str, point: str) -> int:
    """Run a process until its point, or until told to stop where it has none."""
    if point:
        (arm_clerk if process == "clerk" else arm_desk)(point)
    settings = Settings()
    if process == "desk":
        from services.desk.worker import run

        run(settings, session_seconds=SESSION_SECONDS)
    return run_process(process, settings)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
