import { type ClerkEmulator, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { fixture, keyPaths } from './fixture';
import { startWebhookReceiver } from './webhook-receiver';

describe('generated data:', () => {
  const running: { close(): Promise<void> }[] = [];
  const start = async (options: object = {}): Promise<ClerkEmulator> => {
    const emulator = await startClerkEmulator(options);
    running.push(emulator);
    return emulator;
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()));
  });

  it('users depend only on the seed, are found by their identifiers, and send no webhook', async () => {
    const [one, two] = [await start(), await start({ users: 300, seed: '7' })];
    const api = rawApi(one);
    const answer = await api('POST', '/emulator/generate/users', { count: 300, seed: 7 });
    expect(answer.body).toMatchObject({ created: 300, skipped: 0, total: 300 });
    expect(one.users()).toEqual(two.users());
    const withEmail = one.users().find((user) => user.email_addresses.length > 0)!;
    const email = withEmail.email_addresses[0]!.email_address;
    expect((await api('GET', `/v1/users?email_address=${encodeURIComponent(email)}`)).body).toEqual([withEmail]);
    expect(one.users().some((user) => user.email_addresses.length === 0 && user.phone_numbers.length === 1)).toBe(true);
    expect(keyPaths(withEmail).filter((path) => !path.startsWith('phone'))).toEqual(
      keyPaths(fixture('bapi.user')).filter((path) => !path.startsWith('phone')),
    );
    expect((await api('POST', '/emulator/generate/users', { count: 300, seed: 7 })).body).toMatchObject({ created: 0 });
    expect((await api('POST', '/emulator/generate/users', { count: 10, seed: 8 })).body).toMatchObject({ created: 10 });
    expect(one.deliveries()).toEqual([]);
  });

  it('pages by starting_after and by offset return every user once', async () => {
    const emulator = await start({ users: 1_234 });
    const api = rawApi(emulator);
    const all = emulator.users().map(({ id }) => id);
    for (const next of [
      (seen: string[]) => (seen.length === 0 ? '' : `&starting_after=${seen.at(-1)}`),
      (seen: string[]) => `&offset=${seen.length}`,
    ]) {
      const seen: string[] = [];
      for (let page: { id: string }[] = [{ id: '' }]; page.length > 0;) {
        page = (await api('GET', `/v1/users?limit=500&order_by=%2Bcreated_at${next(seen)}`)).body as never;
        seen.push(...page.map(({ id }) => id));
      }
      expect(seen).toEqual(all);
    }
  });

  it('the webhooks of a history, in order, lead to the final state', async () => {
    const receiver = await startWebhookReceiver();
    running.push(receiver);
    const emulator = await start({ webhookUrls: [receiver.url] });
    const api = rawApi(emulator);
    const { body } = await api('POST', '/emulator/generate/history', { steps: 120, seed: 'x' });
    await emulator.whenSettled(50_000);
    const truth = (await api('GET', '/emulator/truth')).body;
    expect(truth).toEqual({ users: body['users'], deleted_user_ids: body['deleted_user_ids'] });
    type Event = { type: string; timestamp: number; data: { id: string; created_at: number } };
    const events = receiver.webhooks.map((webhook) => JSON.parse(webhook.body) as Event);
    const users = new Map<string, object>();
    for (const { type, data } of events.sort((a, b) => a.timestamp - b.timestamp)) {
      if (type === 'user.deleted') users.delete(data.id);
      else users.set(data.id, data);
    }
    expect([...users.values()]).toEqual(truth['users']);
    expect(new Set(receiver.webhooks.map((webhook) => webhook.headers['svix-id'])).size).toBe(events.length);
  });

  it('more webhooks than fit into the queue are rejected at once', async () => {
    const emulator = await start({ webhookQueueLimit: 5 });
    const answer = await rawApi(emulator)('POST', '/emulator/generate/users', { count: 6, webhooks: true });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ code: 'queue_too_small' }] } });
    expect(emulator.users()).toEqual([]);
  });
});
