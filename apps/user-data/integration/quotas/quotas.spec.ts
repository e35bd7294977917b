import { randomUUID } from 'node:crypto';
import {
  type Principal,
  type Quota,
  commitReservation,
  consumeTokens,
  grantQuota,
  inspectQuotas,
  listDataAudit,
  listMovements,
  listUploads,
  recordUpload,
  releaseReservation,
  removeLimit,
  reserveTokens,
  setLimit,
  showQuotas,
} from '@gatehouse/contracts';
import { type RequestRefusedError } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { OwnerTransactions } from '../../src/database/owner-transactions';
import { WorkerDatabase } from '../../src/database/worker-database';
import { ReservationExpiry } from '../../src/quotas/expire-reservations/reservation-expiry';
import { Pruner } from '../../src/retention/pruner';
import { DataWorld, caller, ownerOf } from '../data-world';
import { TestClock } from './test-clock';

const EARLIER = '2026-11-30T23:00:00.000Z';
const NOVEMBER = '2026-11-30T23:59:59.500Z';
const DECEMBER = '2026-12-01T00:00:00.000Z';
const admin = caller({ role: 'admin' });

let world: DataWorld;
let clock: TestClock;
let expiry: ReservationExpiry;

beforeAll(async () => {
  world = await DataWorld.start();
  clock = await TestClock.install(world);
  // Each test decides when the worker runs.
  expiry = world.app.get(ReservationExpiry);
  expiry.onModuleDestroy();
});

beforeEach(() => clock.set(NOVEMBER));

afterAll(() => world?.stop());

/**
 * Repeats a request until user-data has time for it: on a busy machine, some of 200 requests wait for their turn for more
 * than 5 s. What is refused for that has changed nothing, because no connection is lost here.
 */
async function patiently<Result>(request: () => Promise<Result>): Promise<Result> {
  const answer = await eventually(
    async () => {
      try {
        return { result: await request() };
      } catch (error) {
        if ((error as Partial<RequestRefusedError>).reason === 'unavailable') throw error;
        return { error };
      }
    },
    { timeoutMs: 120_000 },
  );
  if ('error' in answer) throw answer.error;
  return answer.result;
}

const consume = (user: Principal, amount: number) => patiently(() => world.send(consumeTokens, { amount }, user));
const reserve = (user: Principal, amount: number, ttlSeconds = 60) =>
  patiently(() => world.send(reserveTokens, { amount, ttlSeconds }, user));
const commit = (user: Principal, id: string, amount: number) =>
  patiently(() => world.send(commitReservation, { id, amount }, user));
const release = (user: Principal, id: string) => patiently(() => world.send(releaseReservation, { id }, user));
const tokens = async (user: Principal): Promise<Quota> => (await world.send(showQuotas, {}, user)).tokens;
const limit = (user: Principal, amount: number) =>
  world.send(setLimit, { owner: ownerOf(user), kind: 'tokens', limit: amount }, admin);

/** Number of the requests that succeeded; every other must have been rejected because the quota is used up. */
async function successes(requests: readonly Promise<unknown>[]): Promise<number> {
  const ended = await Promise.allSettled(requests);
  for (const one of ended)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'quota_exceeded' });
  return ended.filter(({ status }) => status === 'fulfilled').length;
}

describe('200 concurrent callers of one user', () => {
  it('consume exactly the quota', async () => {
    const user = caller();
    await limit(user, 450);
    const done = await successes(Array.from({ length: 200 }, () => consume(user, 3)));
    expect(done).toBe(150);
    expect(await tokens(user)).toMatchObject({ used: 450, reserved: 0, remaining: 0 });
    expect(await successes([consume(user, 1)])).toBe(0);
  });

  it('reserve, commit and consume exactly the quota, and the ledger lists every balance in between', async () => {
    const user = caller();
    await limit(user, 300);
    const work = async (index: number) => {
      if (index % 2 === 0) return consume(user, 2);
      const { id } = await reserve(user, 4);
      return index % 4 === 1 ? commit(user, id, 2) : release(user, id);
    };
    const done = await Promise.allSettled(Array.from({ length: 200 }, (_, index) => work(index)));
    for (const one of done)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'quota_exceeded' });
    const { used, reserved, remaining } = await tokens(user);
    expect({ reserved, sum: used + remaining }).toEqual({ reserved: 0, sum: 300 });
    const balances = await world.query<{ used: number; reserved: number }>(
      `SELECT used_after::float8 AS used, reserved_after::float8 AS reserved FROM quota_movements
        WHERE user_id = $1 AND kind = 'tokens' ORDER BY id`,
      [user.userId],
    );
    expect(balances.every((row) => row.used + row.reserved <= 300)).toBe(true);
    expect(balances.at(-1)).toEqual({ used, reserved: 0 });
  });

  it('settle one reservation once, with the same answer for each', async () => {
    const user = caller();
    const { id } = await reserve(user, 100);
    const answers = await Promise.all(Array.from({ length: 20 }, () => commit(user, id, 70)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await tokens(user)).toMatchObject({ used: 70, reserved: 0 });
  });
});

