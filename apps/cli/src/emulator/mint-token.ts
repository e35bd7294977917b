import { CommandFailedError, UsageError } from '../errors';
import { exitCodes } from '../exit-codes';
import { type Io } from '../io';

const TIMEOUT_MS = 10_000;
const API_VERSION = '2026-05-12';

type Call = (path: string, body?: object) => Promise<unknown>;

/**
 * Returns a session token of a user, from the Backend API of the emulator. Uses an active session of the user, or begins
 * one.
 * @throws UsageError, or CommandFailedError when the emulator does not answer or does not know the user
 */
export async function mintToken(user: string, { env, signal }: Pick<Io, 'env' | 'signal'>): Promise<string> {
  const { CLERK_API_URL: url = '', CLERK_SECRET_KEY: secret = '' } = env;
  if (url === '' || secret === '') {
    throw new UsageError(
      'Set CLERK_API_URL and CLERK_SECRET_KEY of the emulator. Beside npm start: npm run -s token -- USER',
    );
  }
  const call = caller(url, secret, signal);
  const userId = user.startsWith('user_') ? user : idOf(await call(`users?email_address=${encodeURIComponent(user)}`));
  if (userId === undefined) {
    throw new CommandFailedError('The emulator has no user with this address.', exitCodes.notFound);
  }
  const active = await call(`sessions?user_id=${encodeURIComponent(userId)}&status=active`);
  const sessionId = idOf(active) ?? ((await call('sessions', { user_id: userId })) as { id: string }).id;
  return ((await call(`sessions/${sessionId}/tokens`, {})) as { jwt: string }).jwt;
}

function caller(url: string, secret: string, signal: AbortSignal): Call {
  const headers = {
    authorization: `Bearer ${secret}`,
    'content-type': 'application/json',
    'clerk-api-version': API_VERSION,
  };
  return async (path, body) => {
    const init = { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) };
    let response: Response;
    try {
      response = await fetch(
        `${url}/v1/${path}`,
        body === undefined ? init : { ...init, method: 'POST', body: JSON.stringify(body) },
      );
    } catch {
      throw new CommandFailedError(`The emulator at ${url} does not answer.`, exitCodes.unavailable);
    }
    if (response.ok) return response.json();
    const place = path.split('?')[0] ?? '';
    throw new CommandFailedError(`The emulator answered HTTP ${response.status} at ${place}.`, exitCodes.failed);
  };
}

/** The id of the first entry of a list, which some routes wrap. */
function idOf(answer: unknown): string | undefined {
  const list = (Array.isArray(answer) ? answer : (answer as { data?: unknown[] }).data) as { id: string }[] | undefined;
  return list?.[0]?.id;
}
