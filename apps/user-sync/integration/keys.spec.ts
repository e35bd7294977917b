import { randomUUID } from 'node:crypto';
import { apiKeyHash, parseApiKey } from '@gatehouse/auth';
import {
  type Principal,
  createKey,
  deactivateUser,
  listAudit,
  listKeys,
  resolveKey,
  revokeKey,
  rotateKey,
  spendConsoleCode,
  touchKeys,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { Client } from 'pg';
import { T0, deletion, userEvent } from './clerk-events';
import { type Member, admin, keyOf, member, nobody, patiently, refusal } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot();
  boss = await admin(world);
});

afterAll(() => world.dispose());

const look = async (key: string) => (await world.gateway.send(resolveKey, { hash: apiKeyHash(key) }, nobody())).key;

describe('a new key', () => {
  it('is well-formed, returned once, and stored only as its hash', async () => {
    const ada = await member(world);
    const made = await keyOf(world, ada, { name: ' CI ', scopes: ['profile:read', 'profile:read'], rateLimit: 30 });
    expect(parseApiKey(made.key)).toEqual({ environment: 'dev', prefix: made.prefix });
    expect(made).toMatchObject({ name: 'CI', scopes: ['profile:read'], state: 'active', rateLimit: 30 });
    expect(made.userId).toBe(ada.principal.userId);
    const rows = await world.query('SELECT * FROM api_keys WHERE id = $1', [made.id]);
    expect(rows).toMatchObject([{ hash: apiKeyHash(made.key) }]);
    const everything = await world.query<{ text: string }>(
      `SELECT (SELECT json_agg(k)::text FROM api_keys k) || (SELECT json_agg(a)::text FROM audit_log a) AS text`,
    );
    expect(everything[0]?.text).toContain(made.id);
    expect(everything[0]?.text).not.toContain(made.key);
    expect(await world.gateway.send(listKeys, {}, ada.context)).toEqual({
      items: [expect.not.objectContaining({ key: expect.anything() })],
      nextCursor: null,
    });
  });

  it('resolves to its user and its scopes until it expires', async () => {
    const ada = await member(world);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await keyOf(world, ada, { expiresAt });
    expect(await look(made.key)).toEqual({
      keyId: made.id,
      userId: ada.principal.userId,
      clerkUserId: ada.user.id,
      role: 'user',
      tier: 'free',
      isActive: true,
      scopes: ['profile:read'],
      state: 'active',
      expiresAt: Date.parse(expiresAt),
      rateLimit: null,
    });
    await world.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [made.id]);
    expect(await look(made.key)).toMatchObject({ state: 'expired' });
    await expect(world.gateway.send(rotateKey, { id: made.id }, ada.context)).rejects.toEqual(refusal('conflict'));
  });

  it('expires at the requested time in any time zone', async () => {
    const ada = await member(world);
    const { expiresAt } = await keyOf(world, ada, { expiresAt: '2097-01-01T05:30:00.25+05:30' });
    expect(expiresAt).toBe('2097-01-01T00:00:00.250Z');
  });

  it.each([
    ['no name', { name: ' ' }],
    ['a name that cannot be stored', { name: 'a\u0000' }],
    ['no scopes', { scopes: [] }],
    ['an end whose offset no place has', { expiresAt: '2097-01-01T00:00:00+16:00' }],
    ['a scope that is none', { scopes: ['profile'] }],
    ['a scope in upper case', { scopes: ['Profile:read'] }],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['a limit of nothing', { rateLimit: 0 }],
    ['a field that nobody knows', { role: 'admin' }],
  ])('is rejected with %s', async (_, draft) => {
    const ada = await member(world);
    await expect(keyOf(world, ada, draft as object)).rejects.toEqual(refusal('invalid_request'));
  });

  it('cannot be created by an API key, without a caller, or by an inactive user', async () => {
    const ada = await member(world);
    const { id } = await keyOf(world, ada);
    const principal: Principal = { ...ada.principal, method: 'api_key', sessionId: null, keyId: id };
    const byKey = { principal, requestId: randomUUID() };
    const draft = { name: 'x', scopes: ['*:*'] };
    await expect(world.gateway.send(createKey, draft, byKey)).rejects.toEqual(refusal('forbidden'));
    await expect(world.gateway.send(rotateKey, { id }, byKey)).rejects.toEqual(refusal('forbidden'));
    await expect(world.gateway.send(createKey, draft, nobody())).rejects.toEqual(refusal('unauthenticated'));
    await world.gateway.send(deactivateUser, { userId: ada.principal.userId }, boss.context);
    await expect(keyOf(world, ada)).rejects.toEqual(refusal('forbidden'));
  });

  it('is refused beyond 50 keys of one user, even when requested concurrently', async () => {
    const ada = await member(world);
    // On a busy machine, some wait for a connection for more than 5 s: they are refused without an effect.
    const create = () => patiently(() => keyOf(world, ada));
    const results = await Promise.allSettled(Array.from({ length: 60 }, create));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(results.length - refused.length).toBe(50);
    for (const result of refused) expect(result).toMatchObject({ reason: { reason: 'limit_reached' } });
  });
});

