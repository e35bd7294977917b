import { createClerkClient } from '@clerk/backend';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { FrontendBrowser, PAGE } from './frontend-browser';

const EMAIL = 'ada@example.com';
const STRATEGY = 'oauth_custom_mock';
const CALLBACK = `${PAGE}/sso-callback`;
const REDIRECTS = { redirect_url: CALLBACK, action_complete_redirect_url: '/done' };

describe('signing in by the Test Provider', () => {
  let emulator: ClerkEmulator;
  let browser: FrontendBrowser;
  let now = 1_790_000_000_000;

  beforeEach(async () => {
    emulator = await startClerkEmulator({
      now: () => now,
      webhookUrls: ['http://127.0.0.1:9/'],
      retryScheduleMs: [0],
    });
    browser = await FrontendBrowser.open(emulator);
  });
  afterEach(() => emulator.close());

  /** Begins and returns the URL of the provider's page. */
  const begin = async (kind: 'sign_ins' | 'sign_ups', params = {}): Promise<URL> => {
    const { body } = await browser.call('POST', `/v1/client/${kind}`, { strategy: STRATEGY, ...REDIRECTS, ...params });
    const { response } = body;
    const verification =
      kind === 'sign_ins' ? response.first_factor_verification : response.verifications.external_account;
    expect(verification).toMatchObject({ status: 'unverified', strategy: STRATEGY });
    return new URL(verification.external_verification_redirect_url);
  };
  /** Answers on the provider's page and returns where the browser goes. */
  const answer = async (page: URL, fields: Record<string, string>): Promise<URL> => {
    const query = new URLSearchParams({ state: page.searchParams.get('state') ?? '', ...fields });
    const response = await fetch(`${emulator.url}/v1/oauth_callback?${query.toString()}`, { redirect: 'manual' });
    expect(response.status).toBe(303);
    const target = new URL(response.headers.get('location') ?? '');
    expect(target.searchParams.get('__clerk_db_jwt')).toBe(browser.credential);
    return target;
  };
  const client = async () => (await browser.call('GET', '/v1/client')).body.response;
  const path = ({ origin, pathname }: URL): string => `${origin}${pathname}`;
  const signUp = async (email_address = EMAIL) =>
    answer(await begin('sign_ups'), { email_address, first_name: 'Ada', last_name: 'Lovelace' });

  it('signs a person up, with an external account in the Backend API and in webhooks', async () => {
    expect(path(await signUp('ADA@example.com'))).toBe(`${PAGE}/done`);
    const { sessions, sign_up: signUpLeft, last_authentication_strategy: strategy } = await client();
    expect([signUpLeft, strategy]).toEqual([null, STRATEGY]);
    const [user] = await createClerkClient(emulator.clientOptions)
      .users.getUserList()
      .then(({ data }) => data);
    expect(user).toMatchObject({
      id: sessions[0].user.id,
      firstName: 'Ada',
      lastName: 'Lovelace',
      emailAddresses: [
        { emailAddress: EMAIL, verification: { status: 'verified', strategy: `from_${STRATEGY}` }, linkedTo: [{}] },
      ],
      externalAccounts: [{ provider: STRATEGY, emailAddress: EMAIL, verification: { status: 'verified' } }],
    });
    expect(user?.emailAddresses[0]?.linkedTo[0]?.id).toBe(user?.externalAccounts[0]?.identificationId);
    const created = emulator.deliveries().find(({ type }) => type === 'user.created');
    expect(JSON.parse(created?.body ?? '{}')).toMatchObject({
      data: { external_accounts: [{ object: 'external_account', provider: STRATEGY, email_address: EMAIL }] },
    });
  });

  it('transfers a sign-in of an unknown person to a sign-up, and a sign-up of a known one to a sign-in', async () => {
    const unknown = await answer(await begin('sign_ins'), { email_address: EMAIL, first_name: 'Ada' });
    expect(path(unknown)).toBe(CALLBACK);
    expect((await client()).sign_in.first_factor_verification).toMatchObject({
      status: 'transferable',
      error: { code: 'external_account_not_found' },
    });
    const up = await browser.call('POST', '/v1/client/sign_ups', { transfer: 'true', unsafe_metadata: '{"a":1}' });
    expect(up.body.response).toMatchObject({ status: 'complete', email_address: EMAIL, first_name: 'Ada' });
    const [ada] = emulator.users();
    expect(ada).toMatchObject({ unsafe_metadata: { a: 1 }, external_accounts: [{ email_address: EMAIL }] });
    expect((await browser.call('POST', '/v1/client/sign_ups', { transfer: 'true' })).status).toBe(422);
    await browser.call('DELETE', '/v1/client/sessions');

    expect(path(await signUp())).toBe(CALLBACK);
    expect((await client()).sign_up.verifications.external_account).toMatchObject({
      status: 'transferable',
      error: { code: 'external_account_exists' },
    });
    const signedIn = await browser.call('POST', '/v1/client/sign_ins', { transfer: 'true' });
    expect(signedIn.body).toMatchObject({
      response: { status: 'complete', identifier: EMAIL },
      client: { sessions: [{ user: { id: ada?.id } }] },
    });
    expect(emulator.users()).toHaveLength(1);
  });

  it('links the account with the user who has the address verified, and with nobody who has not', async () => {
    const bob = emulator.createUser({ email_address: [EMAIL] });
    const carol = emulator.createUser({ username: 'carol' });
    await rawApi(emulator)('POST', '/v1/email_addresses', { user_id: carol.id, email_address: 'carol@example.com' });
    expect(path(await answer(await begin('sign_ins'), { email_address: EMAIL }))).toBe(`${PAGE}/done`);
    expect(emulator.findUser(bob.id)).toMatchObject({
      external_accounts: [{ email_address: EMAIL }],
      email_addresses: [{ linked_to: [{ type: STRATEGY }], verification: { strategy: 'email_code' } }],
    });
    const unverified = await answer(await begin('sign_ins'), { email_address: 'carol@example.com' });
    expect(path(unverified)).toBe(CALLBACK);
    expect(emulator.findUser(carol.id)?.external_accounts).toEqual([]);
  });

  it.each([
    ['denies access', 'oauth_access_denied', { error: 'access_denied' }],
    ['is banned', 'user_banned', { email_address: EMAIL }],
    ['is signed in already', 'identifier_already_signed_in', { email_address: EMAIL }],
  ])('says why it fails for a person who %s', async (_title, code, fields) => {
    const user = emulator.createUser({ email_address: [EMAIL], banned: code === 'user_banned' });
    if (code === 'identifier_already_signed_in') {
      await answer(await begin('sign_ins'), { email_address: EMAIL });
    }
    expect(path(await answer(await begin('sign_ins'), fields))).toBe(CALLBACK);
    const verification = (await client()).sign_in.first_factor_verification;
    expect(verification).toMatchObject({ status: 'failed', error: { code } });
    expect(emulator.findUser(user.id)?.external_accounts).toHaveLength(code === 'identifier_already_signed_in' ? 1 : 0);
  });

  it('waits for another address of a sign-up before it creates the user', async () => {
    const page = await begin('sign_ups', { phone_number: '+12015550100' });
    expect(path(await answer(page, { email_address: EMAIL }))).toBe(CALLBACK);
    const { id, unverified_fields: unverified, verifications } = (await client()).sign_up;
    expect(unverified).toEqual(['phone_number']);
    expect(verifications.email_address).toMatchObject({ status: 'verified', strategy: `from_${STRATEGY}` });
    const strategy = 'phone_code';
    await browser.call('POST', `/v1/client/sign_ups/${id}/prepare_verification`, { strategy });
    const done = await browser.call('POST', `/v1/client/sign_ups/${id}/attempt_verification`, {
      ...{ strategy, code: '424242' },
    });
    expect(done.body.response.status).toBe('complete');
    expect(emulator.users()).toMatchObject([
      { external_accounts: [{}], email_addresses: [{}], phone_numbers: [{ phone_number: '+12015550100' }] },
    ]);
  });

  it('connects an account to a signed-in user, asks for it once more, and removes it', async () => {
    await browser.signUp('bob+clerk_test@example.com');
    const connect = await browser.call('POST', '/v1/me/external_accounts', { strategy: STRATEGY, ...REDIRECTS });
    const page = new URL(connect.body.response.verification.external_verification_redirect_url);
    await answer(page, { email_address: EMAIL });
    const { id } = (await client()).sessions[0].user.external_accounts[0];
    const account = `/v1/me/external_accounts/${id}`;
    const again = await browser.call('PATCH', `${account}/reauthorize`, REDIRECTS);
    const { verification } = again.body.response;
    expect(verification.status).toBe('unverified');
    await answer(new URL(verification.external_verification_redirect_url), { email_address: EMAIL });
    expect(emulator.users()).toMatchObject([{ external_accounts: [{ id, verification: { status: 'verified' } }] }]);
    expect((await browser.call('DELETE', account)).body.response).toMatchObject({
      ...{ object: 'external_account', deleted: true },
    });
    expect(emulator.users()).toMatchObject([{ external_accounts: [] }]);
    expect((await browser.call('DELETE', account)).status).toBe(404);
    expect((await browser.call('PATCH', `${account}/reauthorize`, REDIRECTS)).status).toBe(404);
  });

  it('takes a state once and for ten minutes, and redirects only to pages that may use the Frontend API', async () => {
    const page = await begin('sign_ins');
    expect((await fetch(page)).status).toBe(200);
    await answer(page, { email_address: EMAIL });
    expect((await fetch(page)).status).toBe(400);
    const late = await begin('sign_ins');
    now += 600_000;
    expect((await fetch(late)).status).toBe(400);
    for (const redirect_url of ['https://evil.example/', 'javascript:alert(1)', '']) {
      const { status, body } = await browser.call('POST', '/v1/client/sign_ins', { strategy: STRATEGY, redirect_url });
      expect([status, body.errors[0].meta.param_name]).toEqual([400, 'redirect_url']);
    }
  });
});
