-- Run by the image when its data directory is new, as the superuser.
-- The wall between books is row-level security: it binds a role that is no superuser, has no BYPASSRLS and owns no table.
\getenv owner_password FOOTING_OWNER_PASSWORD
\getenv api_password FOOTING_API_PASSWORD

create role footing_owner login nosuperuser nobypassrls nocreatedb nocreaterole noreplication password :'owner_password';
create role footing_api login nosuperuser nobypassrls nocreatedb nocreaterole noreplication password :'api_password';

create database footing owner footing_owner;
revoke all on database footing from public;
grant connect on database footing to footing_api;

\connect footing
revoke all on schema public from public;
