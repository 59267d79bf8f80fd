"""main: wire the adapters together, and offer everything as one command, `benefit-ledger`."""
