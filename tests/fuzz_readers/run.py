"""Run: some thousand mutated files of one kind through the product's reader, and what came of each.

Out:   ReaderReport
Holds: a file is the same for the same seed, kind and number
"""

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import NamedTuple
from unittest.mock import patch

from services.spreadsheets import file_lines
from services.spreadsheets.file_lines import FileLine, FileSheet, UnreadableFile
from tests.fuzz_readers.counting import rows_below
from tests.fuzz_readers.kinds import Kind, Reading
from tests.fuzz_readers.workbook_worker import WorkbookWorker

MOST_SECONDS = 20.0
"""Longer than this nobody waits for one file; the product's own bound is a minute."""


class ReaderReport(NamedTuple):
    """What came of the files of one kind."""

    kind: str
    files: int
    read: int
    with_named_rows: int
    refused: int
    counted: int
    readers_ended: int
    longest_seconds: float
    wrong: tuple[str, ...]


def fuzz(kind: Kind, seed: int, files: int) -> ReaderReport:
    """Read so many files; `wrong` names each that crashed, took too long, or lost a row in silence."""
    counts = dict.fromkeys(("read", "named", "refused", "counted"), 0)
    wrong: list[str] = []
    longest = 0.0
    worker = WorkbookWorker(MOST_SECONDS)
    with _workbooks_by(worker):
        for number in range(files):
            raw = _file(kind, seed, number)
            began = time.monotonic()
            try:
                reading = kind.read(raw)
            except Exception as error:  # noqa: BLE001 - the crash is what is looked for
                where = traceback.extract_tb(error.__traceback__)[-1]
                said = f"{type(error).__name__} {error} ({where.name}:{where.lineno})"
                wrong.append(f"{kind.name} {number}: {said[:200]}")
                continue
            took = time.monotonic() - began
            longest = max(longest, took)
            if took > MOST_SECONDS:
                wrong.append(f"{kind.name} {number}: {took:.0f} s")
            counts[_outcome(reading)] += 1
            if reading.whole_refused:
                continue
            plain = kind.plainly(raw) if kind.plainly else None
            below = rows_below(raw, kind.headings) if kind.headings else plain and plain.lines
            if below is not None:
                counts["counted"] += 1
                if lost := lost_rows(below, reading):
                    wrong.append(f"{kind.name} {number}: rows {lost[:5]} neither taken nor named")
            if plain is not None and plain.booked != reading.booked:
                wrong.append(f"{kind.name} {number}: {reading.booked}, plainly {plain.booked}")
    worker.close()
    return ReaderReport(
        kind.name,
        files,
        counts["read"],
        counts["named"],
        counts["refused"],
        counts["counted"],
        worker.ended,
        longest,
        tuple(wrong),
    )


def _file(kind: Kind, seed: int, number: int) -> bytes:
    chance = Random(f"{seed}|{kind.name}|{number}")
    return kind.mutate(chance.choice(kind.good), chance)


def _outcome(reading: Reading) -> str:
    if reading.whole_refused:
        return "refused"
    return "named" if reading.named else "read"


def lost_rows(below: frozenset[int], reading: Reading) -> list[int]:
    """Rows below the headings of which the reader says nothing."""
    silent = sorted(below - reading.taken - reading.named)
    return silent[reading.unnumbered + reading.totals :]


@contextmanager
def _workbooks_by(worker: WorkbookWorker) -> Iterator[None]:
    """Let one long process read the workbooks, instead of one each."""

    def read(raw: bytes) -> list[FileSheet]:
        answer = worker.read(raw)
        if "wrong" in answer:
            raise UnreadableFile(str(answer["wrong"]))
        sheets = answer["sheets"]
        assert isinstance(sheets, list)
        return [
            FileSheet(name, [FileLine(no, cells) for no, cells in lines]) for name, lines in sheets
        ]

    with patch.object(file_lines, "_workbook", read):
        yield
