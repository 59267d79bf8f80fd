"""Reconciliation: the bank's statement beside the books, every difference named."""
