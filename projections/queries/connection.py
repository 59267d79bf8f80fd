"""connection: what a query is asked on."""

from typing import TypeAlias

from asyncpg import Connection, Record
from asyncpg import Pool as AsyncpgPool
from asyncpg.pool import PoolConnectionProxy

Db: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record]"
"""A connection on which the books can be read."""

Pool: TypeAlias = "AsyncpgPool[Record]"
"""Connections to the books."""
