export {
  BadVariableError,
  ChecksumMismatchError,
  ChromiumNotFoundError,
  CommandFailedError,
  ConditionNotMetError,
  ContainerFailedError,
  ContainersUnavailableError,
  DataDirectoryInUseError,
  DiskFullError,
  DownloadFailedError,
  FolderNotWritableError,
  LeakedConnectionsError,
  LocalServerError,
  MigrationFailedError,
  NatsServerNotFoundError,
  NotBuiltError,
  PathTooLongError,
  PortTakenError,
  RedisServerNotFoundError,
  PostgresBinariesMissingError,
  PostgresRefusesRootError,
  PostgresVersionMismatchError,
  ServerNotReadyError,
  ServerUnusableError,
  ServiceFailedError,
  SettingsUnreadableError,
  SpawnFailedError,
  TestServersMissingError,
} from './errors';
export { type ChromiumProgram } from './browser/chromium-debian';
export { findChromium, type ChromiumSearch } from './browser/find-chromium';
export { launchChromium } from './browser/launch-chromium';
export { connectionUrl } from './databases/connection-url';
export { provisionDatabase, type DatabasePlan, type DatabaseUrls } from './databases/provision-database';
export {
  createEmptyTestDatabase,
  createTestDatabase,
  type TestDatabase,
  type TestDatabaseOptions,
} from './databases/test-database';
export { withClient } from './databases/with-client';
export { withdrawalsOf } from './databases/withdrawals';
export { clerkPayload, clerkPayloadText } from './fixtures/clerk-payload';
export { eventually, type EventuallyOptions } from './eventually';
export { freePort, isPortFree, requireFreePort } from './local-servers/free-port';
export { Leash, type LeashTerms } from './local-servers/leash';
export { lastLines, openLogFile } from './local-servers/log-file';
export { ManagedProcess, type ManagedProcessOptions, type ProcessExit } from './local-servers/managed-process';
export { makeDirectory } from './local-servers/make-directory';
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
export { choosePostgresIdentity, type PostgresIdentity } from './local-servers/postgres-identity';
export { TcpProxy } from './local-servers/tcp-proxy';
export { sayFileError } from './local-servers/why';
export { workspaceRoot, workspaceState } from './local-servers/workspace';
export { type OwnNats } from './nats/own-nats';
export { startOwnNats } from './nats/start-own-nats';
export { type ParsedJson } from './parsed-json';
export { startOwnRedis, type OwnRedis } from './redis/own-redis';
export { testNats, type TestNats } from './nats/test-nats';
export { AppProcess, type AppProcessOptions } from './stack/app-process';
export { databaseOwners, prepareDatabases, type ServiceDatabases } from './stack/databases';
export { startGatehouse, type Gatehouse, type GatehouseOptions } from './stack/gatehouse';
export { migrateDatabase, type MigrationOptions } from './stack/migrate';
export { nodeArguments } from './stack/node-arguments';
export { type GatehouseCrash } from './stack/running-parts';
export { defaultPorts, freePorts, portsFrom, portVariables, type GatehousePorts } from './stack/ports';
export {
  appNames,
  gatehouseUrls,
  serviceEnvironments,
  type AppName,
  type GatehouseUrls,
  type ServiceEnvironmentInput,
} from './stack/service-environment';
export { loadSettings, type LocalSettings } from './stack/settings';
