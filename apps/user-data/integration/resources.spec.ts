import { randomUUID } from 'node:crypto';
import {
  type Principal,
  type Resource,
  assistantSessions,
  inspectQuotas,
  items,
  listDataAudit,
  removeLimit,
  setLimit,
  templates,
} from '@gatehouse/contracts';
import { nameKey } from '../src/resources/name-key';
import { DataWorld, caller, ownerOf } from './data-world';

let world: DataWorld;

beforeAll(async () => {
  world = await DataWorld.start();
});

afterAll(() => world?.stop());

const unknown = '018f0000-0000-7000-8000-000000000001';
const gone = expect.objectContaining({ reason: 'not_found' });

const kinds: readonly { readonly resource: Resource; readonly draft: object; readonly change: object }[] = [
  { resource: items, draft: { title: 'Milk' }, change: { title: 'Oat milk', description: 'Two litres' } },
  {
    resource: templates,
    draft: { name: 'Hello', body: 'Hello {{name}}', tags: ['a "b", {c}', 'é\\'], language: 'en-GB' },
    change: { body: '', tags: [], description: 'x' },
  },
  {
    resource: assistantSessions,
    draft: { name: 'Chat', settings: { model: 'm', tools: [{ z: 1, a: null }], limit: 1e300 } },
    change: { status: 'paused', settings: { temperature: 0.5 } },
  },
];