describe('revoking a key', () => {
  it('ends the key, once', async () => {
    const ada = await member(world);
    const { id, key } = await keyOf(world, ada);
    const first = await world.gateway.send(revokeKey, { id }, ada.context);
    expect(first).toMatchObject({ key: { state: 'revoked' }, propagation: { gateways: 0, acknowledged: 0 } });
    expect(await look(key)).toMatchObject({ state: 'revoked' });
    expect(await world.gateway.send(revokeKey, { id }, ada.context)).toMatchObject({ propagation: null });
  });

  it('is allowed only to the user of the key and to admins', async () => {
    const [ada, eve] = [await member(world), await member(world)];
    const { id, key } = await keyOf(world, ada);
    for (const request of [revokeKey, rotateKey]) {
      await expect(world.gateway.send(request, { id }, eve.context)).rejects.toEqual(refusal('not_found'));
    }
    await expect(world.gateway.send(rotateKey, { id }, boss.context)).rejects.toEqual(refusal('not_found'));
    await expect(world.gateway.send(revokeKey, { id: randomUUID() }, ada.context)).rejects.toEqual(
      refusal('not_found'),
    );
    expect(await look(key)).toMatchObject({ state: 'active' });
    // An admin by the envelope, but no longer in the database.
    const risen = { ...eve.context, principal: { ...eve.principal, role: 'admin' as const } };
    await expect(world.gateway.send(revokeKey, { id }, risen)).rejects.toEqual(refusal('not_found'));
    expect(await world.gateway.send(revokeKey, { id }, boss.context)).toMatchObject({ key: { state: 'revoked' } });
    const { items } = await world.gateway.send(listAudit, { userId: ada.principal.userId }, boss.context);
    expect(
      items.map(({ action, actorUserId, credentialId, requestId }) => [action, actorUserId, credentialId, requestId]),
    ).toEqual([
      ['key.revoke', boss.principal.userId, boss.principal.sessionId, boss.context.requestId],
      ['key.create', ada.principal.userId, ada.principal.sessionId, ada.context.requestId],
    ]);
  });

  it('happens when the user is deleted', async () => {
    const ada = await member(world);
    const { key } = await keyOf(world, ada);
    await world.deliver(deletion(ada.user.id));
    expect(await look(key)).toMatchObject({ state: 'revoked', isActive: false });
  });
});

