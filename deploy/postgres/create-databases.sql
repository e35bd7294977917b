-- Creates the roles and databases of Gatehouse, with their privileges. Safe to repeat: existing roles get the given
-- passwords, and existing databases the same privileges. It removes nothing.
--
-- Input of psql, as a superuser or as a role that may create roles and databases. Put the file with the passwords, which
-- `npm run secrets` generates, before this one:
--
--   cat <secrets>/postgres/passwords.sql deploy/postgres/create-databases.sql | psql --dbname=postgres
--
-- Each database has an owner, who runs the migrations, and a service role, which only reads and writes rows.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

-- Roles.
SELECT format('CREATE ROLE %I', role)
FROM unnest(ARRAY[
  'gatehouse_ingest_owner', 'gatehouse_ingest_service',
  'gatehouse_users_owner', 'gatehouse_users_service'
]) AS role
WHERE role NOT IN (SELECT rolname FROM pg_roles) \gexec

ALTER ROLE gatehouse_ingest_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_ingest_owner_password';
ALTER ROLE gatehouse_ingest_service LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_ingest_service_password';
ALTER ROLE gatehouse_users_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_users_owner_password';
ALTER ROLE gatehouse_users_service LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_users_service_password';

-- Only a superuser may create a database for another role without being its member.
SELECT format('GRANT %I TO CURRENT_USER', role)
FROM unnest(ARRAY['gatehouse_ingest_owner', 'gatehouse_users_owner']) AS role
WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) \gexec

-- Databases.
SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', name, name || '_owner')
FROM unnest(ARRAY['gatehouse_ingest', 'gatehouse_users']) AS name
WHERE name NOT IN (SELECT datname FROM pg_database) \gexec

REVOKE ALL ON DATABASE gatehouse_ingest FROM PUBLIC;
GRANT CONNECT ON DATABASE gatehouse_ingest TO gatehouse_ingest_service;
REVOKE ALL ON DATABASE gatehouse_users FROM PUBLIC;
GRANT CONNECT ON DATABASE gatehouse_users TO gatehouse_users_service;

-- Privileges within gatehouse_ingest, on existing tables and on those that migrations create later.
\connect gatehouse_ingest
SET ROLE gatehouse_ingest_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO gatehouse_ingest_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gatehouse_ingest_service;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO gatehouse_ingest_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gatehouse_ingest_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO gatehouse_ingest_service;

-- Privileges within gatehouse_users.
\connect gatehouse_users
SET ROLE gatehouse_users_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO gatehouse_users_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gatehouse_users_service;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO gatehouse_users_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gatehouse_users_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO gatehouse_users_service;

\echo 'Databases gatehouse_ingest and gatehouse_users are ready.'
