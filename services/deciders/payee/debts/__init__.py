"""debts: what is due back, how payments are reduced by it, which promise was broken."""
