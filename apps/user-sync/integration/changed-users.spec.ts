import { setTimeout as delay } from 'node:timers/promises';
import { type AdminUser, type RequestOf, listChangedUsers, useReferralCode } from '@gatehouse/contracts';
import { createDataSource } from '@gatehouse/persistence';
import { eventually } from '@gatehouse/testing';
import { Client } from 'pg';
import { migrationDatabase } from '../src/database/database-options';
import { UserEntity } from '../src/database/user.entity';
import { changeHorizon } from '../src/users/list-users/change-horizon';
import { deletion } from './clerk-events';
import { type Member, admin, member, refusal } from './members';
import { SyncWorld } from './sync-world';

/** Fields that admins see and that change without a change of the user. */
const notDated = ['updatedAt', 'lastLoginAt', 'lastActiveAt', 'clerkUpdatedAt', 'version'];
const MINUTE_MS = 60_000;

type Filters = Partial<RequestOf<typeof listChangedUsers>>;

let world: SyncWorld;
let boss: Member;
const clients: Client[] = [];

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot({ RECONCILE_INTERVAL_MS: '0' });
  boss = await admin(world);
});

afterAll(async () => {
  for (const client of clients) await client.end();
  await world?.dispose();
});

/** A connection of the role of user-sync. */
async function connect(): Promise<Client> {
  const client = new Client({ connectionString: world.database.serviceUrl });
  await client.connect();
  clients.push(client);
  return client;
}

const pageOf = (updatedSince: string, filters: Filters = {}) =>
  world.gateway.send(listChangedUsers, { updatedSince, ...filters }, boss.context);

