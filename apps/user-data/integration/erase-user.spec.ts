import {
  consumeTokens,
  eraseUserData,
  items,
  listDataAudit,
  recordUpload,
  reserveTokens,
  setLimit,
  showQuotas,
} from '@gatehouse/contracts';
import { userTables } from '../src/erase-user/user-tables';
import { DataWorld, caller, ownerOf } from './data-world';

let world: DataWorld;
const admin = caller({ role: 'admin' });

beforeAll(async () => {
  world = await DataWorld.start();
});

afterAll(() => world?.stop());

const tables = Object.keys(userTables);
const rowsOf = async (userId: string): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    counts[table] = (await world.query(`SELECT FROM ${table} WHERE user_id = $1`, [userId])).length;
  }
  return counts;
};

/** What an erasure leaves: the evidence, and the tombstones until they are published and removed from the stream. */
const kept = ['audit_log', 'user_erasures', 'resource_tombstones', 'quota_tombstones'];

describe('an erasure', () => {
  it('knows every table of the database that has rows of users, except those that it keeps', async () => {
    const found = await world.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.attname = 'user_id' AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`,
    );
    expect(found.map(({ name }) => name).sort()).toEqual([...tables, ...kept].sort());
  });

  it('deletes every row of the user and of nobody else, says how many, and can be repeated', async () => {
    const [user, other] = [caller(), caller()];
    for (const person of [user, other]) {
      const idempotency = { key: 'k', path: 'POST /api/tokens/reservations' };
      await world.send(reserveTokens, { amount: 10, idempotency }, person);
      await world.send(recordUpload, { name: 'a.pdf' }, person);
      await world.send(setLimit, { owner: ownerOf(person), kind: 'items', limit: 5 }, admin);
    }
    const [mine, theirs] = [await rowsOf(user.userId), await rowsOf(other.userId)];
    const erased = await world.send(eraseUserData, { userId: user.userId }, admin);
    expect(erased).toMatchObject({ rows: mine, complete: true });
    expect(erased.rows).toMatchObject({ quota_reservations: 1, uploads: 1, limit_overrides: 1, idempotency_keys: 1 });
    expect(Object.values(await rowsOf(user.userId)).every((count) => count === 0)).toBe(true);
    expect(await rowsOf(other.userId)).toEqual(theirs);
    expect(await world.send(showQuotas, {}, user)).toMatchObject({
      ...{ tokens: { used: 0, reserved: 0 }, uploads: { used: 0, documentsUploaded: 0 } },
    });
    const again = await world.send(eraseUserData, { userId: user.userId }, admin);
    expect(Object.values(again.rows).every((count) => count === 0)).toBe(true);
    const audit = await world.send(listDataAudit, { userId: user.userId, action: 'data.erase' }, admin);
    expect(audit.items.map(({ details }) => details)).toEqual([again.rows, erased.rows]);
  });

  it('leaves no reservation that was being made meanwhile', async () => {
    const user = caller();
    await world.send(consumeTokens, { amount: 1 }, user);
    await world.holding(async (holder) => {
      await holder.query('SELECT FROM quota_periods WHERE user_id = $1 FOR UPDATE', [user.userId]);
      const reserving = world.send(reserveTokens, { amount: 1 }, user);
      await world.waiting(1);
      const erasing = world.send(eraseUserData, { userId: user.userId }, admin);
      await world.waiting(2);
      await holder.query('COMMIT');
      await Promise.all([reserving, erasing]);
    });
    expect(Object.values(await rowsOf(user.userId)).every((count) => count === 0)).toBe(true);
  });

  it('is repeated when a request that locks rows in another order makes it fail', async () => {
    const user = caller();
    const { id } = await world.send(items.create, { fields: { title: 'a' } }, user);
    await world.holding(async (holder) => {
      await holder.query('SET LOCAL deadlock_timeout = 60000');
      await holder.query('DELETE FROM items WHERE id = $1', [id]);
      const erasing = world.send(eraseUserData, { userId: user.userId }, admin);
      await world.waiting(1);
      await holder.query('UPDATE resource_counts SET used = used - 1 WHERE user_id = $1', [user.userId]);
      await holder.query('COMMIT');
      expect(await erasing).toMatchObject({ complete: true });
    });
    expect(Object.values(await rowsOf(user.userId)).every((count) => count === 0)).toBe(true);
  });

  it('is for admins alone', async () => {
    const user = caller();
    await expect(world.send(eraseUserData, { userId: user.userId }, user)).rejects.toMatchObject({
      reason: 'forbidden',
    });
  });
});
