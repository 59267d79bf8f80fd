"""Contract: all that other systems see of the ledger; it may change only in what they may ignore.

READ FIRST: `inbound.catalogue` (every message), then `inbound.reader.read`.

| room | holds |
|---|---|
| `inbound` | what upstream publishes: a model a message, how it is read, why one is not taken |
| `outbound` | what upstream is told: one outcome an event |
| `schemas` | both written out into docs/reference: AsyncAPI, JSON Schema, examples, pages |
"""