describe('rotating a key', () => {
  it('replaces the key by one with the same rights and ends it at once', async () => {
    const ada = await member(world);
    const life = 3_600_000;
    const made = await keyOf(world, ada, { rateLimit: 5, expiresAt: new Date(Date.now() + life).toISOString() });
    const lifetime = Date.parse(made.expiresAt ?? '') - Date.parse(made.createdAt);
    const from = Date.now();
    const { key, old } = await world.gateway.send(rotateKey, { id: made.id }, ada.context);
    const to = Date.now();
    expect(old).toMatchObject({ id: made.id, state: 'revoked', replacedBy: key.id });
    expect(key).toMatchObject({ name: made.name, scopes: made.scopes, rateLimit: 5, state: 'active' });
    expect(Date.parse(key.expiresAt ?? '')).toBeGreaterThanOrEqual(from + lifetime);
    expect(Date.parse(key.expiresAt ?? '')).toBeLessThanOrEqual(to + lifetime);
    expect(await look(made.key)).toMatchObject({ state: 'revoked' });
    expect(await look(key.key)).toMatchObject({ state: 'active', keyId: key.id });
    await expect(world.gateway.send(rotateKey, { id: made.id }, ada.context)).rejects.toEqual(refusal('conflict'));
  });

  it('keeps the old key valid until its grace period ends', async () => {
    const ada = await member(world);
    const made = await keyOf(world, ada);
    const { key } = await world.gateway.send(rotateKey, { id: made.id, graceHours: 1 }, ada.context);
    expect(await look(made.key)).toMatchObject({ state: 'rotated', expiresAt: expect.any(Number) });
    expect(await look(key.key)).toMatchObject({ state: 'active' });
    await world.query('UPDATE api_keys SET grace_ends_at = now() WHERE id = $1', [made.id]);
    expect(await look(made.key)).toMatchObject({ state: 'expired' });
    await expect(world.gateway.send(rotateKey, { id: key.id, graceHours: 25 }, ada.context)).rejects.toEqual(
      refusal('invalid_request'),
    );
  });

  it('does not let the successor of a key expire later than the latest possible expiry', async () => {
    const ada = await member(world);
    const expiresAt = '9999-12-31T23:59:59.999Z';
    const made = await keyOf(world, ada, { expiresAt });
    await world.query(`UPDATE api_keys SET created_at = created_at - interval '1 day' WHERE id = $1`, [made.id]);
    const { key } = await world.gateway.send(rotateKey, { id: made.id }, ada.context);
    expect(key).toMatchObject({ state: 'active', expiresAt });
    expect(await look(key.key)).toMatchObject({ state: 'active', expiresAt: Date.parse(expiresAt) });
    expect((await world.gateway.send(listKeys, {}, ada.context)).items).toHaveLength(2);
  });

  it('keeps scopes that only the gate policy of a gateway knows', async () => {
    const ada = await member(world);
    const made = await keyOf(world, ada, { scopes: ['orders:read', 'shop:*'] });
    const { key } = await world.gateway.send(rotateKey, { id: made.id }, ada.context);
    expect(await look(key.key)).toMatchObject({ state: 'active', scopes: ['orders:read', 'shop:*'] });
  });

  it('is a conflict for a key that was already rotated, and names its successor', async () => {
    const ada = await member(world);
    const { id } = await keyOf(world, ada);
    const { key } = await world.gateway.send(rotateKey, { id, graceHours: 1 }, ada.context);
    await expect(world.gateway.send(rotateKey, { id }, ada.context)).rejects.toMatchObject({
      reason: 'conflict',
      message: expect.stringContaining(key.id),
    });
  });

  it('works for a user with the maximum number of keys, but not with a grace period', async () => {
    const ada = await member(world);
    const made = await keyOf(world, ada);
    for (let count = 1; count < 50; count += 1) await keyOf(world, ada);
    const { id } = made;
    await expect(world.gateway.send(rotateKey, { id, graceHours: 1 }, ada.context)).rejects.toEqual(
      refusal('limit_reached'),
    );
    expect(await look(made.key)).toMatchObject({ state: 'active', expiresAt: null });
    const { key, old } = await world.gateway.send(rotateKey, { id }, ada.context);
    expect([key.state, old.state]).toEqual(['active', 'revoked']);
    await expect(keyOf(world, ada)).rejects.toEqual(refusal('limit_reached'));
  });

  it('creates one successor when two calls rotate the same key', async () => {
    const ada = await member(world);
    const { id } = await keyOf(world, ada);
    const rotate = () => world.gateway.send(rotateKey, { id, graceHours: 1 }, ada.context);
    const results = await Promise.allSettled([rotate(), rotate()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await world.gateway.send(listKeys, {}, ada.context)).items).toHaveLength(2);
  });
});

