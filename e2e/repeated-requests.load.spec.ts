import { randomUUID } from 'node:crypto';
import { type ParsedJson, eventually } from '@gatehouse/testing';
import { FaultWorld, type Victim } from './faults/fault-world';

/** Limit for a restarted service to answer, on a busy machine. */
const PATIENCE = { timeoutMs: 60_000, intervalMs: 500 };

let world: FaultWorld;

beforeAll(async () => {
  world = await FaultWorld.start('ins_2repeatedRequestsKillHere', {
    // Creates the admin whose requests are repeated.
    env: { CLERK_SEED_ROLES: 'user,developer,admin' },
  });
  await eventually(async () => (await world.asAdmin('/api/me', {})).ok, PATIENCE);
});

afterAll(() => world?.stop());

interface Answer {
  readonly status: number;
  readonly replayed: string | null;
  readonly body: ParsedJson;
}

async function post(path: string, key: string, body: object): Promise<Answer> {
  const headers = { 'idempotency-key': key };
  const response = await world.asAdmin(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return {
    status: response.status,
    replayed: response.headers.get('idempotency-replayed'),
    body: await response.json(),
  };
}

const get = async (path: string): Promise<ParsedJson> => (await world.asAdmin(path, {})).json();

interface Case {
  readonly service: Victim;
  readonly failpoint: string;
  readonly path: string;
  readonly body: object;
  readonly status: number;
  /** Number of effects that requests with this path have had. */
  readonly effects: () => Promise<number>;
}

const cases: readonly Case[] = [
  {
    service: 'user-sync',
    failpoint: 'after-create-key',
    path: '/api/keys',
    body: { name: 'once', scopes: ['profile:read'] },
    status: 201,
    effects: async () => (await get('/api/keys')).items.length,
  },
  {
    service: 'user-data',
    failpoint: 'after-owner-commit',
    path: '/api/tokens/consume',
    body: { amount: 7 },
    status: 200,
    effects: async () => (await get('/api/tokens')).used / 7,
  },
];

it.each(cases)(
  'a request that killed $service after the commit and before the reply takes effect once, and its repetition gets the reply',
  async ({ service, failpoint, path, body, status, effects }) => {
    const before = await effects();
    const key = randomUUID();
    await world.arm(service, `${failpoint}:kill`);
    await world.ready(service);
    const { restarts } = world;
    const lost = await post(path, key, body);
    expect([lost.status, lost.body.code]).toEqual([503, 'unavailable']);
    await eventually(() => world.restarts > restarts, PATIENCE);
    await world.arm(service, undefined);
    const first = await eventually(async () => {
      const answer = await post(path, key, body);
      return answer.status === 503 ? null : answer;
    }, PATIENCE);
    expect(first).toMatchObject({ status, replayed: 'true' });
    expect(await post(path, key, body)).toEqual(first);
    expect(await effects()).toBe(before + 1);
    expect(await post(path, randomUUID(), body)).toMatchObject({ status, replayed: null });
    expect(await effects()).toBe(before + 2);
  },
  600_000,
);
