import { createClerkClient } from '@clerk/backend';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { FrontendBrowser } from './frontend-browser';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('the profile image of a user', () => {
  let emulator: ClerkEmulator;
  let browser: FrontendBrowser;
  let userId: string;

  beforeEach(async () => {
    emulator = await startClerkEmulator({ webhookUrls: ['http://127.0.0.1:9/'], retryScheduleMs: [0] });
    browser = await FrontendBrowser.open(emulator);
    userId = String((await browser.signUp('ada+clerk_test@example.com')).body.response.created_user_id);
  });
  afterEach(() => emulator.close());

  const upload = (body: FormData | string, headers: Record<string, string> = {}) =>
    fetch(`${emulator.url}/v1/me/profile_image?__clerk_db_jwt=${browser.credential}`, {
      method: 'POST',
      body,
      headers,
    });
  const form = (bytes: Buffer): FormData => {
    const fields = new FormData();
    fields.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'ada.png');
    return fields;
  };

  it.each([
    ['a form', () => upload(form(PNG))],
    [
      'a data URL',
      () => upload(`data:image/png;base64,${PNG.toString('base64')}`, { 'content-type': 'application/octet-stream' }),
    ],
  ])('is uploaded as %s, served to every page, in the user and its webhook, and removed', async (_title, send) => {
    const response = await send();
    const { response: image, client } = (await response.json()) as {
      response: { public_url: string };
      client: { sessions: [{ public_user_data: object }] };
    };
    const shown = { has_image: true, image_url: image.public_url };
    expect(client.sessions[0].public_user_data).toMatchObject(shown);
    expect(emulator.findUser(userId)).toMatchObject(shown);
    const [updated] = emulator.deliveries();
    expect(JSON.parse(updated?.body ?? '{}')).toMatchObject({ type: 'user.updated', data: shown });
    const served = await fetch(image.public_url, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect([served.headers.get('content-type'), Buffer.from(await served.arrayBuffer())]).toEqual(['image/png', PNG]);

    const removed = await browser.call('DELETE', '/v1/me/profile_image');
    expect(removed.body.response).toMatchObject({ object: 'image', deleted: true });
    expect(emulator.findUser(userId)).toMatchObject({ has_image: false });
    expect((await fetch(image.public_url)).status).toBe(404);
    expect((await browser.call('DELETE', '/v1/me/profile_image')).status).toBe(404);
    // Not Clerk's picture, which a page would load from Clerk's servers.
    const me = (await browser.call('GET', '/v1/me')).body.response;
    expect(me.image_url).toMatch(/^data:image\/svg\+xml;name=avatar_placeholder;base64,/);
  });

  it('is set and removed by the Backend API', async () => {
    const { users } = createClerkClient(emulator.clientOptions);
    const file = new Blob([new Uint8Array(PNG)], { type: 'image/png' });
    const first = await users.updateUserProfileImage(userId, { file });
    expect(first).toMatchObject({ hasImage: true, imageUrl: expect.stringContaining(emulator.url) as string });
    const second = await users.updateUserProfileImage(userId, { file });
    expect((await fetch(first.imageUrl)).status).toBe(404);
    expect((await fetch(second.imageUrl)).status).toBe(200);
    expect(await users.deleteUserProfileImage(userId)).toMatchObject({ hasImage: false });
  });

  it('is no text, and no form without a file', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    for (const body of [form(svg), new FormData()]) {
      const { status } = await upload(body);
      expect(status).toBe(422);
    }
    expect((await upload('nonsense', { 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(400);
    const elsewhere = await fetch(`${emulator.url}/v1/me?__clerk_db_jwt=${browser.credential}`, {
      ...{ method: 'PATCH', body: form(PNG) },
    });
    expect(elsewhere.status).toBe(415);
    expect(emulator.findUser(userId)).toMatchObject({ has_image: false });
  });
});
