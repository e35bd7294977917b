import { type ClerkClient } from '@clerk/backend';
import { type Gatehouse, GatehouseError, createGatehouse } from '@gatehouse/client';
import { type LiveChange, followChanges } from '@gatehouse/client/live';
import { formatPhoneNumber } from '@gatehouse/phone-number';
import { eventually } from '@gatehouse/testing';
import { activate } from '../../examples/extension/extension';
import { allowance, logIn } from '../../examples/legacy-client/legacy-client';
import { type Stack } from '../stack';

/** A person with a Clerk session, and the client of a page that the person uses. */
interface Person {
  readonly page: Gatehouse;
  readonly token: () => Promise<string>;
}

/** Tests of `@gatehouse/client` against the stack of a test file. */
export function describeClient(stack: () => Stack, clerk: () => ClerkClient): void {
  const baseUrl = () => `http://127.0.0.1:${stack().gatehouse.ports.gateway}`;
  const person = async (draft: Parameters<ClerkClient['users']['createUser']>[0]): Promise<Person> => {
    const user = await clerk().users.createUser({ skipPasswordRequirement: true, ...draft });
    const session = await clerk().sessions.createSession({ userId: user.id });
    const token = async () => (await clerk().sessions.getToken(session.id)).jwt;
    return { page: createGatehouse({ baseUrl: baseUrl(), getToken: token }), token };
  };
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  describe('the client library', () => {
    it('reads, writes, lists and changes what the caller owns', async () => {
      const { page } = await person({ emailAddress: ['client@example.com'] });
      expect((await page.GET('/api/me')).data).toMatchObject({ email: 'client@example.com', role: 'user' });
      const drafts = ['Milk', 'Bread', 'Salt'].map((title) => page.POST('/api/items', { body: { title } }));
      const ids = (await Promise.all(drafts)).map(({ data }) => data.id);
      const repeated = { body: { title: 'Tea' }, idempotencyKey: 'tea-1' };
      const tea = [await page.POST('/api/items', repeated), await page.POST('/api/items', repeated)];
      expect(tea.map(({ response }) => response.headers.get('idempotency-replayed'))).toEqual([null, 'true']);

      const listed: string[] = [];
      for await (const { id } of page.list('/api/items', { params: { query: { limit: 2 } } })) listed.push(id);
      expect(listed.sort()).toEqual([...ids, tea[0]?.data.id].sort());

      const [id = ''] = ids;
      const params = { path: { id } };
      const changed = await page.update('/api/items/{id}', { params }, ({ title }) => ({ title: `${title}!` }));
      expect(changed).toMatchObject({ id, title: 'Milk!', version: 2 });
      const late = page.PATCH('/api/items/{id}', { params: { ...params, header: { 'If-Match': '"1"' } }, body: {} });
      expect(await failure(late)).toMatchObject({
        code: 'version_mismatch',
        status: 412,
        text: expect.stringContaining('changed elsewhere'),
      });
      await page.DELETE('/api/items/{id}', { params });
      expect(await failure(page.GET('/api/items/{id}', { params }))).toMatchObject({ code: 'not_found' });
      const invalid = await failure(page.POST('/api/items', { body: { title: '' } }));
      expect(invalid).toBeInstanceOf(GatehouseError);
      expect(invalid).toMatchObject({ code: 'invalid_request', fields: [{ in: 'body', field: 'title' }] });
    });

    it('brings changes of another program of the user as they happen, until the user signs out', async () => {
      const { page, token } = await person({ emailAddress: ['live-client@example.com'] });
      const scopes = ['items:read', 'items:write'] as const;
      const { data: made } = await page.POST('/api/keys', { body: { name: 'extension', scopes: [...scopes] } });
      const extension = createGatehouse({ baseUrl: baseUrl(), apiKey: made.key });

      const resets: string[] = [];
      const changes: LiveChange[] = [];
      const live = followChanges(page, {
        onReset: (reason) => resets.push(reason),
        onChange: (change) => changes.push(change),
      });
      await eventually(() => expect(resets).toEqual(['new']));
      const { data: item } = await extension.POST('/api/items', { body: { title: 'Milk' } });
      const params = { path: { id: item.id } };
      await extension.PATCH('/api/items/{id}', { params, body: { title: 'Bread' } });
      await eventually(() => expect(changes.at(-1)).toMatchObject({ kind: 'item', id: item.id, version: 2 }));
      expect(changes.at(-1)?.data).toMatchObject({ title: 'Bread' });

      const held = await token();
      await page.DELETE('/api/auth-sessions');
      expect((await live.ended).reason).toBe('revoked');
      const signedOut = createGatehouse({ baseUrl: baseUrl(), getToken: () => held });
      expect(await failure(signedOut.GET('/api/me'))).toMatchObject({
        status: 401,
        text: expect.stringContaining('sign in again'),
      });
    });

    it('carries the phone flow: exchange, referral code, token of Gatehouse', async () => {
      const inviter = await person({ phoneNumber: ['+919876543211'] });
      const invited = await person({ phoneNumber: ['+919876543212'] });
      const { data: referral } = await inviter.page.GET('/api/referral');
      const { data: exchanged } = await invited.page.POST('/auth/verify-clerk-token', {
        body: {
          phoneNumber: formatPhoneNumber('98765 43212') ?? '',
          shopName: 'Print & Co',
          referralCode: referral.code,
        },
      });
      expect(exchanged).toMatchObject({
        ...{ success: true, isNewUser: true, referral: { state: 'recorded' } },
        user: { phoneNumber: '+919876543212', shopName: 'Print & Co' },
      });
      const app = createGatehouse({ baseUrl: baseUrl(), getToken: () => exchanged.token });
      expect((await app.GET('/auth/session')).data).toMatchObject({ credential: { method: 'legacy_jwt' } });
    });

    it('keeps the text of examples/extension right, with an API key', async () => {
      const { page } = await person({ emailAddress: ['editor@example.com'] });
      const { data: made } = await page.POST('/api/keys', {
        body: { name: 'editor', scopes: ['items:read', 'realtime:read'] },
      });
      const statusBar = { text: '' };
      const live = activate({ secrets: { get: async () => made.key }, statusBar }, baseUrl());
      await eventually(() => expect(statusBar.text).toContain('0 items'));
      const { data: item } = await page.POST('/api/items', { body: { title: 'Milk' } });
      await eventually(() => expect(statusBar.text).toContain('1 items'));
      await page.DELETE('/api/items/{id}', { params: { path: { id: item.id } } });
      await eventually(() => expect(statusBar.text).toContain('0 items'));
      await page.DELETE('/api/keys/{id}', { params: { path: { id: made.id } } });
      expect((await live.ended).reason).toBe('revoked');
    });

    it('logs a local user in and out in examples/legacy-client', async () => {
      const publicMetadata = { role: 'admin' };
      const admin = await person({ emailAddress: ['admin-of-locals@example.com'], publicMetadata });
      const email = 'legacy-client@example.com';
      const { data: made } = await admin.page.POST('/admin/users', { body: { email, firstName: 'Ada' } });
      const password = 'correct horse battery staple';
      const anonymous = createGatehouse({ baseUrl: baseUrl(), getToken: () => null });
      await anonymous.POST('/auth/password', { body: { token: made.passwordToken.token, password } });
      const session = await logIn(baseUrl(), email, password);
      expect(await allowance(session)).toMatch(/^Hello Ada! /);
      await session.logOut();
      expect(await failure(session.gatehouse.GET('/api/me'))).toMatchObject({ code: 'credential_missing' });
    });
  });
}
