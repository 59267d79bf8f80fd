"""backtest: past decisions of the ledger put to changed rules."""