describe.each(kinds.map((kind) => ({ ...kind, name: kind.resource.kind })))('$name', ({ resource, draft, change }) => {
  const [asha, ben] = [caller(), caller()];
  const create = (principal: Principal, fields = draft) => world.send(resource.create, { fields }, principal);

  it('are created, shown, changed and deleted by their owner', async () => {
    const created = await create(asha);
    const parsed = resource.draft.parse(draft);
    expect(created).toMatchObject({ ...parsed, version: 1 });
    expect(await world.send(resource.get, { id: created.id }, asha)).toEqual(created);
    const changed = await world.send(resource.update, { id: created.id, fields: change }, asha);
    expect(changed).toMatchObject({ ...parsed, ...change, version: 2, createdAt: created.createdAt });
    expect(Date.parse(changed.updatedAt)).toBeGreaterThanOrEqual(Date.parse(created.updatedAt));
    expect(await world.send(resource.update, { id: created.id, fields: {} }, asha)).toEqual(changed);
    expect((await world.send(resource.list, { limit: 1 }, asha)).items).toEqual([changed]);
    expect(await world.send(resource.delete, { id: created.id }, asha)).toEqual({ id: created.id, deleted: true });
    for (const again of [resource.get, resource.delete]) {
      await expect(world.send(again, { id: created.id }, asha)).rejects.toEqual(gone);
    }
  });

  it('of another user are refused like those that do not exist', async () => {
    const { id } = await create(asha);
    const refusals = async (of: string) => {
      const requests = [
        world.send(resource.get, { id: of }, ben),
        world.send(resource.update, { id: of, fields: change }, ben),
        world.send(resource.update, { id: of, fields: {} }, ben),
        world.send(resource.update, { id: of, fields: change, ifMatch: [7] }, ben),
        world.send(resource.delete, { id: of }, ben),
        world.send(resource.delete, { id: of, ifMatch: [7] }, ben),
      ];
      const settled = await Promise.allSettled(requests);
      return settled.map((one) => one.status === 'rejected' && { ...(one.reason as object), text: String(one.reason) });
    };
    const foreign = await refusals(id);
    expect(foreign).toEqual(await refusals(unknown));
    expect(foreign).toEqual(foreign.map(() => expect.objectContaining({ reason: 'not_found' })));
    expect((await world.send(resource.list, {}, ben)).items).toEqual([]);
    expect((await world.send(resource.get, { id }, asha)).version).toBe(1);
  });

  it('are changed and deleted only while their version is expected', async () => {
    const { id } = await create(asha);
    const mismatch = expect.objectContaining({ reason: 'version_mismatch' });
    await expect(world.send(resource.update, { id, fields: change, ifMatch: [2] }, asha)).rejects.toEqual(mismatch);
    await expect(world.send(resource.update, { id, fields: {}, ifMatch: [2] }, asha)).rejects.toEqual(mismatch);
    await expect(world.send(resource.delete, { id, ifMatch: [] }, asha)).rejects.toEqual(mismatch);
    const writers = Array.from({ length: 8 }, () =>
      world.send(resource.update, { id, fields: change, ifMatch: [1] }, asha),
    );
    const settled = await Promise.allSettled(writers);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await world.send(resource.update, { id, fields: change, ifMatch: '*' }, asha)).version).toBe(3);
    expect(await world.send(resource.delete, { id, ifMatch: [1, 3] }, asha)).toMatchObject({ deleted: true });
  });

  it('are limited by the tier, exactly, also under concurrent requests', async () => {
    const eager = caller();
    const attempts = async (count: number) => {
      const settled = await Promise.allSettled(Array.from({ length: count }, () => create(eager)));
      const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect(refused).toEqual(refused.map(() => expect.objectContaining({ reason: 'limit_reached' })));
      return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
    };
    await world.query('INSERT INTO resource_counts VALUES ($1, $2, 70)', [eager.userId, resource.kind]);
    const ids = await attempts(50);
    expect(ids).toHaveLength(30);
    await expect(create(eager)).rejects.toThrow(`The limit "${resource.kind}" is reached: 100 at most.`);
    // The same one twice: counted once.
    const deleted = [ids[0], ids[0], ids[1], ids[2]].map((id) => world.send(resource.delete, { id: id ?? '' }, eager));
    expect((await Promise.allSettled(deleted)).filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await attempts(10)).toHaveLength(3);
    const [counted] = await world.query<{ used: number }>(
      'SELECT used FROM resource_counts WHERE user_id = $1 AND kind = $2',
      [eager.userId, resource.kind],
    );
    expect(counted).toEqual({ used: 100 });
    expect(await create({ ...eager, tier: 'pro' })).toMatchObject({ version: 1 });
  });

  it('are reached by admins as their owner, and every such request is audited', async () => {
    const [owner, admin] = [caller(), caller({ role: 'admin', tier: 'pro' })];
    const of = { owner: ownerOf(owner) };
    const created = await world.send(resource.create, { ...of, fields: draft }, admin);
    expect(await world.send(resource.get, { id: created.id }, owner)).toEqual(created);
    expect(await world.send(resource.get, { ...of, id: created.id }, admin)).toEqual(created);
    expect((await world.send(resource.list, of, admin)).items).toEqual([created]);
    await world.send(resource.update, { ...of, id: created.id, fields: change }, admin);
    await expect(world.send(resource.update, { ...of, id: unknown, fields: change }, admin)).rejects.toEqual(gone);
    await world.send(resource.delete, { ...of, id: created.id }, admin);
    await expect(world.send(resource.get, { ...of, id: created.id }, caller())).rejects.toMatchObject({
      reason: 'forbidden',
    });
    const { items: entries } = await world.send(listDataAudit, { userId: owner.userId }, admin);
    expect(entries.map(({ action, subject, reason }) => [action, subject, reason]).reverse()).toEqual([
      ['data.create', resource.kind, null],
      ['data.read', `${resource.kind}/${created.id}`, null],
      ['data.list', resource.kind, null],
      ['data.update', `${resource.kind}/${created.id}`, null],
      ['data.update', `${resource.kind}/${unknown}`, 'not_found'],
      ['data.delete', `${resource.kind}/${created.id}`, null],
    ]);
  });

  it('are audited once for each request of an admin, also when the gateway sends it several times', async () => {
    const [owner, admin] = [caller(), caller({ role: 'admin' })];
    const of = { owner: ownerOf(owner) };
    const { id } = await world.send(resource.create, { ...of, fields: draft }, admin);
    const requestId = randomUUID();
    const list = () => world.send(resource.list, of, admin, requestId);
    await Promise.all([list(), list()]);
    await list();
    await world.send(resource.list, of, admin);
    const missingId = randomUUID();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const missing = world.send(resource.get, { ...of, id: unknown }, admin, missingId);
      await expect(missing).rejects.toEqual(gone);
    }
    await world.send(resource.get, { ...of, id }, admin);
    const { items: entries } = await world.send(listDataAudit, { userId: owner.userId }, admin);
    expect(entries.map(({ action, reason }) => [action, reason]).reverse()).toEqual([
      ['data.create', null],
      ['data.list', null],
      ['data.list', null],
      ['data.read', 'not_found'],
      ['data.read', null],
    ]);
  });

  it('are created once for each idempotency key, also at the limit and under concurrent repetitions', async () => {
    const owner = caller();
    await world.query('INSERT INTO resource_counts VALUES ($1, $2, 99)', [owner.userId, resource.kind]);
    const idempotency = { key: randomUUID(), path: `POST /api/${resource.kind}` };
    const repeat = () => world.send(resource.create, { fields: draft, idempotency }, owner);
    const settled = await Promise.allSettled(Array.from({ length: 6 }, repeat));
    const inProgress = expect.objectContaining({ reason: 'idempotency_in_progress' });
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toEqual(refused.map(() => inProgress));
    const created = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
    expect(new Set(created).size).toBe(1);
    expect(await repeat()).toMatchObject({ id: created[0], replayed: true });
    await expect(world.send(resource.create, { fields: { ...draft, ...change }, idempotency }, owner)).rejects.toEqual(
      expect.objectContaining({ reason: 'idempotency_key_reused' }),
    );
    await expect(create(owner)).rejects.toMatchObject({ reason: 'limit_reached' });
    expect((await world.send(resource.list, {}, owner)).items).toHaveLength(1);
  });

  it('are limited by the tier of the owner for whom an admin acts', async () => {
    const [owner, admin] = [caller(), caller({ role: 'admin', tier: 'enterprise' })];
    await world.query('INSERT INTO resource_counts VALUES ($1, $2, 100)', [owner.userId, resource.kind]);
    const asking = world.send(resource.create, { owner: ownerOf(owner), fields: draft }, admin);
    await expect(asking).rejects.toMatchObject({ reason: 'limit_reached' });
  });

  it('are limited by what an admin has set for the owner, below and above the tier', async () => {
    const [owner, admin] = [caller(), caller({ role: 'admin' })];
    const limit = async (most: number) => {
      const given = { owner: ownerOf(owner), kind: resource.kind, limit: most, reason: 'contract' };
      await world.send(setLimit, given, admin);
    };
    const refused = (most: number) => ({
      reason: 'limit_reached',
      message: expect.stringContaining(`${most} at most`),
    });
    await limit(0);
    await expect(create(owner)).rejects.toMatchObject(refused(0));
    await limit(1);
    await create(owner);
    await expect(create(owner)).rejects.toMatchObject(refused(1));
    await world.query('UPDATE resource_counts SET used = 100 WHERE user_id = $1', [owner.userId]);
    await limit(101);
    await create(owner);
    await expect(create(owner)).rejects.toMatchObject(refused(101));
    const { items: limits } = await world.send(inspectQuotas, { owner: ownerOf(owner) }, admin);
    expect(limits.find(({ kind }) => kind === resource.kind)).toMatchObject({ limit: 101, used: 101, remaining: 0 });
    await world.send(removeLimit, { owner: ownerOf(owner), kind: resource.kind }, admin);
    await expect(create(owner)).rejects.toMatchObject(refused(100));
  });
});

