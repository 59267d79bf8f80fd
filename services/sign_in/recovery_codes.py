"""recovery_codes: ten codes on paper for who has lost the telephone; each opens once.

Out:  the codes, once; afterwards only their SHA-256 (each is 80 random bits, nothing slower is needed)
"""

import base64
import secrets
import unicodedata
from hashlib import sha256

MANY = 10
_BYTES = 10
_LENGTH = 16


def new_codes() -> list[str]:
    """Make ten codes as they are written on paper: ``ABCD-EFGH-IJKL-MNOP``."""
    return [_grouped(base64.b32encode(secrets.token_bytes(_BYTES)).decode()) for _ in range(MANY)]


def digest_of(typed: str) -> bytes | None:
    """What is kept of a code, however it is spaced; None where it cannot be one."""
    plain = unicodedata.normalize("NFKC", typed).upper().replace("0", "O").replace("1", "I")
    code = "".join(one for one in plain if one.isalnum())
    return sha256(code.encode()).digest() if len(code) == _LENGTH else None


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))
