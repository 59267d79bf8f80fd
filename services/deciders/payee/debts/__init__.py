"""debts: what is due back, how payments are lessened by it, which promise was broken."""
