import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { apiKeyHash } from '@gatehouse/auth';
import {
  type ReplyOf,
  createKey,
  deactivateUser,
  listAudit,
  listKeys,
  resolveKey,
  revokeKey,
} from '@gatehouse/contracts';
import { type RequestContext } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { Pruner } from '../src/retention/pruner';
import { deletion } from './clerk-events';
import { type Member, admin, member, newSessionId, nobody, principalOf, refusal } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;
let logged = '';

const first = 'first-secret-of-these-tests-long-enough';
const second = 'second-secret-of-these-tests-long-enough';

async function boot(secrets: string | undefined): Promise<void> {
  await world.closeApps();
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString();
      done();
    },
  });
  const log = createLogger({ service: 'user-sync', level: 'trace' }, sink);
  await world.boot({ IDEMPOTENCY_SECRET: secrets ?? '' }, {}, log);
}

beforeAll(async () => {
  world = await SyncWorld.start();
  await boot(first);
  boss = await admin(world);
});

afterAll(() => world.dispose());

type Draft = { name?: string; scopes?: string[]; expiresAt?: string };

const path = 'POST /api/keys';
const create = (context: RequestContext, key: string, draft: Draft = {}): Promise<ReplyOf<typeof createKey>> =>
  world.gateway.send(
    createKey,
    { name: 'ci', scopes: ['profile:read'], ...draft, idempotency: { key, path } },
    context,
  );
const countOf = async ({ context }: Member) => (await world.gateway.send(listKeys, {}, context)).items.length;
const age = ({ principal }: Member, interval: string) =>
  world.query(`UPDATE idempotency_keys SET created_at = created_at - $2::interval WHERE user_id = $1`, [
    principal.userId,
    interval,
  ]);
/** The same user in another session. */
const elsewhere = ({ principal }: Member): RequestContext => ({
  principal: principalOf(principal, newSessionId()),
  requestId: randomUUID(),
});

