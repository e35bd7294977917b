import { createClerkClient, verifyToken } from '@clerk/backend';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClerkEmulator, type ClerkEmulatorOptions, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';

describe('signing keys and custom claims', () => {
  let emulator: ClerkEmulator;
  let api: ReturnType<typeof rawApi>;
  let sessionId: string;

  const start = async (options: ClerkEmulatorOptions = {}): Promise<void> => {
    emulator = await startClerkEmulator(options);
    api = rawApi(emulator);
    const params = {
      email_address: ['ada@example.com'],
      first_name: 'Ada',
      public_metadata: { role: 'member', team: { id: 7 } },
    };
    const user = await api('POST', '/v1/users', params);
    const session = await api('POST', '/v1/sessions', { user_id: user.body['id'] });
    sessionId = String(session.body['id']);
  };
  const mint = async (params: object = {}): Promise<string> =>
    String((await api('POST', '/emulator/tokens', { session_id: sessionId, ...params })).body['jwt']);
  const verifies = (jwt: string): Promise<boolean> =>
    jwtVerify(jwt, createRemoteJWKSet(new URL(emulator.jwksUrl))).then(
      () => true,
      () => false,
    );
  const kidOf = (jwt: string) => String(decodeProtectedHeader(jwt).kid);

  afterEach(() => emulator.close());

  it('overlap during a rotation: the new key signs, the old one verifies until it is retired', async () => {
    await start();
    const before = await mint();
    const keys = (await api('POST', '/emulator/keys/rotate')).body['data'] as { kid: string; status: string }[];
    expect(keys.map(({ status }) => status)).toEqual(['published', 'active']);
    const after = await mint();
    expect([kidOf(before), kidOf(after)]).toEqual(keys.map(({ kid }) => kid));
    expect([await verifies(before), await verifies(after)]).toEqual([true, true]);
    await verifyToken(after, { secretKey: emulator.secretKey, apiUrl: emulator.url });
    await verifyToken(after, { jwtKey: emulator.jwtKey });
    await api('POST', `/emulator/keys/${kidOf(before)}/retire`);
    expect([await verifies(before), await verifies(after)]).toEqual([false, true]);
    expect(await verifies(await mint({ kid: kidOf(before) }))).toBe(false);
    expect((await api('GET', '/emulator/keys')).body).toMatchObject({ data: [{ status: 'retired' }, {}] });
  });

  it('reject the retirement of the active key', async () => {
    await start();
    expect(await api('POST', `/emulator/keys/${kidOf(await mint())}/retire`)).toMatchObject({ status: 422 });
    expect(await api('POST', '/emulator/keys/ins_0/retire')).toMatchObject({ status: 404 });
  });

  it('survive a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clerk-emulator-'));
    const stateFile = join(folder, 'state.json');
    await start({ stateFile });
    const before = await mint();
    await api('POST', '/emulator/keys/rotate');
    const jwtKey = emulator.jwtKey;
    await emulator.close();
    emulator = await startClerkEmulator({ stateFile, issuer: emulator.issuer });
    expect(emulator.jwtKey).toBe(jwtKey);
    expect(await verifies(before)).toBe(true);
    // The emulator writes its state until it is closed.
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  it('include an unknown kid for a token whose key is not in the JWKS', async () => {
    await start();
    const jwt = await mint({ preset: 'unknown_kid' });
    const { keys } = (await api('GET', '/.well-known/jwks.json')).body as { keys: { kid: string }[] };
    expect(keys.map(({ kid }) => kid)).not.toContain(kidOf(jwt));
    expect(await verifies(jwt)).toBe(false);
  });

  it('move every time claim with a skewed clock', async () => {
    await start();
    const [right, ahead] = [decodeJwt(await mint()), decodeJwt(await mint({ clock_skew_seconds: 100 }))];
    for (const claim of ['iat', 'nbf', 'exp'] as const)
      expect(ahead[claim]! - right[claim]!).toBeGreaterThanOrEqual(100);
  });

  it('fill custom claims from the user, with their types, from the next token on', async () => {
    await start();
    const claims = {
      role: '{{user.public_metadata.role}}',
      team: '{{ user.public_metadata.team }}',
      hello: 'Hi {{user.first_name}}, {{user.public_metadata.none}}!',
      mail: '{{user.primary_email_address}}',
      nested: { list: ['{{user.public_metadata.team.id}}', 1] },
      none: '{{user.public_metadata.none}}',
    };
    expect((await api('PUT', '/emulator/session-claims', { claims })).body).toEqual({ claims });
    const filled = {
      role: 'member',
      team: { id: 7 },
      hello: 'Hi Ada, !',
      mail: 'ada@example.com',
      nested: { list: [7, 1] },
      none: null,
    };
    expect(decodeJwt(String((await api('POST', `/v1/sessions/${sessionId}/tokens`)).body['jwt']))).toMatchObject({
      ...filled,
    });
    expect(decodeJwt(await mint({ version: 1 }))).toMatchObject({ role: 'member' });
    const { sub } = decodeJwt(await mint());
    const clerk = createClerkClient({ secretKey: emulator.secretKey, apiUrl: emulator.url });
    await clerk.users.updateUserMetadata(sub!, { publicMetadata: { role: 'admin' } });
    expect(decodeJwt(await mint())).toMatchObject({ role: 'admin' });
  });

  it('add the public metadata to version 2 when there are no custom claims', async () => {
    await start();
    expect(decodeJwt(await mint())).toMatchObject({ metadata: { role: 'member' } });
    await api('PUT', '/emulator/session-claims', { claims: {} });
    expect(decodeJwt(await mint())).not.toHaveProperty('metadata');
    await api('PUT', '/emulator/session-claims', { claims: null });
    expect(decodeJwt(await mint())).toHaveProperty('metadata');
  });

  it('reject custom claims with the name of a claim of Clerk', async () => {
    await start();
    expect(await api('PUT', '/emulator/session-claims', { claims: { sub: 'user_2' } })).toMatchObject({ status: 422 });
  });
});
