import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { createDataSource, runMigrations, schemaDifferences } from '@gatehouse/persistence';
import { withClient } from '@gatehouse/local-stack';
import { type TestDatabase, createEmptyTestDatabase } from '@gatehouse/testing';
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

/** Reverts the migration of the rights, and runs it again. */
async function remigrate(): Promise<void> {
  const dataSource = await createDataSource(migrationDatabase({ url: database.ownerUrl })).initialize();
  try {
    await dataSource.undoLastMigration();
    await runMigrations(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

const names = (migrationDatabase({ url: '' }).migrations as { name: string }[]).map(({ name }) => name);

describe('the migrations', () => {
  it('run on a fresh database, and do nothing the second time', async () => {
    expect(await migrate()).toEqual(names);
    expect(await migrate()).toEqual([]);
  });

  it('run once when several programs start them at the same time', async () => {
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

  it('can be reverted', async () => {
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
    ['delete the record of a redrive', 'DELETE FROM redrives'],
    ['change who ordered a redrive', "UPDATE redrives SET request_id = 'other'"],
    ['change the time of a redrive', 'UPDATE redrives SET created_at = now()'],
    ['delete the record of an erasure', 'DELETE FROM erasures'],
    ['change the record of an erasure', "UPDATE erasures SET actor = 'nobody'"],
    ['delete events', 'DELETE FROM webhook_events'],
    ['replace the partition function', 'DROP FUNCTION ensure_event_body_partitions(integer)'],
  ])('cannot %s', async (_what, statement) => {
    await withClient(database.serviceUrl, async (client) => {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    });
  });

  it('cannot choose the time of the redrives and erasures that it records', async () => {
    await withClient(database.serviceUrl, async (client) => {
      await client.query(
        `INSERT INTO redrives (id, actor_user_id, request_id, filter, redriven, created_at)
         VALUES (gen_random_uuid(), NULL, 'r', '{}', 1, '2001-01-01')
         ON CONFLICT (id) DO UPDATE SET redriven = redrives.redriven + excluded.redriven`,
      );
      await client.query(
        `INSERT INTO erasures (id, clerk_user_id, actor, request_id, removed, created_at)
         VALUES (gen_random_uuid(), 'user_1', 'command line', 'r', '{}', '2001-01-01')`,
      );
      const { rows } = await client.query(
        `SELECT FROM redrives WHERE created_at > now() - interval '1 hour'
          UNION ALL SELECT FROM erasures WHERE created_at > now() - interval '1 hour'`,
      );
      expect(rows).toHaveLength(2);
      await client.query('UPDATE redrives SET redriven = 2');
    });
  });

  it('is the only role whose rights the migrations change: a read-only role keeps its rights', async () => {
    const reader = `reader_${randomUUID().slice(0, 8)}`;
    await withClient(database.adminUrl, async (admin) => {
      await admin.query(`CREATE ROLE "${reader}"`);
      try {
        await admin.query(`GRANT SELECT ON redrives, webhook_events TO "${reader}"`);
        await remigrate();
        const { rows } = await admin.query(
          `SELECT has_any_column_privilege($1, 'redrives', 'UPDATE') AS changes,
                  has_table_privilege($1, 'webhook_events', 'INSERT, UPDATE, DELETE') AS writes,
                  has_table_privilege($1, 'redrives', 'SELECT') AS reads`,
          [reader],
        );
        expect(rows).toEqual([{ changes: false, writes: false, reads: true }]);
      } finally {
        await admin.query(`DROP OWNED BY "${reader}"; DROP ROLE "${reader}"`);
      }
    });
  });

  it("creates the next months' partitions by the owner's function, which moves rows of the default partition", async () => {
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
