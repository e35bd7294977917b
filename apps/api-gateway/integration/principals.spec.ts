import { generateKeyPairSync } from 'node:crypto';
import { type ClerkSession, createEnvelopeSigner } from '@gatehouse/auth';
import { inboxPrefix, resolvePrincipal } from '@gatehouse/contracts';
import { NatsClient, RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, startOwnNats } from '@gatehouse/testing';
import { Registry } from 'prom-client';
import { PrincipalDirectory } from '../src/authenticate/principal-directory';
import { GatewayMetrics } from '../src/measure-requests/gateway-metrics';
import { PeerService } from './support/peer-service';
import { samplePrincipal } from './support/samples';
import { PASSWORD, natsUsers } from './support/test-gateway';

const log = createLogger({ service: 'test', level: 'silent' });
const asked: string[] = [];
let isActive = true;
let nats: OwnNats;
let userSync: PeerService;
let client: NatsClient;
let directory: PrincipalDirectory;
let now = 1_000_000;

beforeAll(async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  nats = await startOwnNats({ users: natsUsers() });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  userSync = new PeerService('user-sync', nats.url, PASSWORD, publicPem, log);
  userSync.answer(resolvePrincipal, ({ body }) => {
    asked.push(`${body.clerkUserId} ${body.sessionId}`);
    return samplePrincipal(body.clerkUserId, { isActive });
  });
  await userSync.start();
  const name = 'api-gateway';
  client = new NatsClient(
    { servers: [nats.url], user: name, password: PASSWORD, name, inboxPrefix: inboxPrefix(name) },
    log,
  );
  client.start();
  await new Promise<void>((resolve) => client.onConnect(() => resolve()));
  const signer = createEnvelopeSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  directory = new PrincipalDirectory(new RequestClient(client, signer), new GatewayMetrics(new Registry()), () => now);
});

afterAll(async () => {
  await client?.close();
  await userSync?.stop();
  await nats?.dispose();
});

beforeEach(() => {
  asked.length = 0;
  isActive = true;
  now += 60_000;
});

const session = (sessionId: string): ClerkSession => ({
  clerkUserId: 'user_1',
  sessionId,
  version: 2,
  issuedAt: 0,
  expiresAt: 0,
  authorizedParty: null,
  actor: null,
});

describe('the principals', () => {
  it('are asked for again after three seconds, so that a deactivation is seen by then', async () => {
    await directory.principalOf(session('sess_1'), 'r');
    isActive = false;
    now += 2_999;
    await expect(directory.principalOf(session('sess_1'), 'r')).resolves.toMatchObject({ clerkUserId: 'user_1' });
    expect(asked).toHaveLength(1);
    now += 2;
    await expect(directory.principalOf(session('sess_1'), 'r')).rejects.toMatchObject({ code: 'account_inactive' });
    expect(asked).toHaveLength(2);
  });

  it('are kept apart by session', async () => {
    await directory.principalOf(session('sess_1'), 'r');
    await expect(directory.principalOf(session('sess_2'), 'r')).resolves.toMatchObject({ sessionId: 'sess_2' });
    expect(asked).toEqual(['user_1 sess_1', 'user_1 sess_2']);
  });

  it('are asked for once by a crowd', async () => {
    await Promise.all(Array.from({ length: 100 }, () => directory.principalOf(session('sess_1'), 'r')));
    expect(asked).toHaveLength(1);
  });

  it('are not looked up without a bound: a flood is told to come back', async () => {
    const flood = Array.from({ length: 1_200 }, async (_, index) =>
      directory.principalOf(session(`sess_x${index}`), 'r'),
    );
    const results = await Promise.allSettled(flood);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(200);
    expect(refused.every(({ reason }) => reason.reason === 'unavailable')).toBe(true);
  });
});
