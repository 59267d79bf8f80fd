"""Source tokens: which systems may send messages over HTTP, and what each may send."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.execute(
        """
        CREATE TABLE control.source_tokens (
            number text PRIMARY KEY,
            digest bytea NOT NULL UNIQUE,
            source text NOT NULL,
            types text[] NOT NULL CHECK (types <> '{}'),
            made_by text NOT NULL,
            made_at timestamptz NOT NULL DEFAULT now(),
            ends_on date,
            withdrawn_by text,
            withdrawn_at timestamptz,
            CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL))
        );
        COMMENT ON TABLE control.source_tokens IS
            'Tokens of systems that send messages over HTTP: the SHA-256 of each, whose it is, which '
            'types of messages it may send. The token itself is nowhere. Lost, new ones are made'
        """
    )


def downgrade() -> None:
    """Refuse: a step back would lose which tokens were withdrawn."""
    raise NotImplementedError("restore a backup instead")
