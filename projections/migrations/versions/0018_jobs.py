"""Jobs: long work of pages that waits, is done beside them, and is fetched by whoever asked for it."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables; what a job was asked and what came of it lie sealed, and not for long."""
    op.execute(
        """
        CREATE TABLE access.jobs (
            id text PRIMARY KEY,
            user_id text NOT NULL,
            title text NOT NULL,
            path text NOT NULL,
            asked bytea NOT NULL,
            asked_at timestamptz NOT NULL,
            state text NOT NULL DEFAULT 'waiting'
                CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled', 'broken')),
            started_at timestamptz,
            ended_at timestamptz,
            done bigint NOT NULL DEFAULT 0,
            whole bigint NOT NULL DEFAULT 0,
            told text NOT NULL DEFAULT '',
            leads_to text NOT NULL DEFAULT '',
            media text NOT NULL DEFAULT '',
            name text NOT NULL DEFAULT '',
            bytes bigint NOT NULL DEFAULT 0,
            sight text NOT NULL DEFAULT ''
        );
        CREATE INDEX ON access.jobs (user_id, asked_at);
        CREATE INDEX ON access.jobs (asked_at) WHERE state IN ('waiting', 'running');
        COMMENT ON TABLE access.jobs IS
            'Long work of pages: who asked for what (sealed) and when, how far it is, what came of it. '
            'For a day, and for its person alone';

        CREATE TABLE access.job_parts (
            job text NOT NULL REFERENCES access.jobs ON DELETE CASCADE,
            no integer NOT NULL,
            content bytea NOT NULL,
            PRIMARY KEY (job, no)
        );
        COMMENT ON TABLE access.job_parts IS 'The file that came of a job, in sealed parts';

        GRANT SELECT, INSERT, UPDATE, DELETE ON access.jobs, access.job_parts
            TO benefit_web, benefit_web_all;
        """
    )


def downgrade() -> None:
    """Refuse: what people wait for would be lost."""
    raise NotImplementedError("restore a backup instead")
