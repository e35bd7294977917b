import { randomUUID } from 'node:crypto';
import {
  type Principal,
  commitReservation,
  consumeTokens,
  items,
  releaseReservation,
  reserveTokens,
  showQuotas,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { WorkerDatabase } from '../src/database/worker-database';
import { Pruner } from '../src/retention/pruner';
import { DataWorld, caller, ownerOf } from './data-world';

let world: DataWorld;

beforeAll(async () => {
  world = await DataWorld.start();
});

afterAll(() => world?.stop());

const path = 'POST /api/items';
const fields = { title: 'Milk' };
const create = (principal: Principal, key: string, more: object = {}) =>
  world.send(items.create, { fields, idempotency: { key, path }, ...more }, principal);
const countOf = async (principal: Principal) => (await world.send(items.list, {}, principal)).items.length;
const refused = (reason: string) => expect.objectContaining({ reason });

describe('a request with an idempotency key', () => {
  it('creates one item, however often and however concurrently it is sent', async () => {
    const asha = caller();
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => create(asha, 'k')));
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toEqual(refused('idempotency_in_progress'));
    }
    const again = await create(asha, 'k');
    const { items: all } = await world.send(items.list, {}, asha);
    expect(all).toEqual([expect.objectContaining({ id: again.id })]);
    expect(again).toMatchObject({ ...fields, version: 1, replayed: true });
    await expect(create(asha, 'k', { fields: { title: 'Tea' } })).rejects.toEqual(refused('idempotency_key_reused'));
  });

  it('consumes tokens once, and shows the balance of that time again', async () => {
    const asha = caller();
    const consume = (key?: string) => {
      const once = key === undefined ? {} : { idempotency: { key, path: 'POST /api/tokens/consume' } };
      return world.send(consumeTokens, { amount: 5, ...once }, asha);
    };
    const first = await consume('k');
    await consume();
    expect(await consume('k')).toEqual({ ...first, replayed: true });
    expect((await world.send(showQuotas, {}, asha)).tokens.used).toBe(first.used + 5);
  });

  it.each([
    ['commit', commitReservation, { amount: 3 }],
    ['release', releaseReservation, {}],
  ] as const)('settles a reservation, and a repeated %s waits for its answer', async (verb, contract, body) => {
    const asha = caller();
    const { id } = await world.send(reserveTokens, { amount: 5 }, asha);
    const idempotency = { key: 'k', path: `POST /api/tokens/reservations/${id}/${verb}` };
    const settle = () => world.send(contract, { ...body, id, idempotency }, asha);
    const answers = await new Promise<Awaited<ReturnType<typeof settle>>[]>((resolve, reject) => {
      world
        .holding(async (holder) => {
          await holder.query('SELECT FROM quota_reservations WHERE id = $1 FOR UPDATE', [id]);
          const first = settle();
          await world.waiting(1, holder);
          const second = settle();
          Promise.all([first, second]).then(resolve, reject);
          // The second request has found that the first one is in progress.
          await eventually(async () => {
            const sql = `SELECT FROM pg_stat_activity
                          WHERE application_name = 'user-data' AND datname = current_database() AND query = 'ROLLBACK'`;
            expect(await world.query(sql)).not.toEqual([]);
          });
          await holder.query('COMMIT');
        })
        .catch(reject);
    });
    expect(answers.map(({ replayed }) => replayed)).toEqual(expect.arrayContaining([undefined, true]));
    expect(answers[0]).toMatchObject({ id, state: verb === 'commit' ? 'committed' : 'released' });
    expect((await world.send(showQuotas, {}, asha)).tokens.used).toBe(verb === 'commit' ? 3 : 0);
  });

  it('succeeds after it was refused', async () => {
    const asha = caller();
    const large = { amount: 20_000, idempotency: { key: 'k', path: 'POST /api/tokens/consume' } };
    await expect(world.send(consumeTokens, large, asha)).rejects.toEqual(refused('quota_exceeded'));
    const { used, replayed } = await world.send(consumeTokens, { ...large, amount: 1 }, asha);
    expect([used, replayed]).toEqual([1, undefined]);
  });

  it('is another request if another user sends it, or another admin who acts for the same user', async () => {
    const [asha, ben] = [caller(), caller()];
    const [boss, deputy] = [caller({ role: 'admin' }), caller({ role: 'admin' })];
    const owner = ownerOf(asha);
    const ids = [
      (await create(asha, 'k')).id,
      (await create(ben, 'k')).id,
      (await create(boss, 'k', { owner })).id,
      (await create(deputy, 'k', { owner })).id,
    ];
    expect(new Set(ids).size).toBe(4);
    expect(await countOf(asha)).toBe(3);
    // The tier of the owner is not part of the request: it may have changed between the two attempts.
    const again = await create(boss, 'k', { owner: { ...owner, tier: 'enterprise' } });
    expect(again).toMatchObject({ id: ids[2], replayed: true });
  });
});

describe('stored answers', () => {
  it('are deleted by the worker after 24 hours', async () => {
    const asha = caller();
    await create(asha, 'old');
    await world.query(`UPDATE idempotency_keys SET created_at = now() - interval '24 hours' WHERE user_id = $1`, [
      asha.userId,
    ]);
    await create(asha, 'new');
    await world.app.get(Pruner).prune();
    const rows = await world.query('SELECT FROM idempotency_keys WHERE user_id = $1', [asha.userId]);
    expect(rows).toHaveLength(1);
  });

  it('cannot be read by the worker, who can delete those of a user', async () => {
    const asha = caller();
    await create(asha, randomUUID());
    const worker = world.app.get(WorkerDatabase);
    await expect(worker.run((transaction) => transaction.query('SELECT answer FROM idempotency_keys'))).rejects.toThrow(
      '42501',
    );
    await worker.run((transaction) =>
      transaction.query('DELETE FROM idempotency_keys WHERE user_id = $1', [asha.userId]),
    );
    expect(await world.query('SELECT FROM idempotency_keys WHERE user_id = $1', [asha.userId])).toEqual([]);
  });
});
