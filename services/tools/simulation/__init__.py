"""simulation: the rules tried on messages in memory, without a server."""
