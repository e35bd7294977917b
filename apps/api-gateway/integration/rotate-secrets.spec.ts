import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { SecretDirectory, eventually } from '@gatehouse/testing';
import { type AttackedGateway, CLERK_USER, startAttackedGateway } from './support/attacked-gateway';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { signingPair } from './support/key-server';

const envelopePair = () =>
  generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const [oldEnvelope, nextEnvelope] = [envelopePair(), envelopePair()];
const [OLD, NEXT] = [`old-${'x'.repeat(32)}`, `next-${'x'.repeat(32)}`];
const [oldPair, nextPair] = [signingPair('ins_1'), signingPair('ins_1')];

let secrets: SecretDirectory;
let gateway: AttackedGateway;

beforeAll(async () => {
  secrets = new SecretDirectory({
    LEGACY_JWT_SECRETS: OLD,
    CLERK_JWT_KEY: oldPair.publicPem,
    ENVELOPE_PRIVATE_KEY: oldEnvelope.privateKey,
  });
  gateway = await startAttackedGateway(secrets.variables);
});

afterAll(async () => {
  await gateway?.stop();
  secrets.dispose();
});

const status = async (token: string) => (await call(`${gateway.url}/auth/session`, token)).status;
/** How often the gateway has read a new value of `variable`. The log may name a change of another secret later. */
const changes = (variable: string) =>
  gateway
    .logs()
    .split('\n')
    .filter((line) => line.includes('"message":"secret changed"') && line.includes(`"${variable}_FILE"`)).length;

/** Waits until `isDone`, and meanwhile sends requests with `token` that must never fail. */
async function keepCalling(token: () => string | Promise<string>, isDone: () => Promise<boolean>): Promise<void> {
  await eventually(async () => {
    expect(await status(await token())).toBe(200);
    return isDone();
  });
}

it('replaces the secret of Gatehouse tokens in three steps, without rejecting a valid token', async () => {
  const [ofOld, ofNext] = [gateway.legacy({ secret: OLD }), gateway.legacy({ secret: NEXT })];
  expect([await status(ofOld), await status(ofNext)]).toEqual([200, 401]);
  const isSignedByNext = async () => {
    const { body } = await call(
      `${gateway.url}/auth/verify-clerk-token`,
      await mint(oldPair, CLERK_USER, { claims: { jti: randomUUID() } }),
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
    );
    const [header, claims, tag] = (body.token as string).split('.');
    return tag === createHmac('sha256', NEXT).update(`${header}.${claims}`).digest('base64url');
  };

  secrets.write({ LEGACY_JWT_SECRETS: `${OLD},${NEXT}` });
  await keepCalling(
    () => ofOld,
    async () => (await status(ofNext)) === 200,
  );
  expect(await isSignedByNext()).toBe(false);
  const before = changes('LEGACY_JWT_SECRETS');
  secrets.write({ LEGACY_JWT_SECRETS: `${NEXT},${OLD}` });
  // Exchanges have a limit per minute, so the log says when to ask again.
  await keepCalling(
    () => ofOld,
    async () => changes('LEGACY_JWT_SECRETS') > before,
  );
  expect(await isSignedByNext()).toBe(true);
  secrets.write({ LEGACY_JWT_SECRETS: NEXT });
  // The cache of verified tokens holds `ofOld`.
  await keepCalling(
    () => ofNext,
    async () => (await status(ofOld)) === 401,
  );
  expect(await status(gateway.legacy({ secret: OLD }))).toBe(401);
});

it('replaces the pinned key of Clerk, and drops the cached tokens of the old one', async () => {
  const [ofOld, ofNext] = [await mint(oldPair, CLERK_USER), await mint(nextPair, CLERK_USER)];
  expect([await status(ofOld), await status(ofNext)]).toEqual([200, 401]);

  secrets.write({ CLERK_JWT_KEY: nextPair.publicPem });
  await eventually(async () => (await status(ofNext)) === 200);
  expect([await status(ofOld), await status(await mint(oldPair, CLERK_USER))]).toEqual([401, 401]);
});

it('replaces the envelope key while the services accept both, without a failed request', async () => {
  const services = [gateway.userSync, gateway.ingest];
  const me = async () => (await call(`${gateway.url}/api/me`, gateway.key())).status;
  const before = changes('ENVELOPE_PRIVATE_KEY');
  for (const service of services) service.trust(`${oldEnvelope.publicKey}${nextEnvelope.publicKey}`);

  secrets.write({ ENVELOPE_PRIVATE_KEY: nextEnvelope.privateKey });
  await eventually(async () => {
    expect(await me()).toBe(200);
    return changes('ENVELOPE_PRIVATE_KEY') > before;
  });
  for (const service of services) service.trust(nextEnvelope.publicKey);
  expect(await me()).toBe(200);
});

it('keeps the old value of a file with an invalid one, and shows no secret in log or metrics', async () => {
  secrets.write({ ENVELOPE_PRIVATE_KEY: nextEnvelope.publicKey, LEGACY_JWT_SECRETS: 'hunter2' });
  const rejected = (variable: string) => `gatehouse_gateway_secret_rejected{variable="${variable}_FILE"}`;
  await eventually(async () => {
    const metrics = await gateway.metrics();
    return ['ENVELOPE_PRIVATE_KEY', 'LEGACY_JWT_SECRETS'].every((name) => metrics.includes(`${rejected(name)} 1`));
  });

  expect((await call(`${gateway.url}/api/me`, gateway.legacy({ secret: NEXT }))).status).toBe(200);
  expect(gateway.logs()).toContain(
    '"variable":"LEGACY_JWT_SECRETS_FILE","problem":"names a file whose content is not one secret of 32 bytes or more, or two"',
  );
  const shown = gateway.logs() + (await gateway.metrics());
  for (const secret of ['hunter2', OLD, NEXT, nextEnvelope.privateKey.slice(30, 60)])
    expect(shown).not.toContain(secret);
});