describe('a quota that is used up', () => {
  it('rejects more, and tells what is left, when it renews and after how long', async () => {
    const user = caller();
    await consume(user, 9_990);
    await expect(consume(user, 11)).rejects.toMatchObject({
      reason: 'quota_exceeded',
      retryAfterMs: 500,
      quota: { kind: 'tokens', limit: 10_000, remaining: 10, renewsAt: DECEMBER },
    });
    await expect(reserve(user, 11)).rejects.toMatchObject({ reason: 'quota_exceeded' });
    expect(await consume(user, 10)).toMatchObject({ used: 10_000, remaining: 0 });
  });

  it('is full again in the next month, without any job', async () => {
    const user = caller();
    await consume(user, 10_000);
    expect(await successes([consume(user, 1)])).toBe(0);
    await clock.set(DECEMBER);
    expect(await tokens(user)).toMatchObject({ period: '2026-12', used: 0, remaining: 10_000 });
    expect(await consume(user, 1)).toMatchObject({ period: '2026-12', used: 1, renewsAt: '2027-01-01T00:00:00.000Z' });
  });

  it('has higher versions in the next month, also before its first change, and late commits do not raise them', async () => {
    const user = caller();
    const versions: (number | undefined)[] = [(await tokens(user)).version];
    const noted = async () => versions.push((await tokens(user)).version);
    const { id } = await reserve(user, 5);
    await noted();
    await commit(user, id, 5);
    const late = await reserve(user, 5);
    await noted();
    await clock.set(DECEMBER);
    await noted();
    await consume(user, 1);
    await noted();
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => Number(a) - Number(b)));
    await commit(user, late.id, 7);
    expect((await tokens(user)).version).toBe(versions.at(-1));
  });

  it('exists in each month at once for callers on both sides of its end', async () => {
    const user = caller();
    await limit(user, 50);
    const before = Array.from({ length: 100 }, () => consume(user, 1));
    await clock.set(DECEMBER);
    const after = Array.from({ length: 100 }, () => consume(user, 1));
    const done = await successes([...before, ...after]);
    const used = await world.query<{ period: string; used: number }>(
      'SELECT period::text, used::float8 FROM quota_periods WHERE user_id = $1 ORDER BY period',
      [user.userId],
    );
    expect(done).toBe(used.reduce((sum, row) => sum + row.used, 0));
    expect(used.at(-1)).toEqual({ period: '2026-12-01', used: 50 });
    expect(used.every((row) => row.used <= 50)).toBe(true);
  });
});

