import { CredentialRefusedError } from '@gatehouse/auth';
import { OriginList } from '@gatehouse/config';
import { type Principal } from '@gatehouse/contracts';
import { Caller, type VerifiedCredential } from '../caller/caller';
import { type GateRequest } from '../caller/gate-request';
import { CredentialMissingError, RateLimitUnavailableError } from '../errors';
import { type CounterStore } from '../limits/counter-store';
import { MemoryCounters } from '../limits/memory-counters';
import { RateLimiter } from '../limits/rate-limiter';
import { Gate } from './decide';
import { Navigations } from './navigation/navigations';
import { type RouteRules } from './route-rules';

const request: GateRequest = {
  ...{ id: 'r', method: 'GET', url: '/orders/1', ip: '203.0.113.1' },
  ...{ rawHeaders: [], headers: {} },
};
const rules: RouteRules = {
  ...{ access: 'user', subject: 'orders:read', scope: 'orders:read', roles: null, tiers: null },
  ...{
    credentials: ['bearer', 'api_key'],
    acceptsConsole: false,
    cookieOrigins: new OriginList([]),
    rateClass: 'read',
  },
};

const app = new OriginList(['https://app.example.com']);

function callerWith(changes: Partial<Principal> = {}, rateLimit: number | null = null): Caller {
  const principal: Principal = {
    ...{ userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11', clerkUserId: null, sessionId: 's'.repeat(16) },
    ...{ role: 'user', tier: 'free', scopes: [], method: 'legacy_jwt' },
    ...changes,
  };
  const credential: VerifiedCredential =
    principal.method === 'api_key'
      ? { method: 'api_key', key: { keyId: 'key', expiresAt: null, rateLimit } }
      : { method: 'legacy_jwt', session: {} as never };
  return new Caller(principal, credential, request);
}

const ofKey = (scopes: string[], rateLimit: number | null = null) =>
  callerWith({ method: 'api_key', sessionId: null, scopes }, rateLimit);

type Authenticate = ConstructorParameters<typeof Gate>[0]['authenticate'];

function gateFor(authenticate: Authenticate, store: CounterStore = new MemoryCounters()) {
  const audited: string[] = [];
  const confirm = async (caller: Caller) => caller;
  const audit = { refused: (_: Caller, subject: string) => void audited.push(subject) };
  const navigations = new Navigations({
    ...{ publicUrl: 'https://app.example.com', signInUrl: 'https://app.example.com/sign-in', redirectOrigins: [] },
  });
  return { gate: new Gate({ authenticate, confirm }, new RateLimiter(store), audit, navigations), audited };
}

const none = () => {
  throw new CredentialRefusedError('token_expired');
};

describe('Gate', () => {
  it('decides at once when the caller is known at once', () => {
    const caller = callerWith();
    const decision = gateFor(() => caller).gate.decide(rules, request);
    expect(decision).toMatchObject({
      ...{ allowed: true, caller },
      rateHeaders: { 'ratelimit-policy': '"read";q=60;w=60', ratelimit: '"read";r=59;t=60' },
    });
  });

  it('waits for a caller that is looked up', async () => {
    const caller = callerWith();
    expect(await gateFor(async () => caller).gate.decide(rules, request)).toMatchObject({ allowed: true, caller });
  });

  it('reads no credential on a public route, and counts by address', () => {
    const { gate } = gateFor(none);
    const open = { ...rules, access: 'public' } as const;
    for (let sent = 0; sent < 60; sent++) expect(gate.decide(open, request)).toMatchObject({ allowed: true });
    expect(gate.decide(open, request)).toMatchObject({ allowed: false, problem: { status: 429 } });
    expect(gate.decide(open, { ...request, ip: '203.0.113.2' })).toMatchObject({ allowed: true, caller: undefined });
    expect(gate.confirm(open, request)).toMatchObject({ allowed: true });
  });

  it.each([
    ['at once', none],
    ['later', async () => none()],
  ] as const)('refuses a credential that is rejected %s, with the challenge', async (_, authenticate) => {
    const { gate, audited } = gateFor(authenticate);
    for (const decision of [await gate.decide(rules, request), await gate.confirm(rules, request)]) {
      expect(decision).toMatchObject({
        ...{ allowed: false, caller: undefined, rateHeaders: undefined },
        problem: { status: 401, code: 'token_expired', headers: { 'www-authenticate': expect.any(String) } },
      });
    }
    expect(audited).toEqual([]);
  });

  it('refuses a request beyond the limit of the tier, with the caller and Retry-After', () => {
    const caller = callerWith();
    const { gate, audited } = gateFor(() => caller);
    for (let sent = 0; sent < 60; sent++) void gate.decide(rules, request);
    expect(gate.decide({ ...rules, access: 'admin' }, request)).toMatchObject({
      ...{ allowed: false, caller, rateHeaders: { ratelimit: '"read";r=0;t=60' } },
      problem: { status: 429, code: 'rate_limited', headers: { 'retry-after': '60' } },
    });
    expect(audited).toEqual([]);
    expect(gate.confirm(rules, request)).toMatchObject({ allowed: true });
  });

  it('counts an API key against its own limit too', () => {
    const { gate } = gateFor(() => ofKey(['orders:*'], 1));
    expect(gate.decide(rules, request)).toMatchObject({
      ...{ allowed: true, rateHeaders: { ratelimit: '"read";r=59;t=60, "api-key";r=0;t=60' } },
    });
    expect(gate.decide(rules, request)).toMatchObject({ allowed: false, problem: { status: 429 } });
  });

  it.each([
    ['a role below admin', { access: 'admin' }, callerWith({ role: 'developer' }), 'role_insufficient'],
    ['a role that is not listed', { roles: ['developer', 'admin'] }, callerWith(), 'role_insufficient'],
    ['a tier that is not listed', { tiers: ['pro', 'enterprise'] }, callerWith(), 'tier_insufficient'],
    ['an API key where sessions are needed', { credentials: ['bearer'] }, ofKey(['*:*']), 'session_needed'],
    ['a session where API keys are needed', { credentials: ['api_key'] }, callerWith(), 'session_refused'],
    ['a session token where only cookies count', { credentials: ['cookie'] }, callerWith(), 'session_refused'],
    ['an API key without the scope', {}, ofKey(['orders:write']), 'scope_insufficient'],
  ] as const)('refuses %s and records it', (_, changes, caller, code) => {
    const { gate, audited } = gateFor(() => caller);
    for (const decision of [
      gate.decide({ ...rules, ...changes }, request),
      gate.confirm({ ...rules, ...changes }, request),
    ]) {
      expect(decision).toMatchObject({ allowed: false, caller, problem: { status: 403, code } });
    }
    expect(audited).toEqual(['orders:read', 'orders:read']);
  });

  it.each([
    ['the role', { access: 'admin', roles: ['admin'] }, callerWith({ role: 'admin' })],
    ['the tier', { tiers: ['pro'] }, callerWith({ tier: 'pro' })],
    ['a scope with a wildcard', {}, ofKey(['*:read'])],
    ['no scope, where none is needed', { scope: null }, ofKey([])],
    ['a session, which needs no scope', { credentials: ['bearer'] }, callerWith()],
  ] as const)('allows a caller with %s', (_, changes, caller) => {
    const { gate, audited } = gateFor(() => caller);
    expect(gate.decide({ ...rules, ...changes }, request)).toMatchObject({ allowed: true, caller });
    expect(audited).toEqual([]);
  });

  it('asks for the cookie only on routes that accept it, and accepts the session in it there', () => {
    const { principal } = callerWith({ method: 'clerk_session' });
    const ofCookie = new Caller(principal, { method: 'clerk_session', session: {} as never, isCookie: true }, request);
    const asked: unknown[] = [];
    const { gate } = gateFor((_, origins) => {
      asked.push(origins);
      return ofCookie;
    });
    const withCookie = { ...rules, credentials: ['api_key', 'cookie'] } as const;
    for (const decide of [gate.decide.bind(gate), gate.confirm.bind(gate)]) {
      expect(decide(withCookie, request)).toMatchObject({ allowed: true, caller: ofCookie });
    }
    void gate.decide(rules, request);
    expect(asked).toEqual([rules.cookieOrigins, rules.cookieOrigins, undefined]);
  });

  it.each([
    ['a missing token', new CredentialMissingError(), 'credential_missing'],
    ['an expired token', new CredentialRefusedError('token_expired'), 'token_expired'],
  ] as const)(
    'sends a navigation with %s to the sign-in page, where the route accepts cookies',
    async (_, error, code) => {
      const navigation = {
        ...request,
        askedOrigin: 'https://app.example.com',
        headers: { 'sec-fetch-mode': 'navigate' },
      };
      const { gate } = gateFor(async () => {
        throw error;
      });
      expect(await gate.decide({ ...rules, credentials: ['cookie'], cookieOrigins: app }, navigation)).toMatchObject({
        ...{ allowed: false, error, caller: undefined },
        problem: {
          ...{ status: 302, code },
          headers: {
            location: 'https://app.example.com/sign-in?redirect_url=https%3A%2F%2Fapp.example.com%2Forders%2F1',
            'set-cookie': expect.stringMatching(/^gatehouse_navigation=1-/),
          },
        },
      });
      expect(await gate.decide({ ...rules, cookieOrigins: app }, navigation)).toMatchObject({
        problem: { status: 401 },
      });
    },
  );

  it('refuses a request that cannot be counted where counting is required, and keeps the caller', async () => {
    const failing = async () => {
      throw new RangeError('no store');
    };
    const caller = callerWith();
    const { gate } = gateFor(() => caller, { hit: failing, look: failing });
    const decision = await gate.decide({ ...rules, rateClass: 'exchange' }, request);
    expect(decision).toMatchObject({ allowed: false, caller, error: expect.any(RateLimitUnavailableError) });
    expect(await gate.decide(rules, request)).toMatchObject({ allowed: true });
  });

  it('answers an unexpected error with 500 and nothing of its text', () => {
    const broken = () => {
      throw new TypeError('secret');
    };
    const decision = gateFor(broken).gate.decide(rules, request);
    expect(decision).toMatchObject({ allowed: false, problem: { status: 500, code: 'internal' } });
    expect(JSON.stringify((decision as { problem: unknown }).problem)).not.toContain('secret');
  });
});
