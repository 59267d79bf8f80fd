"""Outbox: the folder from which the bank's channel takes payment files.

Out:  complete files, each handed over once
Holds: a file is there whole or not at all; one that was handed over is never written again, as long
       as whoever takes it moves it to `taken/` and deletes nothing.
"""

import os
from hashlib import sha256
from pathlib import Path

from services.banking.payment_files.writing import PaymentFile
from services.runtime.errors import OperatingFailure

TAKEN = "taken"


class AnotherFile(OperatingFailure):
    """A file of this name was handed over with other content."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} 先前已交出，内容与这一批现在的不同。",
            "请不要再发：先向银行查询付了哪一份。",
        )
        self.file = path.name


class OutboxUnwritable(OperatingFailure):
    """The outbox does not take a file."""

    may_pass = True

    def __init__(self, outbox: Path, why: OSError) -> None:
        super().__init__(
            f"发件夹 {outbox} 不能写入：{why}。",
            "请腾出空间或给予写入权限，文件随后自动写出。",
        )
        self.why = why.strerror or type(why).__name__


def hand_over(outbox: Path, file: PaymentFile) -> bool:
    """Put a file into the outbox; False when it was handed over before.

    Raises: AnotherFile, OutboxUnwritable
    """
    try:
        return _hand_over(outbox, file)
    except OSError as error:
        raise OutboxUnwritable(outbox, error) from error


def _digest(there: Path, taken: Path) -> str:
    """SHA-256 of a file that was listed, wherever it is by now; empty where it is gone."""
    for path in (there, taken / there.name):
        try:
            return sha256(path.read_bytes()).hexdigest()
        except FileNotFoundError:
            continue
    return ""


def _hand_over(outbox: Path, file: PaymentFile) -> bool:
    taken = outbox / TAKEN
    taken.mkdir(parents=True, exist_ok=True)
    batch = file.name.partition(".")[0]
    # whatever its form: another layout since then must not send the batch a second time
    # the outbox first: a file that the bank takes meanwhile is seen in one of the two
    listed = [*outbox.glob(f"{batch}.*"), *taken.glob(f"{batch}.*")]
    for there in listed:
        if there.name != file.name or _digest(there, taken) not in (file.digest, ""):
            raise AnotherFile(there)
    if listed:
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
