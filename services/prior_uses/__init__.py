"""prior_uses: take over what was enjoyed before this ledger, from a file that two people vouch for.

READ FIRST: `columns` (what a file states), `checking` (what is right with each row), then
`importing` (the commands that a released file becomes).
"""
