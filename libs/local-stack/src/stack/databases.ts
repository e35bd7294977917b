import { serviceNames, serviceRow, type DatabaseName, type ServiceName } from '@gatehouse/contracts';
import { provisionDatabase, type DatabasePlan, type DatabaseUrls } from '../databases/provision-database';
import { withClient } from '../databases/with-client';
import { ServerUnusableError } from '../errors';

/** The passwords of the roles of each database. Those of workers that no service has are not used. */
export type DatabasePasswords = Record<`${DatabaseName}${'Owner' | 'Service' | 'Worker'}`, string>;

/** The database of each service that has one. */
export type ServiceDatabases = Record<DatabaseName, DatabaseUrls>;

/** The URLs with which a service connects to its database. */
export type ServiceLogins = Pick<DatabaseUrls, 'serviceUrl' | 'workerUrl'>;

/** The service that owns, and migrates, each database. */
export const databaseOwners = Object.fromEntries(
  serviceNames.flatMap((name) => (databaseOf(name) === undefined ? [] : [[databaseOf(name), name]])),
) as Record<DatabaseName, ServiceName>;

/** The names of all databases. */
export const databaseNames = Object.keys(databaseOwners) as readonly DatabaseName[];

/** The database of a service; undefined when it has none. */
export function databaseOf(service: ServiceName): DatabaseName | undefined {
  return serviceRow(service).database as DatabaseName | undefined;
}

/** The database of PostgreSQL that holds `name`, and the names of its two roles. */
export function databaseRoles(name: DatabaseName): Pick<DatabasePlan, 'database' | 'ownerRole' | 'serviceRole'> {
  const database = `gatehouse_${name}`;
  return { database, ownerRole: `${database}_owner`, serviceRole: `${database}_service` };
}

/** The role with the rights of a database's worker; undefined when it has none. */
export function workerRole(name: DatabaseName): string | undefined {
  return serviceRow(databaseOwners[name]).workerRole;
}

/** The variable that names the login of a database's worker, such as DATA_WORKER_DATABASE_URL. */
export function workerVariable(name: DatabaseName): string | undefined {
  return workerRole(name) === undefined ? undefined : `${name.toUpperCase()}_WORKER_DATABASE_URL`;
}

/** The variable that names a database to use instead of a provisioned one, e.g. USERS_DATABASE_URL. */
export function databaseVariable(name: DatabaseName): string {
  return `${name.toUpperCase()}_DATABASE_URL`;
}

/** The variables that name databases to use instead of provisioned ones, with those of their workers. */
export const databaseVariables: readonly string[] = databaseNames.flatMap((name) =>
  [databaseVariable(name), workerVariable(name)].filter((variable) => variable !== undefined),
);

/**
 * Provisions the databases on the server of `adminUrl`, except the databases that `env` names, for example in
 * USERS_DATABASE_URL.
 * @param adminUrl needed unless `env` names all databases
 * @throws ServerUnusableError
 */
export async function prepareDatabases(
  adminUrl: string | undefined,
  env: NodeJS.ProcessEnv,
  passwords: DatabasePasswords,
): Promise<ServiceDatabases> {
  const prepare = async (name: DatabaseName): Promise<DatabaseUrls> => {
    const own = env[databaseVariable(name)];
    if (own) return namedDatabase(name, own, env);
    if (!adminUrl) throw new ServerUnusableError('no PostgreSQL server runs, and DATABASE_URL names none');
    return provisionDatabase(adminUrl, {
      ...databaseRoles(name),
      ownerPassword: passwords[`${name}Owner`],
      servicePassword: passwords[`${name}Service`],
      ...workerPlan(name, passwords[`${name}Worker`]),
    });
  };
  try {
    const urls = await Promise.all(databaseNames.map(async (name) => [name, await prepare(name)] as const));
    return Object.fromEntries(urls) as ServiceDatabases;
  } catch (cause) {
    const server = env.DATABASE_URL ? 'the server that DATABASE_URL names' : 'PostgreSQL';
    throw new ServerUnusableError(`Cannot create the databases on ${server}: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

/** The URLs of a database that a variable names. Its migrations run with the URL of the service. */
function namedDatabase(name: DatabaseName, url: string, env: NodeJS.ProcessEnv): DatabaseUrls {
  const variable = workerVariable(name);
  if (variable === undefined) return { ownerUrl: url, serviceUrl: url };
  const workerUrl = env[variable];
  if (workerUrl) return { ownerUrl: url, serviceUrl: url, workerUrl };
  throw new ServerUnusableError(
    `${databaseVariable(name)} is set, and ${variable} is not. Set it to a login that is a member of ${workerRole(name)}.`,
  );
}

/** The login of a database's worker, as `provisionDatabase` takes it. It is named like the role with its rights. */
export function workerPlan(name: DatabaseName, password: string): Pick<DatabasePlan, 'worker'> {
  const role = workerRole(name);
  return role === undefined ? {} : { worker: { role, rights: role, password } };
}

/**
 * Version of the server that a variable names, e.g. `16.4`.
 * @throws ServerUnusableError that names the variable, not its value
 */
export async function postgresVersion(url: string, variable: string): Promise<string> {
  try {
    return await withClient(url, async (client) => {
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      return rows[0]?.server_version.split(' ')[0] ?? '';
    });
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    throw new ServerUnusableError(`Cannot use the server in ${variable}: ${message || code}.`, {
      cause,
    });
  }
}
