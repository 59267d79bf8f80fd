"""Phones: the numbers that applicants stated, sealed, one token for each of each person or unit."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.execute(
        """
        CREATE TABLE vault.phones (
            token text PRIMARY KEY,
            mark bytea NOT NULL UNIQUE,
            party text NOT NULL,
            sealed bytea,
            seen_at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE vault.phones IS
            'Phones of applicants, sealed with their own keys; a row is never changed';
        ALTER TABLE vault.phones ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY every_row ON vault.phones TO benefit_intake, benefit_web_all USING (true);
        CREATE POLICY own_districts ON vault.phones FOR SELECT TO benefit_web
            USING (control.party_here(party));
        GRANT SELECT, INSERT ON vault.phones TO benefit_intake;
        GRANT SELECT ON vault.phones TO benefit_web, benefit_web_all;
        """
    )


def downgrade() -> None:
    """Refuse: numbers that nobody has anywhere else would be lost."""
    raise NotImplementedError("restore a backup instead")
