"""Roles: who reads and writes what in the database, and whose rows a session of the pages sees.

The roles are of the whole server, so that several databases share them; none of them can log in. A
server where this login may not make them has had them made before (docs/how-to/own-postgres.md).
"""

from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the roles once a server, and give each what it needs of this database."""
    op.execute(_ROLES)
    op.execute(_FUNCTIONS)
    op.execute(_GRANTS)
    op.execute(_POLICIES)
    op.execute(
        """
        ALTER TABLE control.generations ADD COLUMN policies text;
        COMMENT ON COLUMN control.generations.policies IS
            'digest of the policies with which it was built: other ones have been changed since';
        """
    )


_ROLES = """
DO $$
DECLARE
    name text;
    wanted text[] := ARRAY['benefit_projector', 'benefit_clerk', 'benefit_intake', 'benefit_web',
                           'benefit_web_all'];
BEGIN
    FOREACH name IN ARRAY wanted LOOP
        IF to_regrole(name) IS NULL THEN
            BEGIN
                -- rows are copied into tables with policies, which only a role that no policy binds can do
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT %s', name,
                    CASE name WHEN 'benefit_projector' THEN 'BYPASSRLS' ELSE '' END);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database of this server has made it this very moment
            END;
        END IF;
        IF NOT pg_has_role(current_user, name, 'SET') OR NOT pg_has_role(current_user, name, 'USAGE')
        THEN
            EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT TRUE, SET TRUE', name);
        END IF;
    END LOOP;
END $$;
"""

_FUNCTIONS = """
CREATE FUNCTION control.party_here(asked text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$ BEGIN RETURN books.party_here(asked); END $$;
COMMENT ON FUNCTION control.party_here(text) IS
    'Whether a person or unit has anything that this session sees; asks the books that are live';
CREATE FUNCTION control.file_here(asked text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$ BEGIN RETURN books.file_here(asked); END $$;
COMMENT ON FUNCTION control.file_here(text) IS
    'Whether a row that this session sees names a file by its digest';
CREATE FUNCTION control.batch_here(asked text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN RETURN EXISTS (SELECT FROM books.batches AS b WHERE b.batch = asked); END $$;
COMMENT ON FUNCTION control.batch_here(text) IS 'Whether this session sees a batch';
CREATE FUNCTION control.application_here(asked text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN RETURN EXISTS (SELECT FROM books.applications AS a WHERE a.application = asked); END $$;
COMMENT ON FUNCTION control.application_here(text) IS 'Whether this session sees an application';
"""

_GRANTS = """
GRANT USAGE ON SCHEMA control TO benefit_projector, benefit_clerk, benefit_intake, benefit_web,
    benefit_web_all;
GRANT USAGE ON SCHEMA vault TO benefit_clerk, benefit_intake, benefit_web, benefit_web_all;

GRANT SELECT ON control.generations, control.desk_configurations
    TO benefit_projector, benefit_clerk, benefit_intake, benefit_web, benefit_web_all;
GRANT SELECT ON control.projector_alarms, control.violations, control.handed_over,
    control.files_not_written TO benefit_web, benefit_web_all;
GRANT SELECT, INSERT, UPDATE ON control.projector_alarms, control.violations,
    control.desk_configurations TO benefit_projector;
GRANT SELECT, INSERT ON control.handed_over TO benefit_clerk;
GRANT SELECT, INSERT, DELETE ON control.files_not_written TO benefit_clerk;
GRANT SELECT ON control.source_tokens TO benefit_intake;
GRANT SELECT, INSERT ON control.violations TO benefit_intake;

GRANT SELECT, INSERT ON vault.keys TO benefit_clerk, benefit_intake, benefit_web, benefit_web_all;
GRANT SELECT ON vault.parties, vault.other_names, vault.accounts, vault.files, vault.city_accounts
    TO benefit_clerk;
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.parties, vault.other_names, vault.accounts,
    vault.register, vault.positions TO benefit_intake;
GRANT SELECT ON vault.parked_messages TO benefit_intake;
GRANT SELECT, INSERT ON vault.parties, vault.other_names, vault.accounts, vault.reveals, vault.files
    TO benefit_web, benefit_web_all;
GRANT SELECT ON vault.register, vault.city_accounts TO benefit_web, benefit_web_all;
"""

_POLICIES = """
DO $$
DECLARE
    at text;
BEGIN
    FOREACH at IN ARRAY ARRAY['vault.keys', 'vault.parties', 'vault.other_names', 'vault.accounts',
        'vault.register', 'vault.reveals', 'vault.files', 'vault.parked_messages', 'vault.positions',
        'vault.city_accounts', 'control.projector_alarms', 'control.violations',
        'control.handed_over', 'control.files_not_written'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', at);
        EXECUTE format('CREATE POLICY every_row ON %s TO benefit_projector, benefit_clerk,
            benefit_intake, benefit_web_all USING (true)', at);
    END LOOP;
END $$;
CREATE POLICY every_key ON vault.keys TO benefit_web USING (true);
CREATE POLICY own_districts ON vault.parties TO benefit_web USING (control.party_here(token));
CREATE POLICY own_districts ON vault.other_names TO benefit_web USING (control.party_here(token));
CREATE POLICY own_districts ON vault.accounts TO benefit_web USING (control.party_here(party));
CREATE POLICY own_districts ON vault.register FOR SELECT TO benefit_web
    USING (control.application_here(application));
CREATE POLICY own_districts ON vault.files FOR SELECT TO benefit_web
    USING (control.file_here(digest) OR kept_by = (SELECT current_setting('benefit.user', true)));
CREATE POLICY handed_in ON vault.files FOR INSERT TO benefit_web WITH CHECK (true);
CREATE POLICY own_districts ON vault.city_accounts FOR SELECT TO benefit_web
    USING (alias = ANY ((SELECT string_to_array(current_setting('benefit.accounts', true), ','))::text[]));
CREATE POLICY own_districts ON vault.reveals FOR SELECT TO benefit_web
    USING (control.party_here(token) OR who = (SELECT current_setting('benefit.user', true)));
CREATE POLICY looked ON vault.reveals FOR INSERT TO benefit_web WITH CHECK (true);
CREATE POLICY own_districts ON control.handed_over FOR SELECT TO benefit_web
    USING (control.batch_here(batch));
CREATE POLICY own_districts ON control.files_not_written FOR SELECT TO benefit_web
    USING (control.batch_here(batch));
"""


def downgrade() -> None:
    """Refuse: without the policies every district would be seen by every session."""
    raise NotImplementedError("restore a backup instead")
