"""Seals: what proves who wrote a record: signed checkpoints on `ledger`, MACs on `commands`.

READ FIRST: `chain` (how every reader of `ledger` tells the desk's records from others), then
`packet_seals` (how the desk tells whose packet it reads).
Source: docs/adr/0030-the-log-defends-itself.md
"""