describe('a reservation', () => {
  it('that is committed in the next month counts in its own', async () => {
    const user = caller();
    const { id } = await reserve(user, 100);
    await clock.set(DECEMBER);
    expect(await commit(user, id, 150)).toMatchObject({ period: '2026-11', committedAmount: 150, remaining: 9_850 });
    expect(await tokens(user)).toMatchObject({ period: '2026-12', used: 0, reserved: 0 });
    await clock.set(NOVEMBER);
    expect(await tokens(user)).toMatchObject({ period: '2026-11', used: 150, reserved: 0 });
  });

  it('that is released in the next month returns to its own', async () => {
    const user = caller();
    const { id } = await reserve(user, 100);
    await clock.set(DECEMBER);
    expect(await release(user, id)).toMatchObject({ period: '2026-11', state: 'released', remaining: 10_000 });
    expect(await tokens(user)).toMatchObject({ used: 0, reserved: 0, remaining: 10_000 });
  });

  it('may be committed with more than was reserved: the balance becomes negative, and the next one is rejected', async () => {
    const user = caller();
    const { id } = await reserve(user, 9_000);
    expect(await commit(user, id, 12_500)).toMatchObject({ state: 'committed', remaining: -2_500 });
    await expect(reserve(user, 1)).rejects.toMatchObject({ quota: { remaining: -2_500 } });
    expect(await tokens(user)).toMatchObject({ used: 12_500, remaining: -2_500 });
  });

  it('that is overdue holds nothing, before the worker has expired it too', async () => {
    const user = caller();
    await clock.set('2026-11-20T09:00:00Z');
    await reserve(user, 10_000, 30);
    await expect(consume(user, 1)).rejects.toMatchObject({ reason: 'quota_exceeded' });
    await clock.set('2026-11-20T09:00:30Z');
    expect(await tokens(user)).toMatchObject({ reserved: 0, remaining: 10_000 });
    expect(await reserve(user, 9_999)).toMatchObject({ remaining: 1 });
    expect(await expiry.expire()).toBe(0);
  });

  it('that is overdue is never waited for by a request that holds the balance', async () => {
    const user = caller();
    await limit(user, 20);
    await clock.set(EARLIER);
    for (let count = 0; count < 14; count += 1) await reserve(user, 1, 1);
    await clock.set(NOVEMBER);
    await reserve(user, 1);
    await world.holding(async (other) => {
      await other.query('UPDATE quota_periods SET used = used + 3 WHERE user_id = $1', [user.userId]);
      await world.holding(async (settling) => {
        const [last] = (
          await settling.query<{ id: string }>(
            `SELECT id FROM quota_reservations WHERE user_id = $1 AND expires_at < $2
              ORDER BY expires_at DESC, id DESC LIMIT 1 FOR UPDATE`,
            [user.userId, NOVEMBER],
          )
        ).rows;
        const consuming = consume(user, 4);
        await world.waiting(1, other);
        await other.query('COMMIT');
        await world.waiting(1, settling);
        await settling.query(`SET LOCAL lock_timeout = '400ms'`);
        await settling.query('UPDATE quota_periods SET reserved = reserved - 1 WHERE user_id = $1', [user.userId]);
        await settling.query(
          `UPDATE quota_reservations SET state = 'released', settled_at = now() WHERE user_id = $1 AND id = $2`,
          [user.userId, last?.id],
        );
        await settling.query('COMMIT');
        expect(await consuming).toMatchObject({ used: 7, reserved: 1 });
      });
    });
  });

  it('whose balance an erasure has deleted expires like others, and cannot be settled', async () => {
    const [erased, other] = [caller(), caller()];
    const { id } = await reserve(erased, 10, 1);
    const kept = await reserve(other, 10, 2);
    await world.query('DELETE FROM quota_periods WHERE user_id = $1', [erased.userId]);
    await expect(commit(erased, id, 1)).rejects.toMatchObject({ reason: 'not_found' });
    await clock.set(Date.parse(DECEMBER) + 5_000);
    await expiry.expire();
    const states = await world.query('SELECT state FROM quota_reservations WHERE id = ANY ($1)', [[id, kept.id]]);
    expect(states).toEqual([{ state: 'expired' }, { state: 'expired' }]);
  });

  it('that has expired and is committed late still counts', async () => {
    const user = caller();
    await clock.set('2026-11-20T10:00:00Z');
    const { id } = await reserve(user, 6_000, 60);
    await clock.set('2026-11-20T10:01:00Z');
    await expiry.expire();
    expect(await tokens(user)).toMatchObject({ used: 0, reserved: 0 });
    await consume(user, 8_000);
    expect(await commit(user, id, 5_000)).toMatchObject({ state: 'committed', remaining: -3_000 });
    expect(await commit(user, id, 5_000)).toMatchObject({ state: 'committed', remaining: -3_000 });
    expect(await tokens(user)).toMatchObject({ used: 13_000, reserved: 0, remaining: -3_000 });
  });

  it('is settled once: another amount or the other way is rejected, and a repetition has the same answer', async () => {
    const user = caller();
    const [one, other] = [await reserve(user, 10), await reserve(user, 10)];
    const committed = await commit(user, one.id, 4);
    expect(await commit(user, one.id, 4)).toEqual(committed);
    await expect(commit(user, one.id, 5)).rejects.toMatchObject({
      reason: 'conflict',
      message: 'The commit is not possible: the reservation is committed with the amount 4.',
    });
    await expect(release(user, one.id)).rejects.toMatchObject({ reason: 'conflict' });
    const released = await release(user, other.id);
    expect(await release(user, other.id)).toEqual(released);
    await expect(commit(user, other.id, 1)).rejects.toMatchObject({ reason: 'conflict' });
    expect(await tokens(user)).toMatchObject({ used: 4, reserved: 0 });
  });

  it('of another user cannot be told from one that does not exist', async () => {
    const user = caller();
    const { id } = await reserve(user, 10);
    const failure = async (reservation: string) => commit(caller(), reservation, 1).catch((error: unknown) => error);
    const [others, none] = [await failure(id), await failure(randomUUID())];
    expect(others).toMatchObject({ reason: 'not_found' });
    expect((others as Error).message).toBe((none as Error).message);
  });
});

