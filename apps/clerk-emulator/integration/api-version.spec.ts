import { type ClerkEmulator, startClerkEmulator } from '../src';
import { publishedVersions } from '../src/serve-api/api-version';
import { rawApi } from './emulator-api';

let emulator: ClerkEmulator;
let api: ReturnType<typeof rawApi>;

beforeAll(async () => {
  emulator = await startClerkEmulator({ webhookUrls: [] });
  api = rawApi(emulator);
});
afterAll(() => emulator.close());

const rejected = { status: 400, body: { errors: [{ code: 'api_version_invalid' }] } };

describe('the version that a request to the Backend API pins', () => {
  it.each(publishedVersions)(
    'is accepted when Clerk has published it, by header and by parameter: %s',
    async (version) => {
      const byHeader = await api('GET', '/v1/users', undefined, { 'clerk-api-version': version });
      const byParameter = await api('GET', `/v1/users?limit=1&__clerk_api_version=${version}`);
      expect([byHeader.status, byParameter.status]).toEqual([200, 200]);
    },
  );

  it.each(['2026-05-13', '2026-5-12', 'v1', 'latest', '', '2026-05-12, 2025-11-10'])(
    'is rejected when Clerk has not published it: "%s"',
    async (version) => {
      expect(await api('GET', '/v1/users/count', undefined, { 'clerk-api-version': version })).toMatchObject(rejected);
      const parameter = `__clerk_api_version=${encodeURIComponent(version)}`;
      expect(await api('GET', `/v1/jwks?${parameter}`)).toMatchObject(rejected);
    },
  );

  it('is rejected when header and parameter are both given, or the parameter twice', async () => {
    const path = '/v1/users?__clerk_api_version=2026-05-12';
    expect(await api('GET', path, undefined, { 'clerk-api-version': '2026-05-12' })).toMatchObject(rejected);
    expect(await api('GET', `${path}&__clerk_api_version=2026-05-12`)).toMatchObject(rejected);
  });

  it('is optional, and ignored without the secret key or outside the Backend API', async () => {
    expect((await api('GET', '/v1/users')).status).toBe(200);
    const stranger = { authorization: 'Bearer sk_test_other', 'clerk-api-version': 'x' };
    expect((await api('GET', '/v1/users', undefined, stranger)).status).toBe(401);
    expect((await api('GET', '/.well-known/jwks.json', undefined, { 'clerk-api-version': 'x' })).status).toBe(200);
  });
});
