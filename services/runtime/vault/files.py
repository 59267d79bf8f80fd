"""Files: what staff hand in and what holds identities, sealed under a key of its own.

Holds: a file is never changed: its digest is its name; the same file is kept once.
"""

from hashlib import sha256
from typing import NamedTuple

from services.runtime.vault.keys import KEY_BYTES, Sealer, random_bytes
from services.runtime.vault.marks import Connection

_KEEP = """
    INSERT INTO vault.files (digest, purpose, data_key, name, content, kept_by)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (digest) DO NOTHING
"""
_OPEN = "SELECT data_key, name, content FROM vault.files WHERE digest = $1"


class StoredFile(NamedTuple):
    """A file in the clear."""

    name: str
    content: bytes


async def store(
    connection: Connection, master: Sealer, file: StoredFile, purpose: str, by: str
) -> str:
    """Keep a file; its digest is what it is asked for by."""
    digest = sha256(file.content).hexdigest()
    context = digest.encode()
    data_key = random_bytes(KEY_BYTES)
    own = Sealer(data_key)
    await connection.execute(
        _KEEP,
        digest,
        purpose,
        master.seal(data_key, b"file key:" + context),
        own.seal(file.name.encode(), b"file name:" + context),
        own.seal(file.content, b"file:" + context),
        by,
    )
    return digest


async def load(connection: Connection, master: Sealer, digest: str) -> StoredFile | None:
    """Open a file; None where none of this digest was kept."""
    row = await connection.fetchrow(_OPEN, digest)
    if row is None:
        return None
    context = digest.encode()
    own = Sealer(master.open(row["data_key"], b"file key:" + context))
    name = own.open(row["name"], b"file name:" + context).decode()
    return StoredFile(name, own.open(row["content"], b"file:" + context))
