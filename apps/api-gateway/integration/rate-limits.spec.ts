import { randomBytes, randomUUID } from 'node:crypto';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { mintApiKey } from '@gatehouse/auth';
import { verifyLogin } from '@gatehouse/contracts';
import { LiveValue, fixed } from '@gatehouse/config';
import { RequestRefusedError } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type OwnRedis, PATIENCE_MS, eventually, startOwnRedis } from '@gatehouse/testing';
import { Redis } from 'ioredis';
import { KeyGuesses } from '../src/authentication/key-guesses';
import { RateLimiter } from '../src/limits/rate-limiter';
import { RedisCounters } from '../src/limits/redis-counters';
import { COUNTER_STORE } from '../src/tokens';
import { type AttackedGateway, CLERK_USER, startAttackedGateway } from './support/attacked-gateway';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { type SigningPair } from './support/key-server';
import { sampleUser } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const ALL_BUT_TIMEOUTS = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
];
/** Maximum wait for a count; longer than a busy machine stands still. */
const silent = createLogger({ service: 'test', level: 'silent' });
let redis: OwnRedis;
let gateway: AttackedGateway | undefined;
beforeAll(async () => {
  redis = await startOwnRedis();
}, 180_000);
afterAll(() => redis?.dispose());
afterEach(async () => {
  jest.restoreAllMocks();
  await gateway?.stop();
  gateway = undefined;
});

const me = (key: string) => call(`${gateway?.url}/api/me`, undefined, { headers: { 'x-api-key': key } });

