import { localServerError } from '@gatehouse/local-stack';

/** No Chromium was found; the message says how to install one. */
export class ChromiumNotFoundError extends localServerError('CHROMIUM_NOT_FOUND') {}

/** TEST_INFRA selects containers, but no container engine answers. */
export class ContainersUnavailableError extends localServerError(
  'CONTAINERS_UNAVAILABLE',
  'TEST_INFRA=testcontainers needs a Docker engine, and none answers: start one, name it with DOCKER_HOST, ' +
    'or leave TEST_INFRA unset for servers without Docker.',
) {}

/** A container could not be created, stopped unexpectedly, did not answer in time, or may not have been removed. */
export class ContainerFailedError extends localServerError('CONTAINER_FAILED') {}

/** A test needs a redis-server, and none was found. */
export class RedisServerNotFoundError extends localServerError(
  'REDIS_SERVER_NOT_FOUND',
  'redis-server not found. Install redis or valkey, or name its program with REDIS_SERVER_BIN.',
) {}

/** A test needs a program of Prometheus, and none was found. */
export class PrometheusNotFoundError extends localServerError(
  'PROMETHEUS_NOT_FOUND',
  'promtool and prometheus not found, and apt could not fetch them. Install Prometheus 2.42 or later and put both on PATH.',
) {}

/** A test needs PostgreSQL's client psql, and none was found. */
export class PsqlNotFoundError extends localServerError(
  'PSQL_NOT_FOUND',
  "psql not found. Install PostgreSQL's client programs.",
) {}

/** A test needs PgBouncer, and none was found. */
export class PgBouncerNotFoundError extends localServerError(
  'PGBOUNCER_NOT_FOUND',
  'pgbouncer not found. Install PgBouncer 1.18 or later, or name its program with PGBOUNCER_BIN.',
) {}

/** A test needs a reverse proxy, and none was found. */
export class ReverseProxyNotFoundError extends localServerError(
  'REVERSE_PROXY_NOT_FOUND',
  (name: string) => `${name} not found. Install it, or name its program with ${name.toUpperCase()}_BIN.`,
) {}

/** A test helper was used outside a Jest run, or in a run that started no servers. */
export class TestServersMissingError extends localServerError(
  'TEST_SERVERS_MISSING',
  (variable: string) => `${variable} is not set: run the tests with Jest and the workspace's jest.preset.js.`,
) {}

/** A test left connections to its database open. */
export class LeakedConnectionsError extends localServerError('LEAKED_CONNECTIONS') {}
