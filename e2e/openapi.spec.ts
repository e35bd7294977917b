import { randomUUID } from 'node:crypto';
import { type Answer, type Headers } from './isolation/people';
import { AnswerCheck } from './openapi/answer-check';
import { type CallPlan, lastOperations, pathValuesOf, plansOf } from './openapi/call-plans';
import { type LiveEvent, LiveStream } from './openapi/live-stream';
import { type ApiDocument, type Operation, type Parameter, operationsOf, resolve } from './openapi/operations';
import { type World, makeWorld } from './openapi/world';
import { type Stack, startStack } from './stack';

const LIMIT_MS = 240_000;

let stack: Stack;
let world: World;
let document: ApiDocument;
let operations: readonly Operation[];
let check: AnswerCheck;
let plans: Readonly<Record<string, CallPlan>>;
/** Every answer that differs from the document. */
const faults: string[] = [];
/** The first answers of operations that succeeded. */
const succeeded = new Map<string, { readonly request: Request; readonly answer: Answer }>();

interface Request {
  readonly path: string;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

beforeAll(async () => {
  stack = await startStack({ CLERK_SEED_ROLES: 'user,developer,admin', RECONCILE_MAX_DELETIONS: '0' });
  world = await makeWorld(stack);
  document = await world.people.call('GET', { path: '/docs/openapi.json' }, {});
  const isLast = ({ id }: Operation) => lastOperations.indexOf(id);
  operations = operationsOf(document).sort((one, other) => isLast(one) - isLast(other));
  check = new AnswerCheck(document);
  plans = await plansOf(world);
}, LIMIT_MS);

afterAll(() => stack?.stop());

/** Sends a request and notes how its answer differs from the document. */
async function ask(operation: Operation, request: Request, credential: Headers): Promise<Answer> {
  const answer = await world.people.send(operation.method, request, credential);
  const where = `${operation.id}: ${operation.method} ${request.path}`;
  faults.push(...check.faultsOf(operation, answer).map((fault) => `${where}: ${fault}`));
  return answer;
}

function plan({ id }: Operation): CallPlan {
  return plans[id] ?? {};
}

async function credentialOf(operation: Operation): Promise<Headers> {
  if (operation.access === 'public') return {};
  const { by } = plan(operation);
  return operation.access === 'admin' ? world.people.asAdmin() : (by ?? world.ada.credentials['Clerk session'])();
}

/** The request of an operation as the document describes it. */
function requestOf(operation: Operation, named = pathOf(operation, (value) => value)): Request {
  const { query = {}, body: own, headers: ownHeaders } = plan(operation);
  const { body: example, mediaType } = operation;
  const isFile = typeof example === 'string';
  const body = isFile || example === undefined ? example : { ...example, ...own };
  const asked = new URLSearchParams(query).toString();
  const headers = { ...(isFile && { 'content-type': mediaType }), ...ownHeaders };
  return { path: asked === '' ? named : `${named}?${asked}`, headers, ...(body && { body }) };
}

/** The path with values of its parameters, each changed by `change`. */
function pathOf({ path, ...operation }: Operation, change: (value: string, parameter: Parameter) => string): string {
  const values = pathValuesOf(world);
  return path.replace(/([^/]+)\/\{(\w+)\}/g, (_, segment: string, name: string) => {
    const prefix = operation.access === 'admin' ? 'admin:' : '';
    const value = plans[operation.id]?.path?.[name] ?? values[prefix + segment];
    // Give it a value in e2e/openapi/call-plans.ts.
    if (value === undefined) throw new Error(`${operation.id} has no value for {${name}}`);
    const parameter = operation.parameters.find((one) => one.name === name);
    if (parameter === undefined) throw new Error(`${operation.id} does not describe {${name}}`);
    return `${segment}/${encodeURIComponent(change(value, parameter))}`;
  });
}

it(
  'every query parameter is accepted with a value that its schema allows',
  async () => {
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      const path = pathOf(operation, (one) => one);
      const { query: required } = plan(operation);
      const send = async (name: string, value: string) => {
        const query = new URLSearchParams({ ...required, [name]: value });
        return ask(operation, { path: `${path}?${query.toString()}` }, await credentialOf(operation));
      };
      for (const { name, in: place, schema } of operation.parameters) {
        if (place !== 'query') continue;
        const value =
          required?.[name] ??
          (name === 'cursor'
            ? (JSON.parse((await send('limit', '1')).text) as { nextCursor: string | null }).nextCursor
            : queryValue(name, resolve(document, schema), schema.$ref));
        if (value === null) continue;
        const { status, text } = await send(name, value);
        expect([operation.id, name, status < 400 ? '' : text]).toEqual([operation.id, name, '']);
      }
    }
  },
  LIMIT_MS,
);