/** Reads all pages. */
async function changes(since: string, filters: Filters = {}): Promise<{ items: AdminUser[]; next: string }> {
  const items: AdminUser[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await pageOf(since, { ...filters, ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    if (page.nextCursor === null) return { items, next: page.nextUpdatedSince ?? 'missing' };
    expect(page.nextUpdatedSince).toBeNull();
    cursor = page.nextCursor;
  }
}

const databaseNow = async () => (await world.query<{ now: Date }>('SELECT now()'))[0]?.now.toISOString() ?? '';
const rename = (sql: Pick<Client, 'query'>, id: string, name: string) =>
  sql.query('UPDATE users SET full_name = $2 WHERE id = $1', [id, name]);

describe('the time of the last change of a user', () => {
  it('moves with every field that admins see, so that a new field cannot be forgotten', async () => {
    const triggers = await world.query<{ definition: string }>(
      `SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger
        WHERE tgrelid = 'users'::regclass AND tgfoid = 'date_user_change'::regproc`,
    );
    const dataSource = await createDataSource(migrationDatabase({ url: world.database.ownerUrl })).initialize();
    const columnOf = new Map(
      dataSource.getMetadata(UserEntity).columns.map(({ propertyName, databaseName }) => [propertyName, databaseName]),
    );
    await dataSource.destroy();
    const dated = new Set(
      triggers.flatMap(({ definition }) => [...definition.matchAll(/new\.(\w+)/gi)].map(([, column]) => column)),
    );
    const shown = Object.keys(listChangedUsers.reply.shape.items.element.shape).filter(
      (field) => !notDated.includes(field),
    );
    expect([...dated].sort()).toEqual(shown.map((field) => columnOf.get(field)).sort());
  });

  it('stays the same when only activity times, counters or hidden columns change', async () => {
    const { principal } = await member(world);
    const before = await world.query('SELECT updated_at FROM users WHERE id = $1', [principal.userId]);
    await world.query(
      `UPDATE users SET last_login_at = now(), last_active_at = now(), clerk_updated_at = 7, content_hash = 'x' WHERE id = $1`,
      [principal.userId],
    );
    expect(await world.query('SELECT updated_at FROM users WHERE id = $1', [principal.userId])).toEqual(before);
  });

  it('does not move back when a transaction that began earlier writes later', async () => {
    const { principal } = await member(world);
    const early = await connect();
    await early.query('BEGIN');
    await early.query('SELECT now()');
    await delay(20);
    await rename(await connect(), principal.userId, 'later');
    const [later] = await world.query<{ at: Date }>('SELECT updated_at AS at FROM users WHERE id = $1', [
      principal.userId,
    ]);
    await rename(early, principal.userId, 'early');
    await early.query('COMMIT');
    const after = await world.query('SELECT updated_at AS at, full_name FROM users WHERE id = $1', [principal.userId]);
    expect(after).toEqual([{ at: later?.at, full_name: 'early' }]);
  });
});

describe('the list of changed users', () => {
  it('has the users who changed since a moment, in the order of their changes, page by page', async () => {
    const members = [await member(world), await member(world), await member(world)];
    const ids = members.map(({ principal }) => principal.userId);
    const since = await databaseNow();
    const sql = await connect();
    for (const id of [...ids].reverse()) await rename(sql, id, 'changed');
    const { items } = await changes(since, { limit: 1 });
    expect(items.map(({ id }) => id)).toEqual([...ids].reverse());
    expect((await changes(since, { id: ids[1], role: 'user' })).items).toMatchObject([{ id: ids[1] }]);
    expect((await changes(since, { name: 'changed', limit: 2 })).items.map(({ id }) => id)).toEqual([...ids].reverse());
    expect((await changes(since, { role: 'admin' })).items).toEqual([]);
  });

  it('has deleted users, and users who used a referral code', async () => {
    const [deleted, referrer, referred] = [await member(world), await member(world), await member(world)];
    const since = await databaseNow();
    await world.deliver(deletion(deleted.user.id));
    const [{ code } = { code: '' }] = await world.query<{ code: string }>(
      'SELECT referral_code AS code FROM users WHERE id = $1',
      [referrer.principal.userId],
    );
    await world.gateway.send(useReferralCode, { code }, referred.context);
    expect((await changes(since)).items).toEqual([
      expect.objectContaining({ id: deleted.principal.userId, deletedAt: expect.any(String), isActive: false }),
      expect.objectContaining({ id: referred.principal.userId, referredBy: referrer.principal.userId }),
    ]);
    expect((await changes(since, { deleted: false })).items).toHaveLength(1);
  });

  it('names a next moment: a minute ago, or the given one if it is later', async () => {
    const start = await databaseNow();
    expect((await changes(start)).next).toBe(start);
    const { next } = await changes('2026-01-01T00:00:00.000Z');
    const age = Date.parse(await databaseNow()) - Date.parse(next);
    expect(age).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(age).toBeLessThan(2 * MINUTE_MS);
  });

  it('names a next moment that is not after the start of an open transaction', async () => {
    const { principal } = await member(world);
    const [reader, open] = [
      await createDataSource({ ...migrationDatabase({ url: world.database.serviceUrl }), poolSize: 1 }).initialize(),
      await connect(),
    ];
    await open.query('BEGIN');
    await rename(open, principal.userId, 'late');
    const during = await changeHorizon(reader.manager, 0);
    await open.query('COMMIT');
    const [row] = await world.query<{ at: Date }>('SELECT updated_at AS at FROM users WHERE id = $1', [
      principal.userId,
    ]);
    expect(during).toBeLessThanOrEqual(row?.at.getTime() ?? 0);
    await eventually(async () => (await changeHorizon(reader.manager, 0)) > during + 1);
    await reader.destroy();
  });

  it('reads changes in a page once more rather than losing them: a copy equals the table after concurrent changes', async () => {
    const members = await Promise.all(Array.from({ length: 12 }, () => member(world)));
    const ids = members.map(({ principal }) => principal.userId);
    const copy = new Map<string, string>();
    let since = '2026-01-01T00:00:00.000Z';
    const follow = async () => {
      const { items, next } = await changes(since, { limit: 5 });
      for (const { id, fullName } of items) copy.set(id, fullName);
      since = next;
    };
    let isDone = false;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      const sql = await connect();
      for (let round = 0; round < 15; round += 1) {
        await sql.query('BEGIN');
        await rename(sql, ids[(round * 5 + writer * 3) % ids.length] ?? '', `writer ${writer} round ${round}`);
        await delay((round * 7 + writer * 13) % 40);
        await sql.query('COMMIT');
      }
    });
    const reader = (async () => {
      while (!isDone) await follow();
    })();
    await Promise.all(writers);
    isDone = true;
    await reader;
    await follow();
    const rows = await world.query<{ id: string; name: string }>('SELECT id, full_name AS name FROM users');
    expect(Object.fromEntries(copy)).toEqual(Object.fromEntries(rows.map(({ id, name }) => [id, name])));
  });

  it.each([
    { updatedSince: 'yesterday' },
    { updatedSince: '2026-01-01T00:00:00' },
    { updatedSince: '2026-01-01T00:00:00Z', cursor: 'x' },
    { updatedSince: '2026-01-01T00:00:00Z', nam: 'ada' },
    {},
  ])('is rejected with an invalid request: %j', async (request) => {
    await expect(world.gateway.send(listChangedUsers, request as never, boss.context)).rejects.toEqual(
      refusal('invalid_request'),
    );
  });

  it('is refused to others than admins', async () => {
    const { context } = await member(world);
    await expect(
      world.gateway.send(listChangedUsers, { updatedSince: '2026-01-01T00:00:00Z' }, context),
    ).rejects.toEqual(refusal('forbidden'));
  });
});
