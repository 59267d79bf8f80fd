"""cli: offer everything as one command, `benefit-ledger`."""
