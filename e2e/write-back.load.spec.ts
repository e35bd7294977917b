import { randomUUID } from 'node:crypto';
import { type Gatehouse, withClient } from '@gatehouse/local-stack';
import { PATIENCE_MS, eventually } from '@gatehouse/testing';
import { FaultWorld } from './faults/fault-world';
import { type Stack, startStack } from './stack';

const PATIENCE = { timeoutMs: 90_000, intervalMs: 100 };

interface ClerkUser {
  readonly id: string;
  readonly updated_at: number;
  readonly public_metadata: Record<string, unknown>;
}

/** Client of an emulator's Backend API and control API. */
class Clerk {
  constructor(private readonly gatehouse: Gatehouse) {}

  get url(): string {
    return `http://127.0.0.1:${this.gatehouse.ports.emulator}`;
  }

  async call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.gatehouse.environments['clerk-emulator'].CLERK_SECRET_KEY}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status}`);
    return (await response.json()) as Answer;
  }

  create(name: string, metadata: object = {}): Promise<ClerkUser> {
    const draft = { email_address: [`${name}@example.com`], public_metadata: metadata };
    return this.call<ClerkUser>('POST', '/v1/users', draft);
  }

  user(id: string): Promise<ClerkUser> {
    return this.call<ClerkUser>('GET', `/v1/users/${id}`);
  }

  /** Number of changes of a user since its creation: each endpoint gets one event for each change. */
  async changes(id: string): Promise<number> {
    const query = `type=user.updated&user_id=${id}&limit=9999`;
    const { data } = await this.call<{ data: { message_id: string }[] }>('GET', `/emulator/deliveries?${query}`);
    return new Set(data.map(({ message_id }) => message_id)).size;
  }
}

const rowsOf = <Row extends object>(gatehouse: Gatehouse, text: string, values: unknown[] = []): Promise<Row[]> =>
  withClient(gatehouse.databases.users.serviceUrl, async (client) => (await client.query<Row>(text, values)).rows);

interface Held {
  readonly id: string;
  readonly role: string;
  readonly version: string;
  readonly state: string | null;
}

/** A user of Gatehouse with the state of its write-back. */
const here = async (gatehouse: Gatehouse, clerkUserId: string): Promise<Held | undefined> => {
  const [row] = await rowsOf<Held>(
    gatehouse,
    `SELECT u.id, u.role, u.clerk_updated_at AS version, w.state
       FROM users u LEFT JOIN write_backs w ON w.user_id = u.id WHERE u.clerk_user_id = $1`,
    [clerkUserId],
  );
  return row;
};

/** No write-back is pending and the latest state of Clerk is stored, so that no further write can follow. */
async function quiet(gatehouse: Gatehouse, clerk: Clerk, ids: readonly string[]): Promise<void> {
  await eventually(async () => {
    for (const id of ids) {
      const { updated_at: version } = await clerk.user(id);
      expect(await here(gatehouse, id)).toMatchObject({ state: 'done', version: String(version) });
    }
  }, PATIENCE);
}

describe('user-sync killed in the middle of a write-back', () => {
  let world: FaultWorld;
  let clerk: Clerk;

  beforeAll(async () => {
    world = await FaultWorld.start('ins_2writeBackKilledHereAgain', {
      env: { WRITE_BACK_POLL_MS: '50', WRITE_BACK_LEASE_MS: '1000' },
    });
    clerk = new Clerk(world.gatehouse);
  });

  afterAll(() => world?.stop());

  it.each([
    ['after a user is created, before its trust change is sent', 'after-apply:kill:1', 'at once'],
    ['before it leases pending write-backs', 'before-write-back-lease:kill:1', 'later'],
    ['after it leases a write-back, before the write', 'after-write-back-lease:kill:1', 'later'],
    ['after the write, before the result is stored', 'after-write-back:kill:2', 'later'],
  ] as const)(
    '%s leaves id and role of every user at Clerk, each written once',
    async (_, failpoint, when) => {
      const on = { CLERK_WRITE_BACK: 'on' };
      const armed = { ...on, FAILPOINTS: failpoint };
      await world.restart('user-sync', when === 'later' ? { CLERK_WRITE_BACK: 'off' } : armed);
      const { restarts } = world;
      const name = failpoint.split(':')[0] ?? '';
      const ids: string[] = [];
      for (let n = 0; n < 8; n += 1) ids.push((await clerk.create(`${name}-${n}`, { kept: n })).id);
      if (when === 'later') {
        await eventually(async () => {
          for (const id of ids) expect(await here(world.gatehouse, id)).toMatchObject({ state: 'pending' });
        }, PATIENCE);
        await world.restart('user-sync', armed);
      }
      // Setting the failpoint restarts the service.
      await eventually(() => world.restarts > restarts + (when === 'later' ? 1 : 0), PATIENCE);
      await world.restart('user-sync', on);
      await quiet(world.gatehouse, clerk, ids);
      for (const [n, id] of ids.entries()) {
        const row = await here(world.gatehouse, id);
        expect((await clerk.user(id)).public_metadata).toEqual({ kept: n, dbId: row?.id, role: 'user' });
        expect(await clerk.changes(id)).toBe(1);
      }
      const [{ n: rows } = { n: 0 }] = await rowsOf<{ n: number }>(
        world.gatehouse,
        'SELECT count(*)::int AS n FROM users WHERE clerk_user_id = ANY ($1)',
        [ids],
      );
      expect(rows).toBe(ids.length);
    },
    600_000,
  );
});

describe('two Gatehouses with separate databases and one Clerk instance', () => {
  let first: Stack;
  let second: Stack;
  let clerk: Clerk;

  beforeAll(async () => {
    first = await startStack({ LOG_LEVEL: 'warn', WRITE_BACK_POLL_MS: '50' });
    clerk = new Clerk(first.gatehouse);
    const { settings, ports } = first.gatehouse;
    second = await startStack({
      LOG_LEVEL: 'warn',
      WRITE_BACK_POLL_MS: '50',
      CLERK_API_URL: clerk.url,
      CLERK_SEED_ROLES: 'user,developer,admin',
      CLERK_SECRET_KEY: settings.clerkSecretKey,
      CLERK_INSTANCE_ID: settings.clerkInstanceId,
      CLERK_WEBHOOK_SIGNING_SECRETS: settings.clerkWebhookSecret,
      CLERK_ISSUER: `http://localhost:${ports.emulator}`,
      CLERK_JWKS_URL: `${clerk.url}/.well-known/jwks.json`,
      CLERK_AUTHORIZED_PARTIES: `http://localhost:${ports.gateway}`,
    });
    await clerk.call('POST', '/emulator/endpoints', {
      url: `http://127.0.0.1:${second.gatehouse.ports.ingest}/webhooks/clerk`,
      secret: settings.clerkWebhookSecret,
    });
  }, 600_000);

  afterAll(async () => {
    await second?.stop();
    await first?.stop();
  });

  const bothQuiet = async (id: string) => {
    for (const { gatehouse } of [first, second, first]) await quiet(gatehouse, clerk, [id]);
  };

  async function setRole(gatehouse: Gatehouse, userId: string, role: string): Promise<void> {
    const boss = await clerk.create(`boss-${userId}`, { role: 'admin' });
    const session = await clerk.call<{ id: string }>('POST', '/emulator/sessions', { user_id: boss.id });
    const { jwt } = await clerk.call<{ jwt: string }>('POST', '/emulator/tokens', { session_id: session.id });
    const response = await fetch(`http://127.0.0.1:${gatehouse.ports.gateway}/admin/users/${userId}/role`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' },
      body: JSON.stringify({ role }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    expect([response.status, await response.text()]).toMatchObject([200, expect.any(String)]);
  }

  /** Metadata keys of the user that a Gatehouse lists as collisions. */
  const collisions = async (gatehouse: Gatehouse, id: string) =>
    (
      await rowsOf<{ key: string }>(
        gatehouse,
        `SELECT c.key FROM metadata_collisions c JOIN users u ON u.id = c.user_id
          WHERE u.clerk_user_id = $1 AND c.state = 'open' ORDER BY c.key`,
        [id],
      )
    ).map(({ key }) => key);

  it('never overwrite the values of each other, and each lists them as collisions', async () => {
    const { id } = await clerk.create('shared', { role: 'user' });
    await bothQuiet(id);
    const [mine, theirs] = [await here(first.gatehouse, id), await here(second.gatehouse, id)];
    expect(mine?.id).not.toBe(theirs?.id);
    const { dbId } = (await clerk.user(id)).public_metadata;
    const [owner, other] = dbId === mine?.id ? [first, second] : [second, first];
    expect([mine?.id, theirs?.id]).toContain(dbId);
    await eventually(async () => expect(await collisions(other.gatehouse, id)).toEqual(['dbId']), PATIENCE);

    // Both wrote the same role, so either may change it; for the other one the new value is foreign.
    await setRole(second.gatehouse, theirs?.id ?? '', 'developer');
    await eventually(
      async () => expect((await clerk.user(id)).public_metadata).toEqual({ dbId, role: 'developer' }),
      PATIENCE,
    );
    await bothQuiet(id);
    await eventually(async () => expect(await collisions(first.gatehouse, id)).toContain('role'), PATIENCE);
    expect(await here(first.gatehouse, id)).toMatchObject({ role: 'user' });
    const before = await clerk.changes(id);

    await clerk.call('PATCH', `/v1/users/${id}`, { first_name: 'Renamed' });
    await bothQuiet(id);
    expect(await clerk.changes(id)).toBe(before + 1);
    expect((await clerk.user(id)).public_metadata).toEqual({ dbId, role: 'developer' });
    expect(await collisions(owner.gatehouse, id)).not.toContain('dbId');
  }, 600_000);

  it('do not delay a first login when another program uses up Clerk’s rate limit of one user', async () => {
    const { gatehouse } = first;
    const { id } = await clerk.create('hammered');
    await bothQuiet(id);
    const newcomer = async () => {
      // No webhook is sent for the user: the first login fetches it from Clerk.
      const drop = { kind: 'drop', count: 2, match: { event_types: ['user.created'] } };
      await clerk.call('POST', '/emulator/faults', drop);
      const user = await clerk.create(`newcomer-${randomUUID()}`);
      const session = await clerk.call<{ id: string }>('POST', '/emulator/sessions', { user_id: user.id });
      return (await clerk.call<{ jwt: string }>('POST', '/emulator/tokens', { session_id: session.id })).jwt;
    };
    const token = await newcomer();
    await clerk.call('PUT', '/emulator/rate-limits', { mode: 'production' });
    for (let n = 0; n < 10; n += 1) await clerk.call('PATCH', `/v1/users/${id}/metadata`, { private_metadata: { n } });
    await setRole(gatehouse, (await here(gatehouse, id))?.id ?? '', 'developer');
    await eventually(async () => {
      const [write] = await rowsOf<{ error_message: string | null }>(
        gatehouse,
        'SELECT w.error_message FROM write_backs w JOIN users u ON u.id = w.user_id WHERE u.clerk_user_id = $1',
        [id],
      );
      expect(write?.error_message).toContain('429');
    }, PATIENCE);
    const login = await first.call('/api/me', token);
    const paused = await rowsOf(gatehouse, 'SELECT FROM clerk_budget WHERE refilled_at > now()');
    expect([login.status, paused]).toEqual([200, []]);
    await eventually(async () => expect((await clerk.user(id)).public_metadata.role).toBe('developer'), PATIENCE);
    await clerk.call('PUT', '/emulator/rate-limits', { mode: 'off' });
  }, 600_000);
});
