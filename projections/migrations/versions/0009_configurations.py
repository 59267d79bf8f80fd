"""Configurations: by which rules and software the desk of each partition decides."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of what the last checkpoints say."""
    op.execute(
        """
        CREATE TABLE control.desk_configurations (
            partition integer PRIMARY KEY,
            configuration text NOT NULL,
            desk text NOT NULL,
            checkpoint bigint NOT NULL,
            noted_at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE control.desk_configurations IS
            'By what the desk of each partition of ledger decides, as its last checkpoint says';
        COMMENT ON COLUMN control.desk_configurations.checkpoint IS
            'number of that checkpoint; an older one never goes before it';
        """
    )


def downgrade() -> None:
    """Drop it: the projector writes it anew."""
    op.execute("DROP TABLE control.desk_configurations")
