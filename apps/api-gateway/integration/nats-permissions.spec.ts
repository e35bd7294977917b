import { resolvePrincipal, envelopeHeader } from '@gatehouse/contracts';
import { type NatsConnection, connect, headers } from '@nats-io/transport-node';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

let gateway: TestGateway;
let asGateway: NatsConnection;

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync) => {
    userSync.answer(resolvePrincipal, ({ body: { clerkUserId } }) => samplePrincipal(clerkUserId));
  });
  asGateway = await connect(gateway.nats.as('api-gateway'));
});

afterAll(async () => {
  await asGateway?.close();
  await gateway?.stop();
});

const body = Buffer.from(JSON.stringify({ clerkUserId: 'user_1', sessionId: 'sess_1' }));

async function ask(envelope: string | undefined) {
  const sent = headers();
  if (envelope !== undefined) sent.set(envelopeHeader, envelope);
  return (await asGateway.request(resolvePrincipal.subject, body, { headers: sent, timeout: 20_000 })).json();
}

describe("the gateway's NATS user", () => {
  it.each([
    'clerk.events.user.created',
    'clerk.outcomes.success',
    'user-sync.users.delete',
    '$JS.API.STREAM.DELETE.CLERK_EVENTS',
    '$JS.API.STREAM.INFO.CLERK_EVENTS',
    '_INBOX.user-sync.x',
  ])('cannot publish on %s', async (subject) => {
    await expect(asGateway.request(subject, body, { timeout: 20_000 })).rejects.toThrow(/permissions violation/i);
  });

  it.each(['clerk.events.>', 'user-sync.>', 'webhook-ingest.>', '_INBOX.user-sync.>', '>'])(
    'cannot subscribe to %s',
    async (subject) => {
      const failure = new Promise<Error | null>((resolve) => {
        asGateway.subscribe(subject, { callback: (error) => resolve(error) });
      });
      await asGateway.flush();
      expect((await failure)?.message).toMatch(/permissions violation/i);
    },
  );
});

describe('a service', () => {
  const { subject } = resolvePrincipal;
  const refused = { ok: false, error: { code: 'unauthenticated' } };

  it('answers requests signed by the gateway, and no others', async () => {
    const good = gateway.sign({ subject, body, requestId: 'r', principal: null });
    await expect(ask(good)).resolves.toMatchObject({ ok: true });
    await expect(ask(undefined)).resolves.toMatchObject(refused);
    await expect(ask(`${good}x`)).resolves.toMatchObject(refused);
    const otherSubject = gateway.sign({ subject: 'user-sync.me.get', body, requestId: 'r', principal: null });
    await expect(ask(otherSubject)).resolves.toMatchObject(refused);
    const otherBody = gateway.sign({ subject, body: Buffer.from('{}'), requestId: 'r', principal: null });
    await expect(ask(otherBody)).resolves.toMatchObject(refused);
  });
});
