import { gatewayLease, getMe, resolvePrincipal } from '@gatehouse/contracts';
import { NatsClient } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { TrustChangeFeed } from '../src/trust/trust-change-feed';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { signingPair } from './support/key-server';
import { type PeerService } from './support/peer-service';
import { samplePrincipal, sampleUser } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

let gateway: TestGateway | undefined;
afterEach(async () => {
  jest.restoreAllMocks();
  await gateway?.stop();
  gateway = undefined;
});

let release: () => void = () => undefined;

function start(environment: Record<string, string> = {}, waits = {}): Promise<TestGateway> {
  const prepare = (userSync: PeerService): void => {
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) => samplePrincipal(clerkUserId))
      .answer(getMe, async ({ envelope: { principal } }) => {
        if (principal?.clerkUserId === 'user_slow') await new Promise<void>((resolve) => (release = resolve));
        return sampleUser(principal?.userId ?? '', principal?.clerkUserId ?? '');
      });
  };
  return startTestGateway(environment, prepare, waits);
}

describe('while a dependency is unavailable', () => {
  it('a request to a stopped service gets 503 with Retry-After', async () => {
    // nats-server before 2.10 does not report that a service of another account has stopped.
    gateway = await start({}, { reply: 5_000 });
    const token = await mint(gateway.pair, 'user_1');
    const { status, body, headers } = await call(`${gateway.url}/api/me`, token);
    expect(status).toBe(200);
    await gateway.userSync.stop();
    const away = await call(`${gateway.url}/api/me`, await mint(gateway.pair, 'user_2'));
    expect([away.status, away.body.code, away.headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
    expect(away.headers.get('www-authenticate')).toBeNull();
    expect(body.clerkUserId).toBe('user_1');
    expect(headers.get('retry-after')).toBeNull();
  });

  it.each([
    ['ahead of', -60_000],
    ['behind', 60_000],
  ])('a clock %s that of user-sync is reported until it is corrected', async (how, offsetMs) => {
    const started = (gateway = await start());
    const token = await mint(started.pair, 'user_1');
    started.userSync.clockOffsetMs = offsetMs;
    await eventually(() => started.logs().includes('user-sync rejects signatures: clocks differ'));
    started.letTimePass(gatewayLease.lengthMs);
    expect(started.app.get(TrustChangeFeed).trusting).toBe(false);
    const { status, body, headers } = await call(`${started.url}/api/me`, token);
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'clock_skew', '5']);
    const ready = await call(`${started.ops}/readyz`);
    expect(ready.status).toBe(503);
    const sentence = new RegExp(`the gateway's clock is [4-7]\\d{4} ms ${how} this service's: synchronize both clocks`);
    expect(ready.body.error.clock.message).toMatch(sentence);
    const lines = started.logs().split('\n');
    const reported = lines.filter((line) => line.includes('user-sync rejects signatures: clocks differ'));
    expect(reported).toHaveLength(1);
    expect(JSON.parse(reported[0] ?? '{}')).toMatchObject({ level: 'error', reason: expect.stringMatching(sentence) });
    started.userSync.clockOffsetMs = 0;
    await eventually(async () => (await call(`${started.url}/api/me`, token)).status === 200);
    // By the next lease renewal, within a second.
    await eventually(async () => (await call(`${started.ops}/readyz`)).status === 200);
  });

  it('the gateway returns 503 and is not ready without NATS, and recovers', async () => {
    const started = (gateway = await start());
    const token = await mint(started.pair, 'user_1');
    await started.nats.stop();
    await eventually(() => !started.app.get(NatsClient).connected);
    expect(await call(`${started.url}/api/me`, token)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(await call(`${started.ops}/readyz`)).toMatchObject({ status: 503 });
    expect(await call(`${started.ops}/healthz`)).toMatchObject({ status: 200 });
    await started.nats.start();
    await eventually(async () => (await call(`${started.url}/api/me`, token)).status === 200);
    expect(await call(`${started.ops}/readyz`)).toMatchObject({ status: 200 });
  });

  it('the gateway returns 503, never 401, and is not ready without any key of Clerk', async () => {
    const started = (gateway = await start());
    started.keyServer.down = true;
    const token = await mint(started.pair, 'user_1');
    const away = await call(`${started.url}/api/me`, token);
    expect([away.status, away.body.code, away.headers.get('retry-after')]).toEqual([503, 'keys_unavailable', '1']);
    expect((await call(`${started.ops}/readyz`)).status).toBe(503);
    started.keyServer.down = false;
    started.letTimePass(1_000);
    await eventually(async () => (await call(`${started.url}/api/me`, token)).status === 200);
    expect((await call(`${started.ops}/readyz`)).status).toBe(200);
  });

  it('known keys still verify tokens while the key set cannot be fetched', async () => {
    gateway = await start();
    await call(`${gateway.url}/api/me`, await mint(gateway.pair, 'user_1'));
    gateway.keyServer.down = true;
    expect((await call(`${gateway.url}/api/me`, await mint(gateway.pair, 'user_2'))).status).toBe(200);
  });
});

describe("Clerk's keys", () => {
  it('are fetched once for a flood of unknown key ids, while tokens with known ids are accepted', async () => {
    const started = (gateway = await start());
    const stranger = signingPair('x');
    const statuses = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const token = await mint(stranger, 'user_1', { header: { kid: `unknown-${index}` } });
        return (await call(`${started.url}/api/me`, token)).status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([401, 503]));
    expect((await call(`${started.url}/api/me`, await mint(started.pair, 'user_2'))).status).toBe(200);
    expect(started.keyServer.fetches).toBe(1);
  });

  it('that are newer than the fetched set cause 503, never 401, until they can be fetched', async () => {
    const { keyServer, pair, url, letTimePass } = (gateway = await start());
    const fresh = signingPair('ins_2');
    const [old, good] = [await mint(pair, 'user_1'), await mint(fresh, 'user_1')];
    expect((await call(`${url}/api/me`, old)).status).toBe(200);
    letTimePass(30_000);
    const invented = await call(`${url}/api/me`, await mint(signingPair('x'), 'user_1'));
    expect([invented.status, invented.body.code]).toEqual([401, 'token_key_unknown']);
    keyServer.pairs = [pair, fresh];
    letTimePass(10_000);
    const early = await call(`${url}/api/me`, good);
    expect([early.status, early.body.code, early.headers.get('retry-after')]).toEqual([503, 'keys_unavailable', '20']);
    expect((await call(`${url}/api/me`, old)).status).toBe(200);
    letTimePass(20_000);
    expect((await call(`${url}/api/me`, good)).status).toBe(200);
  });

  it('that may have been replaced under the same id do not sign out a known session', async () => {
    const { keyServer, pair, url, letTimePass } = (gateway = await start());
    expect((await call(`${url}/api/me`, await mint(pair, 'user_1'))).status).toBe(200);
    const successor = signingPair(pair.kid);
    keyServer.pairs = [successor];
    const [known, unknown] = [await mint(successor, 'user_1'), await mint(successor, 'user_2')];
    const early = await call(`${url}/api/me`, known);
    expect([early.status, early.body.code, early.headers.get('retry-after')]).toEqual([503, 'keys_unavailable', '30']);
    expect((await call(`${url}/api/me`, unknown)).body.code).toBe('token_signature_invalid');
    letTimePass(30_000);
    for (const token of [known, unknown]) expect((await call(`${url}/api/me`, token)).status).toBe(200);
  });

  it('that were replaced under the same id verify nothing, and their cached tokens are dropped', async () => {
    const { keyServer, pair, url, letTimePass } = (gateway = await start());
    const old = await mint(pair, 'user_1');
    expect((await call(`${url}/api/me`, old)).status).toBe(200);
    const successor = signingPair(pair.kid);
    keyServer.pairs = [successor];
    letTimePass(30_000);
    expect(await call(`${url}/api/me`, await mint(successor, 'user_1'))).toMatchObject({ status: 200 });
    letTimePass(30_000);
    for (const token of [old, await mint(pair, 'user_2')]) {
      expect(await call(`${url}/api/me`, token)).toMatchObject({
        status: 401,
        body: { code: 'token_signature_invalid' },
      });
    }
    expect(keyServer.fetches).toBe(3);
  });

  it('are not fetched if one is pinned', async () => {
    const pinned = signingPair('whatever');
    gateway = await start({ CLERK_JWT_KEY: pinned.publicPem.replaceAll('\n', '\\n') });
    expect((await call(`${gateway.url}/api/me`, await mint(pinned, 'user_1'))).status).toBe(200);
    expect((await call(`${gateway.url}/api/me`, await mint(gateway.pair, 'user_1'))).status).toBe(401);
    expect(gateway.keyServer.fetches).toBe(0);
  });
});

describe('a shutdown', () => {
  it('completes running requests and accepts no more', async () => {
    const started = await start();
    gateway = started;
    release = () => undefined;
    const before = release;
    const inHand = call(`${started.url}/api/me`, await mint(started.pair, 'user_slow'));
    await eventually(() => release !== before);

    const closing = started.app.close();
    await eventually(async () => {
      const late = await call(`${started.url}/docs`).catch(() => undefined);

      return late === undefined || late.status === 503;
    });

    release();
    expect(await inHand).toMatchObject({ status: 200, body: { clerkUserId: 'user_slow' } });

    await closing;
  });
});
