import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClerkClient } from '@clerk/backend';
import { type ClerkEmulator, ListenFailedError, startClerkEmulator, StateFileInvalidError } from '../src';
import { rawApi } from './emulator-api';
import { FrontendBrowser } from './frontend-browser';
import { startWebhookReceiver } from './webhook-receiver';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('an emulator with a STATE_FILE', () => {
  let folder: string;
  let stateFile: string;
  const running: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(closable: T): T => {
    running.push(closable);
    return closable;
  };
  const start = async (options: object = {}): Promise<ClerkEmulator> =>
    keep(await startClerkEmulator({ stateFile, ...options }));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clerk-emulator-'));
    stateFile = join(folder, 'deep', 'state.json');
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()));
    await rm(folder, { recursive: true });
  });

  it('keeps users, sessions, the key and the count of events over a restart', async () => {
    const first = await start();
    const api = rawApi(first);
    const user = (await api('POST', '/v1/users', { email_address: ['ada@example.com'] })).body;
    const session = (await api('POST', '/v1/sessions', { user_id: user['id'] })).body;
    const users = (await api('GET', '/v1/users')).body;
    await first.close();

    const second = await start();
    const again = rawApi(second);
    expect(second.jwtKey).toBe(first.jwtKey);
    expect((await again('GET', '/v1/users')).body).toEqual(users);
    expect((await again('GET', `/v1/sessions/${String(session['id'])}`)).body).toEqual(session);
    expect((await again('GET', '/emulator/health')).body).toMatchObject({ events_published: 3 });
    expect(await again('POST', '/v1/users', { email_address: ['ada@example.com'] })).toMatchObject({ status: 422 });
  });

  it('keeps browsers signed in over a restart', async () => {
    const first = await start();
    const browser = await FrontendBrowser.open(first);
    const { created_session_id: sessionId } = (await browser.signUp('ada+clerk_test@example.com')).body.response;
    await first.close();

    const again = browser.at(await start());
    expect((await again.call('GET', '/v1/client')).body.response).toMatchObject({ sessions: [{ id: sessionId }] });
    expect((await again.call('POST', `/v1/client/sessions/${sessionId}/tokens`)).status).toBe(200);
  });

  it('serves profile images after a restart, but none that was replaced or is from before a reset', async () => {
    const first = await start();
    const { users } = createClerkClient(first.clientOptions);
    const { id } = first.createUser();
    const file = new Blob([new Uint8Array(PNG)]);
    const { imageUrl: replaced } = await users.updateUserProfileImage(id, { file });
    const { imageUrl } = await users.updateUserProfileImage(id, { file });
    await first.close();

    const imageAt = ({ url }: ClerkEmulator, image: string) => fetch(`${url}${new URL(image).pathname}`);
    const second = await start();
    const served = await imageAt(second, imageUrl);
    expect([served.headers.get('content-type'), Buffer.from(await served.arrayBuffer())]).toEqual(['image/png', PNG]);
    expect((await imageAt(second, replaced)).status).toBe(404);
    second.reset();
    await second.close();
    expect((await imageAt(await start(), imageUrl)).status).toBe(404);
  });

  it('ends a lockout at the same time as without a restart', async () => {
    let now = Date.now();
    const first = await start({ now: () => now });
    const user = (await rawApi(first)('POST', '/v1/users', { email_address: ['ada@example.com'], locked: true })).body;
    expect(user).toMatchObject({ locked: true, lockout_expires_in_seconds: 3_600 });
    await first.close();
    now += 3_599_000;
    const api = rawApi(await start({ now: () => now }));
    const shown = () => api('GET', `/v1/users/${String(user['id'])}`).then(({ body }) => body);
    expect(await shown()).toMatchObject({ locked: true, lockout_expires_in_seconds: 1 });
    now += 1_000;
    expect(await shown()).toMatchObject({ locked: false, lockout_expires_in_seconds: null });
  });

  it('sends pending deliveries after a restart, with the same svix-id', async () => {
    const receiver = keep(await startWebhookReceiver());
    const first = await start({ webhookUrls: [receiver.url] });
    await rawApi(first)('POST', '/emulator/pause');
    await rawApi(first)('POST', '/v1/users', { email_address: ['ada@example.com'] });
    const { data } = (await rawApi(first)('GET', '/emulator/deliveries')).body as { data: { message_id: string }[] };
    await first.close();
    expect(receiver.webhooks).toHaveLength(0);

    await start({ webhookUrls: [receiver.url] });
    const [webhook] = await receiver.received(1);
    expect(webhook!.headers['svix-id']).toBe(data[0]!.message_id);
  });

  it('writes a file that only its owner can read', async () => {
    await (await start()).close();
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
  });

  it('leaves the file unchanged when its port is taken', async () => {
    const first = await start();
    await rawApi(first)('POST', '/v1/users', { email_address: ['ada@example.com'] });
    const port = Number(new URL(first.url).port);
    await expect(startClerkEmulator({ stateFile, port })).rejects.toThrow(ListenFailedError);
    await first.close();
    expect(JSON.parse(await readFile(stateFile, 'utf8'))).toMatchObject({ users: [{ object: 'user' }] });
  });

  it('remembers deleted users over a restart', async () => {
    const first = await start();
    const { id } = first.createUser();
    first.deleteUser(id);
    await first.close();
    expect(await rawApi(await start())('GET', '/emulator/truth')).toMatchObject({
      body: { users: [], deleted_user_ids: [id] },
    });
  });

  it.each(['users', 'sessions', 'deliveries', 'endpoints'])(
    'rejects and keeps a file with invalid %s',
    async (list) => {
      await (await start()).close();
      const state = JSON.parse(await readFile(stateFile, 'utf8')) as Record<string, unknown>;
      const text = JSON.stringify({ ...state, [list]: [{ id: 'x' }] });
      await writeFile(stateFile, text);
      await expect(start()).rejects.toThrow(StateFileInvalidError);
      expect(await readFile(stateFile, 'utf8')).toBe(text);
    },
  );

  it.each(['{"version":1', '{"version":2}', '[]', ''])('rejects and keeps a file with the content %j', async (text) => {
    const file = join(folder, 'state.json');
    await writeFile(file, text);
    await expect(startClerkEmulator({ stateFile: file })).rejects.toThrow(StateFileInvalidError);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
