"""Migrations: the database's fixed parts (control, vault), by alembic in plain SQL.

The read models are not migrated: they are rebuilt from the ledger.
"""
