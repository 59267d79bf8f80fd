"""City accounts: the real numbers of the accounts that pay; and why a payment file was not written."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.execute(
        """
        CREATE TABLE vault.city_accounts (
            alias text NOT NULL,
            nth integer NOT NULL,
            sealed bytea NOT NULL,
            stated_by text NOT NULL,
            stated_at timestamptz NOT NULL DEFAULT now(),
            confirmed_by text,
            confirmed_at timestamptz,
            PRIMARY KEY (alias, nth),
            CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
            CHECK (confirmed_by <> stated_by)
        );
        COMMENT ON TABLE vault.city_accounts IS
            'Numbers of the accounts that cities pay from, sealed, under their alias; of those that '
            'another person has confirmed the last one is used, and none is ever taken out';

        CREATE TABLE control.files_not_written (
            batch text PRIMARY KEY,
            code text NOT NULL,
            detail text NOT NULL,
            since timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE control.files_not_written IS
            'Released batches whose payment file could not be written, and why; never a name or a '
            'number. A row goes when the file has left';
        """
    )


def downgrade() -> None:
    """Refuse: a step back would lose the numbers."""
    raise NotImplementedError("restore a backup instead")
