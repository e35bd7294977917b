import { EmulatorRefusedError } from './errors';

/**
 * E-mail address of the admin that `npm start` creates. For an address with `+clerk_test`, Clerk and the emulator
 * accept the sign-in code 424242, and Clerk sends no e-mail.
 */
export const firstAdminEmail = 'admin+clerk_test@example.com';

/**
 * Creates the first admin in the emulator if that user does not exist: a Clerk user with the role `admin` in its
 * metadata. user-sync takes the role from the metadata when it first records the user.
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
      throw new EmulatorRefusedError(`The emulator rejected the first admin (HTTP ${response.status}).`);
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
