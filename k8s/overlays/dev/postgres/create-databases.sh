#!/bin/sh
# Runs once, when the data directory is empty.
set -eu
cat /etc/gatehouse/postgres/passwords.sql /etc/gatehouse/sql/create-databases.sql |
  psql --username=postgres --dbname=postgres