describe('a list', () => {
  /** Reads all pages. `between` runs after each. */
  async function readAll(
    resource: Resource,
    page: Record<string, unknown>,
    principal: Principal,
    between: () => Promise<unknown> = async () => undefined,
  ): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { items: found, nextCursor } = await world.send(resource.list, { ...page, cursor }, principal);
      rows.push(...(found as unknown as Record<string, unknown>[]));
      cursor = nextCursor;
      await between();
    }
    return rows;
  }

  const names = ['Zoë', 'apple', 'Éclair', 'zoe', 'Apple', '', 'ÄPFEL', '!', '苹果', '😀'].map((name) => `${name} 1`);
  const reader = caller();
  let written: Record<string, unknown>[];

  beforeAll(async () => {
    written = [];
    for (const title of names) {
      written.push(await world.send(items.create, { fields: { title } }, reader));
    }
    for (const { id } of [...written].reverse()) {
      const fields = { description: 'changed' };
      const changed = await world.send(items.update, { id: String(id), fields }, reader);
      written = written.map((row) => (row.id === id ? (changed as unknown as typeof row) : row));
    }
  });

  it.each(['createdAt', 'updatedAt', 'title'])(
    'is sorted by %s in both directions, over pages of any size',
    async (field) => {
      const keyOf = (row: Record<string, unknown>) => {
        const value = String(row[field]);
        return Buffer.from(field === 'title' ? nameKey(value) : value);
      };
      const ascending = [...written].sort(
        (one, other) => Buffer.compare(keyOf(one), keyOf(other)) || (String(one.id) < String(other.id) ? -1 : 1),
      );
      for (const limit of [1, 3, 10, 200]) {
        expect(await readAll(items, { sort: field, limit }, reader)).toEqual(ascending);
        expect(await readAll(items, { sort: `-${field}`, limit }, reader)).toEqual([...ascending].reverse());
      }
    },
  );

  it('begins with the newest, unless it asks for changes since a moment', async () => {
    const [newest] = (await world.send(items.list, { limit: 1 }, reader)).items;
    expect(newest?.id).toBe(written.at(-1)?.id);
    const since = String(written[3]?.updatedAt);
    const changed = await readAll(items, { updatedSince: since, limit: 2 }, reader);
    const expected = written.filter(({ updatedAt }) => String(updatedAt) >= since).map(({ id }) => id);
    expect(changed.map(({ id }) => id).sort()).toEqual(expected.sort());
    const times = changed.map(({ updatedAt }) => String(updatedAt));
    expect(times).toEqual([...times].sort());
  });

  it('neither repeats nor skips a row while others are created and deleted', async () => {
    const busy = caller({ tier: 'pro' });
    const add = (title: string) => world.send(items.create, { fields: { title } }, busy);
    const first = [];
    for (let n = 0; n < 24; n++) first.push(await add(`m ${n}`));
    const kept = first.filter((_, n) => n % 4 !== 0).map(({ id }) => id);
    const doomed = first.filter((_, n) => n % 4 === 0).map(({ id }) => id);
    for (const sort of ['createdAt', '-createdAt', 'title', '-title']) {
      const seen = await readAll(items, { sort, limit: 5 }, busy, async () => {
        await Promise.all([add('a'), add('z'), add('m 1')]);
        const id = doomed.pop();
        if (id !== undefined) await world.send(items.delete, { id }, busy);
      });
      const ids = seen.map(({ id }) => String(id));
      expect(new Set(ids).size).toBe(ids.length);
      expect(kept.filter((id) => !ids.includes(id))).toEqual([]);
    }
  });

  it('rejects a forged cursor, and one of another user, kind, filter or sort order', async () => {
    const page = { limit: 1, sort: 'title' } as const;
    const cursor = (await world.send(items.list, page, reader)).nextCursor ?? '';
    expect((await world.send(items.list, { ...page, limit: 3, cursor }, reader)).items).toHaveLength(3);
    const forged = `${cursor.slice(0, 20)}${cursor[20] === 'A' ? 'B' : 'A'}${cursor.slice(21)}`;
    const misuses = [
      world.send(items.list, { ...page, sort: '-title', cursor }, reader),
      world.send(items.list, { ...page, sort: 'createdAt', cursor }, reader),
      world.send(items.list, { sort: 'updatedAt', updatedSince: '2026-01-01T00:00:00Z', cursor }, reader),
      world.send(items.list, { ...page, cursor }, caller()),
      world.send(items.list, { ...page, cursor: forged }, reader),
      world.send(templates.list, { limit: 1, sort: 'name', cursor }, reader),
    ];
    for (const misuse of misuses) {
      await expect(misuse).rejects.toMatchObject({
        reason: 'invalid_request',
        fields: [{ field: 'cursor', message: expect.stringMatching(/^is not a cursor of this list/) }],
      });
    }
    const admin = caller({ role: 'admin' });
    const asOwner = await world.send(items.list, { ...page, cursor, owner: ownerOf(reader) }, admin);
    expect(asOwner.items).toHaveLength(1);
  });

  it('ends a page of large texts early, and continues after it', async () => {
    const writer = caller();
    // The most that JSON can make of a body: six bytes for each character.
    const body = '\u0001'.repeat(10_000);
    for (let n = 0; n < 40; n++) await world.send(templates.create, { fields: { name: `${n}`, body } }, writer);
    const page = await world.send(templates.list, { limit: 200 }, writer);
    expect([page.items.length, page.nextCursor]).toEqual([27, expect.any(String)]);
    expect(await readAll(templates, { limit: 200 }, writer)).toHaveLength(40);
    for (let n = 0; n < 40; n++)
      await world.send(items.create, { fields: { title: `${n}`, description: body } }, writer);
    const listed = await world.send(items.list, { limit: 200 }, writer);
    expect([listed.items.length, listed.nextCursor]).toEqual([27, expect.any(String)]);
    expect(await readAll(items, { limit: 200 }, writer)).toHaveLength(40);
  });

  it('is filtered by status, language and visibility', async () => {
    const writer = caller();
    for (const status of ['active', 'paused', 'active'] as const) {
      await world.send(assistantSessions.create, { fields: { name: 'a', status } }, writer);
    }
    const active = await readAll(assistantSessions, { status: 'active', limit: 1, sort: 'name' }, writer);
    expect(active.map(({ status }) => status)).toEqual(['active', 'active']);
    for (const language of ['en', null, 'de']) {
      await world.send(templates.create, { fields: { name: 'a', body: 'b', language } }, writer);
    }
    const english = await readAll(templates, { language: 'en' }, writer);
    expect(english.map(({ language }) => language)).toEqual(['en']);
  });
});

