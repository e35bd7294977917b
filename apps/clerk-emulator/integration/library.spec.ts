import { createClerkClient, verifyToken } from '@clerk/backend';
import { type ClerkEmulator, NothingCameError, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

/** Limit that holds on a busy machine too, in ms. */
const ENOUGH_MS = 50_000;

describe('an emulator started by a test', () => {
  let emulator: ClerkEmulator;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    emulator = await startClerkEmulator({ webhookUrls: [receiver.url], retryScheduleMs: [0, 20, 20] });
  });
  beforeEach(async () => {
    emulator.reset();
    await emulator.whenIdle();
    receiver.clear();
    receiver.answerWith(() => ({ status: 200 }));
  });
  afterAll(async () => {
    await emulator.close();
    await receiver.close();
  });

  it('creates users, sessions and tokens without HTTP requests', async () => {
    const user = emulator.createUser({ email_address: ['ada@example.com'], public_metadata: { role: 'admin' } });
    const session = emulator.signIn(user.id);
    const claims = await verifyToken(await emulator.token(session.id), { jwtKey: emulator.jwtKey });
    expect(claims).toMatchObject({ sub: user.id, sid: session.id, metadata: { role: 'admin' } });
    expect((await verifyToken(await emulator.token(user.id), { jwtKey: emulator.jwtKey })).sid).not.toBe(session.id);
    await expect(
      verifyToken(await emulator.token(session.id, 'expired'), { jwtKey: emulator.jwtKey }),
    ).rejects.toThrow();
    expect(emulator.signOut(session.id).status).toBe('removed');
  });

  it('returns options that @clerk/backend accepts', async () => {
    const user = emulator.createUser();
    const clerk = createClerkClient(emulator.clientOptions);
    expect((await clerk.users.getUser(user.id)).id).toBe(user.id);
    emulator.deleteUser(user.id);
    await expect(clerk.users.getUser(user.id)).rejects.toMatchObject({ status: 404 });
    expect(emulator.findUser(user.id)).toBeUndefined();
  });

  it('waits for a delivery, past or future, and rejects when none comes in time', async () => {
    receiver.answerWith((_webhook, index) => ({ status: index === 0 ? 500 : 200 }));
    const user = emulator.createUser();
    const come = await emulator.waitForDelivery({ type: 'user.created', userId: user.id, timeoutMs: ENOUGH_MS });
    expect(come).toMatchObject({ status: 'delivered', attempts: [{ status: 500 }, { status: 200 }] });
    expect(JSON.parse(come.body)).toMatchObject({ data: { id: user.id } });
    await emulator.waitForDelivery({ type: 'user.created', timeoutMs: ENOUGH_MS });
    await expect(emulator.waitForDelivery({ type: 'user.deleted', timeoutMs: 20 })).rejects.toThrow(NothingCameError);
  });

  it('is settled when no retry and no delayed delivery is left', async () => {
    receiver.answerWith((_webhook, index) => ({ status: index === 0 ? 500 : 200 }));
    emulator.addFault({ kind: 'delay', params: { delay_ms: 30 } });
    emulator.createUser();
    await emulator.whenSettled(ENOUGH_MS);
    expect(receiver.webhooks).toHaveLength(2);
    emulator.addFault({ kind: 'delay', params: { delay_ms: 60_000 } });
    emulator.createUser();
    await expect(emulator.whenSettled(20)).rejects.toThrow(NothingCameError);
  });

  it('returns the codes that were sent', async () => {
    emulator.createUser({ email_address: ['ada@example.com'] });
    expect(emulator.lastCode('ada@example.com')).toBeUndefined();
    await rawApi(emulator)('POST', '/emulator/sign-in', { identifier: 'ada@example.com' });
    expect(emulator.lastCode('Ada@example.com')).toMatch(/^\d{6}$/);
    expect(emulator.messages()).toHaveLength(1);
  });

  it('sends no retry of a delivery that was in flight during a reset', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    receiver.answerWith(() => answered.then(() => ({ status: 500 })));
    emulator.createUser();
    await receiver.received(1);
    emulator.reset();
    answer();
    await emulator.whenSettled(ENOUGH_MS);
    emulator.createUser();
    await receiver.received(2);
    await emulator.whenIdle();
    expect(new Set(receiver.webhooks.map((webhook) => webhook.headers['svix-id'])).size).toBe(2);
    expect(emulator.deliveries()).toHaveLength(1);
  });

  it('has no data of the previous test after a reset', async () => {
    const user = emulator.createUser();
    emulator.signIn(user.id);
    emulator.addFault({ kind: 'drop' });
    await rawApi(emulator)('POST', '/emulator/pause');
    emulator.createUser();
    emulator.reset();
    expect(emulator.users()).toEqual([]);
    expect(emulator.deliveries()).toEqual([]);
    const api = rawApi(emulator);
    expect((await api('GET', '/emulator/health')).body).toMatchObject({
      users: 0,
      sessions: 0,
      deliveries_pending: 0,
      paused: false,
    });
    expect((await api('GET', '/emulator/faults')).body).toMatchObject({ data: [] });
    emulator.createUser();
    await emulator.waitForDelivery({ type: 'user.created', timeoutMs: ENOUGH_MS });
  });
});
