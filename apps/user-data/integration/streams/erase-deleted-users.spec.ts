import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Principal, dataStream, items, listDataAudit, recordUpload, reserveTokens } from '@gatehouse/contracts';
import { Leash, ManagedProcess, nodeArguments, workspaceRoot } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { DeletedUserEraser } from '../../src/erase-deleted-users/deleted-user-eraser';
import { userTables } from '../../src/erase-user/user-tables';
import { caller } from '../data-world';
import { StreamWorld } from './stream-world';

let world: StreamWorld;
const admin = caller({ role: 'admin' });

beforeAll(async () => {
  world = await StreamWorld.start();
  await world.publishEpoch(1);
});

beforeEach(async () => {
  await world.boot();
  await world.boot();
});

afterEach(() => world?.stopApps());
afterAll(() => world?.stop());

/** A user with rows in user-data, whom the stream of users shows. */
async function owner(version = 1): Promise<Principal> {
  const user = caller();
  await world.publishUser('user', user.userId, version);
  await world.send(items.create, { fields: { title: 'mine' } }, user);
  await world.send(reserveTokens, { amount: 10, idempotency: { key: 'k', path: 'POST /api/tokens' } }, user);
  await world.send(recordUpload, { name: 'a.pdf' }, user);
  return user;
}

async function rowsOf({ userId }: Principal): Promise<number> {
  let count = 0;
  for (const table of Object.keys(userTables)) {
    count += (await world.query(`SELECT FROM ${table} WHERE user_id = $1`, [userId])).length;
  }
  return count;
}

const recorded = ({ userId }: Principal) =>
  world.query<{ version: number; erased: boolean; attempts: number }>(
    'SELECT version::int, erased_at IS NOT NULL AS erased, attempts FROM user_erasures WHERE user_id = $1',
    [userId],
  );
const untilRecorded = (user: Principal, version: number) =>
  eventually(async () => expect(await recorded(user)).toMatchObject([{ version }]));
/** Lets the time pass after which the data of the user is erased. */
const expire = ({ userId }: Principal) =>
  world.query(`UPDATE user_erasures SET noticed_at = now() - interval '3 days', retry_at = now() WHERE user_id = $1`, [
    userId,
  ]);
/** Both replicas work at the same time, beside their own schedule. */
const erase = () => Promise.all(world.apps.map((app) => app.get(DeletedUserEraser).eraseDue()));
const untilErased = async (user: Principal) => {
  await expire(user);
  await erase();
  await eventually(async () => expect(await recorded(user)).toMatchObject([{ erased: true }]));
  expect(await rowsOf(user)).toBe(0);
};
const entriesOf = async ({ userId }: Principal) =>
  (await world.send(listDataAudit, { userId, action: 'data.erase' }, admin)).items;

describe('when a user is deleted', () => {
  it('everything of the user is erased after its time, once, and the audit log says why', async () => {
    const [user, other] = [await owner(), await owner()];
    await world.publishUser('deleted', user.userId, 2);
    await untilRecorded(user, 2);
    await erase();
    expect(await rowsOf(user)).toBeGreaterThan(5);
    await untilErased(user);
    expect(await rowsOf(other)).toBeGreaterThan(5);
    const [entry, ...more] = await entriesOf(user);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      ...{ action: 'data.erase', outcome: 'done', actorUserId: null, method: null, userId: user.userId },
      details: { cause: 'user_deleted', version: 2, items: 1, quota_reservations: 1, uploads: 1, idempotency_keys: 1 },
    });
    expect(await recorded(user)).toEqual([{ version: 2, erased: true, attempts: 1 }]);
    const deletions = async () => [
      ...(await world.messages(dataStream.name, `data.changed.${user.userId}.>`)).values(),
    ];
    await eventually(async () => expect((await deletions()).filter(({ kind }) => kind !== 'deleted')).toEqual([]));
  });

  it('tombstones that every start reads again change nothing', async () => {
    const user = await owner();
    await world.publishUser('deleted', user.userId, 2);
    await untilRecorded(user, 2);
    await untilErased(user);
    const before = await recorded(user);
    await world.stopApps();
    const late = caller();
    await world.publishUser('deleted', late.userId, 7);
    await world.boot();
    await untilRecorded(late, 7);
    await erase();
    expect(await recorded(user)).toEqual(before);
    expect(await entriesOf(user)).toHaveLength(1);
  });

  it('a user who owned nothing leaves no audit entry', async () => {
    const user = caller();
    await world.publishUser('deleted', user.userId, 2);
    await untilRecorded(user, 2);
    await untilErased(user);
    expect(await entriesOf(user)).toEqual([]);
  });

  it('a deletion that happened while no replica ran is noticed at the next start', async () => {
    const user = await owner();
    await world.stopApps();
    await world.publishUser('deleted', user.userId, 2);
    await world.boot();
    await untilRecorded(user, 2);
  });
});

