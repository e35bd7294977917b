import { Client } from 'pg';
import { provisionDatabase, withClient } from '@gatehouse/local-stack';
import { createTestDatabase, type TestDatabase } from '../src';

let migrations = 0;
const migrate = async (ownerUrl: string) => {
  migrations += 1;
  await withClient(ownerUrl, (owner) =>
    owner.query('create table notes (id bigint generated always as identity primary key, body text not null)'),
  );
};

describe('a test database', () => {
  const databases: TestDatabase[] = [];
  const create = async () => {
    const database = await createTestDatabase({ template: 'testing-notes', migrate });
    databases.push(database);
    return database;
  };
  afterEach(async () => {
    await Promise.all(databases.splice(0).map((database) => database.drop()));
  });

  it('is a copy of a template that is migrated once, even for concurrent callers', async () => {
    const [one, two] = await Promise.all([create(), create()]);
    expect(migrations).toBeLessThanOrEqual(1);
    await withClient(one.serviceUrl, (client) => client.query(`insert into notes (body) values ('mine')`));
    const { rows } = await withClient(two.serviceUrl, (client) => client.query('select count(*)::int as n from notes'));
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('lets the service role use the tables of the owner, without DDL', async () => {
    const { serviceUrl } = await create();
    await withClient(serviceUrl, async (client) => {
      await client.query(`insert into notes (body) values ('a')`);
      await client.query(`update notes set body = 'b'`);
      await client.query('delete from notes');
      for (const ddl of [
        'create table mine (id int)',
        'create temporary table mine (id int)',
        'create schema mine',
        'alter table notes add column mine int',
        'drop table notes',
        'truncate notes',
        'create index on notes (body)',
      ]) {
        await expect(client.query(ddl)).rejects.toMatchObject({ code: expect.stringMatching(/^42501$/) });
      }
    });
  });

  it('reports open connections when it is dropped, and is dropped anyway', async () => {
    const database = await createTestDatabase({ template: 'testing-notes', migrate });
    const leak = new Client({ connectionString: database.serviceUrl, application_name: 'leaky' });
    leak.on('error', () => undefined);
    await leak.connect();
    await expect(database.drop(0)).rejects.toMatchObject({
      code: 'LEAKED_CONNECTIONS',
      message: expect.stringContaining('leaky'),
    });
    await expect(withClient(database.adminUrl, (client) => client.query('select 1'))).rejects.toMatchObject({
      code: '3D000',
    });
  });
});

describe('provisioning', () => {
  const plan = {
    database: 'provision_twice',
    ownerRole: 'provision_owner',
    serviceRole: 'provision_service',
    ownerPassword: `it's "quoted" / 1`,
    servicePassword: 'service 1',
  };
  const admin = () => process.env.GATEHOUSE_TEST_PG_URL ?? '';

  afterAll(async () => {
    await withClient(admin(), async (client) => {
      await client.query('drop database if exists provision_twice');
      await client.query('drop role if exists provision_owner');
      await client.query('drop role if exists provision_service');
      await client.query('drop role if exists provision_limited');
    });
  });

  it('can be repeated, also concurrently, keeps data and sets new passwords', async () => {
    const [{ ownerUrl }] = await Promise.all([
      provisionDatabase(admin(), plan),
      provisionDatabase(admin(), plan),
      provisionDatabase(admin(), plan),
    ]);
    await withClient(ownerUrl, (owner) => owner.query('create table kept as select 7 as n'));
    const again = await provisionDatabase(admin(), { ...plan, servicePassword: 'service 2' });
    const { rows } = await withClient(again.serviceUrl, (client) => client.query('select n from kept'));
    expect(rows).toEqual([{ n: 7 }]);
  });

  it('lets no other role connect to the database', async () => {
    const { ownerUrl } = await provisionDatabase(admin(), plan);
    await withClient(admin(), (client) => client.query(`create role provision_limited login password 'x'`));
    const stranger = new URL(ownerUrl);
    [stranger.username, stranger.password] = ['provision_limited', 'x'];
    await expect(withClient(stranger.toString(), (client) => client.query('select 1'))).rejects.toMatchObject({
      code: '42501',
    });
  });
});
