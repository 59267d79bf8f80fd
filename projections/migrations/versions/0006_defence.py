"""Defence: violations that a person must see, and how far the vault knows every topic."""

from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the list of violations, and the vault's positions."""
    op.execute(
        """
        CREATE TABLE control.violations (
            violation bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL,
            topic text NOT NULL,
            partition integer NOT NULL,
            first_offset bigint NOT NULL,
            records bigint NOT NULL,
            text text NOT NULL,
            found_by text NOT NULL,
            found_at timestamptz NOT NULL DEFAULT now(),
            closed_at timestamptz,
            closed_by text,
            reason text,
            UNIQUE (kind, topic, partition, first_offset)
        );
        COMMENT ON TABLE control.violations IS
            'Records that nobody of ours has written, and records that were lost; open while closed_at is empty';
        CREATE INDEX violations_open ON control.violations (found_at) WHERE closed_at IS NULL;
        CREATE TABLE vault.positions (
            topic text NOT NULL,
            partition integer NOT NULL,
            topic_id text NOT NULL,
            next bigint NOT NULL,
            done bigint NOT NULL,
            noted_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (topic, partition)
        );
        COMMENT ON TABLE vault.positions IS
            'How far the vault knows a topic: inbound ones are taken to next, ledger and commands were that long';
        COMMENT ON COLUMN vault.positions.done IS
            'of an inbound topic: all before it is acknowledged, letters too; never beyond next';
        """
    )


def downgrade() -> None:
    """Refuse: a step back would lose what was written since."""
    raise NotImplementedError("restore a backup instead")
