"""Looks: the vault's own list of openings names the command whose fact allowed each."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; and note when a source's token was last used."""
    op.execute(
        """
        ALTER TABLE vault.reveals ADD COLUMN allowed_by text NOT NULL DEFAULT '';
        COMMENT ON COLUMN vault.reveals.allowed_by IS
            'Id of the command whose fact in the ledger came before; empty for a search and a case';
        ALTER TABLE control.source_tokens ADD COLUMN used_at timestamptz;
        COMMENT ON COLUMN control.source_tokens.used_at IS
            'When a message came in by it last, to the minute';
        GRANT UPDATE (used_at) ON control.source_tokens TO benefit_intake;
        GRANT SELECT ON control.source_tokens TO benefit_web, benefit_web_all;
        """
    )


def downgrade() -> None:
    """Refuse: what allowed each look would be lost."""
    raise NotImplementedError("restore a backup instead")
