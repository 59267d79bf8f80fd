"""commands: a module a command: its options, its help, and the one call that does it."""
