"""sign_in: who somebody is: passwords, one-time codes, sessions, and what is done against guessing.

READ FIRST: `signing_in` (the two steps), then `sessions`. What somebody may do is not asked here:
that is in the ledger. No page and no cookie is known here; instants come in as arguments.
"""
