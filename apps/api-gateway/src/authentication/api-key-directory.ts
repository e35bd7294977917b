import { CredentialRefusedError, apiKeyHash, parseApiKey } from '@gatehouse/auth';
import { type Principal, type ReplyOf, resolveKey } from '@gatehouse/contracts';
import { type RequestClient } from '@gatehouse/messaging';
import { type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type ChangeFeed } from '../trust/change-feed';
import { type LookupResult, TrustedLookup } from '../trust/trusted-lookup';
import { countedAddress } from '../limits/rate-limits';
import { type UsedKey } from '../caller/caller';
import { type KeyGuesses } from './key-guesses';
import { type KeyUsage } from './key-usage';
import { Lanes } from './lanes';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { actingPrincipal } from './principal-directory';

type Found = ReplyOf<typeof resolveKey>;

const MAX_UNKNOWN = 2_000;
/** A key cannot come into being after somebody guessed it; the time bounds what a fault in that thought may cost. */
const UNKNOWN_TTL_MS = 30_000;
/** Guesses that come at once are not all looked up before the first is counted. */
const MAX_LOOKUPS_OF_ADDRESS = 20;

/** What the keys of a gateway are found with. */
export interface ApiKeyDirectoryParts {
  readonly services: RequestClient;
  readonly feed: ChangeFeed;
  readonly guesses: KeyGuesses;
  readonly usage: Pick<KeyUsage, 'note'>;
  readonly onResult?: (result: LookupResult) => void;
}

/** What of a request matters to the search: its id and whom it came from. */
type KeyRequest = Pick<FastifyRequest, 'id' | 'ip'>;

interface FoundKey {
  readonly principal: Principal;
  readonly key: UsedKey;
}

/** Whom an API key belongs to, asked of user-sync by its hash; what is mistyped or a guess costs as little as can be. */
export class ApiKeyDirectory {
  private readonly known: TrustedLookup<Found>;
  private readonly lookups = new Lanes(MAX_LOOKUPS_OF_ADDRESS);
  private readonly unknown = new LRUCache<string, true>({ max: MAX_UNKNOWN, ttl: UNKNOWN_TTL_MS });

  constructor(private readonly parts: ApiKeyDirectoryParts) {
    this.known = new TrustedLookup(
      parts.feed,
      ({ key }) => (key === null ? undefined : [`user:${key.userId}`, `api_key:${key.keyId}`]),
      parts.onResult,
    );
  }

  /**
   * Throws CredentialRefusedError with what is wrong with the key, AccountInactiveError, RateLimitedError when the
   * address has tried too many that nobody knows, or RequestRefusedError as user-sync answered.
   */
  find(text: string, request: KeyRequest): MaybePromise<FoundKey> {
    const hash = apiKeyHash(text);
    return whenKnown(this.known.peek(hash) ?? this.whoseIs(text, hash, request), ({ key }) => this.use(key));
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
    this.parts.usage.note(keyId, now);
    return { principal, key: { keyId, expiresAt, rateLimit } };
  }

  /** What is mistyped, known to be unknown, or a guess too many waits for nobody and is looked up by nobody. */
  private async whoseIs(text: string, hash: string, { id, ip }: KeyRequest): Promise<Found> {
    parseApiKey(text);
    const address = countedAddress(ip);
    const isAdmitted = await this.admit(hash, address);
    return this.lookups.run(address, async () => {
      // Earlier lookups in the same lane may have used up the guesses.
      if (!isAdmitted) await this.admit(hash, address);
      return this.lookUp(hash, address, id);
    });
  }

  private async lookUp(hash: string, address: string, requestId: string): Promise<Found> {
    const { services, guesses } = this.parts;
    const found = await this.known.find(hash, () =>
      services.send(resolveKey, { hash }, { principal: null, requestId }),
    );
    if (found.key === null) {
      this.unknown.set(hash, true);
      await guesses.guessed(address);
    } else if (found.key.state === 'active' || found.key.state === 'rotated') {
      await guesses.vouch(hash);
    }
    return found;
  }

  private async admit(hash: string, address: string): Promise<boolean> {
    if (this.unknown.has(hash)) throw new CredentialRefusedError('api_key_unknown');
    return this.parts.guesses.admit(hash, address);
  }
}