describe('a line of keys, each rotated with a grace period,', () => {
  /** Three keys; the first two were replaced, and are valid until their grace period ends. */
  async function line() {
    const ada = await member(world);
    const first = await keyOf(world, ada);
    const { key: second } = await world.gateway.send(rotateKey, { id: first.id, graceHours: 2 }, ada.context);
    const rotated = await world.gateway.send(rotateKey, { id: second.id, graceHours: 1 }, ada.context);
    return { ada, first, second, third: rotated.key, rotated };
  }
  const statesOf = async (keys: readonly { readonly key: string }[]) =>
    Promise.all(keys.map(async ({ key }) => (await look(key))?.state));
  const valid = ({ id, prefix }: { id: string; prefix: string }) => ({ id, prefix, until: expect.any(String) });

  it('stays valid when only the last key is revoked, and the reply says so', async () => {
    const { ada, first, second, third, rotated } = await line();
    expect(rotated.stillValid).toEqual([valid(second), valid(first)]);
    const { key, stillValid } = await world.gateway.send(revokeKey, { id: third.id }, ada.context);
    expect(key).toMatchObject({ id: third.id, state: 'revoked' });
    expect(stillValid).toEqual([valid(second), valid(first)]);
    expect(await statesOf([first, second, third])).toEqual(['rotated', 'rotated', 'revoked']);
  });

  it('ends when the last key is revoked with its predecessors, even in a second call', async () => {
    for (const calls of [[true], [false, true]]) {
      const { ada, first, second, third } = await line();
      const answers = [];
      for (const predecessors of calls) {
        answers.push(await world.gateway.send(revokeKey, { id: third.id, predecessors }, ada.context));
      }
      expect(answers.at(-1)).toMatchObject({ key: { state: 'revoked' }, stillValid: [], propagation: { gateways: 0 } });
      expect(await statesOf([first, second, third])).toEqual(['revoked', 'revoked', 'revoked']);
      const { items } = await world.gateway.send(listAudit, { userId: ada.principal.userId }, boss.context);
      const revoked = items.filter(({ action }) => action === 'key.revoke').map(({ subject }) => subject);
      expect(revoked.sort()).toEqual([first.id, second.id, third.id].sort());
    }
  });

  it('ends when an admin revokes it, and only up to the middle key when that is revoked with its predecessors', async () => {
    const one = await line();
    const byAdmin = { id: one.third.id, predecessors: true };
    await world.gateway.send(revokeKey, byAdmin, boss.context);
    expect(await statesOf([one.first, one.second, one.third])).toEqual(['revoked', 'revoked', 'revoked']);
    const { ada, first, second, third } = await line();
    const middle = await world.gateway.send(revokeKey, { id: second.id, predecessors: true }, ada.context);
    expect(middle.stillValid).toEqual([{ id: third.id, prefix: third.prefix, until: null }]);
    expect(await statesOf([first, second, third])).toEqual(['revoked', 'revoked', 'active']);
  });

  it('ends except for the new key when the last one is rotated with its predecessors', async () => {
    const { ada, first, second, third } = await line();
    const rotation = { id: third.id, graceHours: 0, predecessors: true };
    const { key, stillValid } = await world.gateway.send(rotateKey, rotation, ada.context);
    expect(stillValid).toEqual([]);
    expect(await statesOf([first, second, third, key])).toEqual(['revoked', 'revoked', 'revoked', 'active']);
  });

  it('includes keys before one that has ended', async () => {
    const { ada, first, second, third } = await line();
    await world.gateway.send(revokeKey, { id: second.id }, ada.context);
    const { stillValid } = await world.gateway.send(revokeKey, { id: third.id }, ada.context);
    expect(stillValid).toEqual([valid(first)]);
  });

  it('ends when several calls revoke it concurrently', async () => {
    const { ada, first, second, third } = await line();
    const calls = [third, second, first, third, second].map(({ id }) =>
      world.gateway.send(revokeKey, { id, predecessors: true }, ada.context),
    );
    await Promise.all(calls);
    expect(await statesOf([first, second, third])).toEqual(['revoked', 'revoked', 'revoked']);
  });
});

