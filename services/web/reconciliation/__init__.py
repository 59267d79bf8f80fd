"""reconciliation: books against bank as pages show them: accounts, matchings, the paper form."""
