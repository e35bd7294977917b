import {
  type EnvelopeClaims,
  type EnvelopeSigner,
  type NatsIdentity,
  trustChangesAnnouncement,
  envelopeHeader,
  gatewayRequests,
  getMe,
  listUsers,
  natsIdentities,
  resolvePrincipal,
} from '@gatehouse/contracts';
import { type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { Controller, type INestApplication } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { RequestError, TimeoutError, connect, headers } from '@nats-io/transport-node';
import { RequestRefusedError } from '../src/errors';
import { NatsClient } from '../src/nats-client';
import { RequestClient } from '../src/request-client';
import { type EnvelopeVerifier, RequestHandler, type VerifiedRequest } from '../src/request-server';
import { found, startApp, startClient } from './messaging-app';
import { RequestLoad } from './request-load';

/** Takes the place of a signature, because this spec tests the transport; libs/auth tests the envelope. */
const verifyEnvelope: EnvelopeVerifier = (envelope, subject) => {
  if (envelope === 'of another time') throw Object.assign(new Error('no'), { signerAheadMs: -12_345 });
  if (envelope !== `for ${subject}`) throw new RequestRefusedError('unauthenticated', 'no');
  return { sub: subject, bh: '', rid: 'request-1', iat: 0, exp: 0, principal: null } satisfies EnvelopeClaims;
};

@Controller()
class PrincipalController {
  static behave: (request: VerifiedRequest<typeof resolvePrincipal>) => Promise<unknown>;

  @RequestHandler(resolvePrincipal)
  resolve(@Payload() request: VerifiedRequest<typeof resolvePrincipal>): Promise<unknown> {
    return PrincipalController.behave(request);
  }
}

/** Longer than a busy machine stands still. */
const PATIENCE_MS = 20_000;

let nats: OwnNats;
let app: INestApplication;
let gateway: NatsClient;
let client: RequestClient;
const context = { principal: null, requestId: 'request-1' };

beforeAll(async () => {
  nats = await startOwnNats();
  app = await startApp(nats, 'user-sync', [PrincipalController], verifyEnvelope);
  gateway = startClient(nats, 'api-gateway');
  const sign: EnvelopeSigner = (requests) => requests.map(({ subject }) => `for ${subject}`);
  client = new RequestClient(gateway, sign, PATIENCE_MS, PATIENCE_MS / 2);
  await eventually(() => gateway.connected);
  PrincipalController.behave = async () => found;
  await eventually(() => client.send(resolvePrincipal, { clerkUserId: 'user_1', sessionId: 's' }, context));
});

beforeEach(() => {
  PrincipalController.behave = async () => found;
});

afterAll(async () => {
  await app.close();
  await gateway.close();
  await nats.dispose();
});

const ask = (clerkUserId: string) => client.send(resolvePrincipal, { clerkUserId, sessionId: 's' }, context);

describe('a request', () => {
  it('gets the reply that its contract defines', async () => {
    await expect(ask('user_1')).resolves.toEqual(found);
  });

  it('gets no members in its reply that the contract does not define', async () => {
    PrincipalController.behave = async () => ({ ...found, hashedPassword: 'x' });
    await expect(ask('user_1')).resolves.not.toHaveProperty('hashedPassword');
  });

  it('with an invalid body is rejected, and the message names the field', async () => {
    await expect(ask('not an id')).rejects.toMatchObject({
      reason: 'invalid_request',
      message: expect.stringContaining('clerkUserId'),
    });
  });

  it('without a valid envelope is rejected and not handled', async () => {
    const forged = new RequestClient(gateway, () => ['for another subject']);
    let handled = false;
    PrincipalController.behave = async () => {
      handled = true;
      return found;
    };
    await expect(
      forged.send(resolvePrincipal, { clerkUserId: 'user_1', sessionId: 's' }, context),
    ).rejects.toMatchObject({ reason: 'unauthenticated' });
    const bare = gateway.get().request(resolvePrincipal.subject, '{}', { timeout: 20_000 });
    expect((await bare).json()).toMatchObject({ ok: false, error: { code: 'unauthenticated' } });
    expect(handled).toBe(false);
  });

  it('that was signed by a wrong clock is rejected with the difference of the clocks', async () => {
    const late = new RequestClient(gateway, () => ['of another time']);
    const body = { clerkUserId: 'user_1', sessionId: 's' };
    await expect(late.send(resolvePrincipal, body, context)).rejects.toMatchObject({
      reason: 'clock_skew',
      message:
        "the gateway's clock is 12345 ms behind this service's: synchronize both clocks by NTP, unless the request was delayed by that time",
    });
  });

  it('that is refused for a reason of a newer release fails as internal', async () => {
    PrincipalController.behave = () => Promise.reject(new RequestRefusedError('of tomorrow' as 'conflict', 'new'));
    await expect(ask('user_1')).rejects.toMatchObject({ reason: 'internal', message: 'new' });
  });

  it('gets the reason of a refusal, but not that of a failure', async () => {
    PrincipalController.behave = () => Promise.reject(new RequestRefusedError('user_deleted', 'gone'));
    await expect(ask('user_1')).rejects.toMatchObject({ reason: 'user_deleted', message: 'gone' });
    PrincipalController.behave = () => Promise.reject(new TypeError('secret detail'));
    await expect(ask('user_1')).rejects.toMatchObject({ reason: 'internal', message: 'the service failed' });
  });

  it('to a subject without a service is unavailable: at once, or after its timeout with nats-server 2.9', async () => {
    const impatient = new RequestClient(gateway, (requests) => requests.map(({ subject }) => `for ${subject}`), 1_000);
    const refused: unknown = await impatient.send(getMe, {}, context).catch((error: unknown) => error);
    // 2.9 does not tell a sender in another account that nobody subscribes.
    const isOld = gateway.get().info?.version.startsWith('2.9.') === true;
    const cause = isOld ? expect.any(TimeoutError) : expect.any(RequestError);
    expect(refused).toMatchObject({ reason: 'unavailable', cause });
  });

  it('that an older release of the service does not know is repeated for a second only, while others are answered', async () => {
    let attempts = 0;
    const sign: EnvelopeSigner = (requests) =>
      requests.map(({ subject }) => {
        if (subject === getMe.subject) attempts += 1;
        return `for ${subject}`;
      });
    const patient = new RequestClient(gateway, sign, PATIENCE_MS);
    const load = new RequestLoad(() =>
      patient.send(resolvePrincipal, { clerkUserId: 'user_1', sessionId: 's' }, context),
    );
    await expect(patient.send(getMe, {}, context, 2_500)).rejects.toMatchObject({ reason: 'unavailable' });
    expect((await load.stop()).failures).toEqual([]);
    // A second of pauses of 25 ms.
    expect(attempts).toBeLessThanOrEqual(41);
  });
});

describe('a request that asks for its reply on a subject of another service', () => {
  it.each(['clerk.outcomes.success', '_INBOX.user-sync.1', '$JS.API.STREAM.DELETE.CLERK_EVENTS'])(
    '(%s) gets it within its own account, where the other service does not see it',
    async (reply) => {
      const heard: string[] = [];
      const theirs = await connect(nats.as('user-sync'));
      theirs.subscribe('_INBOX.user-sync.>', { callback: (_, { subject }) => void heard.push(subject) });
      await theirs.flush();
      const handled = new Promise<string>((resolve) => {
        PrincipalController.behave = async ({ body }) => {
          resolve(body.clerkUserId);
          return found;
        };
      });
      gateway.get().publish(resolvePrincipal.subject, requestBody, { headers: validHeaders(), reply });
      expect(await handled).toBe('user_eve');
      // The reply of a later request follows the first one on the same connections.
      await ask('user_1');
      await theirs.flush();
      expect(heard).toEqual([]);
      await theirs.close();
    },
  );

  it('is not handled when it names no subject for the reply', async () => {
    const handled: string[] = [];
    PrincipalController.behave = async ({ body }) => {
      handled.push(body.clerkUserId);
      return found;
    };
    gateway.get().publish(resolvePrincipal.subject, requestBody, { headers: validHeaders() });
    // Arrives after it on the same connection.
    await ask('user_1');
    expect(handled).toEqual(['user_1']);
  });

  const requestBody = JSON.stringify({ clerkUserId: 'user_eve', sessionId: 's' });
  const validHeaders = () => {
    const sent = headers();
    sent.set(envelopeHeader, `for ${resolvePrincipal.subject}`);
    return sent;
  };
});

describe('the app', () => {
  it('leaves requests to other replicas while it stops, and answers those that it has received', async () => {
    const leaving = await startApp(nats, 'user-sync', [PrincipalController], verifyEnvelope);
    await eventually(() => leaving.get(NatsClient).get().flush());
    let release = (): void => undefined;
    const released = new Promise<void>((free) => (release = free));
    let held = 0;
    PrincipalController.behave = async ({ body }) => {
      if (body.clerkUserId === 'user_held') {
        held += 1;
        await released;
      }
      return found;
    };
    // So many that each replica gets some, which keep the stop waiting.
    const received = Array.from({ length: 30 }, () => ask('user_held'));
    await eventually(() => held === received.length);
    const closed = leaving.close();
    const later = await Promise.allSettled(Array.from({ length: 30 }, () => ask('user_1')));
    release();
    expect(later).toEqual(later.map(() => ({ status: 'fulfilled', value: found })));
    expect(await Promise.all(received)).toEqual(received.map(() => found));
    await closed;
  });

  it('does not start with a handler that has no contract', async () => {
    @Controller()
    class Bare {
      @MessagePattern('user-sync.bare.get')
      get(): string {
        return 'x';
      }
    }
    await expect(startApp(nats, 'user-sync', [Bare], verifyEnvelope)).rejects.toMatchObject({
      code: 'CONTRACT_MISSING',
    });
  });
});

describe('NATS permissions', () => {
  const forbidden = [
    ['api-gateway', 'clerk.events.user.created'],
    ['api-gateway', 'clerk.outcomes.success'],
    ['api-gateway', '$JS.streams.API.STREAM.INFO.CLERK_EVENTS'],
    ['api-gateway', 'user-sync.users.erase'],
    ['webhook-ingest', resolvePrincipal.subject],
    ['webhook-ingest', 'clerk.outcomes.success'],
    ['webhook-ingest', '$JS.API.STREAM.INFO.CLERK_EVENTS'],
    ['webhook-ingest', '$JS.streams.API.STREAM.UPDATE.CLERK_EVENTS'],
    ['webhook-ingest', '$JS.streams.API.CONSUMER.MSG.NEXT.CLERK_EVENTS.user-sync'],
    ['user-sync', '$JS.streams.API.STREAM.PURGE.CLERK_EVENTS'],
    ['user-sync', 'clerk.events.user.created'],
    ['user-sync', listUsers.subject],
    ['user-sync', '$JS.streams.API.CONSUMER.MSG.NEXT.CLERK_OUTCOMES.webhook-ingest'],
    ['stream-keeper', 'clerk.events.user.created'],
    ['stream-keeper', '$JS.API.STREAM.UPDATE.CLERK_EVENTS'],
    ['stream-keeper', '$JS.API.CONSUMER.MSG.NEXT.CLERK_EVENTS.user-sync'],
    ['nats-setup', 'clerk.events.user.created'],
    ['nats-setup', '$JS.API.STREAM.MSG.GET.CLERK_EVENTS'],
  ] as const;

  it('fails a request that the gateway may not send, without waiting for its timeout', async () => {
    const request = { ...getMe, subject: 'user-sync.users.erase' };
    await expect(client.send(request, {}, context)).rejects.toMatchObject({
      reason: 'unavailable',
      cause: { name: 'PermissionViolationError' },
    });
  });

  it('makes another inbox for replies after nats-server has refused the first one', async () => {
    let inboxPrefix = '_INBOX.user-sync';
    const refused = Object.create(gateway, { inboxPrefix: { get: () => inboxPrefix } }) as NatsClient;
    const other = new RequestClient(refused, (requests) => requests.map(({ subject }) => `for ${subject}`));
    const askOther = () => other.send(resolvePrincipal, { clerkUserId: 'user_1', sessionId: 's' }, context);
    await expect(askOther()).rejects.toMatchObject({ reason: 'unavailable' });
    ({ inboxPrefix } = gateway);
    await expect(askOther()).resolves.toEqual(found);
  });

  it.each(forbidden)('%s may not publish on %s', async (service, subject) => {
    await expect(violation(service, (connection) => connection.publish(subject, '{}'))).resolves.toMatch(/publish/i);
  });

  it.each([
    ['api-gateway', 'user-sync.>'],
    ['api-gateway', '_INBOX.user-sync.>'],
    ['webhook-ingest', 'clerk.events.>'],
    ['webhook-ingest', 'user-sync.>'],
    ['stream-keeper', 'clerk.events.>'],
    ['user-sync', 'webhook-ingest.>'],
    ['user-sync', '_INBOX.api-gateway.>'],
    ['user-sync', '>'],
  ] as const)('%s may not subscribe to %s', async (service, subject) => {
    await expect(violation(service, (connection) => void connection.subscribe(subject))).resolves.toMatch(
      /subscription/i,
    );
  });

  const requests = gatewayRequests.map(({ subject }) => subject);
  const objects = ['CLERK_EVENTS', 'CLERK_OUTCOMES'];
  const durables = ['user-sync', 'webhook-ingest', 'other'];
  const apiCalls = [
    ...['INFO', 'STREAM.NAMES', 'STREAM.LIST', 'STREAM.CREATE.OTHER'],
    ...objects.flatMap((stream) => [
      ...['INFO', 'CREATE', 'UPDATE', 'DELETE', 'PURGE', 'SNAPSHOT', 'RESTORE', 'MSG.GET', 'MSG.DELETE'].map(
        (verb) => `STREAM.${verb}.${stream}`,
      ),
      ...[`DIRECT.GET.${stream}`, `CONSUMER.NAMES.${stream}`, `CONSUMER.LIST.${stream}`],
      `STREAM.LEADER.STEPDOWN.${stream}`,
      ...durables.flatMap((durable) =>
        ['CREATE', 'DURABLE.CREATE', 'INFO', 'DELETE', 'MSG.NEXT', 'PAUSE'].map(
          (verb) => `CONSUMER.${verb}.${stream}.${durable}`,
        ),
      ),
    ]),
  ];
  const everything = [
    ...requests,
    trustChangesAnnouncement.subject,
    ...['clerk.events.user.created', 'clerk.outcomes.success', '_INBOX.api-gateway.x', '_INBOX.webhook-ingest.x'],
    ...['_INBOX.user-sync.x', '_INBOX.x', '$SYS.REQ.SERVER.PING', '$SYS.ACCOUNT.X', '$KV.x.y', '$O.x.C.y', 'other'],
    ...['$JS.API', '$JS.streams.API'].flatMap((prefix) => apiCalls.map((call) => `${prefix}.${call}`)),
    ...objects.flatMap((stream) => durables.map((durable) => `$JS.ACK.${stream}.${durable}.1.1.1.1.0`)),
  ];
  const consume = (stream: string, durable: string) => [
    ...['INFO', 'MSG.NEXT'].map((verb) => `$JS.streams.API.CONSUMER.${verb}.${stream}.${durable}`),
    `$JS.ACK.${stream}.${durable}.1.1.1.1.0`,
  ];
  const inspect = objects.map((stream) => `$JS.streams.API.STREAM.INFO.${stream}`);
  const create = [
    ...objects.flatMap((stream) => ['INFO', 'CREATE'].map((verb) => `$JS.API.STREAM.${verb}.${stream}`)),
    ...['CLERK_EVENTS.user-sync', 'CLERK_OUTCOMES.webhook-ingest'].flatMap((consumer) =>
      ['INFO', 'CREATE'].map((verb) => `$JS.API.CONSUMER.${verb}.${consumer}`),
    ),
  ];
  // A service that only answers requests does not need to publish.
  const needed: Partial<Record<NatsIdentity, string[]>> = {
    'api-gateway': requests,
    'webhook-ingest': [
      ...['clerk.events.user.created', '$JS.streams.API.STREAM.MSG.DELETE.CLERK_EVENTS', ...inspect],
      ...objects.map((stream) => `$JS.streams.API.STREAM.PURGE.${stream}`),
      ...['$JS.streams.API.CONSUMER.INFO.CLERK_EVENTS.user-sync', ...consume('CLERK_OUTCOMES', 'webhook-ingest')],
    ],
    'user-sync': [
      ...['clerk.outcomes.success', trustChangesAnnouncement.subject, ...inspect],
      ...consume('CLERK_EVENTS', 'user-sync'),
    ],
    'stream-keeper': create,
    'nats-setup': [
      ...create,
      ...objects.flatMap((stream) => ['UPDATE', 'DELETE'].map((verb) => `$JS.API.STREAM.${verb}.${stream}`)),
      ...['CLERK_EVENTS.user-sync', 'CLERK_OUTCOMES.webhook-ingest'].map((one) => `$JS.API.CONSUMER.DELETE.${one}`),
    ],
  };

  it.each(natsIdentities)('let %s publish on the subjects that it needs and on no others', async (service) => {
    const connection = await connect(nats.as(service));
    const refused = new Set<string>();
    const watched = (async () => {
      for await (const status of connection.status()) {
        const subject = status.type === 'error' && /Publish to "(.+)"/i.exec(status.error.message)?.[1];
        if (subject) refused.add(subject);
      }
    })();
    // Publishing on an allowed subject is harmless here: the message is not a valid request.
    for (const subject of everything) connection.publish(subject, 'nothing');
    await connection.flush();
    await connection.close();
    await watched;
    expect(everything.filter((subject) => !refused.has(subject)).sort()).toEqual([...(needed[service] ?? [])].sort());
  });

  async function violation(
    service: NatsIdentity,
    act: (connection: Awaited<ReturnType<typeof connect>>) => void,
  ): Promise<string> {
    const connection = await connect(nats.as(service));
    try {
      const status = connection.status()[Symbol.asyncIterator]();
      act(connection);
      await connection.flush();
      for (;;) {
        const next = await status.next();
        if (next.done === true) return 'closed';
        if (next.value.type === 'error') return next.value.error.message;
      }
    } finally {
      await connection.close();
    }
  }
});
