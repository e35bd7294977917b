import { withClient } from '@gatehouse/local-stack';
import { type TestDatabase, createEmptyTestDatabase } from '@gatehouse/testing';
import { type DataSource } from 'typeorm';
import {
  type AnswerSeal,
  IdempotencyKeyEntity,
  type Transaction,
  answerOnce,
  awaitAnswer,
  createDataSource,
  createIdempotencyKeys,
  pruneIdempotencyKeys,
  schemaDifferences,
  transactionOf,
} from '../src';

const ann = '00000000-0000-4000-8000-00000000000a';
const bob = '00000000-0000-4000-8000-00000000000b';
const path = 'POST /api/notes';

interface Note {
  readonly name: string;
}

describe('a request with an idempotency key', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let runs = 0;

  const write = async ({ name }: Note): Promise<Note & { readonly run: number }> => {
    runs += 1;
    return { name, run: runs };
  };
  interface Scope {
    readonly key: string;
    readonly userId: string;
    readonly at: string;
    readonly sentBy: string;
  }
  const ask = (
    note: Note,
    { key = 'k', userId = ann, at = path, sentBy = userId }: Partial<Scope> = {},
    work = write,
  ) =>
    dataSource.transaction((manager) =>
      answerOnce(transactionOf(manager), { userId, sentBy, request: { ...note, idempotency: { key, path: at } } }, () =>
        work(note),
      ),
    );
  /** Begins a request that ends when it is told. */
  const hold = async () => {
    let [release, fail, entered] = [(): void => undefined, (): void => undefined, (): void => undefined];
    const held = new Promise<void>((resolve, reject) => {
      [release, fail] = [resolve, () => reject(new RangeError('failed'))];
    });
    const running = new Promise<void>((resolve) => (entered = resolve));
    const first = ask({ name: 'a' }, {}, async (note) => {
      entered();
      await held;
      return write(note);
    });
    await running;
    return { first, release, fail };
  };
  const age = (interval: string) =>
    dataSource.query(`UPDATE idempotency_keys SET created_at = created_at - interval '${interval}'`);
  const count = async () => (await dataSource.query<unknown[]>('SELECT FROM idempotency_keys')).length;

  beforeAll(async () => {
    database = await createEmptyTestDatabase();
    await withClient(database.ownerUrl, async (client) => {
      for (const statement of createIdempotencyKeys) await client.query(statement);
    });
    dataSource = await createDataSource({
      url: database.serviceUrl,
      applicationName: 'persistence-test',
      poolSize: 4,
      statementTimeoutMs: 10_000,
      entities: [IdempotencyKeyEntity],
      migrations: [],
    }).initialize();
  });

  afterEach(async () => {
    runs = 0;
    await dataSource.query('DELETE FROM idempotency_keys');
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('runs once, and gets the stored answer when it is repeated', async () => {
    expect(await ask({ name: 'a' })).toEqual({ name: 'a', run: 1 });
    expect(await ask({ name: 'a' })).toEqual({ name: 'a', run: 1, replayed: true });
  });

  it('gets an answer with the members in the order of the first answer', async () => {
    const answer = { z: 1, a: { y: [null, '\0'], b: '€' } };
    const first = await ask({ name: 'a' }, {}, () => Promise.resolve(answer as never));
    const { replayed, ...second } = await ask({ name: 'a' });
    expect(replayed).toBe(true);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it('is rejected if the key was used with another request', async () => {
    await ask({ name: 'a' });
    await expect(ask({ name: 'b' })).rejects.toMatchObject({ reason: 'idempotency_key_reused' });
    expect(runs).toBe(1);
  });

  it('is the same request whatever the order of its members, and whatever the tier of its owner', async () => {
    const asked = (request: object) =>
      dataSource.transaction((manager) =>
        answerOnce(
          transactionOf(manager),
          { userId: ann, request: { ...request, idempotency: { key: 'k', path } } },
          () => write({ name: 'a' }),
        ),
      );
    await asked({ a: 1, b: { c: [1], d: undefined }, owner: { userId: ann, tier: 'free' } });
    const again = await asked({ owner: { userId: ann, tier: 'pro' }, b: { c: [1] }, a: 1 });
    expect(again).toMatchObject({ replayed: true });
  });

  it.each([
    ['another key', { key: 'other' }],
    ['another user', { userId: bob }],
    ['another path', { at: 'POST /api/other' }],
    ['another admin who acts for the user', { sentBy: bob }],
  ])('runs although %s was used before', async (_, changed) => {
    await ask({ name: 'a' });
    expect(await ask({ name: 'a' }, changed)).toEqual({ name: 'a', run: 2 });
  });

  it('is stored only if it succeeds', async () => {
    const failing = ask({ name: 'a' }, {}, () => Promise.reject(new RangeError('refused')));
    await expect(failing).rejects.toThrow(RangeError);
    expect(await ask({ name: 'b' })).toEqual({ name: 'b', run: 1 });
  });

  it('is rejected at once while another transaction runs it, and gets the stored answer afterwards', async () => {
    const { first, release } = await hold();
    await expect(ask({ name: 'a' })).rejects.toMatchObject({ reason: 'idempotency_in_progress', retryAfterMs: 1_000 });
    expect(await ask({ name: 'a' }, { key: 'other' })).toEqual({ name: 'a', run: 1 });
    release();
    expect(await first).toEqual({ name: 'a', run: 2 });
    expect(await ask({ name: 'a' })).toEqual({ name: 'a', run: 2, replayed: true });
  });

  it('gets the stored answer while another transaction runs it, if it waits for the answer', async () => {
    const { first, release } = await hold();
    let attempts = 0;
    const second = awaitAnswer(ann, async () => {
      attempts += 1;
      if (attempts === 2) {
        release();
        await first;
      }
      return ask({ name: 'a' });
    });
    expect(await first).toEqual({ name: 'a', run: 1 });
    expect(await second).toEqual({ name: 'a', run: 1, replayed: true });
  });

  it('runs itself if the transaction for whose answer it waits fails', async () => {
    const { first, fail } = await hold();
    const second = awaitAnswer(ann, () => ask({ name: 'a' }));
    fail();
    await expect(first).rejects.toThrow('failed');
    expect(await second).toEqual({ name: 'a', run: 1 });
  });

  it('has no effect if another transaction has stored the answer in spite of the lock', async () => {
    const late = dataSource.transaction((manager) => {
      const own = transactionOf(manager);
      // The other transaction commits just before this one stores its answer. It is not visible when this one begins.
      const raced: Transaction = {
        query: async (text, values = []) => {
          if (text.startsWith('INSERT')) {
            await withClient(database.serviceUrl, (client) => client.query(text, [...values]));
          }
          return own.query(text, values);
        },
      };
      const request = { name: 'a', idempotency: { key: 'k', path } };
      return answerOnce(raced, { userId: ann, request }, () => write(request));
    });
    await expect(late).rejects.toMatchObject({ reason: 'idempotency_in_progress' });
    expect(await ask({ name: 'a' })).toMatchObject({ replayed: true });
  });

  it('runs again after 24 hours, also if the stored answer was not deleted yet', async () => {
    await ask({ name: 'a' });
    await age('23 hours 59 minutes');
    expect(await ask({ name: 'a' })).toMatchObject({ run: 1, replayed: true });
    await age('1 minute');
    expect(await ask({ name: 'b' })).toEqual({ name: 'b', run: 2 });
    expect(await ask({ name: 'b' })).toEqual({ name: 'b', run: 2, replayed: true });
    expect(await count()).toBe(1);
  });

  it('leaves answers that are deleted in batches once they have expired', async () => {
    for (const key of ['1', '2', '3']) await ask({ name: 'a' }, { key });
    await age('24 hours');
    await ask({ name: 'a' }, { key: 'new' });
    const prune = () => dataSource.transaction((manager) => pruneIdempotencyKeys(transactionOf(manager), 2));
    expect([await prune(), await prune(), await prune()]).toEqual([2, 1, 0]);
    expect(await ask({ name: 'a' }, { key: 'new' })).toMatchObject({ replayed: true });
  });

  it('has no effect if its answer is larger than 256 KiB', async () => {
    const large = ask({ name: 'x'.repeat(262_144) });
    await expect(large).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
    expect(await count()).toBe(0);
    expect(await ask({ name: 'x'.repeat(262_000) }, { key: 'largest' })).toMatchObject({ run: 2 });
  });

  it('stores a secret only as the seal closes it, and asks the seal at every repetition', async () => {
    const opened: number[] = [];
    const seal: AnswerSeal<Note & { readonly secret: string }> = {
      close: ({ name, secret }) => ({ readable: { name }, sealed: Buffer.from(secret).reverse() }),
      open: ({ readable, sealed, ageMs }) => {
        opened.push(ageMs);
        return {
          ...(readable as Note),
          secret: Buffer.from(sealed ?? '')
            .reverse()
            .toString(),
        };
      },
    };
    const sealed = () =>
      dataSource.transaction((manager) =>
        answerOnce(
          transactionOf(manager),
          { userId: ann, request: { idempotency: { key: 'k', path } } },
          () => Promise.resolve({ name: 'a', secret: 'gh_1' }),
          seal,
        ),
      );
    expect(await sealed()).toEqual({ name: 'a', secret: 'gh_1' });
    await age('5 minutes');
    expect(await sealed()).toEqual({ name: 'a', secret: 'gh_1', replayed: true });
    expect(opened).toEqual([expect.closeTo(300_000, -5)]);
    expect(await dataSource.query('SELECT answer::text FROM idempotency_keys')).toEqual([{ answer: '{"name":"a"}' }]);
  });

  it('costs nothing without a key', async () => {
    const transaction = { query: () => Promise.reject(new Error('no statement may run')) };
    expect(await answerOnce(transaction, { userId: ann, request: {} }, () => write({ name: 'a' }))).toEqual({
      name: 'a',
      run: 1,
    });
  });

  it('has a table that agrees with its entity', async () => {
    expect(await schemaDifferences(dataSource)).toEqual([]);
  });
});
