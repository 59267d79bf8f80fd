"""Clerk: what is due today becomes a command; time enters the ledger here."""
