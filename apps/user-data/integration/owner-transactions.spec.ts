import { randomUUID } from 'node:crypto';
import { services } from '@gatehouse/contracts';
import { createDataSource } from '@gatehouse/persistence';
import { type TestDatabase, createTestDatabase } from '@gatehouse/testing';
import { withClient } from '@gatehouse/local-stack';
import { type DataSource } from 'typeorm';
import { serviceDatabase, workerDatabase } from '../src/database/database-options';
import { OwnerTransactions } from '../src/database/owner-transactions';
import { runTransaction } from '../src/database/pooled-transaction';
import { requireRowSecurity, requireWorkerRights } from '../src/database/require-row-security';
import { WORKER_ROLE, restrictToOwner } from '../src/database/row-security';
import { WorkerDatabase } from '../src/database/worker-database';

const [asha, ben] = [randomUUID(), randomUUID()];
let database: TestDatabase;
let sources: DataSource[];
let owners: OwnerTransactions;
let worker: WorkerDatabase;

const connect = async (options: ReturnType<typeof serviceDatabase>): Promise<DataSource> => {
  const source = await createDataSource(options).initialize();
  sources.push(source);
  return source;
};

beforeAll(async () => {
  sources = [];
  database = await createTestDatabase({
    template: 'notes',
    workerRole: services['user-data'].workerRole,
    migrate: (ownerUrl) =>
      withClient(ownerUrl, async (owner) => {
        await owner.query('CREATE TABLE notes (id serial PRIMARY KEY, user_id uuid NOT NULL, body text)');
        for (const statement of restrictToOwner('notes')) await owner.query(statement);
      }),
  });
  owners = new OwnerTransactions(await connect(serviceDatabase({ url: database.serviceUrl, poolSize: 2 })));
  worker = new WorkerDatabase(await connect(workerDatabase({ url: database.workerUrl ?? '', poolSize: 4 })));
});

afterAll(async () => {
  for (const source of sources ?? []) await source.destroy();
  await database?.drop();
});

/** Waits while another transaction has run the same statement. */
const LOCKED = 'SELECT pg_advisory_xact_lock(7)';
const write = (userId: string, body: string, as = userId) =>
  owners.query(as, 'INSERT INTO notes (user_id, body) VALUES ($1, $2)', [userId, body]);
const bodies = async (userId: string) =>
  (await owners.query<{ body: string }>(userId, 'SELECT body FROM notes ORDER BY id')).map(({ body }) => body);

