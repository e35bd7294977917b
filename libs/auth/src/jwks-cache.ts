import { type KeyObject } from 'node:crypto';
import { KeySetInvalidError, KeysUnavailableError } from './errors';
import { type KeySet, readKeySet } from './key-set';
import { type KeySource, type Successor } from './key-source';
import { fetchJson } from './fetch-json';

/** Where the key set is, and how often it may be asked for; milliseconds. */
export interface JwksCacheOptions {
  readonly url: string;
  readonly fetch?: typeof fetch;
  /** A clock that nobody sets back: that would stop all fetching for as long. */
  readonly now?: () => number;
  /** Not asked again for an unknown key, or for another one under a known id, before this time has passed. */
  readonly cooldownMs?: number;
  /** Not asked again before this has passed when the last time failed. */
  readonly failureCooldownMs?: number;
  /** Asked again in the background when the keys are older. */
  readonly maxAgeMs?: number;
  readonly timeoutMs?: number;
  /** Told of each fetch; `error` is undefined when it brought keys. */
  readonly onFetch?: (error: unknown) => void;
}

const DEFAULTS = { cooldownMs: 30_000, failureCooldownMs: 1_000, maxAgeMs: 300_000, timeoutMs: 5_000 };
/** No key of a key set has a longer id. */
const MAX_KID = 256;

/**
 * Clerk's public keys, fetched when needed: one fetch at a time whoever asks, a pause between fetches however many
 * unknown ids come, known keys served for as long as the source is down. While the pause lasts, nobody can tell an
 * invented key id from one that Clerk has just begun to use: both are KeysUnavailableError, with the rest of the pause.
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
      if (this.options.now() - this.fetchedAt > this.options.maxAgeMs) void this.refresh(this.pauseMs);
      return known;
    }
    // Clerk names every key: a token that names none, or none that can be, is not worth a fetch.
    if (this.set !== undefined && !isKid(kid)) return undefined;
    const asked = await this.refresh(this.pauseMs);
    const found = this.lookUp(kid);
    if (found !== undefined) return found;
    if (this.set !== undefined && (!isKid(kid) || (asked && this.failure === undefined))) return undefined;
    throw new KeysUnavailableError(this.failure, this.restMs(this.pauseMs));
  }

  async findSuccessor(kid: string | undefined, known: KeyObject): Promise<Successor> {
    const { cooldownMs } = this.options;
    // No more often while the source is down: most of those who ask are forgers.
    const asked = await this.refresh(cooldownMs);
    const found = this.lookUp(kid);
    return {
      key: found?.equals(known) ? undefined : found,
      recheckAfterMs: asked && this.failure === undefined ? undefined : this.restMs(cooldownMs),
    };
  }

  async load(): Promise<void> {
    if (this.set === undefined) await this.refresh(this.pauseMs);
    if (this.set === undefined) throw new KeysUnavailableError(this.failure, this.restMs(this.pauseMs));
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  private lookUp(kid: string | undefined): KeyObject | undefined {
    return kid === undefined ? undefined : this.set?.keys.get(kid);
  }

  /** Pause between fetches for unknown ids. */
  private get pauseMs(): number {
    const { cooldownMs, failureCooldownMs } = this.options;
    return this.failure === undefined ? cooldownMs : failureCooldownMs;
  }

  /** How much of a pause is left. */
  private restMs(pauseMs: number): number {
    return Math.max(this.triedAt + pauseMs - this.options.now(), 0);
  }

  /**
   * Fetches, or waits for the fetch that is running, unless the last one began less than `pauseMs` ago. Returns whether
   * the fetch began after the call: another's may have been answered before a key was published. Never throws.
   */
  private async refresh(pauseMs: number): Promise<boolean> {
    if (this.running !== undefined) {
      await this.running;
      return false;
    }
    if (this.restMs(pauseMs) > 0) return false;
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
