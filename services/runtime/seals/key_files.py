"""Key files: who holds which key of `ledger` and `commands`, each process in a folder of its own.

    keys/desk/ledger.key       signs checkpoints          the desk alone
    keys/desk/commands.key     all producers' keys        the desk alone
    keys/<name>/commands.key   this producer's packets    intake, clerk, web, operator
    keys/<name>/ledger.pub     verifies checkpoints       everybody who reads `ledger`

In:    the folder that the settings name
Holds: a private key is never overwritten, and readable by its owner alone; a public key is never
       taken off the list, so that what an earlier key has signed stays verified
"""

import base64
import binascii
import os
from pathlib import Path

from services.runtime.errors import NotConfigured
from services.runtime.seals.ledger_seals import LedgerKeys, LedgerSeal
from services.runtime.seals.packet_seals import PRODUCERS, PacketKeys, PacketSeal, producer_key
from services.runtime.vault.keys import KEY_BYTES, make_key_file

READERS = ("intake", "desk", "projector", "outcomes", "clerk", "web", "http-intake", "operator")
"""Who reads `ledger`, some only to see before they start whether the stores fit; `operator` is the
command line."""

_LEDGER, _COMMANDS, _PUBLIC = "ledger.key", "commands.key", "ledger.pub"


def make_keys(folder: Path) -> bool:
    """Make what is missing; tell whether the desk's key to the ledger was made now.

    Holds: done twice, or by two at once, it changes nothing
    """
    for name in {*PRODUCERS, *READERS}:
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    made = make_key_file(folder / "desk" / _LEDGER)
    make_key_file(folder / "desk" / _COMMANDS)
    master = _secret(folder / "desk" / _COMMANDS)
    for name in PRODUCERS:
        if name != "desk":
            _write(folder / name / _COMMANDS, _text(producer_key(master, name)), 0o600)
    public = LedgerSeal(_secret(folder / "desk" / _LEDGER)).public
    known = _lines(folder / "desk" / _PUBLIC)
    lines = known if _text(public) in known else [*known, _text(public)]
    for name in READERS:
        _write(folder / name / _PUBLIC, "".join(f"{line.strip()}\n" for line in lines), 0o644)
    return made


def ledger_seal(folder: Path) -> LedgerSeal:
    """The desk's key to the ledger.

    Raises: NotConfigured
    """
    return LedgerSeal(_secret(folder / "desk" / _LEDGER))


def ledger_keys(folder: Path, reader: str) -> LedgerKeys:
    """What verifies the ledger, for one reader.

    Raises: NotConfigured
    """
    path = folder / reader / _PUBLIC
    found = _lines(path)
    if not found:
        raise _missing(path)
    return LedgerKeys(_key(path, line) for line in found)


def packet_keys(folder: Path) -> PacketKeys:
    """What the desk checks packets with.

    Raises: NotConfigured
    """
    return PacketKeys(_secret(folder / "desk" / _COMMANDS))


def packet_seal(folder: Path, producer: str) -> PacketSeal:
    """What one producer seals its packets with.

    Raises: NotConfigured
    """
    if producer == "desk":
        return packet_keys(folder).seal(producer)
    return PacketSeal(producer, _secret(folder / producer / _COMMANDS))


def _secret(path: Path) -> bytes:
    try:
        mode, text = path.stat().st_mode, path.read_text()
    except OSError as error:
        raise _missing(path) from error
    if mode & 0o077:
        raise NotConfigured(
            f"密钥文件 {path} 其他用户也能读（权限 {mode & 0o777:o}）。",
            f"请改为只有自己能读：chmod 600 {path}",
        )
    return _key(path, text)


def _key(path: Path, text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise NotConfigured(
            f"密钥文件 {path} 里不是 base64 写的 {KEY_BYTES} 字节密钥。", "请从备份恢复。"
        )
    return key


def _missing(path: Path) -> NotConfigured:
    return NotConfigured(
        f"没有总账或命令的密钥文件 {path}，或不能读。",
        "请用 `benefit-ledger key make` 生成，或从备份恢复；目录由 BENEFIT_LEDGER_KEYS_DIR 指定。",
    )


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text().splitlines() if line.strip()]
    except FileNotFoundError:
        return []


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file whole, unless it says so already."""
    if path.exists() and path.read_text().strip() == text.strip():
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