describe('creating an API key twice with one idempotency key', () => {
  it('creates one API key, and shows it again to the session that created it', async () => {
    const ada = await member(world);
    const made = await create(ada.context, 'k');
    expect(made.replayed).toBeUndefined();
    expect(await create(ada.context, 'k')).toEqual({ ...made, replayed: true });
    expect(await countOf(ada)).toBe(1);
    expect((await world.gateway.send(resolveKey, { hash: apiKeyHash(made.key) }, nobody())).key?.keyId).toBe(made.id);
    const { items } = await world.gateway.send(listAudit, { userId: ada.principal.userId }, boss.context);
    expect(items.filter(({ action }) => action === 'key.create').map(({ details }) => details)).toEqual([
      { name: 'ci', replayed: true },
      { name: 'ci' },
    ]);
  });

  it('creates one API key if both requests are sent at the same time', async () => {
    const ada = await member(world);
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => create(ada.context, 'k')));
    const shown = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.key] : []));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(new Set(shown).size).toBe(1);
    for (const reason of refused) expect(reason).toEqual(refusal('idempotency_in_progress'));
    expect(await countOf(ada)).toBe(1);
    expect(await create(ada.context, 'k')).toMatchObject({ replayed: true });
  });

  it('is rejected if the second request asks for something else', async () => {
    const ada = await member(world);
    await create(ada.context, 'k');
    await expect(create(ada.context, 'k', { name: 'other' })).rejects.toEqual(refusal('idempotency_key_reused'));
    expect(await countOf(ada)).toBe(1);
  });

  it('is possible after the first request was refused', async () => {
    const ada = await member(world);
    const past = { expiresAt: '2020-01-01T00:00:00Z' };
    await expect(create(ada.context, 'k', past)).rejects.toEqual(refusal('invalid_request'));
    expect((await create(ada.context, 'k')).replayed).toBeUndefined();
  });

  it('does not show the API key to another session of the user', async () => {
    const ada = await member(world);
    await create(ada.context, 'k');
    await expect(create(elsewhere(ada), 'k')).rejects.toEqual(refusal('idempotency_secret_gone'));
    expect(await countOf(ada)).toBe(1);
  });

  it('is not the same request as one of another user', async () => {
    const [ada, bob] = [await member(world), await member(world)];
    const made = await create(ada.context, 'k');
    expect((await create(bob.context, 'k')).id).not.toBe(made.id);
  });

  it('does not show the API key after 10 minutes, and the sealed key is then deleted', async () => {
    const ada = await member(world);
    await create(ada.context, 'k');
    await age(ada, '9 minutes 50 seconds');
    expect(await create(ada.context, 'k')).toMatchObject({ replayed: true });
    await age(ada, '10 seconds');
    await expect(create(ada.context, 'k')).rejects.toEqual(refusal('idempotency_secret_gone'));
    expect(await countOf(ada)).toBe(1);
    const sealed = () =>
      world.query('SELECT sealed IS NOT NULL AS kept FROM idempotency_keys WHERE user_id = $1', [ada.principal.userId]);
    expect(await sealed()).toEqual([{ kept: true }]);
    await world.apps[0]?.get(Pruner).prune();
    expect(await sealed()).toEqual([{ kept: false }]);
    await expect(create(ada.context, 'k')).rejects.toEqual(refusal('idempotency_secret_gone'));
    await age(ada, '24 hours');
    await world.apps[0]?.get(Pruner).prune();
    expect(await sealed()).toEqual([]);
  });

  it('does not show an API key that was revoked in between', async () => {
    const ada = await member(world);
    const { id } = await create(ada.context, 'k');
    await world.gateway.send(revokeKey, { id }, ada.context);
    await expect(create(ada.context, 'k')).rejects.toEqual(refusal('idempotency_secret_gone'));
    expect(await countOf(ada)).toBe(1);
  });

  it('is refused to a user who may not act any more', async () => {
    const ada = await member(world);
    await create(ada.context, 'k');
    await world.gateway.send(deactivateUser, { userId: ada.principal.userId }, boss.context);
    await expect(create(ada.context, 'k')).rejects.toEqual(refusal('forbidden'));
  });

  it('leaves no API key in the database or in the log, and nothing of a user who was deleted', async () => {
    const ada = await member(world);
    const { key } = await create(ada.context, 'k');
    await create(ada.context, 'k');
    const tables = ['api_keys', 'audit_log', 'idempotency_keys'];
    for (const table of tables) {
      const rows = await world.query<{ text: string }>(`SELECT json_agg(t)::text AS text FROM ${table} t`);
      expect(rows[0]?.text).toContain(ada.principal.userId);
      expect(rows[0]?.text).not.toContain(key);
      expect(rows[0]?.text).not.toContain(Buffer.from(key).toString('hex'));
    }
    expect(logged).not.toContain(key);
    await world.deliver(deletion(ada.user.id));
    expect(await world.query('SELECT FROM idempotency_keys WHERE user_id = $1', [ada.principal.userId])).toEqual([]);
  });
});

describe('IDEMPOTENCY_SECRET', () => {
  it('can be rotated: what the old value sealed can be opened while both are configured', async () => {
    await boot(first);
    const ada = await member(world);
    const made = await create(ada.context, 'k');
    await boot(`${second},${first}`);
    expect(await create(ada.context, 'k')).toEqual({ ...made, replayed: true });
    const later = await create(ada.context, 'later');
    await boot(second);
    await expect(create(ada.context, 'k')).rejects.toEqual(refusal('idempotency_secret_gone'));
    expect(await create(ada.context, 'later')).toEqual({ ...later, replayed: true });
    expect(logged).not.toMatch(/IDEMPOTENCY_SECRET is not set|of-these-tests/);
  });

  it('may be absent: an API key is still created once, but not shown again, and the start says so', async () => {
    await boot(undefined);
    expect(logged).toContain('IDEMPOTENCY_SECRET is not set');
    const ada = await member(world);
    expect((await create(ada.context, 'k')).key).toBeTruthy();
    await expect(create(ada.context, 'k')).rejects.toEqual(refusal('idempotency_secret_gone'));
    expect(await countOf(ada)).toBe(1);
  });
});
