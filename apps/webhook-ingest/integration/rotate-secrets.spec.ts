import { generateKeyPairSync } from 'node:crypto';
import { createEnvelopeSigner } from '@gatehouse/auth';
import { type Principal, listWebhookEvents } from '@gatehouse/contracts';
import { type RequestClient } from '@gatehouse/messaging';
import { METRICS } from '@gatehouse/observability';
import { SecretDirectory, eventually } from '@gatehouse/testing';
import { type Registry } from 'prom-client';
import { type Ingest, IngestHarness, deliver, otherSecret, secret, userCreated } from './ingest-harness';

const pair = () =>
  generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const [old, next] = [pair(), pair()];

const principal: Principal = {
  userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11',
  clerkUserId: 'user_admin',
  method: 'clerk_session',
  role: 'admin',
  tier: 'free',
  scopes: [],
  sessionId: 'sess_1',
};

let harness: IngestHarness;
let ingest: Ingest;
let secrets: SecretDirectory;
let signedByOld: RequestClient;
let signedByNext: RequestClient;

beforeAll(async () => {
  harness = await IngestHarness.create();
  signedByOld = harness.requests(createEnvelopeSigner(old.privateKey));
  signedByNext = harness.requests(createEnvelopeSigner(next.privateKey));
});

beforeEach(async () => {
  secrets = new SecretDirectory({ CLERK_WEBHOOK_SIGNING_SECRETS: secret, ENVELOPE_PUBLIC_KEYS: old.publicKey });
  ingest = await harness.start(secrets.variables);
  await eventually(() => list(signedByOld));
});

afterEach(async () => {
  await ingest.close();
  secrets.dispose();
});

afterAll(() => harness.dispose());

const list = (client: RequestClient) => client.send(listWebhookEvents, {}, { principal, requestId: 'request-1' });
const status = async (by: string) => (await deliver(ingest.url, userCreated(), { secret: by })).status;
const rejected = async (variable: string) => {
  const metrics = await ingest.app.get<Registry>(METRICS).metrics();
  return metrics.includes(`gatehouse_ingest_secret_rejected{variable="${variable}"} 1`);
};

/** Waits until `isDone`, and meanwhile repeats a request that must never fail. */
async function untilWith(request: () => Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  await eventually(async () => {
    await request();
    return isDone();
  });
}

describe('the rotation of the webhook signing secret', () => {
  it('accepts both secrets while both are in the file, and rejects the removed one', async () => {
    const accepted = (by: string) => async () => expect(await status(by)).toBe(200);

    secrets.write({ CLERK_WEBHOOK_SIGNING_SECRETS: `${secret},${otherSecret}\n` });
    await untilWith(accepted(secret), async () => (await status(otherSecret)) === 200);
    secrets.write({ CLERK_WEBHOOK_SIGNING_SECRETS: otherSecret });
    await untilWith(accepted(otherSecret), async () => (await status(secret)) === 400);

    expect(ingest.logs()).toContain('"variable":"CLERK_WEBHOOK_SIGNING_SECRETS_FILE"');
    expect(ingest.logs()).not.toContain(otherSecret.slice('whsec_'.length));
  });

  it('keeps the old secret while the file is invalid', async () => {
    secrets.write({ CLERK_WEBHOOK_SIGNING_SECRETS: `${otherSecret},whsec_cut` });
    await eventually(() => rejected('CLERK_WEBHOOK_SIGNING_SECRETS_FILE'));

    expect([await status(secret), await status(otherSecret)]).toEqual([200, 400]);
    expect(ingest.logs()).toContain('names a file whose content value 2 is too short');
    expect(ingest.logs()).not.toContain('whsec_');
  });
});

describe('the rotation of the envelope key', () => {
  it('accepts requests of both keys while both are in the file, and rejects the removed one', async () => {
    const refusedTo = (client: RequestClient) =>
      list(client).then(
        () => undefined,
        (error: unknown) => (error as { reason?: string }).reason,
      );
    const accepted = (client: RequestClient) => async () => expect(await refusedTo(client)).toBeUndefined();

    secrets.write({ ENVELOPE_PUBLIC_KEYS: `${old.publicKey}${next.publicKey}` });
    await untilWith(accepted(signedByOld), async () => (await refusedTo(signedByNext)) === undefined);
    secrets.write({ ENVELOPE_PUBLIC_KEYS: next.publicKey });
    await untilWith(accepted(signedByNext), async () => (await refusedTo(signedByOld)) === 'unauthenticated');
  });
});
