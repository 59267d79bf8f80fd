"""Worker: the desk as a process.

In:   settings
Out:  exit 0 when asked to stop; 70 when anything was not as it must be, for the supervisor to start
      it anew (what was decided is found from the ledger)
Holds: it never goes on after a failure: it logs what it was deciding and ends
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import structlog

from events.invariants import BrokenInvariant
from services.runtime import garbage_collection
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings
from services.runtime.topic_admin import check_topics

EXIT_START_ANEW = 70

log = structlog.get_logger("desk")


def run(settings: Settings, *, session_seconds: float = 10.0) -> NoReturn:
    """Decide until asked to stop; after `session_seconds` of silence another takes over.

    Raises: BrokerAway, TopicsMissing, TopicDiffers before anything has begun
    """
    asyncio.run(
        check_topics(
            settings.kafka_bootstrap, settings.partitions, settings.replication, settings.topics
        )
    )
    import mode.loop

    mode.loop.use("uvloop")  # before faust is imported, which takes the loop that it finds
    import faust

    from services.desk.agent import attach, faust_app
    from services.desk.feeding import skip_damaged_batches
    from services.desk.service import DeskService

    garbage_collection.collect_rarely()
    skip_damaged_batches()
    app = faust_app(settings, _nowhere(), session_seconds)
    service = DeskService(settings, end)
    attach(app, service.desk, settings.topics.commands)
    worker = faust.Worker(app, service, loglevel="warn", redirect_stdouts=False, quiet=True)
    worker.spinner = None
    try:
        worker.execute_from_commandline()
    except SystemExit as leaving:
        code = leaving.code
    os._exit(EXIT_START_ANEW if code else 0)  # a thread of Faust's may still hang


def _nowhere() -> Path:
    """Name the directory that Faust insists on; without tables it stays empty, whoever shares it."""
    return Path(tempfile.gettempdir()) / f"benefit-ledger-desk-{os.getuid()}"


def end(error: BaseException, *, partition: int | None, at: str | None) -> NoReturn:
    """Write what happened, to which partition and command, and end this process at once.

    Nothing is cleaned up: a half-done transaction is settled by the next owner's fencing, and a
    clean-up that hangs would keep that owner waiting.
    """
    say = log.warning if getattr(error, "may_pass", False) else log.error
    known = isinstance(error, (OperatingFailure, BrokenInvariant))
    say(
        "desk ends",
        partition=partition,
        deciding=at,
        error=f"{type(error).__name__}: {error}",
        exc_info=None if known else error,
    )
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(EXIT_START_ANEW)
