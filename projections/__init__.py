"""Projections: what the ledger's facts mean as tables. Rebuildable; nothing else writes them.

One module per read model (a pure mapping from fact to changes, its tables, its version), a runner
that stores rows and position together, and a rebuild that folds everything again and compares.
"""
