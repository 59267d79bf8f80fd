"""bench: what the ledger does in a second, beside what a user would pick instead, in one run.

Holds: figures are ratios within one run on one machine; no test depends on them
"""
