import { CredentialRefusedError, apiKeyHash, parseApiKey } from '@gatehouse/auth';
import { type Principal, type ReplyOf, resolveKey } from '@gatehouse/contracts';
import { countedAddress } from '@gatehouse/http-edge';
import { RequestClient } from '@gatehouse/messaging';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type UsedKey } from '../caller/caller';
import { type GateRequest } from '../caller/gate-request';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { GatewayMetrics } from '../metrics/gateway-metrics';
import { TrustChangeFeed } from '../trust/trust-change-feed';
import { TrustedLookup } from '../trust/trusted-lookup';
import { ConcurrencyLimiter } from './concurrency-limiter';
import { KeyGuesses } from './key-guesses';
import { KeyUsage } from './key-usage';
import { actingPrincipal } from './principal-directory';

type Found = ReplyOf<typeof resolveKey>;

const MAX_UNKNOWN = 2_000;
/**
 * How long the gateway remembers that user-sync does not know a key; milliseconds. user-sync creates keys at random, so
 * a key that it does not know will never be created. The time is limited in case the answer was wrong, for example
 * because the database was being restored.
 */
const UNKNOWN_TTL_MS = 30_000;
/**
 * Maximum concurrent lookups per address; equals the limit of unknown keys per minute. A burst of guesses must not be
 * looked up before any of them is counted. So further lookups wait, and are checked against the limit again when their
 * turn comes.
 */
const MAX_LOOKUPS_PER_ADDRESS = 20;

/** Fields of a request that a lookup needs. */
type KeyRequest = Pick<GateRequest, 'id' | 'ip'>;

interface FoundKey {
  readonly principal: Principal;
  readonly key: UsedKey;
}

/** Finds the user of an API key: looks up its hash at user-sync, and limits lookups of guessed keys. */
@Injectable()
export class ApiKeyDirectory {
  private readonly known: TrustedLookup<Found>;
  private readonly lookups = new ConcurrencyLimiter(MAX_LOOKUPS_PER_ADDRESS);
  private readonly unknown = new LRUCache<string, true>({ max: MAX_UNKNOWN, ttl: UNKNOWN_TTL_MS });

  constructor(
    private readonly services: RequestClient,
    feed: TrustChangeFeed,
    private readonly guesses: KeyGuesses,
    private readonly usage: KeyUsage,
    metrics: GatewayMetrics,
  ) {
    this.known = new TrustedLookup(
      feed,
      ({ key }) => (key === null ? undefined : [`user:${key.userId}`, `api_key:${key.keyId}`]),
      (result) => metrics.principalLookups.inc({ result }),
    );
  }

  /**
   * Returns the principal of an API key.
   * @throws CredentialRefusedError `api_key_*`; AccountInactiveError; RateLimitedError if the address sent too many unknown
   * keys; RequestRefusedError if user-sync is unavailable
   */
  find(text: string, request: KeyRequest): MaybePromise<FoundKey> {
    const hash = apiKeyHash(text);
    return whenKnown(this.known.peek(hash) ?? this.lookUpLimited(text, hash, request), ({ key }) => this.use(key));
  }

  /**
   * Returns the principal of an API key whose hash we have sealed, so that it is no guess.
   * @throws like `find`
   */
  findByHash(hash: string, { id }: KeyRequest): MaybePromise<FoundKey> {
    const found = this.known.find(hash, () =>
      this.services.send(resolveKey, { hash }, { principal: null, requestId: id }),
    );
    return whenKnown(found, ({ key }) => this.use(key));
  }

  private use(key: Found['key']): FoundKey {
    if (key === null) throw new CredentialRefusedError('api_key_unknown');
    if (key.state === 'revoked') throw new CredentialRefusedError('api_key_revoked');
    const now = Date.now();
    if (key.state === 'expired' || (key.expiresAt !== null && key.expiresAt <= now)) {
      throw new CredentialRefusedError('api_key_expired');
    }
    const { keyId, scopes, expiresAt, rateLimit } = key;
    const principal = actingPrincipal(key, { method: 'api_key', sessionId: null, scopes, keyId });
    this.usage.note(keyId, now);
    return { principal, key: { keyId, expiresAt, rateLimit } };
  }

  /**
   * Looks up a key, at most 20 at a time per address. Before it waits for its turn, rejects malformed keys, keys
   * remembered as unknown, and keys that {@link KeyGuesses} does not admit.
   */
  private async lookUpLimited(text: string, hash: string, { id, ip }: KeyRequest): Promise<Found> {
    parseApiKey(text);
    const address = countedAddress(ip);
    const isAdmitted = await this.admit(hash, address);
    return this.lookups.run(address, async () => {
      // Checks again: guesses that were counted while this lookup waited may have reached the limit.
      if (!isAdmitted) await this.admit(hash, address);
      return this.lookUp(hash, address, id);
    });
  }

  private async lookUp(hash: string, address: string, requestId: string): Promise<Found> {
    const found = await this.known.find(hash, () =>
      this.services.send(resolveKey, { hash }, { principal: null, requestId }),
    );
    if (found.key === null) {
      this.unknown.set(hash, true);
      await this.guesses.guessed(address);
    } else if (found.key.state === 'active' || found.key.state === 'rotated') {
      await this.guesses.vouch(hash);
    }
    return found;
  }

  private async admit(hash: string, address: string): Promise<boolean> {
    if (this.unknown.has(hash)) throw new CredentialRefusedError('api_key_unknown');
    return this.guesses.admit(hash, address);
  }
}
