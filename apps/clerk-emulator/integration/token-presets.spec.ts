import { classifyJwt, ClerkSessionVerifier, decodeJwt, pinnedKey } from '@gatehouse/auth';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { tokenPresets } from '../src/mint-tokens/token-presets';
import { rawApi } from './emulator-api';

describe('the verifier of the gateway', () => {
  let emulator: ClerkEmulator;
  let mint: (params: object) => Promise<string>;
  let verify: (jwt: string) => Promise<unknown>;

  beforeAll(async () => {
    emulator = await startClerkEmulator();
    const api = rawApi(emulator);
    const user = await api('POST', '/v1/users', { email_address: ['ada@example.com'] });
    const session = await api('POST', '/emulator/sessions', { user_id: user.body['id'] });
    mint = async (params) =>
      String((await api('POST', '/emulator/tokens', { session_id: session.body['id'], ...params })).body['jwt']);
    // The gateway's verifier, the strictest available.
    const rules = {
      issuer: emulator.issuer,
      authorizedParties: ['http://localhost:3000'],
      allowImpersonation: false,
    };
    const verifier = new ClerkSessionVerifier(rules, pinnedKey(emulator.jwtKey));
    verify = async (jwt) => verifier.verify(classifyJwt(decodeJwt(jwt), { clerk: emulator.issuer }).jwt);
  });
  afterAll(() => emulator.close());

  it.each([1, 2])('accepts a valid token of version %i', async (version) => {
    await expect(verify(await mint({ version }))).resolves.toMatchObject({ version });
  });

  it.each(tokenPresets.filter((name) => name !== 'unknown_kid'))('rejects the token preset %s', async (preset) => {
    const jwt = await mint({ preset });
    expect(jwt.split('.')).toHaveLength(3);
    await expect(verify(jwt)).rejects.toThrow();
  });

  it('is tested with all presets that the control API lists', async () => {
    const { data } = (await rawApi(emulator)('GET', '/emulator/tokens/presets')).body;
    expect(data).toEqual(tokenPresets);
  });
});
