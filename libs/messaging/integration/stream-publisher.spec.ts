import { jetstreamManager } from '@nats-io/jetstream';
import { createLogger } from '@gatehouse/observability';
import { OPERATOR, type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { PublishRefusedError, PublishUnacknowledgedError } from '../src/errors';
import { NatsClient } from '../src/nats-client';
import { StreamPublisher } from '../src/stream-publisher';

const TIMEOUT_MS = 20_000;
const IMMEDIATE = ['setImmediate', 'clearImmediate'] as const;
const INTERVAL = ['setInterval', 'clearInterval'] as const;

let nats: OwnNats;
let client: NatsClient;
let publisher: StreamPublisher;

const publish = (text: string, headers: [string, string][] = [], subject = 'clerk.events.test') =>
  publisher.publish(subject, new TextEncoder().encode(text), headers);

beforeEach(async () => {
  nats = await startOwnNats();
  const logger = createLogger({ service: 'messaging-test', level: 'silent' });
  client = new NatsClient(
    { servers: [nats.url], user: OPERATOR, password: OPERATOR, name: OPERATOR, inboxPrefix: '_INBOX.operator' },
    logger,
  );
  void client.start();
  await eventually(() => client.connected);
  const manager = await jetstreamManager(client.get(), { checkAPI: false, timeout: 20_000 });
  await manager.streams.add({ name: 'CLERK_EVENTS', subjects: ['clerk.events.>'], max_msg_size: 1_000 });
  publisher = new StreamPublisher(client.get(), client.inboxPrefix, TIMEOUT_MS);
});

afterEach(async () => {
  await client.close();
  await nats.dispose();
});

describe('a publisher of stream messages', () => {
  it('returns to each of many concurrent publishes its own sequence', async () => {
    const acks = await Promise.all(Array.from({ length: 300 }, (_, number) => publish(`message ${number}`)));

    expect(acks).toEqual(acks.map((_, index) => ({ sequence: index + 1, duplicate: false })));
  });

  it('stores the headers unchanged, and detects a duplicate by its id', async () => {
    const id: [string, string] = ['Nats-Msg-Id', 'msg_1:1'];

    expect(await publish('first', [['Gatehouse-Webhook-Id', 'msg_1'], id])).toEqual({ sequence: 1, duplicate: false });
    expect(await publish('again', [id])).toEqual({ sequence: 1, duplicate: true });

    const manager = await jetstreamManager(client.get(), { checkAPI: false, timeout: 20_000 });
    const stored = await manager.streams.getMessage('CLERK_EVENTS', { seq: 1 });
    expect(stored?.header.get('Gatehouse-Webhook-Id')).toBe('msg_1');
  });

  it('reports why a message was rejected, and continues', async () => {
    await expect(publish('x'.repeat(2_000))).rejects.toThrow(PublishRefusedError);
    await expect(publish('x'.repeat(2_000))).rejects.toThrow(/message size/);
    await expect(publish('small', [['Nats-Expected-Stream', 'OTHER']])).rejects.toThrow(PublishRefusedError);
    expect(await publish('small')).toMatchObject({ sequence: 1 });
  });

  it('rejects a header with a line break', async () => {
    await expect(publish('x', [['Gatehouse-Webhook-Id', 'a\r\nNats-Msg-Id: b']])).rejects.toThrow();
    expect(await publish('small')).toMatchObject({ sequence: 1 });
  });

  it('fails at once when no stream has the subject', async () => {
    await expect(publish('x', [], 'clerk.other')).rejects.toThrow('no stream has this subject');
  });

  it('fails only the messages that are not acknowledged in time', async () => {
    client.get().subscribe('silent', { callback: () => undefined });

    // Fakes only the clock of the publisher, because the connection has timers of its own.
    jest.useFakeTimers({ doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', ...IMMEDIATE, ...INTERVAL] });
    try {
      const unanswered = publish('x', [], 'silent').catch((error: unknown) => error);
      jest.advanceTimersByTime(TIMEOUT_MS - 1);
      expect(await publish('y')).toMatchObject({ sequence: 1 });
      const underWay = publish('z');
      jest.advanceTimersByTime(1);
      expect(await unanswered).toBeInstanceOf(PublishUnacknowledgedError);
      expect(await underWay).toMatchObject({ sequence: 2 });
    } finally {
      jest.useRealTimers();
    }
  });

  it('fails the messages in progress at once when the connection ends', async () => {
    client.get().subscribe('silent', { callback: () => undefined });
    const patient = new StreamPublisher(client.get(), client.inboxPrefix, 600_000);

    const unanswered = patient.publish('silent', new Uint8Array(), []).catch((error: unknown) => error);
    await client.close();

    expect(await unanswered).toBeInstanceOf(PublishUnacknowledgedError);
  });
});
