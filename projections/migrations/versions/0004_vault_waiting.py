"""Vault waiting: messages that came before what they name, and messages that are parked."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the register keep what waits, and make the table of parked messages."""
    op.execute(
        """
        ALTER TABLE vault.register ADD COLUMN waiting jsonb;
        ALTER TABLE vault.register DROP CONSTRAINT register_check1;
        ALTER TABLE vault.register ADD CONSTRAINT register_keeps_something
            CHECK (token IS NOT NULL OR withdrawal IS NOT NULL OR waiting IS NOT NULL);
        CREATE INDEX register_waiting ON vault.register (seen_at)
            WHERE token IS NULL AND waiting IS NOT NULL;
        COMMENT ON TABLE vault.register IS
            'Whose each application is, and its first content; withdrawal came before it, waiting '
            'is what else came before it, by key';

        CREATE TABLE vault.parked_messages (
            topic text NOT NULL,
            partition integer NOT NULL,
            "offset" bigint NOT NULL,
            reason text NOT NULL,
            operator text NOT NULL,
            parked_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (topic, partition, "offset")
        );
        COMMENT ON TABLE vault.parked_messages IS
            'Messages that intake leaves out because an operator said so';
        """
    )


def downgrade() -> None:
    """Refuse: a step back would lose what waits."""
    raise NotImplementedError("restore a backup instead")