function withQuery(path: string, query: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

/** A value of a query parameter. */
function queryValue(name: string, schema: Parameter['schema'], ref?: string): string {
  const values: Readonly<Record<string, string>> = { phone: world.bob.phone, q: 'Bob', name: 'Bob' };
  if (ref?.endsWith('/UserRef') === true) return world.bob.userId;
  if (schema.enum !== undefined) return String(schema.enum[0]);
  if (schema.type === 'boolean') return 'true';
  if (schema.format === 'date-time') return '2026-01-01T00:00:00+01:00';
  if (schema.format === 'uuid') return world.bob.userId;
  if (schema.default !== undefined) return JSON.stringify(schema.default).replaceAll('"', '');
  return values[name] ?? 'x';
}

it(
  'every operation rejects a request without its credential, its rights or its input as the document says',
  async () => {
    const asAda = await world.ada.credentials['Clerk session']();
    for (const operation of operations) {
      const credential = await credentialOf(operation);
      const request = requestOf(operation);
      const statuses: number[] = [];
      const reject = async (changed: Partial<Request>, by: Headers) =>
        statuses.push((await ask(operation, { ...request, ...changed }, by)).status);
      if (operation.access === 'user' || operation.access === 'admin') {
        await reject({}, {});
        if (!operation.takesApiKeys || operation.needsScope) await reject({}, world.narrowKey);
      }
      if (operation.access === 'admin') await reject({}, asAda);
      if (operation.access !== 'browser-session')
        await reject({ path: withQuery(request.path, 'gatehouseUnknown=1') }, credential);
      // What a file holds is no part of the request.
      if (typeof operation.body === 'object') await reject({ body: { gatehouseUnknown: 1 } }, credential);
      if (operation.body !== undefined) {
        await reject({ headers: { 'content-type': 'text/plain' } }, credential);
      }
      expect([operation.id, statuses, statuses.filter((status) => status < 400)]).toEqual([operation.id, statuses, []]);
      if (!operation.parameters.some(({ in: place }) => place === 'path')) continue;
      const { status } = await ask(operation, { ...request, path: pathOf(operation, unknown) }, credential);
      expect([operation.id, status]).toEqual([operation.id, unknownStatuses[operation.id] ?? 404]);
    }
  },
  LIMIT_MS,
);

it(
  'live updates bring a change of every kind and a deletion, each as the document says',
  async () => {
    const operation = operations.find(({ path }) => path === '/api/realtime') as Operation;
    const credential = await credentialOf(operation);
    const stream = await LiveStream.open(`http://127.0.0.1:${stack.gatehouse.ports.gateway}`, credential);
    try {
      await stream.until((events) => events.length > 0);
      const change = async (method: string, path: string, body?: object) => {
        const { status, text } = await world.people.send(method, { path, ...(body && { body }) }, credential);
        expect([method, path, status < 300 ? '' : text]).toEqual([method, path, '']);
        return text;
      };
      await change('PATCH', '/api/me', { bio: 'live' });
      await change('POST', '/api/templates', { name: 'live', body: 'live' });
      await change('POST', '/api/sessions', { name: 'live', settings: { model: 'live' } });
      const { id } = JSON.parse(await change('POST', '/api/items', { title: 'live' })) as { id: string };
      await change('POST', '/api/tokens/consume', { amount: 1 });
      await change('POST', '/api/uploads', { name: 'live' });
      const kinds = ['profile', 'template', 'assistant-session', 'item', 'tokens', 'uploads'];
      await stream.until((events) => kinds.every((kind) => has(events, kind)));
      await change('DELETE', `/api/items/${id}`);
      await stream.until((events) => events.some(({ data }) => (data as { data?: unknown }).data === null));
    } finally {
      stream.close();
    }
    expect(check.faultsOf(operation, stream.answer)).toEqual([]);
  },
  LIMIT_MS,
);

const has = (events: readonly LiveEvent[], kind: string) => events.some(({ event }) => event === kind);

/** Statuses of requests about what does not exist, where it is not 404. */
const unknownStatuses: Readonly<Record<string, number>> = {
  // A redrive of an event that does not exist redrives nothing.
  redriveWebhookEvent: 200,
  // The ledger has no deletion of that Clerk user.
  eraseUser: 409,
};

/** A value that names nothing, of the same form. */
function unknown(value: string, { schema }: Parameter): string {
  if (resolve(document, schema).enum !== undefined) return value;
  if (/^[0-9a-f-]{36}$/.test(value)) return randomUUID();
  return /^\d+$/.test(value) ? '999999999' : `${value.split('_')[0]}_unknown`;
}

const takes = ({ parameters }: Operation, header: string) => parameters.some(({ name }) => name === header);

it(
  'conditions and idempotency keys have the effect that the document says',
  async () => {
    for (const operation of operations) {
      const credential = await credentialOf(operation);
      const request = requestOf(operation);
      const send = async (headers: Headers, body = request.body) =>
        ask(operation, { ...request, headers: { ...request.headers, ...headers }, ...(body && { body }) }, credential);
      if (takes(operation, 'If-None-Match')) {
        const { headers } = await send({});
        const { status } = await send({ 'if-none-match': headers.etag ?? '' });
        expect([operation.id, status]).toEqual([operation.id, 304]);
      }
      if (takes(operation, 'If-Match')) {
        const { status } = await send({ 'if-match': '"999999"' });
        expect([operation.id, status]).toEqual([operation.id, 412]);
      }
      if (takes(operation, 'Idempotency-Key')) {
        const key = { 'idempotency-key': randomUUID() };
        const [first, second] = [await send(key), await send(key)];
        expect([operation.id, first.status, second.text]).toEqual([operation.id, second.status, first.text]);
        if (first.status < 300) expect(second.headers).toMatchObject({ 'idempotency-replayed': 'true' });
      }
    }
  },
  LIMIT_MS,
);

it(
  'every operation succeeds with the examples of the document, and its answer is what the document says',
  async () => {
    expect(operations.length).toBeGreaterThan(90);
    const known = operations.map(({ id }) => id);
    expect([...Object.keys(plans), ...lastOperations].filter((id) => !known.includes(id))).toEqual([]);
    const failed: string[] = [];
    for (const operation of operations) {
      const request = requestOf(operation);
      await plan(operation).before?.();
      const answer = await ask(operation, request, await credentialOf(operation));
      if (answer.status > 399) failed.push(`${operation.id}: ${request.path}: ${answer.status} ${answer.text}`);
      else succeeded.set(operation.id, { request, answer });
    }
    expect(failed).toEqual([]);
  },
  LIMIT_MS,
);

it('the answers of all requests are what the document says', () => {
  expect(faults).toEqual([]);
  expect(succeeded.size).toBe(operations.length);
});
