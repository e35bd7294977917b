-- Creates the roles and databases of Gatehouse, with their privileges. Safe to repeat: existing roles get the given
-- passwords, and existing databases the same privileges. It removes nothing.
--
-- Input of psql, as a superuser or as a role that may create roles and databases. Put the file with the passwords, which
-- `npm run secrets` generates, before this one:
--
--   cat <secrets>/postgres/passwords.sql deploy/postgres/create-databases.sql | psql --dbname=postgres
--
-- Each database has an owner, who runs the migrations, and a service role, which only reads and writes rows. In
-- gatehouse_data, row-level security shows the service role the rows of one user at a time. Its worker role is for the
-- statements that concern all users, and may do only what the migrations grant.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

-- Roles.
SELECT format('CREATE ROLE %I', role)
FROM unnest(ARRAY[
  'gatehouse_ingest_owner', 'gatehouse_ingest_service',
  'gatehouse_users_owner', 'gatehouse_users_service',
  'gatehouse_data_owner', 'gatehouse_data_service', 'gatehouse_data_worker'
]) AS role
WHERE role NOT IN (SELECT rolname FROM pg_roles) \gexec

ALTER ROLE gatehouse_ingest_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_ingest_owner_password';
ALTER ROLE gatehouse_ingest_service LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_ingest_service_password';
ALTER ROLE gatehouse_users_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_users_owner_password';
ALTER ROLE gatehouse_users_service LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_users_service_password';
ALTER ROLE gatehouse_data_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_data_owner_password';
ALTER ROLE gatehouse_data_service LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_data_service_password';
ALTER ROLE gatehouse_data_worker LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'gatehouse_data_worker_password';

-- Only a superuser may create a database for another role without being its member.
SELECT format('GRANT %I TO CURRENT_USER', role)
FROM unnest(ARRAY['gatehouse_ingest_owner', 'gatehouse_users_owner', 'gatehouse_data_owner']) AS role
WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) \gexec

-- Databases.
SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', name, name || '_owner')
FROM unnest(ARRAY['gatehouse_ingest', 'gatehouse_users', 'gatehouse_data']) AS name
WHERE name NOT IN (SELECT datname FROM pg_database) \gexec

REVOKE ALL ON DATABASE gatehouse_ingest FROM PUBLIC;
GRANT CONNECT ON DATABASE gatehouse_ingest TO gatehouse_ingest_service;
REVOKE ALL ON DATABASE gatehouse_users FROM PUBLIC;
GRANT CONNECT ON DATABASE gatehouse_users TO gatehouse_users_service;
REVOKE ALL ON DATABASE gatehouse_data FROM PUBLIC;
GRANT CONNECT ON DATABASE gatehouse_data TO gatehouse_data_service, gatehouse_data_worker;

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

-- Privileges within gatehouse_data. Migrations grant those of gatehouse_data_worker, and policies restrict both roles.
\connect gatehouse_data
SET ROLE gatehouse_data_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO gatehouse_data_service, gatehouse_data_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gatehouse_data_service;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO gatehouse_data_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gatehouse_data_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO gatehouse_data_service;

\echo 'Databases gatehouse_ingest, gatehouse_users and gatehouse_data are ready.'