describe('a caller sees its remaining limit and is rejected beyond it', () => {
  it.each(['free', 'pro', 'enterprise'] as const)('of the tier %s', async (tier) => {
    gateway = await startAttackedGateway();
    const limit = { free: 60, pro: 600, enterprise: 6_000 }[tier];
    const { status, headers } = await me(gateway.key({ tier }));
    expect(status).toBe(200);
    expect(headers.get('ratelimit-policy')).toBe(`"read";q=${limit};w=60`);
    expect(headers.get('ratelimit')).toMatch(new RegExp(`^"read";r=${limit - 1};t=(60|[1-5]\\d)$`));
    expect(headers.get('retry-after')).toBeNull();
  });

  it('per user, across all credentials', async () => {
    gateway = await startAttackedGateway();
    const userId = randomUUID();
    const keys = [gateway.key({ userId, tier: 'free' }), gateway.key({ userId, tier: 'free' })];
    const answers = [];
    for (let count = 0; count < 62; count++) answers.push(await me(keys[count % 2] ?? ''));
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 60 }, () => 200), 429, 429]);
    const { headers, body } = answers.at(-1)!;
    expect(body).toMatchObject({ code: 'rate_limited', status: 429 });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(headers.get('ratelimit')).toMatch(/^"read";r=0;t=\d+$/);
    expect((await me(gateway.key({ tier: 'free' }))).status).toBe(200);
  });

  it('per address without a user, ignoring X-Forwarded-For while no proxy is trusted', async () => {
    gateway = await startAttackedGateway();
    jest.spyOn(gateway.app.get(KeyGuesses), 'draw').mockReturnValue(0.999_999);
    const statuses = [];
    for (let count = 0; count < 22; count++) {
      const headers = { 'x-api-key': mintApiKey({ environment: 'prod', random: randomBytes(32) }) };
      const from = { 'x-forwarded-for': `203.0.113.${count}`, forwarded: `for=203.0.113.${count}` };
      statuses.push((await call(`${gateway.url}/api/me`, undefined, { headers: { ...headers, ...from } })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
  });

  it('once per request, also for HEAD', async () => {
    gateway = await startAttackedGateway();
    const headers = { 'x-api-key': gateway.key({ tier: 'free' }) };
    const rest = async (method: string) =>
      (await call(`${gateway?.url}/api/me`, undefined, { method, headers })).headers.get('ratelimit');
    expect(await rest('HEAD')).toMatch(/;r=59;/);
    expect(await rest('GET')).toMatch(/;r=58;/);
    expect(await rest('HEAD')).toMatch(/;r=57;/);
  });

  it('before the body is read, so that an invalid body counts too', async () => {
    gateway = await startAttackedGateway();
    const headers = { 'x-api-key': gateway.key({ tier: 'free' }), 'content-type': 'application/json' };
    const broken = () => call(`${gateway?.url}/api/me`, undefined, { method: 'PATCH', headers, body: '{' });
    expect([(await broken()).status, (await broken()).headers.get('ratelimit')]).toEqual([
      400,
      expect.stringMatching(/^"write";r=58;/),
    ]);
  });

  it('per class, so that writes are allowed after too many reads', async () => {
    gateway = await startAttackedGateway();
    const key = gateway.key({ tier: 'free' });
    for (let count = 0; count < 61; count++) await me(key);
    expect((await me(key)).status).toBe(429);
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    const written = await call(`${gateway.url}/api/me`, undefined, {
      method: 'PATCH',
      headers,
      body: '{"city":"Pune"}',
    });
    expect(written.status).toBe(200);
    expect(written.headers.get('ratelimit-policy')).toBe('"write";q=60;w=60');
  });
});

describe('phone logins', () => {
  const exchange = async (token: string) => {
    const headers = { 'content-type': 'application/json' };
    return call(`${gateway?.url}/auth/verify-clerk-token`, token, { method: 'POST', headers, body: '{}' });
  };
  const tokenOf = (pair: SigningPair, user: string) => mint(pair, user, { claims: { jti: randomUUID() } });

  it('are counted per user once the token is verified, so that users behind one address do not share a limit', async () => {
    const { pair } = (gateway = await startAttackedGateway());
    for (let user = 0; user < 25; user++) {
      expect((await exchange(await tokenOf(pair, `user_${user}`))).status).toBe(200);
    }
    const statuses = [];
    for (let count = 0; count < 21; count++) statuses.push((await exchange(await tokenOf(pair, 'user_0'))).status);
    expect(statuses).toEqual([...Array.from({ length: 19 }, () => 200), 429, 429]);
    expect((await exchange(await tokenOf(pair, 'user_1'))).headers.get('ratelimit')).toMatch(/^"exchange";r=18;/);
  });

  it('are counted per address if the token is rejected, without affecting valid tokens', async () => {
    const { pair } = (gateway = await startAttackedGateway());
    const statuses = [];
    for (let count = 0; count < 22; count++) statuses.push((await exchange('a.b.c')).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
    expect((await exchange(await tokenOf(pair, 'user_1'))).status).toBe(200);
  });
});

describe('login attempts', () => {
  let throttled: TestGateway;
  beforeEach(async () => {
    throttled = await startTestGateway({ TRUST_PROXY: 'loopback' }, (userSync) =>
      userSync.answer(verifyLogin, ({ body: { password } }) => {
        if (password !== 'right') throw new RequestRefusedError('invalid_credentials', 'no');
        const holder = { clerkUserId: null, role: 'user', tier: 'free', isActive: true } as const;
        const [userId, id] = [randomUUID(), randomUUID()];
        const session = { id, expiresAt: Date.now() + 60_000 };
        return { change: 0, userId, ...holder, session, user: sampleUser(userId, '') };
      }),
    );
  });
  afterEach(() => throttled.stop());

  const logIn = async (password: string, from: string) => {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': from };
    const body = JSON.stringify({ email: 'ada@example.com', password });
    return (await call(`${throttled.url}/auth/login`, undefined, { method: 'POST', headers, body })).status;
  };

  it('for one account are limited over all addresses, except from addresses that have logged in to it', async () => {
    expect(await logIn('right', '198.51.100.1')).toBe(200);
    const statuses = [];
    for (let serial = 0; serial < 55; serial++) {
      statuses.push(await logIn('wrong', `203.0.113.${Math.floor(serial / 5) + 1}`));
    }
    // One of the fifty was the owner's login.
    expect(statuses).toEqual([...Array.from({ length: 49 }, () => 401), ...Array.from({ length: 6 }, () => 429)]);
    expect(await logIn('right', '198.51.100.2')).toBe(429);
    expect(await logIn('right', '198.51.100.1')).toBe(200);
    const own = [];
    for (let count = 0; count < 5; count++) own.push(await logIn('wrong', '198.51.100.1'));
    expect(own).toEqual([401, 401, 401, 429, 429]);
  });
});

describe('with a shared rate limit store', () => {
  const start = () => startAttackedGateway({ RATE_LIMIT_STORE: redis.url });
  const ready = (one: AttackedGateway) => eventually(() => one.app.get<RedisCounters>(COUNTER_STORE).ready);

  it('two gateways count together', async () => {
    const both = await Promise.all([start(), start()]);
    try {
      await Promise.all(both.map(ready));
      const userId = randomUUID();
      const rests = [];
      for (let count = 0; count < 4; count++) {
        const one = both[count % 2]!;
        const headers = { 'x-api-key': one.key({ userId, tier: 'free' }) };
        rests.push((await call(`${one.url}/api/me`, undefined, { headers })).headers.get('ratelimit')?.split(';')[1]);
      }
      expect(rests).toEqual(['r=59', 'r=58', 'r=57', 'r=56']);
    } finally {
      await Promise.all(both.map((one) => one.stop()));
    }
  });

  it('reads are counted in memory and logins are rejected during an outage of the store, until it is back', async () => {
    const started = (gateway = await start());
    await ready(started);
    const key = started.key({ tier: 'free' });
    const token = await mint(started.pair, CLERK_USER);
    const post = (path: string, body: unknown, bearer?: string) =>
      call(`${started.url}${path}`, bearer, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const login = () => post('/auth/login', { email: 'ada@example.com', password: 'hush-hush' });
    expect((await login()).body.code).toBe('invalid_credentials');

    await redis.stop();
    await eventually(() => !started.app.get<RedisCounters>(COUNTER_STORE).ready);
    const answers = [];
    for (let count = 0; count < 61; count++) answers.push((await me(key)).status);
    expect(answers).toEqual([...Array.from({ length: 60 }, () => 200), 429]);
    for (const closed of [await login(), await post('/auth/verify-clerk-token', {}, token)]) {
      expect([closed.status, closed.body.code]).toEqual([503, 'rate_limit_unavailable']);
      expect(closed.headers.get('retry-after')).toBe('1');
    }
    expect((await call(`${started.url}/docs/openapi.json`)).status).toBe(200);

    await redis.start();
    await ready(started);
    expect((await login()).body.code).toBe('invalid_credentials');
    expect((await post('/auth/verify-clerk-token', {}, token)).status).toBe(200);
  });

  it('counts expire in the store', async () => {
    const counters = new RedisCounters(fixed(redis.url), silent, PATIENCE_MS);
    try {
      await eventually(() => counters.ready);
      const who = randomUUID();
      const [long, short] = [60_000, 1_000].map((windowMs) => ({ name: 'x', windowMs, whenFull: 'evict' }) as const);
      expect(await counters.look(long!, who)).toEqual({ count: 0, resetMs: 60_000 });
      expect(await counters.hit(long!, who)).toMatchObject({ count: 1 });
      const { count, resetMs } = await counters.hit(long!, who);
      expect([count, resetMs > 0 && resetMs <= 60_000]).toEqual([2, true]);
      expect(await counters.hit({ ...long!, name: 'y' }, who)).toMatchObject({ count: 1 });
      expect(await counters.hit(short!, who)).toMatchObject({ count: 1 });
      await eventually(async () => (await counters.look(short!, who)).count === 0);
    } finally {
      counters.onApplicationShutdown();
    }
  });

  it('a password that changes under load fails no count and loses none, whichever side changes first', async () => {
    const urlWith = (password: string) => redis.url.replace('//', `//:${password}@`);
    const lines: string[] = [];
    const log = createLogger({ service: 'test', level: 'info' }, { write: (line: string) => void lines.push(line) });
    const takenOver = () => lines.filter((line) => line.includes('changed RATE_LIMIT_STORE accepted')).length;
    const admin = new Redis(redis.url);
    await admin.config('SET', 'requirepass', 'first');
    const url = new LiveValue(urlWith('first'));
    const counters = new RedisCounters(url, log, PATIENCE_MS);
    const purpose = { name: 'x', windowMs: 600_000, whenFull: 'evict' } as const;
    const who = randomUUID();
    const failures: unknown[] = [];
    let [hits, running] = [0, true];
    const hit = async () => {
      for (; running; hits += 1) await counters.hit(purpose, who).catch((error: unknown) => failures.push(error));
    };
    const continues = async () => {
      const enough = hits + 50;
      await eventually(() => hits >= enough);
    };
    try {
      await eventually(() => counters.ready);
      const work = Promise.all([hit(), hit()]);
      url.set(urlWith('second'));
      await eventually(() => lines.some((line) => line.includes('changed RATE_LIMIT_STORE failed')));
      await continues();
      await admin.config('SET', 'requirepass', 'second');
      await eventually(() => takenOver() === 1);
      await admin.config('SET', 'requirepass', 'third');
      await continues();
      url.set(urlWith('third'));
      await eventually(() => takenOver() === 2);
      await continues();
      running = false;
      await work;
      expect(failures).toEqual([]);
      expect((await counters.look(purpose, who)).count).toBe(hits);
    } finally {
      running = false;
      counters.onApplicationShutdown();
      await admin.config('SET', 'requirepass', '');
      admin.disconnect();
    }
  });

  it('a store that accepts connections and never answers delays a request by 250 ms', async () => {
    const sockets = new Set<Socket>();
    let asked: (() => void) | undefined;
    const mute = createServer((socket) => {
      sockets.add(socket);
      socket.on('data', (commands) => {
        if (asked !== undefined) return asked();
        // Makes the client consider the store ready.
        for (const _ of commands.toString().matchAll(/\*\d+\r\n/g)) socket.write('$0\r\n\r\n');
      });
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const counters = new RedisCounters(fixed(`redis://127.0.0.1:${port}`), silent, 250);
    const limits = new RateLimiter(counters);
    /** Whether the work is still running after 249 ms and finished after 250 ms. */
    const course = async (work: () => unknown): Promise<boolean[]> => {
      const arrived = new Promise<void>((resolve) => (asked = resolve));
      let over = false;
      void Promise.resolve(work()).then(() => (over = true));
      await arrived;
      await jest.advanceTimersByTimeAsync(249);
      const before = over;
      await jest.advanceTimersByTimeAsync(1);
      return [before, over];
    };
    try {
      await eventually(() => counters.ready);
      jest.useFakeTimers({ doNotFake: ALL_BUT_TIMEOUTS });
      const read = async () => expect(await limits.ofClass('read', 'x', 'free')).toMatchObject({ used: 1 });
      expect(await course(read)).toEqual([false, true]);
      const refused = { code: 'rate_limit_unavailable' };
      const login = () => expect(limits.consume('loginOfAccount', 'x')).rejects.toMatchObject(refused);
      expect(await course(login)).toEqual([false, true]);
    } finally {
      jest.useRealTimers();
      counters.onApplicationShutdown();
      for (const socket of sockets) socket.destroy();
      mute.close();
    }
  });
});
