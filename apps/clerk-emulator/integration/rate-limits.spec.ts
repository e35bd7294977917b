import { createClerkClient } from '@clerk/backend';
import { startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';

describe('rate limits', () => {
  it('reach @clerk/backend as 429 with Retry-After', async () => {
    const emulator = await startClerkEmulator({ rateLimits: 'development' });
    try {
      const clerk = createClerkClient({ secretKey: emulator.secretKey, apiUrl: emulator.url });
      const { id } = await clerk.users.createUser({ emailAddress: ['ada@example.com'] });
      for (let i = 0; i < 10; i++) await clerk.users.updateUserMetadata(id, { publicMetadata: { i } });
      await expect(clerk.users.updateUserMetadata(id, { publicMetadata: {} })).rejects.toMatchObject({
        status: 429,
        retryAfter: expect.any(Number),
        errors: [{ code: 'too_many_requests' }],
      });
      const api = rawApi(emulator);
      expect((await api('PUT', '/emulator/rate-limits', { mode: 'off' })).body).toEqual({ mode: 'off' });
      await clerk.users.updateUserMetadata(id, { publicMetadata: {} });
      expect((await api('GET', '/emulator/rate-limits')).body).toEqual({ mode: 'off' });
    } finally {
      await emulator.close();
    }
  });
});
