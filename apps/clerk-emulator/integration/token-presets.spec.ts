import { classifyJwt, ClerkSessionVerifier, decodeJwt, pinnedKey } from '@gatehouse/auth';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { tokenPresets } from '../src/mint-tokens/token-presets';
import { rawApi } from './emulator-api';

describe('a token that is wrong for one reason', () => {
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
    // The gateway's own verifier: the strictest reader of Clerk's tokens that there is.
    const rules = {
      issuer: emulator.issuer,
      authorizedParties: ['http://localhost:3000'],
      allowImpersonation: false,
    };
    const verifier = new ClerkSessionVerifier(rules, pinnedKey(emulator.jwtKey));
    verify = async (jwt) => verifier.verify(classifyJwt(decodeJwt(jwt), { clerk: emulator.issuer }).jwt);
  });
  afterAll(() => emulator.close());

  it.each([1, 2])('the right one of version %i is accepted', async (version) => {
    await expect(verify(await mint({ version }))).resolves.toMatchObject({ version });
  });

  it.each(tokenPresets.filter((name) => name !== 'unknown_kid'))('%s is refused', async (preset) => {
    const jwt = await mint({ preset });
    expect(jwt.split('.')).toHaveLength(3);
    await expect(verify(jwt)).rejects.toThrow();
  });

  it('every reason has a name that the control API tells', async () => {
    const { data } = (await rawApi(emulator)('GET', '/emulator/tokens/presets')).body;
    expect(data).toEqual(tokenPresets);
  });
});
