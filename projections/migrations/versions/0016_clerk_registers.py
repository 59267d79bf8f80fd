"""Clerk: whoever is named in a file of earlier benefits becomes known to the vault when it is released."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the clerk add people and their names; nothing that is there can be changed by it."""
    op.execute("GRANT INSERT ON vault.parties, vault.other_names TO benefit_clerk")


def downgrade() -> None:
    """Refuse: released files would not be carried out any more."""
    raise NotImplementedError("restore a backup instead")
