import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from './clock';

const MAX_TOKENS = 20_000;

/** What a token is remembered by: the SHA-256 of its bytes. */
export type TokenKey = string & { readonly kind: unique symbol };

/**
 * What verified tokens said, so that a token seen again costs a hash instead of a signature. Holds at most 20 000, by
 * SHA-256 and never the token itself, none beyond its `expiresAt`.
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

  /** Which set of keys the entries were verified with; take it before verifying. */
  get epoch(): number {
    return this.generation;
  }

  /** Apart from `get` and `set`, so that a token which is not remembered yet is hashed once and not twice. */
  keyOf(token: string): TokenKey {
    return hash('sha256', token, 'base64url') as TokenKey;
  }

  get(key: TokenKey): Claims | undefined {
    const claims = this.entries.get(key);
    if (claims === undefined || claims.expiresAt > this.now()) return claims;
    this.entries.delete(key);
    return undefined;
  }

  /** Remembers a token, unless the keys have changed since `epoch`: it may have been verified with one that is gone. */
  set(key: TokenKey, claims: Claims, epoch: number): void {
    if (epoch === this.generation && claims.expiresAt > this.now()) this.entries.set(key, claims);
  }

  /** Forgets everything; to be called when the keys change. */
  flush(): void {
    this.generation++;
    this.entries.clear();
  }

  get size(): number {
    return this.entries.size;
  }
}
