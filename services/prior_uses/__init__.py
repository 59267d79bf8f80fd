"""prior_uses: take over what was enjoyed before this ledger, from a file that two people vouch for.

READ FIRST: `columns` (what a file states), `rows` (one row), `checking` (what is right with each), then
`importing` (the commands that a released file becomes).
"""
