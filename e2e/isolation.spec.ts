import { randomUUID } from 'node:crypto';
import { withClient } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { leaksOf, secretsOf, withoutNames } from './isolation/answers';
import { type Attempt, type Somebody, planOf, plans } from './isolation/attempts';
import { unusedNames } from './isolation/names';
import { type Person, People } from './isolation/people';
import { recordsOf } from './isolation/records';
import { type Stack, startStack } from './stack';

const LIMIT_MS = 120_000;
const methods = ['get', 'post', 'put', 'patch', 'delete'];
/** Statuses of rate limits, of idempotency keys that are in use, and of failures. */
const NO_ANSWER = [409, 422, 429, 500, 502, 503, 504];
/** Tables of user-data with what a user owns. */
const ownedTables = [
  ...['items', 'templates', 'assistant_sessions', 'resource_counts', 'uploads', 'upload_totals', 'idempotency_keys'],
  ...['quota_periods', 'quota_reservations', 'quota_movements', 'limit_overrides'],
];
const marker = `secret-${randomUUID()}`;

let stack: Stack;
let people: People;
let ada: Person;
let somebody: Somebody;
/** Routes of the OpenAPI document, such as `get /api/keys/{id}`. */
let routes: string[];

beforeAll(async () => {
  stack = await startStack({ CLERK_SEED_ROLES: 'user,developer,admin' });
  people = new People(stack);
  const { paths } = await people.call('GET', { path: '/docs/openapi.json' }, {});
  routes = Object.entries(paths as Record<string, object>).flatMap(([path, item]) =>
    methods.filter((method) => method in item).map((method) => `${method} ${path}`),
  );
  ada = await people.person(marker);
  somebody = await people.furnish(ada, marker);
  await people.settled(ada);
}, LIMIT_MS);

afterAll(() => stack?.stop());

it('every route has a plan by which a stranger tries to reach the data of somebody else', () => {
  expect(routes.length).toBeGreaterThan(60);
  expect(routes.filter((route) => planOf(route) === undefined)).toEqual([]);
  expect(Object.keys(plans).filter((route) => !routes.includes(route))).toEqual([]);
});

it.each(['API key', 'Clerk session', 'Gatehouse token'] as const)(
  'a stranger with each right of an own %s learns nothing of somebody, on no route, and changes nothing',
  async (kind) => {
    const stranger = await people.person('Stranger');
    const secrets = secretsOf(ada, somebody, marker);
    const before = await recordsOf(stack, ada.userId);
    expect(Object.entries(before).filter(([, rows]) => rows.length > 0).length).toBeGreaterThan(8);
    const unused = unusedNames(somebody.names);
    const answered = new Set<string>();
    const strike = async (route: string, attempt: Attempt) => {
      const [method = ''] = route.split(' ');
      const caller = planOf(route)?.ends === true ? await people.person('Leaver') : stranger;
      const answer = await people.send(method.toUpperCase(), attempt, await caller.credentials[kind]());
      expect([route, attempt.path, leaksOf(answer, attempt, secrets)]).toEqual([route, attempt.path, []]);
      // Neither a rate limit, nor an idempotency key of somebody else, nor a failure has answered.
      const refusal = NO_ANSWER.includes(answer.status) ? answer.text : undefined;
      expect([route, attempt.path, refusal]).toEqual([route, attempt.path, undefined]);
      expect(answer.headers['idempotency-replayed']).toBeUndefined();
      if (answer.status < 300) answered.add(route);
      return answer;
    };

    for (const route of routes) {
      const { naming = () => [], other = () => [] } = planOf(route) ?? {};
      const invented = naming(unused);
      for (const [n, attempt] of naming(somebody.names).entries()) {
        const real = withoutNames(await strike(route, attempt), somebody.names);
        const none = withoutNames(await strike(route, invented[n] ?? attempt), unused);
        expect([route, attempt.path, real]).toEqual([route, attempt.path, none]);
      }
      for (const attempt of other(somebody)) await strike(route, attempt);
    }

    // The requests were good: the stranger's own data is there.
    expect(answered.size).toBeGreaterThan(15);
    expect(await recordsOf(stack, ada.userId)).toEqual(before);
    for (const credential of Object.values(ada.credentials)) {
      expect(await people.call('GET', { path: '/api/me' }, await credential())).toMatchObject({ id: ada.userId });
    }
  },
  LIMIT_MS,
);

it(
  'a change is sent live to its owner alone, by the services as they are',
  async () => {
    const stranger = await people.person('Listener');
    const reading = new AbortController();
    const listen = async (person: Person) => {
      const url = `http://127.0.0.1:${stack.gatehouse.ports.gateway}/api/realtime`;
      const response = await fetch(url, { headers: await person.credentials['API key'](), signal: reading.signal });
      expect(response.status).toBe(200);
      const heard = { text: '' };
      void (async () => {
        const decoder = new TextDecoder();
        for await (const part of response.body as unknown as AsyncIterable<Uint8Array>)
          heard.text += decoder.decode(part);
      })().catch(() => undefined);
      return heard;
    };
    const [ofOwner, ofStranger] = [await listen(ada), await listen(stranger)];
    const item = { path: '/api/items', body: { title: `${marker} live` } };
    const { id } = await people.call('POST', item, await ada.credentials['Clerk session']());
    await people.call(
      'PATCH',
      { path: '/api/me', body: { city: 'Utrecht' } },
      await ada.credentials['Clerk session'](),
    );
    await eventually(() => ofOwner.text.includes(id) && ofOwner.text.includes('event: profile'));
    const own = { path: '/api/items', body: { title: 'own' } };
    const made = await people.call('POST', own, await stranger.credentials['Clerk session']());
    await eventually(() => ofStranger.text.includes(made.id));
    reading.abort();
    for (const secret of [id, ada.userId, marker]) expect(ofStranger.text).not.toContain(secret);
    await people.call('DELETE', { path: `/api/items/${id}` }, await ada.credentials['Clerk session']());
  },
  LIMIT_MS,
);

it(
  'what somebody owned is erased after a deletion at Clerk, and the audit log says so',
  async () => {
    const owned = async () =>
      Object.fromEntries(
        Object.entries(await recordsOf(stack, ada.userId)).filter(([table]) => ownedTables.includes(table)),
      );
    expect(Object.values(await owned()).filter((rows) => rows.length > 0).length).toBeGreaterThan(6);
    await people.deleteAtClerk(ada);
    await withClient(stack.gatehouse.databases.data.workerUrl ?? '', async (worker) => {
      await eventually(async () => {
        const { rowCount } = await worker.query(
          // Lets the time pass in which the deletion could be undone.
          `UPDATE user_erasures SET noticed_at = now() - interval '3 days' WHERE user_id = $1`,
          [ada.userId],
        );
        expect(rowCount).toBe(1);
      });
    });
    await eventually(async () => expect(Object.values(await owned()).flat()).toEqual([]));
    const path = `/admin/audit?service=user-data&action=data.erase&limit=10`;
    const { items } = await people.call('GET', { path }, await people.asAdmin());
    expect(items).toEqual([
      expect.objectContaining({
        ...{ userId: ada.userId, actorUserId: null, outcome: 'done' },
        details: expect.objectContaining({ cause: 'user_deleted', items: 2, templates: 2, uploads: 2 }),
      }),
    ]);
  },
  LIMIT_MS,
);
