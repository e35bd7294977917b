import { queryOptions } from '@tanstack/react-query';

/** Key of the session among the queries. */
export const SESSION_KEY = ['session'] as const;

const TIMEOUT_MS = 30_000;
const RECHECK_MS = 60_000;

/** Who is signed in, and what the session may do. */
export interface Session {
  readonly userId: string;
  readonly keyId?: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string;
}

/** The gateway refused a session. */
export class SessionRefusal extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** Whether an error says that nobody is signed in. After any other one, what was read stays on the page. */
export function endsSession(error: Error): boolean {
  return error instanceof SessionRefusal && error.status < 500 && error.status !== 429;
}

/** Reads the session. A code in the address signs in first. */
export const sessionQuery = queryOptions<Session>({
  queryKey: SESSION_KEY,
  queryFn: async () => {
    const code = takeCode();
    return (await ask(code === undefined ? 'GET' : 'POST', code)) as Session;
  },
  staleTime: RECHECK_MS,
  refetchInterval: RECHECK_MS,
});

/** Ends the session of this browser. */
export async function signOut(): Promise<void> {
  await ask('DELETE');
}

/** Takes the code of a link out of the address, so that neither the history nor a copied address holds it. */
function takeCode(): string | undefined {
  const { hash, pathname, search } = window.location;
  const code = /^#code=([\w-]+)$/.exec(hash)?.[1];
  if (code !== undefined) window.history.replaceState(window.history.state, '', pathname + search);
  return code;
}

async function ask(method: 'GET' | 'POST' | 'DELETE', code?: string): Promise<unknown> {
  const response = await fetch('/console/session', {
    method,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(code !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    }),
  });
  if (response.status === 204) return undefined;
  const body = (await response.json()) as { readonly code?: string; readonly detail?: string };
  if (!response.ok) throw new SessionRefusal(body.code ?? 'unknown', response.status, body.detail ?? '');
  return body;
}
