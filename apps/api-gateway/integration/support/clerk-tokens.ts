import { SignJWT } from 'jose';
import v1 from '../../fixtures/clerk/jwt.session-v1.json';
import v2 from '../../fixtures/clerk/jwt.session-v2.json';
import { type SigningPair } from './key-server';

export const ISSUER = v2.payload.iss;
export const PARTY = v2.payload.azp;

/** Changes to a token; an undefined value removes a claim or header. */
export interface TokenChanges {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly version?: 1 | 2;
}

/** Mints a session token like Clerk, issued now. */
export function mint(pair: SigningPair, clerkUserId: string, changes: TokenChanges = {}): Promise<string> {
  const { header, payload } = changes.version === 1 ? v1 : v2;
  const iat = Math.floor(Date.now() / 1000);
  const times = { iat, exp: iat + 60, nbf: iat - 10 };
  const sid = clerkUserId.replace('user_', 'sess_');
  const claims = { ...payload, ...times, sub: clerkUserId, sid, ...changes.claims };
  const protectedHeader = { ...header, kid: pair.kid, ...changes.header };
  return new SignJWT(JSON.parse(JSON.stringify(claims)) as Record<string, unknown>)
    .setProtectedHeader(JSON.parse(JSON.stringify(protectedHeader)) as { alg: string })
    .sign(pair.privateKey);
}
