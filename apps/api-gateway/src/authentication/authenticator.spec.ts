import { CredentialRefusedError, CredentialRequestError } from '@gatehouse/auth';
import * as fc from 'fast-check';
import { type AuditTrail } from '../audit/audit-trail';
import { type GateRequest } from '../caller/gate-request';
import { CredentialMissingError } from '../errors';
import { type GatewayMetrics } from '../metrics/gateway-metrics';
import { type ApiKeyDirectory } from './api-key-directory';
import { type ConsoleSessions } from './console-sessions';
import { Authenticator } from './authenticator';
import { Forgeries } from './forgeries';
import { type PrincipalDirectory } from './principal-directory';
import { type SessionUsage } from './session-usage';
import { TokenVerifier } from './token-verifier';

const CLERK = 'https://clerk.example.com';
const OWN = 'https://api.example.com';
const ran: string[] = [];
const principal = {
  userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11',
  clerkUserId: null,
  role: 'user' as const,
  tier: 'free' as const,
  scopes: [] as string[],
  sessionId: null,
};
let refusing = false;

function authenticator(): Authenticator {
  const run = (name: string) => {
    ran.push(name);
    if (refusing) throw new CredentialRefusedError('token_signature_invalid');
  };
  const times = { issuedAt: 0, expiresAt: Number.MAX_SAFE_INTEGER };
  const forgeries = new Forgeries({ bounds: { sessions: 10, names: 10 } });
  const tokens = new TokenVerifier(
    {
      issuers: { clerk: CLERK, own: OWN },
      clerk: {
        verify: async () => {
          run('clerk_session');
          const session = { clerkUserId: 'user_1', sessionId: 'sess_1', tokenId: null, version: 2 as const };
          return { ...session, ...times, authorizedParty: null, actor: null };
        },
      },
      legacy: {
        verify: () => {
          run('legacy_jwt');
          return { userId: principal.userId, jti: 'x'.repeat(16), sessionId: null, ...times };
        },
      },
    },
    undefined,
    forgeries,
  );
  const keys = {
    find: async () => {
      run('api_key');
      return { principal: { ...principal, method: 'api_key' }, key: { keyId: '', expiresAt: null, rateLimit: null } };
    },
  };
  const principals = {
    ofClerkSession: async () => ({ ...principal, method: 'clerk_session' }),
    ofLegacySession: async () => ({ ...principal, method: 'legacy_jwt' }),
  };
  return new Authenticator(
    tokens,
    keys as unknown as ApiKeyDirectory,
    {} as ConsoleSessions,
    principals as unknown as PrincipalDirectory,
    { noteRequest: () => undefined } as unknown as SessionUsage,
    {} as AuditTrail,
    { verifications: { inc: () => undefined } } as unknown as GatewayMetrics,
  );
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = fc
  .record({
    alg: fc.constantFrom('RS256', 'HS256', 'none', 'ES256', undefined),
    iss: fc.constantFrom(CLERK, OWN, 'https://evil.example', undefined),
    tail: fc.constantFrom('AAAA', 'AAA=', ''),
  })
  .map(({ alg, iss, tail }) => `${encode({ alg, typ: 'JWT' })}.${encode({ iss })}.${tail}`);
const value = fc.oneof(jwt, fc.constantFrom('sk_prod_a_b', 'sk_prod_c_d', 'sk_live_x', '', 'ak_1'), fc.string());
const field = fc.oneof(
  fc.tuple(
    fc.constantFrom('Authorization', 'authorization'),
    value.map((text) => `Bearer ${text}`),
  ),
  fc.tuple(
    fc.constantFrom('X-API-Key', 'x-api-key', 'Authorization', 'Cookie', 'Proxy-Authorization', 'X-User-Id'),
    fc.oneof(
      value,
      value.map((text) => `__session=${text}`),
    ),
  ),
);

describe('for any request', () => {
  it.each([false, true])('at most one verifier runs, once (all reject: %s)', async (all) => {
    refusing = all;
    let successes = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { maxLength: 5 }),
        fc.webQueryParameters({ size: 'xsmall' }),
        async (fields, query) => {
          ran.length = 0;
          const sent = { rawHeaders: fields.flat(), url: `/?${query}`, headers: {} };
          const request: GateRequest = { ...sent, id: 'r', method: 'GET', ip: '127.0.0.1' };
          let method: string | undefined;
          try {
            ({ method } = (await authenticator().authenticate(request)).principal);
          } catch (error) {
            const known = [CredentialMissingError, CredentialRefusedError, CredentialRequestError];
            expect(known.some((kind) => error instanceof kind)).toBe(true);
          }
          expect(ran.length).toBeLessThanOrEqual(1);
          if (method !== undefined) {
            successes++;
            expect(ran).toEqual([method]);
          }
        },
      ),
      { numRuns: 1_500 },
    );
    expect(successes > 0).toBe(!all);
  });
});
