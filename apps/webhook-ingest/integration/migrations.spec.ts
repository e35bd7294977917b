import 'reflect-metadata';
import { createDataSource, runMigrations, schemaDifferences } from '@gatehouse/persistence';
import { type TestDatabase, createEmptyTestDatabase, withClient } from '@gatehouse/testing';
import { migrationDatabase } from '../src/database/database-options';

let database: TestDatabase;

beforeEach(async () => {
  database = await createEmptyTestDatabase();
});

afterEach(() => database.drop());

async function migrate(url = database.ownerUrl): Promise<string[]> {
  const dataSource = await createDataSource(migrationDatabase({ url })).initialize();
  try {
    return await runMigrations(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

const names = (migrationDatabase({ url: '' }).migrations as { name: string }[]).map(({ name }) => name);

describe('the migrations', () => {
  it('run once on a fresh database and find nothing to do the second time', async () => {
    expect(await migrate()).toEqual(names);
    expect(await migrate()).toEqual([]);
  });

  it('run once when several runners start at the same time', async () => {
    const ran = await Promise.all([migrate(), migrate(), migrate()]);
    expect(ran.flat()).toEqual(names);
  });

  it('agree with the entities', async () => {
    await migrate();
    const dataSource = await createDataSource(migrationDatabase({ url: database.ownerUrl })).initialize();
    try {
      expect(await schemaDifferences(dataSource)).toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });

  it('can be taken back', async () => {
    await migrate();
    const dataSource = await createDataSource(migrationDatabase({ url: database.ownerUrl })).initialize();
    try {
      for (const _ of names) await dataSource.undoLastMigration();
    } finally {
      await dataSource.destroy();
    }
    expect(await migrate()).toEqual(names);
  });
});

describe('the service role', () => {
  beforeEach(() => migrate());

  it.each([
    ['create a table', 'CREATE TABLE mine (id int)'],
    ['change the ledger', 'ALTER TABLE webhook_events ADD COLUMN mine int'],
    ['drop bodies', 'DROP TABLE event_bodies'],
    ['truncate the ledger', 'TRUNCATE webhook_events'],
    ['replace the partition function', 'DROP FUNCTION ensure_event_body_partitions(integer)'],
  ])('cannot %s', async (_what, statement) => {
    await withClient(database.serviceUrl, async (client) => {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    });
  });

  it("makes coming months' partitions through the owner's function, moving what fell into the default one", async () => {
    await withClient(database.serviceUrl, async (client) => {
      await client.query(
        `INSERT INTO event_bodies VALUES (1, now() + interval '3 months', 'early'), (2, now(), 'now')`,
      );
      const made = await client.query<{ made: number }>('SELECT ensure_event_body_partitions(4) AS made');
      expect(made.rows[0]?.made).toBe(3);
      const again = await client.query<{ made: number }>('SELECT ensure_event_body_partitions(4) AS made');
      expect(again.rows[0]?.made).toBe(0);
      const { rows } = await client.query<{ n: string }>('SELECT count(*) AS n FROM event_bodies');
      expect(rows[0]?.n).toBe('2');
      const left = await client.query<{ n: string }>('SELECT count(*) AS n FROM event_bodies_default');
      expect(left.rows[0]?.n).toBe('0');
    });
  });
});
