import { randomUUID } from 'node:crypto';
import { withClient } from '@gatehouse/local-stack';
import { type TestDatabase, createEmptyTestDatabase } from '@gatehouse/testing';
import fc from 'fast-check';
import { type DataSource } from 'typeorm';
import {
  IdempotencyRefusedError,
  type Transaction,
  answerOnce,
  createDataSource,
  createIdempotencyKeys,
  pruneIdempotencyKeys,
  transactionOf,
} from '../src';

/** Fixed, so that a failure can be reproduced. */
const SEED = 1;
const RUNS = 50;

/**
 * What happens to one attempt of a request. `lost`: it succeeds, and its reply never arrives. `refused`: the service
 * refuses it after it has written something. `killed`: its connection is lost before the commit.
 */
type Fate = 'answered' | 'lost' | 'refused' | 'killed';

interface Attempt {
  readonly key: string;
  readonly body: string;
  readonly fate: Fate;
  /** Statements that the work runs before and after its effect, which shift it against concurrent attempts. */
  readonly pace: readonly [number, number];
}

/** Attempts that are sent at the same time, or the passing of time, or the deletion of expired answers. */
type Round = { readonly attempts: readonly Attempt[]; readonly pruning: boolean } | { readonly passed: string };

const attempt: fc.Arbitrary<Attempt> = fc.record({
  key: fc.constantFrom('k', 'l'),
  body: fc.constantFrom('a', 'a', 'a', 'b'),
  fate: fc.constantFrom<Fate>('answered', 'answered', 'lost', 'refused', 'killed'),
  pace: fc.tuple(fc.nat(3), fc.nat(3)),
});
const rounds: fc.Arbitrary<Round[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ attempts: fc.array(attempt, { minLength: 1, maxLength: 5 }), pruning: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ passed: fc.constantFrom('23 hours 59 minutes', '24 hours') }) },
  ),
  { minLength: 2, maxLength: 8 },
);

interface Answer {
  readonly effect: string;
  readonly replayed?: true;
}

class RefusedByService extends Error {}

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createEmptyTestDatabase();
  await withClient(database.ownerUrl, async (client) => {
    for (const statement of createIdempotencyKeys) await client.query(statement);
    await client.query('CREATE TABLE effects (user_id uuid, key text, body text, id uuid)');
  });
  dataSource = await createDataSource({
    url: database.serviceUrl,
    applicationName: 'persistence-test',
    poolSize: 6,
    statementTimeoutMs: 10_000,
    entities: [],
    migrations: [],
  }).initialize();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Sends one attempt to the "service": one transaction, as a handler runs it. */
function send(userId: string, { key, body, fate, pace }: Attempt): Promise<Answer> {
  return dataSource.transaction((manager) => {
    const transaction = transactionOf(manager);
    const request = { body, idempotency: { key, path: 'POST /api/effects' } };
    return answerOnce(transaction, { userId, request }, async () => {
      await idle(transaction, pace[0]);
      const id = randomUUID();
      await transaction.query('INSERT INTO effects (user_id, key, body, id) VALUES ($1, $2, $3, $4)', [
        ...[userId, key, body, id],
      ]);
      await idle(transaction, pace[1]);
      if (fate === 'refused') throw new RefusedByService();
      if (fate === 'killed') await transaction.query('SELECT pg_terminate_backend(pg_backend_pid())');
      return { effect: id };
    });
  });
}

async function idle(transaction: Transaction, statements: number): Promise<void> {
  for (let n = 0; n < statements; n += 1) await transaction.query('SELECT 1');
}

/** The effects of one user, and what the client may conclude from the responses that it got. */
class Observer {
  /** By key: the effect and the body of the requests that succeeded, until the key expires. */
  private readonly answered = new Map<string, { readonly effect: string; readonly body: string }>();
  /** By key: number of effects that belong to expired keys. */
  private readonly expired = new Map<string, number>();
  private ageMinutes = new Map<string, number>();

