"""Handed over: which payment file has left for which batch, so that no clerk hands it over again."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the register of files that have left."""
    op.execute(
        """
        CREATE TABLE control.handed_over (
            batch text PRIMARY KEY,
            file text NOT NULL,
            digest text NOT NULL,
            at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE control.handed_over IS
            'Every payment file that was put into the outbox, once a batch; never rebuilt';
        """
    )


def downgrade() -> None:
    """Refuse: without the register a file could leave a second time."""
    raise NotImplementedError("restore a backup instead")
