"""Access: who may sign in and how, sessions, tries, and forms that wait for their person."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the schema."""
    op.execute(
        """
        CREATE SCHEMA access;
        COMMENT ON SCHEMA access IS
            'Credentials and sessions. What somebody may do is in the ledger, never here. Backed up '
            'with the vault, whose key seals what must not be read';

        CREATE TABLE access.accounts (
            user_id text PRIMARY KEY,
            name text NOT NULL,
            password text,
            must_change boolean NOT NULL DEFAULT false,
            password_changed_at timestamptz,
            code_secret bytea,
            waiting_secret bytea,
            code_step bigint,
            made_by text NOT NULL,
            made_at timestamptz NOT NULL,
            suspended_by text,
            suspended_at timestamptz,
            CHECK ((suspended_by IS NULL) = (suspended_at IS NULL))
        );
        COMMENT ON TABLE access.accounts IS
            'How staff prove who they are: the argon2id hash of a password, the secret of one-time '
            'codes (sealed), the last step of time whose code was used. No password: the person '
            'signs in at the organisation';

        CREATE TABLE access.recovery_codes (
            digest bytea PRIMARY KEY,
            user_id text NOT NULL REFERENCES access.accounts,
            used_at timestamptz
        );
        CREATE INDEX ON access.recovery_codes (user_id);
        COMMENT ON TABLE access.recovery_codes IS
            'SHA-256 of codes that each open the second step once, for who has lost the telephone';

        CREATE TABLE access.pending (
            digest bytea PRIMARY KEY,
            user_id text NOT NULL REFERENCES access.accounts,
            address text NOT NULL,
            ends_at timestamptz NOT NULL
        );
        COMMENT ON TABLE access.pending IS
            'Who has given the right password and not yet the code; a few minutes';

        CREATE TABLE access.sessions (
            id text PRIMARY KEY,
            digest bytea NOT NULL UNIQUE,
            user_id text NOT NULL REFERENCES access.accounts,
            csrf text NOT NULL,
            made_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            confirmed_at timestamptz,
            address text NOT NULL,
            agent text NOT NULL,
            ended_at timestamptz,
            ended_why text,
            CHECK ((ended_at IS NULL) = (ended_why IS NULL))
        );
        CREATE INDEX ON access.sessions (user_id, made_at);
        COMMENT ON TABLE access.sessions IS
            'Sessions by the SHA-256 of their token, which is nowhere; ended ones stay for the auditor';

        CREATE TABLE access.attempts (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at timestamptz NOT NULL,
            account text NOT NULL,
            address text NOT NULL,
            outcome text NOT NULL
        );
        CREATE INDEX ON access.attempts (account, at);
        CREATE INDEX ON access.attempts (address, at);
        COMMENT ON TABLE access.attempts IS
            'Every try to sign in or to give a code. A name that is no account stands as a mark, for '
            'people type passwords into the wrong field';

        CREATE TABLE access.external (
            issuer text NOT NULL,
            subject text NOT NULL,
            user_id text NOT NULL REFERENCES access.accounts,
            linked_at timestamptz NOT NULL,
            PRIMARY KEY (issuer, subject)
        );
        COMMENT ON TABLE access.external IS
            'Which account somebody is whom an organisation''s own sign-in names';

        CREATE TABLE access.kept_forms (
            id text PRIMARY KEY,
            user_id text NOT NULL REFERENCES access.accounts,
            sealed bytea NOT NULL,
            kept_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL
        );
        CREATE INDEX ON access.kept_forms (user_id);
        COMMENT ON TABLE access.kept_forms IS
            'What was typed when a session was over, sealed, for a day and for its person alone';

        GRANT USAGE ON SCHEMA access TO benefit_web, benefit_web_all;
        GRANT SELECT, INSERT, UPDATE ON access.accounts, access.sessions, access.attempts,
            access.recovery_codes, access.external TO benefit_web, benefit_web_all;
        GRANT SELECT, INSERT, DELETE ON access.pending, access.kept_forms
            TO benefit_web, benefit_web_all;
        GRANT DELETE ON access.recovery_codes TO benefit_web, benefit_web_all;
        """
    )


def downgrade() -> None:
    """Refuse: a step back would lose who may sign in."""
    raise NotImplementedError("restore a backup instead")
