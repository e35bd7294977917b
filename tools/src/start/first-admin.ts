import { EmulatorRefusedError } from './errors';

/** The address of the admin that `npm start` makes; `+clerk_test` marks Clerk's test addresses. */
export const firstAdminEmail = 'admin+clerk_test@example.com';

/**
 * Makes the first admin in the emulator unless it is there: a Clerk user whose public metadata says so, which seeds the
 * role when the user is first recorded.
 * @throws EmulatorRefusedError
 */
export async function ensureFirstAdmin(emulatorUrl: string, secretKey: string): Promise<void> {
  const call = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${emulatorUrl}/v1/users${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${secretKey}`,
        'content-type': 'application/json',
        'clerk-api-version': '2026-05-12',
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) {
      throw new EmulatorRefusedError(`The emulator refused to make the first admin (HTTP ${response.status}).`);
    }
    return response.json();
  };
  const found = await call(`?email_address=${encodeURIComponent(firstAdminEmail)}`);
  if (Array.isArray(found) && found.length > 0) return;
  await call('', {
    email_address: [firstAdminEmail],
    first_name: 'First',
    last_name: 'Admin',
    public_metadata: { role: 'admin' },
  });
}