it('revoking a key during its rotation returns the successor, which is still valid', async () => {
  const ada = await member(world);
  const [old, next] = [await keyOf(world, ada), await keyOf(world, ada)];
  const rotation = new Client({ connectionString: world.database.adminUrl });
  await rotation.connect();
  try {
    await rotation.query('BEGIN');
    await rotation.query('UPDATE api_keys SET replaced_by = $2 WHERE id = $1', [old.id, next.id]);
    const revoked = world.gateway.send(revokeKey, { id: old.id }, ada.context);
    revoked.catch(() => undefined);
    await eventually(async () => (await world.lockWaits()) > 0);
    await rotation.query('COMMIT');
    expect((await revoked).stillValid).toEqual([{ id: next.id, prefix: next.prefix, until: null }]);
  } finally {
    await rotation.end();
  }
});

describe('listing keys', () => {
  it('returns the keys of the caller page by page, and those of other users only to admins', async () => {
    const [ada, eve] = [await member(world), await member(world)];
    for (let index = 0; index < 5; index += 1) await keyOf(world, ada, { name: String(index) });
    const names: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await world.gateway.send(listKeys, { limit: 2, ...(cursor && { cursor }) }, ada.context);
      names.push(...page.items.map(({ name }) => name));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(names).toEqual(['4', '3', '2', '1', '0']);
    const { userId } = ada.principal;
    for (const filter of [{ userId }, { all: true }]) {
      await expect(world.gateway.send(listKeys, filter, eve.context)).rejects.toEqual(refusal('forbidden'));
    }
    expect((await world.gateway.send(listKeys, { userId }, boss.context)).items).toHaveLength(5);
    const all = await world.gateway.send(listKeys, { all: true, limit: 200 }, boss.context);
    expect(all.items.length).toBeGreaterThan(5);
  });
});

