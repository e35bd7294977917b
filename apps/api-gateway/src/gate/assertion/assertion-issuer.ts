import { sign } from 'node:crypto';
import { type Live } from '@gatehouse/config';
import { type Principal } from '@gatehouse/contracts';
import { LRUCache } from 'lru-cache';
import { type Caller, type VerifiedCredential } from '../../caller/caller';
import { type TrustChangeFeed } from '../../trust/trust-change-feed';
import { type AssertionKey } from './assertion-keys';

/** The caller that an assertion is about. */
export type AssertedCaller = Pick<Caller, 'principal' | 'credential'>;

/** The part of a {@link TrustChangeFeed} that decides whether an assertion may be used again. */
type Feed = Pick<TrustChangeFeed, 'current' | 'isFresh'>;

interface Issued {
  readonly token: string;
  readonly principal: Principal;
  /** Number of the last trust change when it was issued. */
  readonly change: number;
  readonly marks: readonly string[];
  /** End of its use from the cache; milliseconds since the epoch. */
  readonly until: number;
}

const LIFETIME_MS = 60_000;
/** An assertion from the cache is good for three quarters of its lifetime or more, unless its credential ends sooner. */
const CACHED_MS = 15_000;
const MAX_CACHED = 20_000;
/** The gate accepts a session token for this long after its `exp`, because clocks differ. */
const TOKEN_TOLERANCE_MS = 5_000;

/**
 * Issues assertions: JWTs that tell an upstream who the caller is (EdDSA, `typ: gatehouse+jwt`). One is used again for
 * the same credential, audience and principal for 15 s, until a trust change concerns the caller.
 */
export class AssertionIssuer {
  private readonly cache = new LRUCache<string, Issued>({ max: MAX_CACHED });

  /** @param issuer claim `iss`: `PUBLIC_URL` */
  constructor(
    private readonly issuer: string,
    private readonly keys: Live<readonly AssertionKey[]>,
    private readonly feed: Feed,
    private readonly now: () => number = Date.now,
  ) {
    keys.onChange(() => this.cache.clear());
  }

  /**
   * Returns an assertion about the caller for an audience, valid for at most 60 s and never longer than the gate accepts
   * the credential. Returns undefined without a caller or a key.
   */
  issue(caller: AssertedCaller | undefined, audience: string): string | undefined {
    const [key] = this.keys.current;
    if (caller === undefined || key === undefined) return undefined;
    const { principal, credential } = caller;
    const now = this.now();
    const id = principal.keyId ?? principal.sessionId ?? '';
    const endsAt = acceptedUntil(credential);
    const place = `${principal.method} ${id} ${endsAt} ${audience}`;
    const known = this.cache.get(place);
    if (known !== undefined && this.isUsable(known, principal, now)) return known.token;
    const expiresAt = Math.min(now + LIFETIME_MS, endsAt);
    const token = signed(key, {
      iss: this.issuer,
      aud: audience,
      sub: principal.userId,
      iat: seconds(now),
      exp: seconds(expiresAt),
      ...(principal.clerkUserId !== null && { clerk_user_id: principal.clerkUserId }),
      role: principal.role,
      tier: principal.tier,
      auth_method: principal.method,
      scopes: principal.scopes,
      ...(principal.keyId === undefined ? { sid: id } : { key_id: id }),
    });
    this.cache.set(place, {
      token,
      principal,
      change: this.feed.current,
      marks: [
        `user:${principal.userId}`,
        `${principal.method === 'legacy_jwt' ? 'legacy_session' : principal.method}:${id}`,
      ],
      until: Math.min(now + CACHED_MS, expiresAt),
    });
    return token;
  }

  private isUsable({ until, principal, change, marks }: Issued, current: Principal, now: number): boolean {
    return now < until && isSame(principal, current) && this.feed.isFresh(change, marks);
  }
}

/** Time until which the gate accepts a credential; milliseconds since the epoch. */
function acceptedUntil(credential: VerifiedCredential): number {
  if (credential.method === 'api_key') return credential.key.expiresAt ?? Number.POSITIVE_INFINITY;
  return credential.session.expiresAt + TOKEN_TOLERANCE_MS;
}

function isSame(one: Principal, other: Principal): boolean {
  return (
    one.userId === other.userId &&
    one.clerkUserId === other.clerkUserId &&
    one.role === other.role &&
    one.tier === other.tier &&
    (one.scopes === other.scopes ||
      (one.scopes.length === other.scopes.length && one.scopes.every((scope, at) => scope === other.scopes[at])))
  );
}

function signed({ kid, privateKey }: AssertionKey, claims: object): string {
  const text = `${encoded({ alg: 'EdDSA', typ: 'gatehouse+jwt', kid })}.${encoded(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
