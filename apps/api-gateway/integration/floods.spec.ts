import { randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { mintApiKey } from '@gatehouse/auth';
import { eventually } from '@gatehouse/testing';
import { KeyGuesses } from '../src/authentication/key-guesses';
import { TrustChangeFeed } from '../src/trust/trust-change-feed';
import { attackGateway, expectRefused, flip, strike, target, withKey } from './attacks/attack';
import { login } from './attacks/logins';
import { CLERK_USER } from './support/attacked-gateway';
import { mint } from './support/clerk-tokens';
import { sendRaw } from './support/raw-request';

/** Random number that rejects every attempt beyond a limit. */
const UNLUCKY = 0.999_999;
const newKey = () => mintApiKey({ environment: 'prod', random: randomBytes(32) });

attackGateway();
afterEach(() => jest.restoreAllMocks());

describe('an API key is rejected', () => {
  it('beyond its own rate limit', async () => {
    const key = target().key({ rateLimit: 1 });
    expect((await strike(withKey(key))).status).toBe(200);
    target().reached.length = 0;
    const { headers } = await expectRefused(429, 'rate_limited', withKey(key));
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(headers.ratelimit).toContain('"api-key";r=0');
  });

  it('after twenty guesses from its address, before any lookup', async () => {
    const guess = () =>
      sendRaw(target().url, {
        headers: [
          ['X-Forwarded-For', '198.51.100.7'],
          ['X-API-Key', newKey()],
        ],
      });
    jest.spyOn(target().app.get(KeyGuesses), 'draw').mockReturnValue(UNLUCKY);
    const statuses = [];
    for (let count = 0; count < 25; count++) statuses.push((await guess()).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), ...Array.from({ length: 5 }, () => 429)]);
  });

  it('at random among many guesses from its address if it is new, and never if it was accepted before', async () => {
    const from = ['X-Forwarded-For', '198.51.100.30'] as const;
    const send = async (key: string) => (await sendRaw(target().url, { headers: [from, ['X-API-Key', key]] })).status;
    const ids = { keyId: randomUUID(), userId: randomUUID() };
    const [known, fresh] = [target().key(ids), target().key()];
    expect(await send(known)).toBe(200);
    const draw = jest.spyOn(target().app.get(KeyGuesses), 'draw').mockReturnValue(UNLUCKY);
    for (let count = 0; count < 25; count++) await send(newKey());
    // The remembered answer is no longer trusted, so the key is looked up again.
    const { number } = target().changes.change({ kind: 'api_key', reason: 'scopes', ...ids });
    await eventually(() => target().app.get(TrustChangeFeed).current >= number);
    const before = target().lookedUp();
    expect(await send(known)).toBe(200);
    expect(target().lookedUp()).toBe(before + 1);
    expect(await send(fresh)).toBe(429);
    draw.mockReturnValue(0);
    expect(await send(fresh)).toBe(200);
  });
});

describe('an address is counted', () => {
  const guess = async (forwardedFor: string) => {
    const key = newKey();
    const headers = [['X-Forwarded-For', forwardedFor] as const, ['X-API-Key', key] as const];
    return (await sendRaw(target().url, { headers })).status;
  };

  beforeEach(() => void jest.spyOn(target().app.get(KeyGuesses), 'draw').mockReturnValue(UNLUCKY));

  it('as the trusted proxy saw it, regardless of what the client sent', async () => {
    const statuses = [];
    for (let count = 0; count < 22; count++) statuses.push(await guess(`203.0.113.${count}, 198.51.100.20`));
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
  });

  it('as one if it is invalid', async () => {
    const statuses = [];
    for (let count = 0; count < 22; count++) statuses.push(await guess(`unknown-${count}`));
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
  });
});

describe('a token is rejected', () => {
  const send = async (token: string, from: string) =>
    (
      await sendRaw(target().url, {
        headers: [
          ['X-Forwarded-For', from],
          ['Authorization', `Bearer ${token}`],
        ],
      })
    ).status;
  const tokenOf = (user: string) => mint(target().pair, user, { claims: { jti: randomUUID() } });
  const forged = async (user: string) => {
    const [header, claims, signature = ''] = (await tokenOf(user)).split('.');
    return `${header}.${claims}.${flip(signature, 5)}`;
  };

  it('without a check in a flood of forged tokens, but a known token and its session are accepted', async () => {
    const from = '198.51.100.10';
    const known = await tokenOf(CLERK_USER);
    expect(await send(known, from)).toBe(200);
    const forgeries = await Promise.all(Array.from({ length: 500 }, (_, index) => forged(`user_${index}`)));
    // The clock stands still, so all of them count for one second.
    jest.spyOn(performance, 'now').mockReturnValue(performance.now());
    const flood = Promise.all(forgeries.map((token) => send(token, from)));
    expect(await send(known, from)).toBe(200);
    expect(await send(await tokenOf(CLERK_USER), from)).toBe(200);
    expect(await send(await tokenOf('user_new'), '198.51.100.11')).toBe(200);
    expect(await send(target().key(), from)).toBe(200);
    const statuses = await flood;
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(250);
  });

  it('as expired, which does not count as a forgery', async () => {
    const from = '198.51.100.12';
    const past = Math.floor(Date.now() / 1_000) - 60;
    const statuses = new Set<number>();
    for (let count = 0; count < 65; count++) {
      const sid = `sess_${count}`;
      statuses.add(await send(await mint(target().pair, CLERK_USER, { claims: { exp: past, sid } }), from));
    }
    expect(statuses).toEqual(new Set([401]));
    expect(await send(await tokenOf('user_other'), from)).toBe(200);
  });
});

describe('in a flood of concurrent guesses', () => {
  it('few are looked up, and known keys from the same address are accepted', async () => {
    const from = ['X-Forwarded-For', '198.51.100.8'] as const;
    const known = Array.from({ length: 60 }, () => target().key());
    const good = await Promise.all(known.map((key) => sendRaw(target().url, { headers: [from, ['X-API-Key', key]] })));
    expect(good.map(({ status }) => status)).toEqual(known.map(() => 200));
    jest.spyOn(target().app.get(KeyGuesses), 'draw').mockReturnValue(UNLUCKY);
    const before = target().lookedUp();
    const release = target().holdLookups();
    const guesses = Array.from({ length: 300 }, () => newKey());
    const flood = Promise.all(guesses.map((key) => sendRaw(target().url, { headers: [from, ['X-API-Key', key]] })));
    const connections = promisify((done: (error: Error | null, count: number) => void) =>
      target().app.getHttpServer().getConnections(done),
    );
    await eventually(async () => (await connections()) >= 300 && target().lookedUp() - before >= 20);
    release();
    const answers = await flood;
    expect(target().lookedUp() - before).toBeLessThan(60);
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toEqual(new Set([401, 429]));
  });
});

describe('a login is rejected', () => {
  it('on the sixth attempt for one account from one address, in any spelling', async () => {
    const tries = [
      'eve@example.com',
      'Eve@example.com',
      'eve@EXAMPLE.com',
      ' eve@example.com',
      'EVE@example.com',
      'eve@example.com',
    ];
    const codes = [];
    for (const email of tries) {
      const request = login({ email, password: 'wrong' });
      const headers = [['X-Forwarded-For', '198.51.100.9'] as const, ...(request.headers ?? [])];
      codes.push((await sendRaw(target().url, { ...request, headers })).body.code);
    }
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'invalid_credentials'), 'rate_limited']);
  });
});
