"""External sessions: which roles an organisation's own sign-in gives, and how to sign out there too."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns."""
    op.execute(
        """
        ALTER TABLE access.sessions ADD COLUMN roles text[], ADD COLUMN id_token bytea;
        COMMENT ON COLUMN access.sessions.roles IS
            'roles that the claims of an organisation''s sign-in give for this session, as people '
            'write them; none: the ledger says which roles somebody has';
        COMMENT ON COLUMN access.sessions.id_token IS
            'what the organisation is shown when its session is to end too, sealed';
        """
    )


def downgrade() -> None:
    """Refuse: a step back would give sessions other roles."""
    raise NotImplementedError("restore a backup instead")
