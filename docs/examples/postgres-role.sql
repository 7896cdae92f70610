-- A role for `gig-sync run` that can do what it must and nothing else: it reads gigs and
-- forms, writes applications, and changes no table.  The schema is made before, by its
-- owner (docs/gig-sync.md, "PostgreSQL").  Run as the owner, in the board's database:
--
--     psql -d acme -f docs/examples/postgres-role.sql
--     psql -d acme -c '\password gig_sync'
--
-- Another schema than "gig": change the next line.

SET search_path TO gig;

DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'gig_sync') THEN
        CREATE ROLE gig_sync LOGIN;
    END IF;
END $$;

DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO gig_sync', current_schema()); END $$;

GRANT SELECT ON version, catalog, gigs, forms TO gig_sync;

-- Only its row locks; there is nothing in it but ids of gigs.
GRANT SELECT, INSERT, UPDATE ON seats TO gig_sync;

GRANT SELECT, INSERT, UPDATE, DELETE ON applications TO gig_sync;
GRANT SELECT, INSERT, UPDATE ON delivery TO gig_sync;
GRANT SELECT, INSERT, DELETE ON conflicts, files TO gig_sync;
GRANT SELECT, INSERT ON tombstones, stages TO gig_sync;

-- It writes self-identifications and reads none.
GRANT INSERT ON self_identification TO gig_sync;

GRANT SELECT, UPDATE ON receipts TO gig_sync;
GRANT USAGE ON SEQUENCE receipts_number TO gig_sync;

-- For `gig-sync import` as well:
-- GRANT INSERT, UPDATE ON gigs, forms TO gig_sync;
