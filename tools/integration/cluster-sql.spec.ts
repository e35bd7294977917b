import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectionUrl,
  databaseNames,
  databaseOwners,
  databaseRoles,
  migrateDatabase,
  type PostgresServer,
  startPostgres,
  withClient,
  workspaceRoot,
} from '@gatehouse/local-stack';
import { load } from 'js-yaml';

const root = workspaceRoot();

/** What CloudNativePG does with a new cluster; in k8s/base/postgres/cluster.yaml. */
interface Cluster {
  readonly spec: {
    readonly bootstrap: {
      readonly initdb: {
        readonly database: string;
        readonly owner: string;
        readonly postInitSQL: readonly string[];
        readonly postInitTemplateSQL: readonly string[];
      };
    };
    readonly managed: { readonly roles: readonly { readonly name: string }[] };
  };
}

/** A further database; in k8s/base/postgres/database-*.yaml. */
interface Database {
  readonly spec: { readonly name: string; readonly owner: string };
}

const read = (file: string) => load(readFileSync(join(root, 'k8s/base/postgres', file), 'utf8'));
const { bootstrap, managed } = (read('cluster.yaml') as Cluster).spec;
const further = ['users', 'data'].map((name) => (read(`database-${name}.yaml`) as Database).spec);

describe('the SQL of the PostgreSQL cluster on Kubernetes', () => {
  let directory: string;
  let server: PostgresServer;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-cluster-sql-'));
    chmodSync(directory, 0o711);
    server = await startPostgres({
      directory: join(directory, 'postgres'),
      logFile: join(directory, 'postgres.log'),
      superuserPassword: 'superuser',
      durability: 'fast',
    });
    await createCluster();
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The statements of CloudNativePG, in its order. */
  async function createCluster(): Promise<void> {
    const { database, owner, postInitSQL, postInitTemplateSQL } = bootstrap.initdb;
    const template = new URL(server.adminUrl);
    template.pathname = '/template1';
    await runAll(server.adminUrl, [`CREATE ROLE ${owner} LOGIN`, ...postInitSQL]);
    await runAll(template.href, postInitTemplateSQL);
    await runAll(server.adminUrl, [
      `CREATE DATABASE ${database} OWNER ${owner}`,
      ...managed.roles.map(({ name }) => `ALTER ROLE ${name} LOGIN PASSWORD '${name}'`),
      ...further.map(({ name, owner: itsOwner }) => `CREATE DATABASE ${name} OWNER ${itsOwner}`),
    ]);
  }

  async function runAll(url: string, statements: readonly string[]): Promise<void> {
    await withClient(url, async (client) => {
      for (const statement of statements) await client.query(statement);
    });
  }

  it.each(databaseNames)(
    'lets the owner of %s migrate, and the service use every table but change none',
    async (name) => {
      const { database, ownerRole, serviceRole } = databaseRoles(name);
      const urlOf = (role: string) => connectionUrl(server.adminUrl, { database, role, password: role });
      const app = databaseOwners[name];
      const logFile = join(directory, `${app}.log`);
      await migrateDatabase({ app, root, ownerUrl: urlOf(ownerRole), environment: process.env, logFile });
      await withClient(urlOf(serviceRole), async (service) => {
        const { rows } = await service.query<{ usable: boolean }>(
          `select has_table_privilege(oid, 'select, insert, update, delete') as usable
         from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
        );
        expect(rows.length).toBeGreaterThan(1);
        expect(rows.filter(({ usable }) => !usable)).toEqual([]);
        await expect(service.query('create table forbidden ()')).rejects.toMatchObject({ code: '42501' });
      });
    },
  );

  it('lets the worker of user-data read what its migrations grant', async () => {
    const role = 'gatehouse_data_worker';
    const url = connectionUrl(server.adminUrl, { database: 'gatehouse_data', role, password: role });
    await withClient(url, async (worker) => {
      expect((await worker.query('select from audit_log')).rows).toEqual([]);
      await expect(worker.query('select from migrations')).rejects.toMatchObject({ code: '42501' });
    });
  });
});