  constructor(private readonly userId: string) {}

  async play(round: Round): Promise<void> {
    if ('passed' in round) return this.letPass(round.passed);
    const { attempts, pruning } = round;
    const pruned = pruning
      ? dataSource.transaction((manager) => pruneIdempotencyKeys(transactionOf(manager), 1_000))
      : undefined;
    const results = await Promise.allSettled(attempts.map((each) => send(this.userId, each)));
    await pruned;
    await this.check(attempts, results);
  }

  private async letPass(interval: string): Promise<void> {
    await dataSource.query('UPDATE idempotency_keys SET created_at = created_at - $2::interval WHERE user_id = $1', [
      this.userId,
      interval,
    ]);
    for (const key of this.answered.keys()) {
      const age = (this.ageMinutes.get(key) ?? 0) + (interval === '24 hours' ? 1_440 : 1_439);
      this.ageMinutes.set(key, age);
      if (age < 1_440) continue;
      this.answered.delete(key);
      this.ageMinutes.delete(key);
      this.expired.set(key, (this.expired.get(key) ?? 0) + 1);
    }
  }

  private async check(attempts: readonly Attempt[], results: readonly PromiseSettledResult<Answer>[]): Promise<void> {
    for (const key of new Set(attempts.map((each) => each.key))) {
      const effects = await dataSource.query<{ id: string; body: string }[]>(
        'SELECT id, body FROM effects WHERE user_id = $1 AND key = $2',
        [this.userId, key],
      );
      const before = this.answered.get(key);
      const expired = this.expired.get(key) ?? 0;
      const answers = attempts.flatMap((each, n) => {
        const result = results[n];
        return each.key === key && result?.status === 'fulfilled' ? [{ ...each, ...result.value }] : [];
      });
      // One effect for each lifetime of the key in which a request succeeded, and none of those that failed.
      const succeeded = before !== undefined || answers.length > 0;
      expect(effects).toHaveLength(expired + (succeeded ? 1 : 0));
      const first = before ?? answers.map(({ effect, body }) => ({ effect, body }))[0];
      for (const { effect, body } of answers) expect({ effect, body }).toEqual(first);
      if (first !== undefined) expect(effects).toContainEqual({ id: first.effect, body: first.body });
      expect(answers.filter(({ replayed }) => replayed === undefined)).toHaveLength(
        before === undefined && succeeded ? 1 : 0,
      );
      this.checkFailures(key, first?.body, attempts, results);
      if (first !== undefined && before === undefined) this.answered.set(key, first);
    }
  }

  private checkFailures(
    key: string,
    stored: string | undefined,
    attempts: readonly Attempt[],
    results: readonly PromiseSettledResult<Answer>[],
  ): void {
    attempts.forEach((each, n) => {
      const result = results[n];
      if (each.key !== key || result?.status !== 'rejected') return;
      const error: unknown = result.reason;
      if (error instanceof IdempotencyRefusedError) {
        if (error.reason === 'idempotency_key_reused') expect(each.body).not.toBe(stored);
        else expect(attempts.filter((other) => other.key === key).length).toBeGreaterThan(1);
      } else {
        expect(['refused', 'killed']).toContain(each.fate);
      }
    });
  }

  /** In the end the client repeats what it has asked for: each key has the one answer. */
  async finish(): Promise<void> {
    for (const [key, { effect, body }] of this.answered) {
      const again = { key, body, fate: 'refused', pace: [0, 0] } as const;
      expect(await send(this.userId, again)).toEqual({ effect, replayed: true });
    }
  }
}

it('any history of repeated, concurrent, lost, refused and expired requests has the effect and the answer of one request', async () => {
  await fc.assert(
    fc.asyncProperty(rounds, async (history) => {
      const observer = new Observer(randomUUID());
      for (const round of history) await observer.play(round);
      await observer.finish();
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
});
