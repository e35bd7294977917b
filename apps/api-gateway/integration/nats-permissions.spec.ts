import {
  clerkEventsStream,
  envelopeHeader,
  eventSubject,
  getLedgerStats,
  natsAccounts,
  resolvePrincipal,
  trustChangesAnnouncement,
} from '@gatehouse/contracts';
import { OPERATOR, PATIENCE_MS, eventually, startOwnNats } from '@gatehouse/testing';
import { jetstreamManager } from '@nats-io/jetstream';
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
  return (await asGateway.request(resolvePrincipal.subject, body, { headers: sent, timeout: PATIENCE_MS })).json();
}

/** Creates the stream of events. */
async function createStream(operator: NatsConnection): Promise<void> {
  const { name, subjects } = clerkEventsStream;
  await (await jetstreamManager(operator)).streams.add({ name, subjects: [...subjects] });
}

describe("the gateway's NATS user", () => {
  it.each([
    'clerk.events.user.created',
    'clerk.outcomes.success',
    'user-sync.users.erase',
    trustChangesAnnouncement.subject,
    '$JS.API.INFO',
    '$JS.API.STREAM.NAMES',
    '$JS.API.STREAM.DELETE.CLERK_EVENTS',
    '$JS.API.STREAM.INFO.CLERK_EVENTS',
    '$JS.streams.API.STREAM.INFO.CLERK_EVENTS',
    '$JS.streams.API.STREAM.MSG.GET.CLERK_EVENTS',
    '$JS.ACK.CLERK_EVENTS.user-sync.1.1.1.1.0',
    '_INBOX.user-sync.x',
  ])('cannot publish on %s', async (subject) => {
    await expect(asGateway.request(subject, body, { timeout: PATIENCE_MS })).rejects.toThrow(/permissions violation/i);
  });

  it.each(['clerk.events.>', 'user-sync.>', 'webhook-ingest.>', '_INBOX.user-sync.>', '$JS.>', '>'])(
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

describe('accounts, even with users who may do everything in their account,', () => {
  const names = ['api-gateway', 'user-sync', 'webhook-ingest', OPERATOR] as const;
  const connections = new Map<string, NatsConnection>();
  const as = (name: (typeof names)[number]) => connections.get(name) as NatsConnection;
  let stop = async (): Promise<void> => undefined;

  beforeAll(async () => {
    const operator = { user: OPERATOR, password: OPERATOR };
    const accounts = natsAccounts((identity) => identity, [operator]).map((account) => ({
      ...account,
      users: account.users.map(({ user, password }) => ({ user, password })),
    }));
    const nats = await startOwnNats({ accounts });
    stop = () => nats.dispose();
    for (const name of names) connections.set(name, await connect(nats.as(name)));
    await createStream(as(OPERATOR));
  });

  afterAll(async () => {
    for (const connection of connections.values()) await connection.close();
    await stop();
  });

  it('share requests, replies and announcements with those for whom they are, and nothing else', async () => {
    const heard = new Map(names.map((name) => [name, new Set<string>()]));
    for (const name of names) {
      as(name).subscribe('>', {
        callback: (_, message) => {
          heard.get(name)?.add(message.string());
          if (name === 'user-sync' && message.string() === 'request') message.respond('reply');
        },
      });
      await as(name).flush();
    }
    as('webhook-ingest').publish(eventSubject('user.created'), 'event');
    as('user-sync').publish(trustChangesAnnouncement.subject, 'announcement');
    await as('api-gateway').request(resolvePrincipal.subject, 'request', { timeout: PATIENCE_MS });
    await eventually(() => heard.get(OPERATOR)?.has('event') === true);
    // Messages of one connection arrive in order, so whatever was sent before these has arrived with them.
    for (const name of names) {
      await as(name).flush();
      as(name).publish('end', `end of ${name}`);
    }
    for (const name of names) await eventually(() => heard.get(name)?.has(`end of ${name}`) === true);
    const texts = ['request', 'reply', 'event', 'announcement'];
    const found = names.map((name) => [name, texts.filter((text) => heard.get(name)?.has(text))]);
    expect(Object.fromEntries(found)).toEqual({
      'api-gateway': ['request', 'reply', 'announcement'],
      'user-sync': ['request', 'reply', 'announcement'],
      'webhook-ingest': ['event'],
      [OPERATOR]: ['event'],
    });
  });

  it('show the gateway no stream', async () => {
    const manager = await jetstreamManager(as('api-gateway'), { checkAPI: false, timeout: PATIENCE_MS });
    await expect(manager.streams.info(clerkEventsStream.name)).rejects.toThrow(/jetstream not enabled for account/i);
  });
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

  it('that is stopped is reported at once since nats-server 2.10; before, requests to it time out', async () => {
    await gateway.ingest.stop();
    const [major = 0, minor = 0] = (asGateway.info?.version ?? '').split('.').map(Number);
    const failure = major > 2 || minor >= 10 ? /no responders/i : /timeout/i;
    // Repeated, because the first request may arrive before nats-server has noticed the stop.
    await eventually(async () => {
      const asked = asGateway.request(getLedgerStats.subject, body, { timeout: 1_000 });
      await expect(asked).rejects.toThrow(failure);
    });
  });
});