describe('a transaction in the name of a user', () => {
  it('sees, changes and deletes only rows of that user, also without a condition', async () => {
    await write(asha, 'of Asha');
    await write(ben, 'of Ben');
    expect(await bodies(asha)).toEqual(['of Asha']);
    expect(await owners.query(asha, `UPDATE notes SET body = 'changed' RETURNING body`)).toEqual([{ body: 'changed' }]);
    expect(await bodies(ben)).toEqual(['of Ben']);
    expect(await owners.query(asha, 'DELETE FROM notes RETURNING body')).toEqual([{ body: 'changed' }]);
    expect(await bodies(ben)).toEqual(['of Ben']);
  });

  it('cannot write a row of another user', async () => {
    await expect(write(ben, 'forged', asha)).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    await expect(owners.query(ben, 'UPDATE notes SET user_id = $1', [asha])).rejects.toMatchObject({
      code: 'DATABASE_REFUSED',
    });
  });

  it('leaves nothing of the user on the connection that it returns', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => bodies(n % 2 === 0 ? asha : ben)));
    const [source] = sources as [DataSource];
    const seen = await Promise.all(
      Array.from({ length: 4 }, () => source.query(`SELECT current_setting('gatehouse.user_id', true) AS id`)),
    );
    expect(seen.flat().map((row: { id: string | null }) => row.id || null)).toEqual([null, null, null, null]);
    expect(await source.query('SELECT FROM notes')).toEqual([]);
  });

  it('keeps nothing when its work throws, and goes on working', async () => {
    const failure = new Error('no');
    const work = owners.run(asha, async (transaction) => {
      await transaction.query('INSERT INTO notes (user_id, body) VALUES ($1, $2)', [asha, 'lost']);
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await bodies(asha)).toEqual([]);
  });

  it('is not taken for committed when a failed statement was ignored', async () => {
    const work = owners.run(asha, async (transaction) => {
      await transaction.query('INSERT INTO notes (user_id, body) VALUES ($1, $2)', [asha, 'lost']);
      await transaction.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ code: 'TRANSACTION_ABORTED' });
    expect(await bodies(asha)).toEqual([]);
  });

  it('returns a connection that works when its beginning failed after its work was done', async () => {
    const single = await connect(serviceDatabase({ url: database.serviceUrl, poolSize: 1 }));
    const failing = runTransaction(single, 'BEGIN; SELECT 1 / 0', async () => 'done');
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await single.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('ends with its last statement, or keeps nothing when that fails', async () => {
    const text = 'INSERT INTO notes (user_id, body) VALUES ($1::uuid, $2)';
    const carla = randomUUID();
    const failure = new Error('refused');
    const writeBefore = (last: readonly unknown[]) =>
      owners.run(carla, async (transaction) => {
        transaction.endWith?.({ text, values: last, refused: () => failure });
        await transaction.query(text, [carla, 'first']);
      });
    await expect(writeBefore(['no id', 'last'])).rejects.toBe(failure);
    expect(await bodies(carla)).toEqual([]);
    await writeBefore([carla, 'last']);
    expect(await bodies(carla)).toEqual(['first', 'last']);
  });

  it('is one of its own for each of many reads that share a connection, also when some of them fail', async () => {
    const carla = randomUUID();
    await write(carla, 'of Carla');
    const answers = await Promise.allSettled(
      Array.from({ length: 60 }, (_, number) => {
        if (number % 3 === 0) return owners.read(ben, 'SELECT 1 / $1::int AS body', [0]);
        return owners.read<{ body: string }>(number % 3 === 1 ? carla : ben, 'SELECT body FROM notes');
      }),
    );
    for (const [number, answer] of answers.entries()) {
      expect(answer).toMatchObject(
        number % 3 === 0
          ? { reason: { code: 'DATABASE_REFUSED' } }
          : { value: [{ body: number % 3 === 1 ? 'of Carla' : 'of Ben' }] },
      );
    }
  });

  it('gives the same rows whether its values are part of the statement or apart from it', async () => {
    const text = 'SELECT $1::uuid AS id, $2::bigint AS number, $3::timestamptz AS time, $4::text AS text';
    const values = [asha, 5, '2026-01-05T10:00:00.123Z', null];
    const [inlined, shared] = [await owners.query(asha, text, values), await owners.read(asha, text, values)];
    const apart = await owners.query(asha, `${text}, $5::text AS more`, [...values, 'it is text']);
    expect(inlined).toEqual([{ id: asha, number: '5', time: new Date('2026-01-05T10:00:00.123Z'), text: null }]);
    expect(shared).toEqual(inlined);
    expect(apart).toEqual([{ ...inlined[0], more: 'it is text' }]);
  });

  it('keeps nothing of a single statement that fails, and goes on working', async () => {
    const [dora, note] = [randomUUID(), randomUUID()];
    const text =
      'WITH written AS (INSERT INTO notes (user_id, body) VALUES ($1::uuid, $2::text) RETURNING id) SELECT 1 / $3::int FROM written';
    await expect(owners.query(dora, text, [dora, note, 0])).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    expect(await bodies(dora)).toEqual([]);
    await owners.query(dora, text, [dora, note, 1]);
    expect(await bodies(dora)).toEqual([note]);
  });

  it.each([
    ['transactions', () => owners.run(asha, (transaction) => transaction.query(LOCKED))],
    ['single statements', () => owners.query(asha, LOCKED)],
    ['reads of many rows', () => owners.select(asha, LOCKED)],
  ])('leaves connections to other users while many %s of one user wait', async (_, wait) => {
    await withClient(database.adminUrl, async (holder) => {
      await holder.query(`BEGIN; ${LOCKED}`);
      // On a busy machine, they may wait for more than 5 s and be refused.
      const many = Promise.allSettled(Array.from({ length: 5 }, wait));
      expect(await owners.run(ben, (transaction) => transaction.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
      await holder.query('COMMIT');
      await many;
    });
  });

  it('does not keep the reads of a user waiting while its changes wait', async () => {
    await withClient(database.adminUrl, async (holder) => {
      await holder.query(`BEGIN; ${LOCKED}`);
      const many = Promise.allSettled(Array.from({ length: 5 }, () => owners.query(asha, LOCKED)));
      expect(await owners.select(asha, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await holder.query('COMMIT');
      await many;
    });
  });

  it('ends a statement that takes longer than 5 s', async () => {
    expect(await owners.query(asha, `SELECT current_setting('statement_timeout') AS limit`)).toEqual([{ limit: '5s' }]);
  });

  it('is refused for an id that is not a UUID', () => {
    expect(() => owners.query(`' OR true --`, 'SELECT 1')).toThrow(
      expect.objectContaining({ code: 'USER_ID_INVALID' }),
    );
  });
});

describe('the worker', () => {
  it('sees nothing without a grant, and no row without a policy of its own', async () => {
    const all = () => worker.run((transaction) => transaction.query('SELECT FROM notes'));
    await expect(all()).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    await withClient(database.adminUrl, (admin) => admin.query(`GRANT SELECT ON notes TO ${WORKER_ROLE}`));
    expect(await all()).toEqual([]);
  });
});

describe('the roles', () => {
  it('are accepted as they are provisioned', async () => {
    const [service, workers] = sources as [DataSource, DataSource];
    await expect(requireRowSecurity(service)).resolves.toBeUndefined();
    await expect(requireWorkerRights(workers)).resolves.toBeUndefined();
  });

  it('are refused when row-level security does not restrict them, or when they are exchanged', async () => {
    const superuser = await connect(serviceDatabase({ url: database.adminUrl, poolSize: 1 }));
    await expect(requireRowSecurity(superuser)).rejects.toMatchObject({ code: 'ROW_SECURITY_BYPASSED' });
    await expect(requireWorkerRights(superuser)).rejects.toMatchObject({ code: 'ROW_SECURITY_BYPASSED' });
    const [service, workers] = sources as [DataSource, DataSource];
    await expect(requireRowSecurity(workers)).rejects.toMatchObject({ code: 'ROW_SECURITY_BYPASSED' });
    await expect(requireWorkerRights(service)).rejects.toMatchObject({ code: 'WORKER_RIGHTS_MISSING' });
  });
});
