"""engine: one claim, one policy version, one answer with its trail; pure and exact."""
