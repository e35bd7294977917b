import fc from 'fast-check';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { FrontendBrowser } from './frontend-browser';

/** Every route with a body or a parameter; `:id` becomes existing ids, unknown ids and random text. */
const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ['POST', '/v1/users'],
  ['PATCH', '/v1/users/:id'],
  ['DELETE', '/v1/users/nobody'],
  ['PATCH', '/v1/users/:id/metadata'],
  ['PUT', '/v1/users/:id/metadata'],
  ['POST', '/v1/users/:id/ban'],
  ['POST', '/emulator/users/:id/deprovision'],
  ['POST', '/v1/email_addresses'],
  ['PATCH', '/v1/email_addresses/:id'],
  ['POST', '/v1/phone_numbers'],
  ['DELETE', '/v1/phone_numbers/:id'],
  ['POST', '/v1/sessions'],
  ['POST', '/v1/sessions/:id/tokens'],
  ['POST', '/v1/sessions/:id/revoke'],
  ['POST', '/v1/actor_tokens'],
  ['POST', '/v1/actor_tokens/:id/revoke'],
  ['POST', '/emulator/endpoints'],
  ['PATCH', '/emulator/endpoints/:id'],
  ['POST', '/emulator/endpoints/:id/rotate-secret'],
  ['POST', '/emulator/endpoints/:id/replay'],
  ['POST', '/emulator/events'],
  ['POST', '/emulator/faults'],
  ['PATCH', '/emulator/faults/:id'],
  ['PUT', '/emulator/faults/seed'],
  ['POST', '/emulator/sign-in'],
  ['POST', '/emulator/sign-in/:id/attempt'],
  ['POST', '/emulator/sign-in-by-ticket'],
  ['POST', '/emulator/sessions'],
  ['POST', '/emulator/sessions/:id/remove'],
  ['POST', '/emulator/tokens'],
  ['POST', '/emulator/keys/:id/retire'],
  ['PUT', '/emulator/session-claims'],
  ['PUT', '/emulator/rate-limits'],
  ['POST', '/emulator/deliveries/:id/resend'],
  ['POST', '/v1/dev_browser'],
  ['POST', '/v1/client/sign_ins'],
  ['POST', '/v1/client/sign_ins/:id/prepare_first_factor'],
  ['POST', '/v1/client/sign_ins/:id/attempt_first_factor'],
  ['POST', '/v1/client/sign_ups'],
  ['PATCH', '/v1/client/sign_ups/:id'],
  ['POST', '/v1/client/sign_ups/:id/prepare_verification'],
  ['POST', '/v1/client/sessions/:id/touch'],
  ['PATCH', '/v1/me'],
  ['PATCH', '/v1/me/metadata'],
  ['POST', '/nowhere'],
];

const NAMES = [
  'email_address',
  'phone_number',
  'user_id',
  'session_id',
  'public_metadata',
  'first_name',
  'created_at',
  'url',
  'event_types',
  'secret',
  'params',
  'match',
  'identifier',
  'code',
  'actor',
  'claims',
  'header',
  'since',
  'seed',
  'preset',
  'verified',
  'primary_email_address_id',
  'strategy',
  'unsafe_metadata',
  '__proto__',
  'constructor',
];

describe('random input', () => {
  let emulator: ClerkEmulator;
  let api: ReturnType<typeof rawApi>;
  let ids: string[];
  let browser: string;

  beforeAll(async () => {
    emulator = await startClerkEmulator();
    api = rawApi(emulator);
    const user = emulator.createUser({ email_address: ['ada@example.com'] });
    const opened = await FrontendBrowser.open(emulator);
    browser = opened.credential;
    const signedUp = (await opened.signUp('+12015550100')).body.response;
    const signUp = (await opened.call('POST', '/v1/client/sign_ups', { phone_number: '+12015550101' })).body.response;
    const signIn = (await opened.call('POST', '/v1/client/sign_ins', { identifier: 'ada@example.com' })).body.response;
    ids = [
      user.id,
      emulator.signIn(user.id).id,
      user.email_addresses[0]!.id,
      emulator.addEndpoint({ url: emulator.url }).id,
      signedUp.created_session_id,
      signUp.id,
      signIn.id,
    ];
  });
  afterAll(() => emulator.close());

  const value = fc.oneof(
    { maxDepth: 3 },
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('+12015550100', 'a@b.io', 'user_0', 'http://127.0.0.1:9/', '1e999', '{{user.id}}', '\u0000'),
    fc.double(),
  );
  const object = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), value, { maxKeys: 6 });
  const body = fc.oneof(
    { weight: 6, arbitrary: object.map((fields) => JSON.stringify(fields)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
  const isClerkShaped = (answer: Record<string, unknown>): boolean =>
    /^[0-9a-f]{32}$/.test(String(answer['clerk_trace_id'])) &&
    (answer['errors'] as unknown[]).length > 0 &&
    (answer['errors'] as Record<string, unknown>[]).every((error) =>
      ['message', 'long_message', 'code'].every((key) => typeof error[key] === 'string'),
    );

  it('in path and body is handled or rejected with 4xx in Clerk’s shape, and never stops the emulator', async () => {
    const id = fc.oneof(
      fc.nat(ids.length - 1).map((index) => ids[index]!),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ROUTES), id, body, async ([method, path], chosen, text) => {
        const filled = path.replace(':id', encodeURIComponent(chosen) || '-');
        const answer = await api(method, `${filled}?__clerk_db_jwt=${browser}`, text);
        expect(answer.contentType).toBe('application/json');
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400) expect(isClerkShaped(answer.body)).toBe(true);
      }),
      { numRuns: 400 },
    );
    expect((await api('GET', '/emulator/health')).status).toBe(200);
  });

  it('in a query is handled or rejected in the same way', async () => {
    const name = fc.constantFrom(
      'limit',
      'offset',
      'order_by',
      'starting_after',
      'user_id',
      'query',
      'created_at_after',
      'type',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('-1', '1e9', '+created_at', ids[0] ?? '', '[]'),
    );
    const path = fc.constantFrom(
      '/v1/users',
      '/v1/users/count',
      '/v1/sessions',
      '/emulator/deliveries',
      '/emulator/messages',
    );
    await fc.assert(
      fc.asyncProperty(path, fc.array(fc.tuple(name, text), { maxLength: 4 }), async (at, pairs) => {
        // A text that is not valid Unicode cannot be sent in a query.
        const query = new URLSearchParams(pairs).toString();
        const answer = await api('GET', `${at}?${query}`);
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400) expect(isClerkShaped(answer.body)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