describe('the data stays', () => {
  it('when the user returned before the time was over', async () => {
    const user = await owner();
    await world.publishUser('deleted', user.userId, 2);
    await untilRecorded(user, 2);
    await world.publishUser('user', user.userId, 3);
    await expire(user);
    await erase();
    await eventually(async () => expect(await recorded(user)).toEqual([]));
    expect(await rowsOf(user)).toBeGreaterThan(5);
  });

  it('when the user returned and was deleted again, until the time has passed anew', async () => {
    const user = await owner();
    await world.publishUser('deleted', user.userId, 2);
    await untilRecorded(user, 2);
    await world.publishUser('user', user.userId, 3);
    await world.publishUser('deleted', user.userId, 4);
    await expire(user);
    await erase();
    await untilRecorded(user, 4);
    expect(await rowsOf(user)).toBeGreaterThan(5);
    await untilErased(user);
  });

  it('when the stream was rebuilt without the user: only a tombstone erases', async () => {
    const user = await owner();
    await world.stopApps();
    await world.boot();
    const marker = await owner();
    await world.loseUsers();
    await world.publishEpoch(Date.now(), () => world.publishUser('deleted', marker.userId, 2, Date.now()));
    await untilRecorded(marker, 2);
    expect(await recorded(user)).toEqual([]);
    await erase();
    expect(await rowsOf(user)).toBeGreaterThan(5);
  });

  it('when the stream lost the tombstone, until it shows it again', async () => {
    const user = await owner();
    await world.publishUser('deleted', user.userId, 2);
    await untilRecorded(user, 2);
    await world.loseUsers();
    await expire(user);
    await erase();
    expect(await rowsOf(user)).toBeGreaterThan(5);
    expect(await recorded(user)).toMatchObject([{ erased: false }]);
    await world.publishEpoch(Date.now(), () => world.publishUser('deleted', user.userId, 2, Date.now()));
    await untilErased(user);
  });

  it('when erasing deleted users is turned off', async () => {
    await world.stopApps();
    await world.boot({ DELETED_USER_RETENTION_DAYS: '0' });
    const user = await owner();
    await world.publishUser('deleted', user.userId, 2);
    await world.query('INSERT INTO user_erasures (user_id, version, generation) VALUES ($1, 2, 0)', [user.userId]);
    await expire(user);
    await erase();
    expect(await rowsOf(user)).toBeGreaterThan(5);
    await world.query('DELETE FROM user_erasures WHERE user_id = $1', [user.userId]);
  });
});

it('a replica that is killed in the middle of an erasure loses nothing: another one ends it', async () => {
  const user = await owner();
  await world.query(
    `INSERT INTO uploads (user_id, id, name, created_at)
     SELECT $1, gen_random_uuid(), 'x', now() FROM generate_series(1, 15000)`,
    [user.userId],
  );
  await world.publishUser('deleted', user.userId, 2);
  await untilRecorded(user, 2);
  await world.stopApps();
  await expire(user);
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-user-data-'));
  const leash = Leash.start();
  try {
    const child = await ManagedProcess.start({
      name: 'user-data',
      command: process.execPath,
      args: [...nodeArguments, join(workspaceRoot(), 'dist/apps/user-data/src/main.js')],
      cwd: workspaceRoot(),
      env: { PATH: process.env.PATH, ...world.environment({ FAILPOINTS: 'after-erasure-commit:kill' }) },
      logFile: join(directory, 'user-data.log'),
      leash,
    });
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
  } finally {
    await leash.release();
    rmSync(directory, { recursive: true });
  }
  const left = await rowsOf(user);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(15_000);
  await world.boot();
  await untilErased(user);
  const counts = (await entriesOf(user)).map(({ details }) => Number(details.uploads));
  expect(counts).toHaveLength(2);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(15_001);
});

it('user-data is ready and answers while the stream of users is missing', async () => {
  await world.keeper.hold();
  try {
    await (await world.manager()).streams.delete('GATEHOUSE_USERS');
    await world.stopApps();
    await world.boot();
    const user = caller();
    const { id } = await world.send(items.create, { fields: { title: 'a' } }, user);
    expect((await world.send(items.get, { id }, user)).title).toBe('a');
  } finally {
    world.keeper.release();
  }
  const user = { ...caller(), userId: randomUUID() };
  await eventually(() => world.publishEpoch(Date.now(), () => world.publishUser('deleted', user.userId, 2)));
  await untilRecorded(user, 2);
});
