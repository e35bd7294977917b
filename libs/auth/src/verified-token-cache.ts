import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from './clock';

const MAX_TOKENS = 20_000;

/** Cache key of a token: the SHA-256 of its bytes. */
export type TokenKey = string & { readonly kind: unique symbol };

/**
 * Caches the claims of verified tokens, so that a repeated token costs a hash instead of a signature check. Holds at
 * most 20 000 entries, each until its `expiresAt`. Never stores a token, only the SHA-256 of the token.
 */
export class VerifiedTokenCache<Claims extends { readonly expiresAt: number }> {
  private readonly entries: LRUCache<TokenKey, Claims>;
  private generation = 0;

  constructor(
    private readonly now: Clock = systemClock,
    max: number = MAX_TOKENS,
  ) {
    this.entries = new LRUCache({ max });
  }

  /** Number of the current set of signing keys. Read it before verifying a token, and pass it to `set`. */
  get epoch(): number {
    return this.generation;
  }

  /** Returns the cache key of a token. Separate from `get` and `set`, so that a token is hashed only once. */
  keyOf(token: string): TokenKey {
    return hash('sha256', token, 'base64url') as TokenKey;
  }

  get(key: TokenKey): Claims | undefined {
    const claims = this.entries.get(key);
    if (claims === undefined || claims.expiresAt > this.now()) return claims;
    this.entries.delete(key);
    return undefined;
  }

  /**
   * Caches the claims of a token. Does nothing if the signing keys have changed since `epoch` was read: the key that
   * verified the token may have been withdrawn.
   */
  set(key: TokenKey, claims: Claims, epoch: number): void {
    if (epoch === this.generation && claims.expiresAt > this.now()) this.entries.set(key, claims);
  }

  /** Drops all entries. Call it when the signing keys change. */
  flush(): void {
    this.generation++;
    this.entries.clear();
  }

  get size(): number {
    return this.entries.size;
  }
}
