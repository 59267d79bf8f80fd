"""engine: follow the ledger, fold it into tables, rebuild and compare them by digest."""
