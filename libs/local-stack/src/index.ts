export {
  BadVariableError,
  ChecksumMismatchError,
  CommandFailedError,
  ConditionNotMetError,
  DataDirectoryInUseError,
  DiskFullError,
  DownloadFailedError,
  FolderNotWritableError,
  MigrationFailedError,
  NatsServerNotFoundError,
  NotBuiltError,
  PathTooLongError,
  PortTakenError,
  PostgresBinariesMissingError,
  PostgresRefusesRootError,
  PostgresVersionMismatchError,
  ServerNotReadyError,
  ServerUnusableError,
  ServiceFailedError,
  SettingsUnreadableError,
  SpawnFailedError,
} from './errors';
export { isLocalServerError, localServerError, type LocalServerError } from './local-server-error';
export { connectionUrl } from './databases/connection-url';
export { grantConnect, provisionDatabase, type DatabasePlan, type DatabaseUrls } from './databases/provision-database';
export { withClient } from './databases/with-client';
export {
  natsConfigText,
  natsMaxPayload,
  type NatsConfig,
  type NatsPermissions,
  type NatsSubjectRule,
  type NatsUser,
} from './nats/nats-config';
export { firstNatsClient } from './nats/nats-first-client';
export {
  natsVersion,
  resolveNatsServer,
  type NatsResolution,
  type NatsSearch,
  type NatsSource,
} from './nats/nats-resolution';
export { startNatsServer, type NatsServer, type NatsServerOptions } from './nats/nats-server';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres/postgres';
export { choosePostgresIdentity, type PostgresIdentity } from './postgres/postgres-identity';
export { aptOptions, ownLists } from './processes/apt';
export { eventually, type EventuallyOptions } from './processes/eventually';
export { freePort, isPortFree, requireFreePort } from './processes/free-port';
export { Leash, type LeashTerms } from './processes/leash';
export { lastLines, openLogFile } from './processes/log-file';
export { makeDirectory } from './processes/make-directory';
export { ManagedProcess, type ManagedProcessOptions, type ProcessExit } from './processes/managed-process';
export { runCommand } from './processes/run-command';
export { sayFileError, sayWhy } from './processes/why';
export { workspaceRoot, workspaceState } from './processes/workspace';
export { AppProcess, type AppProcessOptions } from './stack/app-process';
export {
  databaseNames,
  databaseOwners,
  databaseVariable,
  prepareDatabases,
  type ServiceDatabases,
} from './stack/databases';
export { startGatehouse, type Gatehouse, type GatehouseOptions } from './stack/gatehouse';
export { migrateDatabase, type MigrationOptions } from './stack/migrate';
export { natsUsers } from './stack/nats-users';
export { nodeArguments } from './stack/node-arguments';
export { defaultPorts, freePorts, opsPortOf, portsFrom, portVariables, type GatehousePorts } from './stack/ports';
export { type GatehouseCrash } from './stack/running-parts';
export {
  appNames,
  gatehouseUrls,
  serviceEnvironments,
  type AppName,
  type GatehouseUrls,
  type ServiceEnvironmentInput,
} from './stack/service-environment';
export { loadSettings, type LocalSettings } from './stack/settings';
