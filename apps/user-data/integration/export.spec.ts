import {
  consumeTokens,
  exportDataAudit,
  exportMovements,
  exportReservations,
  grantQuota,
  items,
  reserveTokens,
} from '@gatehouse/contracts';
import { DataWorld, caller, ownerOf } from './data-world';

let world: DataWorld;

beforeAll(async () => {
  world = await DataWorld.start();
});

afterAll(() => world?.stop());

const [owner, other, admin] = [caller(), caller(), caller({ role: 'admin' })];

/** Reads a list in pages of two entries. */
async function all<Item>(read: (cursor: object) => Promise<{ items: Item[]; nextCursor: string | null }>) {
  const found: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Item[]; nextCursor: string | null } = await read({ limit: 2, ...(cursor && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(2);
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

it('lists every reservation and movement of the caller once, and names no admin', async () => {
  for (const amount of [1, 2, 3]) await world.send(reserveTokens, { amount }, owner);
  await world.send(consumeTokens, { amount: 4 }, owner);
  await world.send(reserveTokens, { amount: 9 }, other);
  const grant = { owner: ownerOf(owner), kind: 'tokens', amount: 5, reason: 'ticket 7' } as const;
  await world.send(grantQuota, grant, admin);
  const reservations = await all((page) => world.send(exportReservations, page, owner));
  expect(reservations.map(({ amount, state }) => [amount, state]).sort()).toEqual([
    [1, 'open'],
    [2, 'open'],
    [3, 'open'],
  ]);
  const movements = await all((page) => world.send(exportMovements, page, owner));
  expect(movements.map(({ type, amount, actorUserId }) => [type, amount, actorUserId])).toEqual([
    ['reserve', 1, owner.userId],
    ['reserve', 2, owner.userId],
    ['reserve', 3, owner.userId],
    ['consume', 4, owner.userId],
    ['grant', 5, null],
  ]);
  expect(await all((page) => world.send(exportMovements, page, caller()))).toEqual([]);
});

it('lists what admins did with the data of the caller, and hides who did it and to whom', async () => {
  const { id } = await world.send(items.create, { fields: { title: 'a' } }, other);
  for (let n = 0; n < 3; n += 1) await world.send(items.get, { owner: ownerOf(other), id }, admin);
  const theirs = await all((page) => world.send(exportDataAudit, page, other));
  expect(theirs).toHaveLength(3);
  for (const entry of theirs) {
    expect(entry).toMatchObject({ action: 'data.read', userId: other.userId, subject: `items/${id}`, details: {} });
    const hidden = [entry.actorUserId, entry.method, entry.credentialId, entry.sourceIp, entry.userAgent];
    expect(hidden).toEqual([null, null, null, null, null]);
  }
  const own = (await all((page) => world.send(exportDataAudit, page, admin))).filter(
    ({ action }) => action === 'data.read',
  );
  expect(own).toHaveLength(3);
  for (const entry of own) {
    expect(entry).toMatchObject({ actorUserId: admin.userId, userId: null, subject: null, details: {} });
  }
  expect(JSON.stringify(own)).not.toContain(other.userId);
});

it('rejects requests without a caller, and foreign cursors', async () => {
  for (const contract of [exportReservations, exportMovements, exportDataAudit]) {
    await expect(world.send(contract, {}, null)).rejects.toMatchObject({ reason: 'unauthenticated' });
    await expect(world.send(contract, { cursor: 'x' }, owner)).rejects.toMatchObject({ reason: 'invalid_request' });
  }
});
