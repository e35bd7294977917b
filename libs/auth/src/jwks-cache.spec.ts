import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { signingPair } from '../fixtures/clerk-tokens';
import { rocaJwk } from '../fixtures/roca-key';
import { KeysUnavailableError } from './errors';
import { JwksCache, type JwksCacheOptions } from './jwks-cache';

const first = signingPair('ins_1');
const second = signingPair('ins_2');
const replaced = signingPair('ins_1');
const weak = signingPair('ins_weak', 1024);

/** A key server; each test sets its response. */
let answer: { status: number; body: string; headers?: Record<string, string>; hang?: boolean };
let fetches = 0;
let server: Server;
let url: string;
let now = 0;

const keys = (...jwks: unknown[]) => ({ status: 200, body: JSON.stringify({ keys: jwks }) });
const cache = (options: Partial<JwksCacheOptions> = {}) => new JwksCache({ url, now: () => now, ...options });

beforeAll(async () => {
  server = createServer((_request, response) => {
    fetches++;
    if (answer.hang) return;
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
});

beforeEach(() => {
  answer = keys(first.jwk);
  fetches = 0;
  now = Date.UTC(2026, 0, 1);
});

afterEach(() => jest.restoreAllMocks());

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('the JWKS cache', () => {
  it('fetches once for a hundred cold calls', async () => {
    const source = cache();
    const found = await Promise.all(Array.from({ length: 100 }, () => source.find('ins_1')));
    expect(found.every((key) => key?.asymmetricKeyType === 'rsa')).toBe(true);
    expect(fetches).toBe(1);
  });

  it('fetches at most twice for a thousand unknown keys', async () => {
    const source = cache();
    await source.find('ins_1');
    now += 60_000;
    const unknown = Array.from({ length: 1_000 }, (_, index) => source.find(`../../${index}`));
    const results = await Promise.allSettled(unknown);
    // Only the call that started the fetch knows that its key is missing; the fetch may predate the keys of the others.
    expect(results.filter(({ status }) => status === 'fulfilled')).toEqual([{ status: 'fulfilled', value: undefined }]);
    for (let index = 0; index < 100; index++) {
      await expect(source.find(`x${index}`)).rejects.toThrow(KeysUnavailableError);
    }
    await expect(source.find('ins_1')).resolves.toBeDefined();
    expect(fetches).toBe(2);
  });

  it('finds an added key after the cooldown, and notifies listeners of the change', async () => {
    const source = cache();
    let changes = 0;
    source.onChange(() => changes++);
    await source.find('ins_1');
    answer = keys(first.jwk, second.jwk);
    now += 10_000;
    await expect(source.find('ins_2')).rejects.toMatchObject({ code: 'keys_unavailable', retryAfterMs: 20_000 });
    now += 20_000;
    await expect(source.find('ins_2')).resolves.toBeDefined();
    expect([fetches, changes]).toEqual([2, 1]);
  });

  it('finds an added key with the next fetch although invented ids cause every fetch', async () => {
    const source = cache();
    await source.find('ins_1');
    for (let pause = 0; pause < 3; pause++) {
      now += 30_000;
      await expect(source.find(`invented_${pause}`)).resolves.toBeUndefined();
    }
    answer = keys(second.jwk);
    await expect(source.find('ins_2')).rejects.toMatchObject({ retryAfterMs: 30_000 });
    now += 30_000;
    await source.find('invented_3');
    await expect(source.find('ins_2')).resolves.toBeDefined();
  });

  it('rejects a missing, empty or too long key id without a fetch', async () => {
    const source = cache();
    await source.find('ins_1');
    for (const kid of [undefined, '', 'a'.repeat(257)]) await expect(source.find(kid)).resolves.toBeUndefined();
    expect(fetches).toBe(1);
  });

  it('fetches in the background after five minutes, so that a new key is known before its first token', async () => {
    const source = cache();
    await source.find('ins_1');
    answer = keys(first.jwk, second.jwk);
    now += 300_001;
    const changed = new Promise<void>((resolve) => source.onChange(resolve));
    await source.find('ins_1');
    await changed;
    await expect(source.find('ins_2')).resolves.toBeDefined();
    expect(fetches).toBe(2);
  });

  it('finds the key that replaced another under its id after the cooldown, and notifies listeners', async () => {
    const source = cache();
    let changes = 0;
    source.onChange(() => changes++);
    const known = (await source.find('ins_1'))!;
    answer = keys(replaced.jwk);
    now += 10_000;
    await expect(source.findSuccessor('ins_1', known)).resolves.toEqual({ key: undefined, recheckAfterMs: 20_000 });
    now += 20_000;
    const { key: successor } = await source.findSuccessor('ins_1', known);
    expect(successor?.export({ format: 'jwk' })).toMatchObject({ n: replaced.jwk.n });
    await expect(source.find('ins_1')).resolves.toBe(successor);
    expect([fetches, changes]).toEqual([2, 1]);
  });

  it('finds no successor of a key that is still published or whose source is down, and fetches no more often', async () => {
    const source = cache();
    const known = (await source.find('ins_1'))!;
    now += 30_000;
    const asked = Array.from({ length: 1_000 }, () => source.findSuccessor('ins_1', known));
    const [first, ...others] = await Promise.all(asked);
    expect(first).toEqual({ key: undefined, recheckAfterMs: undefined });
    for (const other of others) expect(other).toEqual({ key: undefined, recheckAfterMs: 30_000 });
    expect(fetches).toBe(2);
    answer = { status: 500, body: '' };
    now += 30_000;
    await expect(source.findSuccessor('ins_1', known)).resolves.toEqual({ key: undefined, recheckAfterMs: 30_000 });
    await expect(source.find('ins_1')).resolves.toBeDefined();
    expect(fetches).toBe(3);
  });

  it("keeps fetching when the host's clock is set back", async () => {
    const source = new JwksCache({ url, cooldownMs: 0 });
    await source.find('ins_1');
    answer = keys(first.jwk, second.jwk);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 86_400_000);
    await expect(source.find('ins_2')).resolves.toBeDefined();
  });

  it('drops a withdrawn key within the maximum age', async () => {
    const source = cache();
    answer = keys(first.jwk, second.jwk);
    await source.find('ins_2');
    answer = keys(first.jwk);
    now += 300_001;
    // The refresh runs in the background.
    await expect(source.find('ins_2')).resolves.toBeDefined();
    await expect(source.find('ins_3')).rejects.toThrow(KeysUnavailableError);
    await expect(source.find('ins_2')).rejects.toThrow(KeysUnavailableError);
    now += 30_000;
    await expect(source.find('ins_2')).resolves.toBeUndefined();
  });

  it('serves cached keys while the source is down, and is unavailable for others', async () => {
    const source = cache();
    await source.find('ins_1');
    answer = { status: 500, body: '' };
    now += 300_001;
    await expect(source.find('ins_1')).resolves.toBeDefined();
    await expect(source.find('ins_2')).rejects.toThrow(KeysUnavailableError);
    await expect(source.find('ins_1')).resolves.toBeDefined();
    expect(fetches).toBe(2);
  });

  it('is unavailable without any key, answers concurrent calls at once, and recovers after the cooldown', async () => {
    const source = cache();
    answer = { status: 404, body: '' };
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => source.find('ins_1')));
    expect(results.every((result) => result.status === 'rejected')).toBe(true);
    await expect(source.load()).rejects.toMatchObject({ code: 'keys_unavailable' });
    expect(fetches).toBe(1);
    answer = keys(first.jwk);
    now += 1_000;
    await expect(source.load()).resolves.toBeUndefined();
    await expect(source.find('ins_1')).resolves.toBeDefined();
    expect(fetches).toBe(2);
  });

  it.each<[string, () => typeof answer]>([
    ['does not return JSON', () => ({ status: 200, body: 'hello' })],
    ['does not return a key set', () => ({ status: 200, body: '[]' })],
    ['has no key', () => keys()],
    ['redirects', () => ({ status: 302, body: '', headers: { location: '/elsewhere' } })],
    ['never ends', () => ({ status: 200, body: JSON.stringify({ keys: [first.jwk], x: 'a'.repeat(300_000) }) })],
    ['hangs', () => ({ status: 200, body: '', hang: true })],
    ['has a weak key', () => keys(weak.jwk)],
    ['has a key of a flawed generator (ROCA)', () => keys(rocaJwk('ins_1'))],
    ['has an encryption key', () => keys({ ...first.jwk, use: 'enc' })],
    ['has a key for another algorithm', () => keys({ ...first.jwk, alg: 'RS512' })],
    ['has a key that may not verify', () => keys({ ...first.jwk, key_ops: ['sign'] })],
    ['has a key without an id', () => keys({ ...first.jwk, kid: undefined })],
    ['has an exponent of one', () => keys({ ...first.jwk, e: 'AQ' })],
    ['has a modulus that is none', () => keys({ ...first.jwk, n: '!' })],
    ['has a secret', () => keys({ kty: 'oct', kid: 'ins_1', k: 'AAAA' })],
  ])('takes no key from a source that %s', async (_, make) => {
    answer = make();
    await expect(cache({ timeoutMs: 200 }).find('ins_1')).rejects.toThrow(KeysUnavailableError);
  });

  it('keeps the usable keys of a mixed set, and 32 at most', async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ ...first.jwk, kid: `k${index}` }));
    answer = keys(weak.jwk, null, ...many);
    const source = cache();
    await expect(source.find('k29')).resolves.toBeDefined();
    for (const kid of ['k30', 'ins_weak']) {
      now += 30_000;
      await expect(source.find(kid)).resolves.toBeUndefined();
    }
  });

  it('reports each fetch to onFetch', async () => {
    const outcomes: boolean[] = [];
    const source = cache({ onFetch: (error) => outcomes.push(error === undefined) });
    answer = { status: 500, body: '' };
    await expect(source.load()).rejects.toThrow(KeysUnavailableError);
    answer = keys(first.jwk);
    now += 1_000;
    await source.load();
    expect(outcomes).toEqual([false, true]);
  });
});
