"""Outbox: the folder from which the bank's channel takes payment files.

Out:  complete files, each handed over once
Holds: a file is there whole or not at all; one that was handed over is never written again, as long
       as whoever takes it moves it to `taken/` and deletes nothing.
"""

import os
from hashlib import sha256
from pathlib import Path

from services.clerk.payment_file import PaymentFile
from services.runtime.errors import OperatingFailure

TAKEN = "taken"


class AnotherFile(OperatingFailure):
    """A file of this name was handed over with other content."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} was handed over before, with other content than the batch has now.",
            "Do not send it again: ask the bank which of the two it has paid.",
        )


class OutboxUnwritable(OperatingFailure):
    """The outbox does not take a file."""

    may_pass = True

    def __init__(self, outbox: Path, why: OSError) -> None:
        super().__init__(
            f"The outbox {outbox} cannot be written: {why}.",
            "Make room, or give the clerk the right to write there; the file follows by itself.",
        )


def hand_over(outbox: Path, file: PaymentFile) -> bool:
    """Put a file into the outbox; False when it was handed over before.

    Raises: AnotherFile, OutboxUnwritable
    """
    try:
        return _hand_over(outbox, file)
    except OSError as error:
        raise OutboxUnwritable(outbox, error) from error


def _hand_over(outbox: Path, file: PaymentFile) -> bool:
    taken = outbox / TAKEN
    taken.mkdir(parents=True, exist_ok=True)
    batch = file.name.partition(".")[0]
    # whatever its form: another layout since then must not send the batch a second time
    for there in (*outbox.glob(f"{batch}.*"), *taken.glob(f"{batch}.*")):
        if there.is_file():
            if there.name != file.name or sha256(there.read_bytes()).hexdigest() != file.digest:
                raise AnotherFile(there)
            return False
    partial = outbox / f".{file.name}.partial"
    # names and account numbers: nobody else on the machine may read them, not even half written
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as written:
        written.write(file.content)
        written.flush()
        os.fsync(written.fileno())
    partial.replace(outbox / file.name)
    folder = os.open(outbox, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True
