import { verifyToken } from '@clerk/backend';
import { decodeJwt } from 'jose';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { FrontendBrowser, PAGE } from './frontend-browser';

const EMAIL = 'ada+clerk_test@example.com';

describe('browsers that use the Frontend API', () => {
  let emulator: ClerkEmulator;
  let browser: FrontendBrowser;

  beforeEach(async () => {
    emulator = await startClerkEmulator();
    browser = await FrontendBrowser.open(emulator);
  });
  afterEach(() => emulator.close());

  const client = async () => (await browser.call('GET', '/v1/client')).body.response;

  it('are listed with their sign-ins and sign-ups, without codes and credentials', async () => {
    const { body } = await browser.signUp(EMAIL);
    const bob = emulator.createUser({ email_address: ['bob@example.com'] });
    await browser.signIn('bob@example.com', '000000');
    const attempts = await rawApi(emulator)('GET', '/emulator/attempts');
    expect(attempts.body['data']).toMatchObject([
      {
        kind: 'sign_in',
        status: 'needs_first_factor',
        identifier: 'bob@example.com',
        verification: { strategy: 'email_code', status: 'unverified', attempts: 1 },
        user_id: bob.id,
      },
      { kind: 'sign_up', status: 'complete', identifier: EMAIL, user_id: body.response.created_user_id },
    ]);
    const browsers = await rawApi(emulator)('GET', '/emulator/browsers');
    expect(browsers.body['data']).toMatchObject([
      { client_id: body.client.id, sessions: [{ id: body.response.created_session_id }] },
    ]);
    const text = JSON.stringify([attempts.body, browsers.body]);
    for (const secret of [browser.credential, '424242', emulator.lastCode('bob@example.com') ?? '']) {
      expect(text).not.toContain(secret);
    }
  });

  it('get the session that somebody begins on the page of the emulator in the same browser', async () => {
    const user = emulator.createUser({ email_address: [EMAIL] });
    const signIn = (cookie: string) => rawApi(emulator)('POST', '/emulator/sessions', { user_id: user.id }, { cookie });
    const session = await signIn(`__clerk_db_jwt=${browser.credential}`);
    expect(await client()).toMatchObject({ id: session.body['client_id'], sessions: [{ user: { id: user.id } }] });
    expect((await signIn('__clerk_db_jwt=dvb_unknown')).body['client_id']).not.toBe(session.body['client_id']);
    expect((await client()).sessions).toHaveLength(1);
  });

  it('get tokens of another time by the fault browser_clock_skew', async () => {
    const { body } = await browser.signUp(EMAIL);
    const path = `/v1/client/sessions/${String(body.response.created_session_id)}/tokens`;
    emulator.addFault({ kind: 'browser_clock_skew', count: 1, params: { offset_seconds: -300 } });
    const token = async () => String((await browser.call('POST', path)).body.jwt);
    await expect(verifyToken(await token(), { jwtKey: emulator.jwtKey })).rejects.toThrow(/expired/);
    expect(await verifyToken(await token(), { jwtKey: emulator.jwtKey })).toMatchObject({ azp: PAGE });

    emulator.addFault({ kind: 'browser_clock_skew', count: 1, params: { offset_seconds: 86_400 } });
    const query = new URLSearchParams({ redirect_url: PAGE, __clerk_db_jwt: browser.credential });
    const url = `${emulator.url}/v1/client/handshake?${query.toString()}`;
    const { headers } = await fetch(url, { redirect: 'manual' });
    const handshake = new URL(headers.get('location') ?? '').searchParams.get('__clerk_handshake') ?? '';
    const session = decodeJwt<{ handshake: string[] }>(handshake).handshake.find((each) =>
      each.startsWith('__session='),
    );
    expect((decodeJwt(session?.split(/[=;]/)[1] ?? '').iat ?? 0) * 1_000).toBeGreaterThan(Date.now() + 80_000_000);
  });

  it('are unknown once by the fault browser_dropped_cookies, also in a handshake', async () => {
    await browser.signUp(EMAIL);
    emulator.addFault({ kind: 'browser_dropped_cookies', count: 2 });
    expect(await browser.call('GET', '/v1/client')).toMatchObject({
      status: 401,
      body: { errors: [{ code: 'dev_browser_unauthenticated' }] },
    });
    const query = new URLSearchParams({ redirect_url: PAGE, __clerk_db_jwt: browser.credential });
    const url = `${emulator.url}/v1/client/handshake?${query.toString()}`;
    const { headers } = await fetch(url, { redirect: 'manual' });
    const handshake = new URL(headers.get('location') ?? '').searchParams.get('__clerk_handshake') ?? '';
    const cookies = decodeJwt<{ handshake: string[] }>(handshake).handshake;
    expect(cookies.find((each) => each.startsWith('__clerk_db_jwt='))).not.toContain(browser.credential);
    expect(cookies.find((each) => each.startsWith('__client_uat='))).toMatch(/^__client_uat=0;/);
    expect((await client()).sessions).toHaveLength(1);
  });
});
