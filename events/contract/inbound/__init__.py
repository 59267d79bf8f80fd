"""The public contract: what upstream systems publish, how it is read, why it is refused.

READ FIRST: `catalogue` (every type), then `reader.read`. `benefit-ledger docs`
writes the contract into docs/reference; `check.check_file` tells a sender what is wrong.
"""
