"""connection: what a query is asked on."""

from typing import TypeAlias

from asyncpg import Connection, Record
from asyncpg import Pool as AsyncpgPool
from asyncpg.pool import PoolConnectionProxy

Pool: TypeAlias = "AsyncpgPool[Record]"
"""Connections to the books."""

Db: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record] | AsyncpgPool[Record]"
"""Where the books can be read: a connection, or a pool that lends one."""

Lent: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record]"
"""A connection for one question after another, so that a transaction can be begun on it."""
