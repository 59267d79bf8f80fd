"""job worker: the process that does one job: the page is asked once more, its answer kept in parts.

In:    the number of a job, on the command line; the settings of the web process, on standard input
Out:   what came of it
Holds: it has its own connections, so its own snapshot; it ends with the web process, which holds the
       other end of its standard input; a page that refuses is told as not done, with what it said
"""

import asyncio
import os
import sys
import threading
from contextlib import suppress
from http import HTTPStatus

import orjson
import structlog
from fastapi import FastAPI

from services.jobs.stored import LARGEST, JobStore, Outcome, TooLarge
from services.runtime import progress
from services.runtime.errors import OperatingFailure
from services.runtime.progress import WorkDone
from services.runtime.settings import Settings
from services.web.app import create_app
from services.web.replay import PageAnswer, replay
from services.web.request.replayed import PageAsked, Replayed, digest_of
from services.web.server import sources_of

_PART_BYTES = 1_000_000
_TOLD_SECONDS = 1.0
_FAULT = "办理中出了差错，没有办成。请再试一次；仍不行时请联系系统管理员，并报任务编号。"
_REFUSED = "没有办成，页面答复见“打开结果”。"

_log = structlog.get_logger("jobs")


class _File:
    """The bytes of an answer, kept part by part."""

    def __init__(self, store: JobStore, number: str) -> None:
        self._store, self._number = store, number
        self._waiting = bytearray()
        self._parts = 0
        self.bytes = 0

    async def write(self, content: bytes) -> None:
        """Take more bytes.

        Raises: TooLarge
        """
        self.bytes += len(content)
        if self.bytes > LARGEST:
            raise TooLarge
        self._waiting += content
        while len(self._waiting) >= _PART_BYTES:
            await self._keep(_PART_BYTES)

    async def close(self) -> None:
        """Keep what is left."""
        if self._waiting:
            await self._keep(len(self._waiting))

    async def _keep(self, size: int) -> None:
        await self._store.keep_part(self._number, self._parts, bytes(self._waiting[:size]))
        del self._waiting[:size]
        self._parts += 1


async def do(app: FastAPI, store: JobStore, number: str) -> None:
    """Do a job that was taken, and say what came of it."""
    asked = PageAsked.decoded(await store.asked(number))
    seen, file, done = Replayed(asked.session), _File(store, number), WorkDone()
    async with store.held(number):
        telling = asyncio.create_task(_tell(store, number, done))
        try:
            with progress.kept_in(done):
                answer = await replay(app, asked, seen, file.write)
            await file.close()
            outcome = _outcome(answer, file.bytes, digest_of(seen.sight))
        except OperatingFailure as error:
            outcome = Outcome("failed", str(error))
        except Exception as error:  # noqa: BLE001 -- whatever it is, its person is told
            _log.exception("job not done", job=number, error=type(error).__name__)
            outcome = Outcome("failed", _FAULT)
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling
        await store.progressed(number, done.done, done.whole)
        await store.end(number, outcome)


def _outcome(answer: PageAnswer, size: int, sight: str) -> Outcome:
    headers = answer.headers
    if location := headers.get("location"):
        return Outcome("done", leads_to=location, sight=sight)
    refused = answer.status >= HTTPStatus.BAD_REQUEST
    name = headers.get("content-disposition", "").partition('filename="')[2].rstrip('"')
    media = headers.get("content-type", "")
    said = _REFUSED if refused else ""
    return Outcome("failed" if refused else "done", said, "", media, name, size, sight)


async def _tell(store: JobStore, number: str, done: WorkDone) -> None:
    """Say every second how far it is."""
    said = (0, 0)
    while True:
        await asyncio.sleep(_TOLD_SECONDS)
        if said != (done.done, done.whole):
            said = done.done, done.whole
            await store.progressed(number, *said)


async def main(number: str, settings: Settings) -> None:
    """Do one job with the sources of the web process.

    Raises: OperatingFailure
    """
    async with sources_of(settings) as sources:
        assert sources.jobs is not None
        await do(create_app(sources), sources.jobs, number)


def _end_with_the_web_process() -> None:
    """Wait until the other end of standard input is gone, and go too."""
    sys.stdin.buffer.read()
    os._exit(os.EX_TEMPFAIL)


if __name__ == "__main__":
    given = Settings(**orjson.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_end_with_the_web_process, daemon=True).start()
    asyncio.run(main(sys.argv[1], given))