describe('a public template', () => {
  it('is shown and listed to every user without its owner, and only its owner changes it', async () => {
    const [owner, other] = [caller(), caller()];
    const fields = { name: 'Shared', body: 'b', language: 'tlh', isPublic: true };
    const shared = await world.send(templates.create, { fields }, owner);
    await world.send(templates.create, { fields: { ...fields, isPublic: false } }, owner);
    expect(shared.isOwn).toBe(true);
    const shown = { ...shared, isOwn: false };
    expect(await world.send(templates.get, { id: shared.id }, other)).toEqual(shown);
    for (const sort of ['-createdAt', 'updatedAt', 'name'] as const) {
      const page = await world.send(templates.list, { visibility: 'public', language: 'tlh', sort }, other);
      expect(page).toEqual({ items: [shown], nextCursor: null });
    }
    expect(JSON.stringify(shown)).not.toContain(owner.userId);
    expect((await world.send(templates.list, {}, other)).items).toEqual([]);
    for (const request of [
      world.send(templates.update, { id: shared.id, fields: { name: 'x' } }, other),
      world.send(templates.update, { id: shared.id, fields: {}, ifMatch: [1] }, other),
      world.send(templates.delete, { id: shared.id }, other),
    ]) {
      await expect(request).rejects.toEqual(gone);
    }
    await world.send(templates.update, { id: shared.id, fields: { isPublic: false } }, owner);
    await expect(world.send(templates.get, { id: shared.id }, other)).rejects.toEqual(gone);
  });
});

it('a request without an authenticated caller is refused', async () => {
  await expect(world.send(items.list, {}, null)).rejects.toMatchObject({ reason: 'unauthenticated' });
  await expect(world.send(items.create, { fields: { title: randomUUID() } }, null)).rejects.toMatchObject({
    reason: 'unauthenticated',
  });
});
