"""Vault files: what staff hand in and what holds identities, sealed, never in a read model."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of files."""
    op.execute(
        """
        CREATE TABLE vault.files (
            digest text PRIMARY KEY,
            purpose text NOT NULL,
            data_key bytea NOT NULL,
            name bytea NOT NULL,
            content bytea NOT NULL,
            kept_by text NOT NULL,
            kept_at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE vault.files IS
            'Files that were handed in, by SHA-256; name and content are sealed under a key each';
        """
    )


def downgrade() -> None:
    """Refuse: a step back would lose what was handed in."""
    raise NotImplementedError("restore a backup instead")
