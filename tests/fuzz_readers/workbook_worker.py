"""Workbook worker: reads one workbook after the other with the product's own reader, in one process.

In:    lengths and workbooks on standard input
Out:   lengths and answers on standard output, as the product's process gives one
Holds: what would end the product's process ends this one too; whoever asked starts another
"""

import os
import resource
import struct
import sys
import time
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer

import orjson

from services.spreadsheets import workbook_reader
from services.spreadsheets.file_lines import NOT_WHOLE

_MEMORY = 1_500_000_000


class WorkbookWorker:
    """Asks such a process, and starts another where one has ended."""

    def __init__(self, most_seconds: float) -> None:
        self.ended = 0
        self.longest = 0.0
        self._most_seconds = most_seconds
        self._process: Popen[bytes] | None = None

    def read(self, raw: bytes) -> dict[str, object]:
        """The product's answer to a workbook; the words for a broken file where its reader ended.

        Raises: TimeoutError
        """
        process = self._process = self._process or Popen(
            [sys.executable, "-m", "tests.fuzz_readers.workbook_worker"],
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={**os.environ, "RUST_BACKTRACE": "0"},
        )
        assert process.stdin
        assert process.stdout
        began = time.monotonic()
        limit = Timer(self._most_seconds, process.kill)
        limit.start()
        try:
            process.stdin.write(struct.pack(">I", len(raw)) + raw)
            process.stdin.flush()
            head = process.stdout.read(4)
            body = process.stdout.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""
        except BrokenPipeError:
            body = b""
        finally:
            limit.cancel()
        took = time.monotonic() - began
        self.longest = max(self.longest, took)
        if body:
            answer: dict[str, object] = orjson.loads(body)
            return answer
        self.close()
        self.ended += 1
        if took >= self._most_seconds:
            raise TimeoutError(f"{took:.0f} s")
        return {"wrong": NOT_WHOLE}

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def main() -> None:
    """Answer until there is nothing more to read."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    while len(head := sys.stdin.buffer.read(4)) == 4:
        raw = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
        try:
            body = orjson.dumps(workbook_reader.read(raw))
        except BaseException:  # noqa: BLE001 - a panic of the library; the product's process ends with it
            body = orjson.dumps({"wrong": NOT_WHOLE})
        sys.stdout.buffer.write(struct.pack(">I", len(body)) + body)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
