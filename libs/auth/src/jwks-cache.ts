import { type KeyObject } from 'node:crypto';
import { KeySetInvalidError, KeysUnavailableError } from './errors';
import { type KeySet, readKeySet } from './key-set';
import { type KeySource, type Successor } from './key-source';
import { fetchJson } from './fetch-json';

/** Where to fetch the key set, and how often; times in milliseconds. */
export interface JwksCacheOptions {
  readonly url: string;
  readonly fetch?: typeof fetch;
  /**
   * Clock in milliseconds. Must be monotonic: if the clock were set back, the cache would fetch nothing until the clock
   * has caught up.
   */
  readonly now?: () => number;
  /**
   * Minimum time from the start of a successful fetch to the start of the next fetch. For a fetch by `findSuccessor`,
   * also the minimum time after a failed fetch. `findSuccessor` fetches when a token with a known key id has a wrong
   * signature. Most of these tokens are forged, so its fetches must stay rare even while fetches fail.
   */
  readonly cooldownMs?: number;
  /**
   * Minimum time from the start of a failed fetch to the start of the next fetch, except for a fetch by
   * `findSuccessor`; see `cooldownMs`.
   */
  readonly failureCooldownMs?: number;
  /** Age of the cached keys after which the next lookup starts a fetch in the background. */
  readonly maxAgeMs?: number;
  readonly timeoutMs?: number;
  /** Called after each fetch; `error` is undefined when it succeeded. */
  readonly onFetch?: (error: unknown) => void;
}

const DEFAULTS = { cooldownMs: 30_000, failureCooldownMs: 1_000, maxAgeMs: 300_000, timeoutMs: 5_000 };
/** Maximum length of a key id in a key set. */
const MAX_KID = 256;

/**
 * Clerk's public keys, fetched when needed. Concurrent calls share one fetch, and a cooldown limits fetches for unknown
 * ids. Cached keys stay valid while the source is down. During the cooldown, an invented key id cannot be distinguished
 * from one that Clerk has just introduced. For both, `find` throws KeysUnavailableError with the remaining cooldown.
 */
export class JwksCache implements KeySource {
  private readonly options: Required<Omit<JwksCacheOptions, 'onFetch'>> & Pick<JwksCacheOptions, 'onFetch'>;
  private readonly listeners = new Set<() => void>();
  private set: KeySet | undefined;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private failure: unknown;
  private running: Promise<void> | undefined;

  constructor(options: JwksCacheOptions) {
    this.options = { ...DEFAULTS, fetch: globalThis.fetch, now: () => performance.now(), ...options };
  }

  async find(kid: string | undefined): Promise<KeyObject | undefined> {
    const known = this.lookUp(kid);
    if (known !== undefined) {
      if (this.options.now() - this.fetchedAt > this.options.maxAgeMs) void this.refresh(this.unknownKeyCooldownMs);
      return known;
    }
    // Key ids of Clerk have 1 to 256 characters. So a token with no key id, or with one of another length, causes no
    // fetch. While no keys are cached, it causes one, which the next valid token needs anyway.
    if (this.set !== undefined && !isKid(kid)) return undefined;
    const asked = await this.refresh(this.unknownKeyCooldownMs);
    const found = this.lookUp(kid);
    if (found !== undefined) return found;
    if (this.set !== undefined && (!isKid(kid) || (asked && this.failure === undefined))) return undefined;
    throw new KeysUnavailableError(this.failure, this.restMs(this.unknownKeyCooldownMs));
  }

  async findSuccessor(kid: string | undefined, known: KeyObject): Promise<Successor> {
    const { cooldownMs } = this.options;
    // Most tokens with a known key id and a wrong signature are forged. So the longer `cooldownMs` applies here even
    // after a failed fetch, where other fetches wait only `failureCooldownMs`.
    const asked = await this.refresh(cooldownMs);
    const found = this.lookUp(kid);
    return {
      key: found?.equals(known) ? undefined : found,
      recheckAfterMs: asked && this.failure === undefined ? undefined : this.restMs(cooldownMs),
    };
  }

  async load(): Promise<void> {
    if (this.set === undefined) await this.refresh(this.unknownKeyCooldownMs);
    if (this.set === undefined) throw new KeysUnavailableError(this.failure, this.restMs(this.unknownKeyCooldownMs));
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  private lookUp(kid: string | undefined): KeyObject | undefined {
    return kid === undefined ? undefined : this.set?.keys.get(kid);
  }

  /**
   * Cooldown of all fetches except that of `findSuccessor`: for an unknown key id, for keys older than `maxAgeMs`, and
   * for `load`.
   */
  private get unknownKeyCooldownMs(): number {
    const { cooldownMs, failureCooldownMs } = this.options;
    return this.failure === undefined ? cooldownMs : failureCooldownMs;
  }

  /** Remaining milliseconds of a cooldown that began with the last fetch. */
  private restMs(cooldownMs: number): number {
    return Math.max(this.triedAt + cooldownMs - this.options.now(), 0);
  }

  /**
   * Fetches the keys, or waits for the running fetch. Does nothing if the last fetch began less than `cooldownMs` ago.
   * Never throws.
   * @returns true if this call started a fetch. After false, the cached keys may be older than this call: it joined a
   *   running fetch, or the cooldown forbade one
   */
  private async refresh(cooldownMs: number): Promise<boolean> {
    if (this.running !== undefined) {
      await this.running;
      return false;
    }
    if (this.restMs(cooldownMs) > 0) return false;
    this.triedAt = this.options.now();
    this.running = this.fetchKeys().finally(() => {
      this.running = undefined;
    });
    await this.running;
    return true;
  }

  private async fetchKeys(): Promise<void> {
    const { url, fetch, timeoutMs, now, onFetch } = this.options;
    try {
      this.replace(readKeySet(await fetchJson(url, fetch, timeoutMs)));
      this.fetchedAt = now();
      this.failure = undefined;
    } catch (error) {
      this.failure =
        error instanceof KeySetInvalidError ? error : new KeySetInvalidError('cannot be fetched', { cause: error });
    }
    onFetch?.(this.failure);
  }

  private replace(set: KeySet): void {
    const changed = this.set !== undefined && this.set.fingerprint !== set.fingerprint;
    this.set = set;
    if (changed) for (const listener of this.listeners) listener();
  }
}

function isKid(kid: string | undefined): boolean {
  return kid !== undefined && kid !== '' && kid.length <= MAX_KID;
}
