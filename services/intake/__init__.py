"""intake: take in what upstream publishes. Checks, tokenises, packs; it never decides.

READ FIRST: `message_batch` (read messages become commands), then `commands` (which ones), then
`intake_loop` (the way from the inbound topics to `commands`).
"""
