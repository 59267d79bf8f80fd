"""Control: what is known of the read models themselves, beside and never inside them."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the register of generations and the projector's alarms."""
    op.execute(
        """
        CREATE TABLE control.generations (
            generation bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            shape text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            live_since timestamptz,
            ended_at timestamptz,
            facts bigint,
            digest text,
            compared text
        );
        COMMENT ON TABLE control.generations IS
            'Every building of the read models: the live one is schema books';
        CREATE TABLE control.projector_alarms (
            alarm bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            generation bigint NOT NULL REFERENCES control.generations,
            topic text NOT NULL,
            partition integer NOT NULL,
            ledger_offset bigint NOT NULL,
            code text NOT NULL,
            text text NOT NULL,
            raised_at timestamptz NOT NULL DEFAULT now(),
            cleared_at timestamptz
        );
        COMMENT ON TABLE control.projector_alarms IS
            'Every partition that the projector stopped; open while cleared_at is empty';
        CREATE INDEX projector_alarms_open ON control.projector_alarms (raised_at)
            WHERE cleared_at IS NULL;
        """
    )


def downgrade() -> None:
    """Refuse: a step back would lose what was written since."""
    raise NotImplementedError("restore a backup instead")