describe('resolving a key', () => {
  it('finds nothing for an unknown key, and returns the number of the last trust change', async () => {
    const reply = await world.gateway.send(resolveKey, { hash: apiKeyHash('sk_dev_x') }, nobody());
    expect(reply).toEqual({ change: expect.any(Number), key: null });
    await expect(world.gateway.send(resolveKey, { hash: 'sk_dev_x' }, nobody())).rejects.toEqual(
      refusal('invalid_request'),
    );
  });

  it('finds the user of each of many keys that are looked up at the same time', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { key, id, userId } = await keyOf(world, await member(world));
        return { key, found: { keyId: id, userId } };
      }),
    );
    const asked = Array.from({ length: 250 }, (_, n) => made[n % 13] ?? { key: `sk_dev_unknown${n}`, found: null });
    const found = await Promise.all(asked.map(({ key }) => look(key)));
    expect(found).toEqual(asked.map(({ found: one }) => (one === null ? null : expect.objectContaining(one))));
  });

  it('never returns the number of a revocation that it does not show, with many lookups at the same time', async () => {
    const ada = await member(world);
    const made = await Promise.all(Array.from({ length: 5 }, () => keyOf(world, ada)));
    const answers = new Map(made.map(({ id }) => [id, [] as { change: number; state: string | undefined }[]]));
    let revoking = true;
    const lookers = made.flatMap(({ id, key }) =>
      Array.from({ length: 6 }, async () => {
        do {
          const reply = await patiently(() => world.gateway.send(resolveKey, { hash: apiKeyHash(key) }, nobody()));
          answers.get(id)?.push({ change: reply.change, state: reply.key?.state });
        } while (revoking);
      }),
    );
    // The lookups run before, during and after the revocations.
    const everyKeyWasSeen = (state: string) =>
      eventually(() => [...answers.values()].every((seen) => seen.some((answer) => answer.state === state)));
    try {
      await everyKeyWasSeen('active');
      for (const { id } of made) await world.gateway.send(revokeKey, { id }, ada.context);
      await everyKeyWasSeen('revoked');
    } finally {
      revoking = false;
      await Promise.all(lookers);
    }
    for (const { id, key } of made) {
      const [{ number } = { number: NaN }] = await world.query<{ number: string }>(
        'SELECT number FROM changes WHERE key_id = $1',
        [id],
      );
      const expected = answers
        .get(id)
        ?.map(({ change }) => ({ change, state: change >= Number(number) ? 'revoked' : 'active' }));
      expect(answers.get(id)).toEqual(expected);
      expect(await look(key)).toMatchObject({ state: 'revoked' });
    }
  });

  it('shows when the user is not active', async () => {
    const ada = await member(world);
    const { key } = await keyOf(world, ada);
    await world.gateway.send(deactivateUser, { userId: ada.principal.userId }, boss.context);
    expect(await look(key)).toMatchObject({ state: 'active', isActive: false });
  });

  it('shows a deprovisioned user as not active, and a locked user as active', async () => {
    const ada = await member(world);
    const { key } = await keyOf(world, ada);
    const at = (ms: number, changes: object) =>
      userEvent('user.updated', { ...ada.user, updated_at: T0 + ms, ...changes });
    await world.deliver(at(1, { deprovisioned: true }));
    expect(await look(key)).toMatchObject({ state: 'active', isActive: false });
    await world.deliver(at(2, { locked: true, lockout_expires_in_seconds: 3_600 }));
    expect(await look(key)).toMatchObject({ state: 'active', isActive: true });
  });

  it('stores the latest reported use in any order, and none from the future', async () => {
    const ada = await member(world);
    const [used, future] = [await keyOf(world, ada), await keyOf(world, ada)];
    const at = Date.now() - 60_000;
    const uses = [at - 5_000, at, at - 9_000].map((time) => ({ keyId: used.id, at: time }));
    await world.gateway.send(touchKeys, { uses }, nobody());
    await world.gateway.send(
      touchKeys,
      {
        uses: [
          { keyId: used.id, at: at - 20_000 },
          { keyId: future.id, at: Date.now() + 9e9 },
          { keyId: randomUUID(), at },
        ],
      },
      nobody(),
    );
    const { items } = await world.gateway.send(listKeys, {}, ada.context);
    const lastUse = new Map(items.map(({ id, lastUsedAt }) => [id, Date.parse(lastUsedAt ?? '')]));
    expect(lastUse.get(used.id)).toBe(at);
    expect(lastUse.get(future.id)).toBeLessThanOrEqual(Date.now() + 1_000);
  });
});

describe('the code of a console link', () => {
  it('is spent once, however many gateways send it at the same time, and each attempt is audited', async () => {
    const code = { id: randomUUID(), expiresAt: Date.now() + 60_000 };
    const sent = await Promise.allSettled(
      [1, 2, 3].map(() => world.gateway.send(spendConsoleCode, code, boss.context)),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const attempt of sent)
      if (attempt.status === 'rejected') expect(attempt.reason).toEqual(refusal('token_used'));
    const { items } = await world.gateway.send(listAudit, { action: 'console.sign_in' }, boss.context);
    const outcomes = items.filter(({ subject }) => subject === code.id).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(['done', 'refused', 'refused']);
  });

  it('is of no use to a user who is not an admin', async () => {
    const [ada, code] = [await member(world), { id: randomUUID(), expiresAt: Date.now() + 60_000 }];
    await expect(world.gateway.send(spendConsoleCode, code, ada.context)).rejects.toEqual(refusal('forbidden'));
    await world.gateway.send(spendConsoleCode, code, boss.context);
  });
});
