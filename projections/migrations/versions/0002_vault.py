"""Vault: who the tokens are. Backed up, never rebuilt, never swapped, read by nobody else's SQL."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the vault's tables."""
    op.execute(
        """
        CREATE SCHEMA IF NOT EXISTS vault;
        REVOKE ALL ON SCHEMA vault FROM PUBLIC;

        CREATE TABLE vault.keys (
            name text PRIMARY KEY,
            wrapped bytea,
            made_at timestamptz NOT NULL DEFAULT now(),
            destroyed_at timestamptz,
            CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
        );
        COMMENT ON TABLE vault.keys IS
            'Keys wrapped under the master key: the index key, and one a day for dead letters';

        CREATE TABLE vault.parties (
            token text PRIMARY KEY,
            mark bytea NOT NULL UNIQUE,
            kind text NOT NULL CHECK (kind IN ('person', 'unit')),
            data_key bytea,
            name bytea,
            number bytea,
            seen_at timestamptz NOT NULL DEFAULT now(),
            erased_at timestamptz
        );
        COMMENT ON TABLE vault.parties IS
            'Persons and units: mark is the HMAC of the canonical id, the rest is encrypted. '
            'Erasure empties name, number and data_key; the row stays as the tombstone';

        CREATE TABLE vault.other_names (
            token text NOT NULL REFERENCES vault.parties,
            mark bytea NOT NULL,
            name bytea NOT NULL,
            seen_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (token, mark)
        );
        COMMENT ON TABLE vault.other_names IS
            'Names under which the same id was stated later; the first one stands';

        -- no foreign key: its check costs more than the row, and admission is one transaction
        CREATE TABLE vault.accounts (
            token text PRIMARY KEY,
            mark bytea NOT NULL UNIQUE,
            party text NOT NULL,
            sealed bytea,
            seen_at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE vault.accounts IS
            'Bank accounts of payees; a row is never changed, another account is another token';

        CREATE TABLE vault.register (
            application text PRIMARY KEY,
            token text,
            digest bytea,
            withdrawal jsonb,
            seen_at timestamptz NOT NULL DEFAULT now(),
            CHECK ((token IS NULL) = (digest IS NULL)),
            CHECK (token IS NOT NULL OR withdrawal IS NOT NULL)
        );
        COMMENT ON TABLE vault.register IS
            'Whose each application is, and its first content; withdrawal came before it';

        CREATE TABLE vault.reveals (
            reveal bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            token text NOT NULL,
            field text NOT NULL,
            purpose text NOT NULL,
            who text NOT NULL,
            at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX reveals_token ON vault.reveals (token, at);
        COMMENT ON TABLE vault.reveals IS 'Who saw what of whom, when and why';
        """
    )


def downgrade() -> None:
    """Refuse: a step back would lose who the tokens are."""
    raise NotImplementedError("restore a backup instead")