describe('the worker', () => {
  it('expires every overdue reservation once, on several replicas at once', async () => {
    await clock.set('2026-11-10T10:00:00Z');
    const users = Array.from({ length: 5 }, () => caller());
    await Promise.all(users.flatMap((user) => Array.from({ length: 60 }, () => reserve(user, 2, 10))));
    await clock.set('2026-11-10T10:00:10Z');
    const worker = world.app.get(WorkerDatabase);
    const batch = () =>
      worker.run((transaction) =>
        transaction.query<{ expired: number }>('SELECT expire_due_quota_reservations(40) AS expired'),
      );
    const counts = await Promise.all(Array.from({ length: 12 }, batch));
    expect(counts.reduce((sum, [row]) => sum + (row?.expired ?? 0), 0) + (await expiry.expire())).toBe(300);
    for (const user of users) expect(await tokens(user)).toMatchObject({ used: 0, reserved: 0 });
    const [{ expired } = { expired: 0 }] = await world.query<{ expired: number }>(
      `SELECT count(*)::int AS expired FROM quota_movements WHERE type = 'expire' AND user_id = ANY ($1)`,
      [users.map(({ userId }) => userId)],
    );
    expect(expired).toBe(300);
  });

  it('loses nothing when it dies within a batch', async () => {
    const user = caller();
    await clock.set('2026-11-10T11:00:00Z');
    const { id } = await reserve(user, 100, 10);
    await clock.set('2026-11-10T11:00:10Z');
    const dying = world.app.get(WorkerDatabase).run(async (transaction) => {
      await transaction.query('SELECT expire_due_quota_reservations(100)');
      await transaction.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await expect(dying).rejects.toBeDefined();
    expect(await expiry.expire()).toBe(1);
    expect(await commit(user, id, 1)).toMatchObject({ state: 'committed', remaining: 9_999 });
  });

  it('cannot raise a balance, forge an entry of the ledger or settle a reservation as a user', async () => {
    const worker = world.app.get(WorkerDatabase);
    for (const text of [
      'UPDATE quota_periods SET used = 0',
      "UPDATE quota_reservations SET state = 'committed', settled_at = now()",
      `INSERT INTO quota_movements (user_id, kind, at, type, amount, limit_after)
       VALUES (gen_random_uuid(), 'tokens', now(), 'grant', 1, 1)`,
      'UPDATE quota_movements SET amount = 0',
    ]) {
      await expect(worker.run((transaction) => transaction.query(text))).rejects.toMatchObject({
        code: 'DATABASE_REFUSED',
      });
    }
  });
});

describe('a change of tier', () => {
  it('applies to the running month, and what was used stays used', async () => {
    const user = caller({ tier: 'pro' });
    await consume(user, 50_000);
    const free: Principal = { ...user, tier: 'free' };
    expect(await tokens(free)).toMatchObject({ limit: 10_000, used: 50_000, remaining: -40_000 });
    await expect(consume(free, 1)).rejects.toMatchObject({ quota: { remaining: -40_000 } });
    expect(await consume(user, 1)).toMatchObject({ limit: 1_000_000, used: 50_001 });
  });
});

describe('an upload', () => {
  it('takes one from the quota of the month, and raises a number that never falls', async () => {
    const user = caller();
    const record = (name: string) => world.send(recordUpload, { name, size: 12, contentType: 'text/plain' }, user);
    for (let index = 0; index < 20; index += 1) await record(`document ${index}`);
    await expect(record('one too many')).rejects.toMatchObject({ quota: { kind: 'uploads', limit: 20, remaining: 0 } });
    await clock.set(DECEMBER);
    expect(await record('of December')).toMatchObject({
      ...{ period: '2026-12', used: 1, remaining: 19, documentsUploaded: 21 },
      upload: { name: 'of December', size: 12, contentType: 'text/plain', createdAt: DECEMBER },
    });
    const first = await world.send(listUploads, { limit: 15 }, user);
    const second = await world.send(listUploads, { limit: 15, cursor: first.nextCursor ?? '' }, user);
    expect([first.items[0]?.name, first.items.length, second.items.length]).toEqual(['of December', 15, 6]);
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(21);
    expect(second).toMatchObject({ nextCursor: null, documentsUploaded: 21, used: 1 });
  });
});

describe('an admin', () => {
  it('raises a quota for the month alone', async () => {
    const user = caller();
    const grant = { owner: ownerOf(user), kind: 'tokens', amount: 5_000, reason: 'ticket 7' } as const;
    expect(await world.send(grantQuota, grant, admin)).toMatchObject({ granted: 5_000, limit: 15_000 });
    expect(await consume(user, 15_000)).toMatchObject({ limit: 15_000, remaining: 0 });
    await clock.set(DECEMBER);
    expect(await tokens(user)).toMatchObject({ limit: 10_000, remaining: 10_000 });
  });

  it('sets a limit until it is removed, for each kind', async () => {
    const user = caller({ tier: 'enterprise' });
    const owner = ownerOf(user);
    const set = await world.send(setLimit, { owner, kind: 'items', limit: 7, reason: 'contract' }, admin);
    expect(set).toMatchObject({ kind: 'items', tierLimit: 10_000, limit: 7, override: { setBy: admin.userId } });
    await limit(user, 2_000_000);
    expect(await tokens(user)).toMatchObject({ limit: 2_000_000 });
    await clock.set(DECEMBER);
    expect(await tokens(user)).toMatchObject({ limit: 2_000_000 });
    const removed = await world.send(removeLimit, { owner, kind: 'tokens' }, admin);
    expect(removed).toMatchObject({ override: null, limit: 1_000_000 });
    expect(await world.send(removeLimit, { owner, kind: 'tokens' }, admin)).toEqual(removed);
    const { items } = await world.send(inspectQuotas, { owner }, admin);
    expect(items.map(({ kind, limit: shown }) => [kind, shown])).toEqual([
      ...[
        ['tokens', 1_000_000],
        ['uploads', 1_000],
        ['items', 7],
        ['templates', 10_000],
        ['sessions', 10_000],
      ],
    ]);
  });

  it('reads the ledger page by page, and every request is in the audit log', async () => {
    const user = caller();
    const owner = ownerOf(user);
    await consume(user, 10);
    const { id } = await reserve(user, 20);
    await commit(user, id, 30);
    await world.send(grantQuota, { owner, kind: 'tokens', amount: 1, reason: 'ticket 8' }, admin);
    const first = await world.send(listMovements, { owner, kind: 'tokens', limit: 3 }, admin);
    const rest = await world.send(
      listMovements,
      { owner, kind: 'tokens', limit: 3, cursor: first.nextCursor ?? '' },
      admin,
    );
    expect([...first.items, ...rest.items]).toMatchObject([
      {
        type: 'grant',
        amount: 1,
        balanceAfter: 9_961,
        actorUserId: admin.userId,
        reason: 'ticket 8',
        limitAfter: 10_001,
      },
      { type: 'commit', amount: 30, balanceAfter: 9_960, subjectId: id, actorUserId: user.userId },
      { type: 'reserve', amount: 20, balanceAfter: 9_970, subjectId: id, reservedAfter: 20 },
      { type: 'consume', amount: 10, balanceAfter: 9_990, period: '2026-11', requestId: expect.any(String) },
    ]);
    const audit = await world.send(listDataAudit, { userId: user.userId }, admin);
    expect(audit.items.map(({ action, subject }) => [action, subject])).toEqual([
      ['quota.read', 'quotas/tokens/ledger'],
      ['quota.read', 'quotas/tokens/ledger'],
      ['quota.grant', 'quotas/tokens'],
    ]);
  });

  it('is the only one who may do any of this', async () => {
    const owner = ownerOf(caller());
    const others = [
      world.send(inspectQuotas, { owner }, caller()),
      world.send(listMovements, { owner, kind: 'tokens' }, caller()),
      world.send(grantQuota, { owner, kind: 'tokens', amount: 1, reason: 'r' }, caller()),
      world.send(setLimit, { owner, kind: 'tokens', limit: 1 }, caller()),
      world.send(removeLimit, { owner, kind: 'tokens' }, caller()),
    ];
    for (const one of others) await expect(one).rejects.toMatchObject({ reason: 'forbidden' });
  });
});

describe('row-level security', () => {
  it('hides every row of others from a statement without a condition', async () => {
    const [user, other] = [caller(), caller()];
    await limit(user, 500);
    await reserve(user, 1);
    await world.send(recordUpload, { name: 'a' }, user);
    const transactions = world.app.get(OwnerTransactions);
    for (const table of [
      ...['limit_overrides', 'quota_periods', 'quota_reservations', 'quota_movements', 'uploads', 'upload_totals'],
    ]) {
      const seen = (userId: string) => transactions.query(userId, `SELECT FROM ${table}`);
      expect([table, await seen(other.userId)]).toEqual([table, []]);
      expect([table, (await seen(user.userId)).length > 0]).toEqual([table, true]);
    }
  });

  it('lets nobody change the ledger', async () => {
    const user = caller();
    await consume(user, 5);
    const transactions = world.app.get(OwnerTransactions);
    await transactions.query(user.userId, 'UPDATE quota_movements SET amount = 0');
    await transactions.query(user.userId, 'DELETE FROM quota_movements');
    const ledger = await transactions.query(user.userId, 'SELECT amount::float8 AS amount FROM quota_movements');
    expect(ledger).toEqual([{ amount: 5 }]);
  });
});

describe('the pruner', () => {
  it('deletes what is past its retention, and nothing else', async () => {
    const user = caller();
    const { userId } = user;
    const old = await reserve(user, 10);
    await commit(user, old.id, 10);
    const kept = await reserve(user, 10);
    await world.send(recordUpload, { name: 'a' }, user);
    await world.query(`UPDATE quota_reservations SET settled_at = now() - interval '91 days' WHERE id = $1`, [old.id]);
    await world.query(`UPDATE quota_movements SET at = now() - interval '401 days' WHERE subject_id = $1`, [old.id]);
    await world.query(`UPDATE uploads SET created_at = now() - interval '401 days' WHERE user_id = $1`, [userId]);
    await world.query(
      `INSERT INTO quota_periods (user_id, kind, period, tier_limit, used) VALUES ($1, 'tokens', '2020-01-01', 1, 1)`,
      [userId],
    );
    await world.app.get(Pruner).prune();
    const count = async (table: string) =>
      (await world.query(`SELECT FROM ${table} WHERE user_id = $1`, [userId])).length;
    expect(await count('quota_reservations')).toBe(1);
    expect(await count('quota_movements')).toBe(2);
    expect(await count('uploads')).toBe(0);
    expect(await count('quota_periods')).toBe(2);
    expect((await world.send(showQuotas, {}, user)).uploads).toMatchObject({ documentsUploaded: 1 });
    expect(await release(user, kept.id)).toMatchObject({ state: 'released' });
    await expect(commit(user, old.id, 10)).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('deletes more rows than fit into one transaction', async () => {
    await world.query(
      `INSERT INTO idempotency_keys (user_id, id, request_hash, answer, created_at)
       SELECT gen_random_uuid(), sha256(n::text::bytea), sha256(''), '{}', now() - interval '25 hours'
         FROM generate_series(1, 10001) AS n`,
    );
    await world.app.get(Pruner).prune();
    expect(await world.query(`SELECT FROM idempotency_keys WHERE created_at < now() - interval '24 hours'`)).toEqual(
      [],
    );
  });
});
