export {
  BadVariableError,
  CommandFailedError,
  DiskFullError,
  MigrationFailedError,
  NatsServerNotFoundError,
  NotBuiltError,
  ServerNotReadyError,
  ServiceFailedError,
  StreamSetupFailedError,
} from './errors';
export { isLocalServerError, localServerError, type LocalServerError } from './local-server-error';
export { connectionUrl } from './databases/connection-url';
export {
  grantConnect,
  loginUrls,
  provisionDatabase,
  type DatabasePlan,
  type DatabaseUrls,
} from './databases/provision-database';
export { scramVerifier } from './databases/scram-verifier';
export { withClient } from './databases/with-client';
export { natsConfigText, type NatsConfig } from './nats/nats-config';
export { firstNatsClient } from './nats/nats-first-client';
export { isAtLeast, natsVersion, resolveNatsServer, type NatsSearch, type NatsSource } from './nats/nats-resolution';
export { startNatsServer, type NatsServer } from './nats/nats-server';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres/postgres';
export { asIdentity } from './postgres/postgres-data';
export { choosePostgresIdentity, type PostgresIdentity } from './postgres/postgres-identity';
export { aptOptions, ownLists } from './processes/apt';
export { PATIENCE_MS, eventually } from './processes/eventually';
export { findOnPath, isProgram } from './processes/find-program';
export { freePort } from './processes/free-port';
export { Leash } from './processes/leash';
export { makeDirectory } from './processes/make-directory';
export { ManagedProcess } from './processes/managed-process';
export { runCommand } from './processes/run-command';
export { explainFileError } from './processes/explain-failure';
export { workspaceRoot, workspaceState } from './processes/workspace';
export { AppProcess } from './stack/app-process';
export {
  databaseNames,
  databaseOwners,
  databaseRoles,
  databaseVariables,
  prepareDatabases,
  workerPlan,
  workerRole,
  workerVariable,
  type ServiceDatabases,
} from './stack/databases';
export { startGatehouse, type Gatehouse, type GatehouseOptions } from './stack/gatehouse';
export { migrateDatabase } from './stack/migrate';
export { nodeArguments } from './stack/node-arguments';
export { setUpStreams, setupEnvironment } from './stack/set-up-streams';
export { defaultPorts, freePorts, portsFrom, portVariables, type GatehousePorts } from './stack/ports';
export { type GatehouseCrash } from './stack/running-parts';
export { appNames, serviceEnvironments, type AppName, type GatehouseUrls } from './stack/service-environment';
export { loadSettings, type LocalSettings } from './stack/settings';
