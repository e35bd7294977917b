import { type ClerkClient } from '@clerk/backend';

/** Less than the lifetime of a session token, which is a minute. */
const TOKEN_FRESH_MS = 30_000;

/** Returns headers with a valid token of a Clerk session, each time that it is called. */
export function sessionBearer(clerk: ClerkClient, sessionId: string): () => Promise<{ authorization: string }> {
  let held: { readonly jwt: string; readonly at: number } | undefined;
  return async () => {
    if (held === undefined || performance.now() - held.at > TOKEN_FRESH_MS) {
      held = { jwt: (await clerk.sessions.getToken(sessionId)).jwt, at: performance.now() };
    }
    return { authorization: `Bearer ${held.jwt}` };
  };
}
