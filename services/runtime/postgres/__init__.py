"""postgres: what processes write beside the books."""
