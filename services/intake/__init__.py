"""intake: take in what upstream publishes. Checks, tokenises, packs; it never decides.

READ FIRST: `admission` (what a message asks of the vault, and the commands it becomes), then
`process` (the way from the inbound topics to `commands`).
"""
