"""Env: how alembic reaches the database; `projections.engine.migrate` calls it with an address."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

CONTROL = "control"


def _run() -> None:
    address = context.config.attributes["dsn"].replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        # two processes that start at once must not both migrate
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('benefit-ledger migrate'))"))
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {CONTROL}"))
        context.configure(
            connection=connection, version_table="revision", version_table_schema=CONTROL
        )
        context.run_migrations()


_run()
