export {
  ChecksumMismatchError,
  CommandFailedError,
  ConditionNotMetError,
  DataDirectoryInUseError,
  DiskFullError,
  DownloadFailedError,
  FolderNotWritableError,
  LeakedConnectionsError,
  LocalServerError,
  NatsServerNotFoundError,
  PortTakenError,
  PostgresBinariesMissingError,
  PostgresRefusesRootError,
  PostgresVersionMismatchError,
  ServerNotReadyError,
  SpawnFailedError,
  TestServersMissingError,
} from './errors';
export { connectionUrl } from './databases/connection-url';
export { provisionDatabase, type DatabasePlan, type DatabaseUrls } from './databases/provision-database';
export {
  createEmptyTestDatabase,
  createTestDatabase,
  type TestDatabase,
  type TestDatabaseOptions,
} from './databases/test-database';
export { withClient } from './databases/with-client';
export { eventually, type EventuallyOptions } from './eventually';
export { freePort, isPortFree, requireFreePort } from './local-servers/free-port';
export { Leash, type LeashTerms } from './local-servers/leash';
export { lastLines, openLogFile } from './local-servers/log-file';
export { ManagedProcess, type ManagedProcessOptions, type ProcessExit } from './local-servers/managed-process';
export { natsMaxPayload, type NatsPermissions, type NatsSubjectRule, type NatsUser } from './local-servers/nats-config';
export {
  natsVersion,
  resolveNatsServer,
  type NatsResolution,
  type NatsSearch,
  type NatsSource,
} from './local-servers/nats-resolution';
export { startNatsServer, type NatsServer, type NatsServerOptions } from './local-servers/nats-server';
export { startPostgres, type PostgresOptions, type PostgresServer } from './local-servers/postgres';
export { sayFileError } from './local-servers/why';
export { workspaceRoot, workspaceState } from './local-servers/workspace';
export { startOwnNats, type OwnNats } from './nats/own-nats';
export { testNats, type TestNats } from './nats/test-nats';
