import { createClerkClient } from '@clerk/backend';
import { type Gatehouse } from '@gatehouse/local-stack';
import { TokenMaker } from './verify-cost';

/** Users of the highest tier, each with a Clerk session, an API key and a Gatehouse token. */
export interface Callers {
  readonly issuer: string;
  /** Mints Clerk tokens of an admin. */
  readonly admin: TokenMaker;
  readonly users: readonly { readonly id: string; readonly keyId: string }[];
  /** Mints Clerk tokens of each user's session. */
  readonly makers: readonly TokenMaker[];
  readonly keys: readonly string[];
  readonly own: readonly string[];
}

const AT_ONCE = 8;

/** Creates users through a gateway that trusts `X-Forwarded-For`, because logins are limited by address. */
export async function makeCallers(gatehouse: Gatehouse, count: number): Promise<Callers> {
  const environment = gatehouse.environments['clerk-emulator'];
  const clerk = createClerkClient({
    secretKey: environment.CLERK_SECRET_KEY ?? '',
    apiUrl: `http://127.0.0.1:${gatehouse.ports.emulator}`,
  });
  const signIn = async (index: number, draft: object) => {
    const phoneNumber = [`+1201555${String(1_000 + index)}`];
    const user = await clerk.users.createUser({ phoneNumber, skipPasswordRequirement: true, ...draft });
    const session = await clerk.sessions.createSession({ userId: user.id });
    return (await clerk.sessions.getToken(session.id)).jwt;
  };
  const makerOf = (token: string) => {
    const [header = {}, claims = {}] = token.split('.').slice(0, 2).map(parsePart);
    // The measured gateways have other URLs than the one in the token.
    const { azp: _, ...rest } = claims;
    return new TokenMaker(environment.CLERK_EMULATOR_PRIVATE_KEY ?? '', header, rest);
  };
  const adminToken = await signIn(count, { publicMetadata: { role: 'admin' } });
  const admin = caller(gatehouse, adminToken, count);
  const makeOne = async (index: number) => {
    const token = await signIn(index, {});
    const call = caller(gatehouse, token, index);
    const { id } = await call<{ id: string }>('GET', '/api/me');
    await admin('PUT', `/admin/users/${id}/tier`, { tier: 'enterprise' });
    const { id: keyId, key } = await call<{ id: string; key: string }>('POST', '/api/keys', {
      name: 'bench',
      scopes: ['*:*'],
    });
    const { token: own } = await call<{ token: string }>('POST', '/auth/verify-clerk-token', {});
    return { maker: makerOf(token), key, own, user: { id, keyId } };
  };
  const made: Awaited<ReturnType<typeof makeOne>>[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const indices = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index);
    made.push(...(await Promise.all(indices.map(makeOne))));
  }
  return {
    issuer: environment.CLERK_ISSUER ?? '',
    admin: makerOf(adminToken),
    users: made.map(({ user }) => user),
    makers: made.map(({ maker }) => maker),
    keys: made.map(({ key }) => key),
    own: made.map(({ own }) => own),
  };
}

function parsePart(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
}

function caller(gatehouse: Gatehouse, token: string, index: number) {
  return async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${gatehouse.ports.gateway}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'x-forwarded-for': `10.0.${index >> 8}.${index & 255}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    if (!response.ok) throw new RangeError(`${method} ${path} answered ${response.status}`);
    return (await response.json()) as Answer;
  };
}
