import { provisionDatabase, type DatabaseUrls } from '../databases/provision-database';
import { withClient } from '../databases/with-client';
import { ServerUnusableError } from '../errors';
import { type LocalSettings } from './settings';

/** The database of each service that has one. */
export type ServiceDatabases = Record<'ingest' | 'users', DatabaseUrls>;

/** The app that owns, and migrates, each database. */
export const databaseOwners = { ingest: 'webhook-ingest', users: 'user-sync' } as const;

/**
 * Provisions what the caller has not named: INGEST_DATABASE_URL and USERS_DATABASE_URL are used as they are, the rest
 * is made on the server of `adminUrl`.
 * @param adminUrl needed unless both are named
 * @throws ServerUnusableError
 */
export async function prepareDatabases(
  adminUrl: string | undefined,
  env: NodeJS.ProcessEnv,
  { databasePasswords: passwords }: LocalSettings,
): Promise<ServiceDatabases> {
  const prepare = async (own: string | undefined, name: 'ingest' | 'users'): Promise<DatabaseUrls> => {
    if (own) return { ownerUrl: own, serviceUrl: own };
    if (!adminUrl) throw new ServerUnusableError('No PostgreSQL server is known.');
    return provisionDatabase(adminUrl, {
      database: `gatehouse_${name}`,
      ownerRole: `gatehouse_${name}_owner`,
      serviceRole: `gatehouse_${name}_service`,
      ownerPassword: passwords[`${name}Owner`],
      servicePassword: passwords[`${name}Service`],
    });
  };
  try {
    const [ingest, users] = await Promise.all([
      prepare(env.INGEST_DATABASE_URL, 'ingest'),
      prepare(env.USERS_DATABASE_URL, 'users'),
    ]);
    return { ingest, users };
  } catch (cause) {
    const server = env.DATABASE_URL ? 'the server that DATABASE_URL names' : 'PostgreSQL';
    throw new ServerUnusableError(`The databases could not be made on ${server}: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

/**
 * The version of a server that the caller named, e.g. `16.4`.
 * @throws ServerUnusableError naming the variable, never its value
 */
export async function postgresVersion(url: string, variable: string): Promise<string> {
  try {
    return await withClient(url, async (client) => {
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      return rows[0]?.server_version.split(' ')[0] ?? '';
    });
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    throw new ServerUnusableError(`The PostgreSQL server that ${variable} names cannot be used: ${message || code}.`, {
      cause,
    });
  }
}
