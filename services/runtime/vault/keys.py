"""Keys: the master key in its file, and everything that is wrapped under it.

In:    a file with 32 bytes in base64, readable by its owner alone
Out:   `Sealer`: AES-256-GCM under one key; a random nonce leads, the context is authenticated
Holds: nothing here is ever logged or shown; a key file is never overwritten.
"""

import base64
import binascii
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.runtime.errors import NotConfigured, OperatingFailure

KEY_BYTES = 32
_NONCE_BYTES = 12


class WrongKey(OperatingFailure):
    """Something was sealed under another key than the one at hand."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"现有密钥打不开{what}：它是用另一把密钥封存的，或被改动过。",
            "请把 BENEFIT_LEDGER_VAULT_KEY_FILE 指向建库时的密钥文件；没有它就读不出姓名和账户。",
        )


class _Random:
    """The system's randomness, fetched by the page: one call to the system serves many keys."""

    def __init__(self) -> None:
        self._page = b""
        self._at = 0
        os.register_at_fork(after_in_child=self._forget)

    def __call__(self, count: int) -> bytes:
        at = self._at
        if at + count > len(self._page):
            self._page, at = os.urandom(4096), 0
        self._at = at + count
        return self._page[at : self._at]

    def _forget(self) -> None:
        """A child process must not give out what its parent does."""
        self._page = b""


random_bytes = _Random()
"""Random bytes for keys, nonces and tokens; each is given out once."""


class Sealer:
    """Encrypts and decrypts under one key."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt; the same `context` must be given to open it."""
        nonce = random_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt.

        Raises: WrongKey
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
        except InvalidTag as error:
            raise WrongKey(context.partition(b":")[0].decode()) from error


class AccessKey:
    """Seals and marks what signing in must keep and nobody may read."""

    __slots__ = ("_marking", "sealer")

    def __init__(self, key: bytes) -> None:
        self.sealer = Sealer(key)
        self._marking = hmac.digest(key, b"marks", "sha256")

    def mark(self, text: str) -> str:
        """Write what a text is known by where it must not stand itself."""
        return hmac.digest(self._marking, text.encode("utf-8", "surrogatepass"), "sha256")[
            :16
        ].hex()


class AnotherKey(OperatingFailure):
    """A key was given, and another one is in use already."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} 里已有另一把身份库密钥，给的这一把没有取用。",
            "换钥匙会使已登记的姓名和账户读不出来。确要另起一套台账，请先清除它的全部数据卷。",
        )


def make_key_file(path: Path) -> bool:
    """Write a new master key where there is none; tell whether one was made.

    Holds: mode 0600 from the first moment; two that start at once agree on one key
    """
    return _written(path, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")


def take_key_file(path: Path, text: bytes, source: str) -> bool:
    """Write the key that an operator gives where there is none; tell whether it was written.

    Raises: NotConfigured when it is no key; AnotherKey when a different one is in use
    """
    _key(text, source)
    if _written(path, text.strip() + b"\n"):
        return True
    if path.read_bytes().strip() != text.strip():
        raise AnotherKey(path)
    return False


def _written(path: Path, text: bytes) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # else a power cut takes the name, and what was sealed meanwhile
        finally:
            os.close(folder)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True


def load_key_file(path: Path) -> Sealer:
    """Read the master key.

    Raises: NotConfigured when the file is missing, is no key, or can be read by others or not by us
    """
    try:
        mode = path.stat().st_mode
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise NotConfigured(
            f"没有身份库的密钥文件 {path}。",
            "请从密钥备份恢复，或设置 BENEFIT_LEDGER_VAULT_KEY_FILE。"
            "新机器上 benefit-ledger up 会生成一个；新密钥打不开旧的身份库。",
        ) from error
    except OSError as error:
        raise NotConfigured(
            f"读不了身份库的密钥文件 {path}：{error.strerror}（本进程的用户号是 {os.getuid()}）。",
            f"请让它属于这个用户：chown {os.getuid()} {path}，chmod 600 {path}。"
            "容器里请把密钥经标准输入交给 key take，见 docs/how-to/containers.md。",
        ) from error
    if mode & 0o077:
        raise NotConfigured(
            f"身份库的密钥文件 {path} 其他用户也能读（权限 {mode & 0o777:o}）。",
            f"请改为只有自己能读：chmod 600 {path}",
        )
    return Sealer(_key(text, str(path)))


def _key(text: bytes, source: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise NotConfigured(
            f"身份库的密钥文件 {source} 里不是 base64 写的 {KEY_BYTES} 字节密钥。",
            "请从密钥备份恢复。",
        )
    return key
