"""${message}."""

from alembic import op

revision = "${up_revision}"
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.execute("""
    """)


def downgrade() -> None:
    """Refuse: a step back would lose what was written since."""
    raise NotImplementedError("restore a backup instead")
